"""The base of all pages: one step, its name and icon, and what it still needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from designer.gui.context import Context
from designer.gui.observing import observe_while


class Page(QWidget):
    """A step's page.

    Attributes:
        step: its name: 'start', 'network', 'data', 'training', 'evaluation' or 'export'.
        title: what the rail shows, in English; translated there.
        icon_name: of the rail's icon.
    """

    step: ClassVar[str] = ""
    title: ClassVar[str] = ""
    icon_name: ClassVar[str] = ""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setObjectName("page")

    def need(self) -> str:
        """What is still missing before this step can be done, '' when nothing is."""
        return ""

    def prepare(self) -> None:
        """Make what is made late, before the page is seen for the first time: nobody waits for it then."""

    def shown(self) -> None:
        """The page has come to the front."""

    def opened_by(self, request: object) -> None:
        """This page is the first one seen of what was opened; `request` asked for it."""

    def take_folder(self, folder: Path) -> None:
        """A folder was dropped on the window; asked of the page of pictures alone."""

    def closing(self) -> None:
        """The window is about to close, and everything unsaved has been asked about."""

    def view_state(self) -> dict[str, Any]:
        """How the page is seen now, as JSON values: kept in the project file, never undone."""
        return {}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """See the page as it was when `view_state` gave this. It is read from a file: expect anything."""

    @property
    def busy_with(self) -> str:
        """Name of the job that holds the engine, '' for none."""
        job = self.context.runner.current("engine")
        return job.name if job is not None and not job.over else ""

    def observe(self, observer: Callable[[str], None]) -> None:
        """Call `observer(topic)` when the session changes, for as long as this page lives."""
        observe_while(self, self.context.session, observer)
