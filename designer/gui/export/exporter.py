"""The export as it goes on now: between the page and the runner."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from designer.gui.context import Context
from designer.gui.export.state import check_pictures
from designer.gui.notices import Notice
from designer.gui.one_job import OneJob
from designer.jobs import steps
from designer.messages import tr
from designer.network.network import Network
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile


class FileExport(OneJob):
    """Runs one export at a time for the page.

    Attributes:
        error: why the last export failed, None when it did not.
        options: that the exported file of the session was made with.
    """

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(context, parent)
        self._network: Network | None = None
        self._weights: object = None
        self._coming = ExportOptions()
        self.error: BaseException | None = None
        self.options = ExportOptions()

    def export(self, path: Path) -> None:
        """Write what is open now to `path`, and compare it."""
        session = self._context.session
        if session.network is None:
            return
        self._network, self._weights = session.network, session.weights
        self._coming = session.export_options
        indices = check_pictures(session.data, session.export_options)
        pictures = tuple(session.data.pictures[i].path for i in indices) if session.data else ()
        step = steps.export(session.network, session.weights, path, session.export_options, pictures)
        if self._start(tr("Export"), step, self._finished):
            # Why the last one failed is of no use any longer; one that could not start leaves it.
            self.error = None
            self.changed.emit()

    def forget(self) -> None:
        """Another network has been opened."""
        self.error = None
        self.cancel()

    @Slot(object)
    def _finished(self, exported: ExportedFile) -> None:
        session = self._context.session
        if session.network is not self._network or session.weights is not self._weights:
            self._context.notify(
                Notice(
                    tr(
                        "'{name}' holds the network as it was when the export began.", name=exported.path.name
                    ),
                    tr("It has changed since. The file lies at {path}.", path=exported.path),
                    "warning",
                )
            )
            return
        self.options = self._coming
        session.set_exported(exported)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self.error = error
        super()._failed(error)
