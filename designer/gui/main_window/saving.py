"""Saving the open project, and the question about unsaved changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from designer import settings
from designer.errors import DesignerError, ProjectChangedError
from designer.gui import asking
from designer.gui.asking import Choice
from designer.gui.context import Context
from designer.gui.notices import Notice, notice_of
from designer.jobs.projects import OpenedSession, PictureFolder, SavedFile, save_snapshot, snapshot
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.savable import Stamp
from designer.session.session import Session

SUFFIX = ".netgraft"


def worth_saving(session: Session, opened: Network | None, pictures: ImageData | None = None) -> bool:
    """Whether something would be lost: a model or sample that was only looked at is not.

    `opened` and `pictures` are what it was opened with.
    """
    if session.network is None or not session.changed:
        return False
    untouched = session.network == opened and not session.runs
    return not (session.path is None and untouched and session.data is pictures)


class Saving(QObject):
    """Writes the session to its file by a job, and keeps watch over what is not in it yet."""

    changed = Signal()

    def __init__(self, context: Context, window: QWidget, view: Callable[[], Mapping[str, Any]]) -> None:
        """`view()`: what is to be remembered of the window's view, JSON values."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._view = view
        self._opened: Network | None = None
        self._pictures: ImageData | None = None
        self._missing: PictureFolder | None = None
        self._path: Path | None = None
        self._then: Callable[[], None] | None = None
        self._stamp: Stamp | None = None
        """Of the session's file when it was last read or written here."""

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost if the session were closed now."""
        return worth_saving(self._context.session, self._opened, self._pictures)

    @Slot(object, object)
    def remember(self, request: object, opened: OpenedSession) -> None:
        """Take note of what was opened; folders that are away now are kept in the file."""
        self._opened, self._pictures = opened.network, opened.data
        self._missing, self._stamp = opened.missing, opened.stamp
        self.changed.emit()

    @Slot()
    def save(self) -> None:
        """Save to the project's file; ask for one when it has none."""
        self._save_to(self._context.session.path or self._ask_path())

    @Slot()
    def save_as(self) -> None:
        """Ask for a file, and save to it."""
        self._save_to(self._ask_path(), overwrite=True)

    def guard(self, go_on: Callable[[], None]) -> None:
        """Call `go_on()` at once if nothing is unsaved; else ask, save if wanted, then call it."""
        if not self.unsaved:
            go_on()
            return
        name = self._context.session.path.name if self._context.session.path else self._suggested()
        answer = asking.ask(
            self._window,
            tr("Save the changes to {name}?", name=name),
            tr("What is not saved will be lost."),
            (
                Choice("save", tr("Save")),
                Choice("discard", tr("Don't save"), "destroy"),
                Choice("cancel", tr("Cancel"), "cancel"),
            ),
        )
        if answer == "discard":
            go_on()
        elif answer == "save":
            self._save_to(self._context.session.path or self._ask_path(), go_on)

    def _save_to(
        self, path: Path | None, then: Callable[[], None] | None = None, *, overwrite: bool = False
    ) -> None:
        taken = snapshot(self._context.session, self._missing, dict(self._view()))
        if path is None or taken is None:
            return
        known = None if overwrite else self._stamp
        name = tr("Saving {name}", name=path.name)
        try:
            job = self._context.runner.start(name, save_snapshot(path, taken, known))
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return
        self._path, self._then = path, then
        job.finished.connect(self._saved)
        job.failed.connect(self._fail)

    @Slot(object)
    def _saved(self, saved: object) -> None:
        assert isinstance(saved, SavedFile)
        path, then = self._path, self._then
        assert path is not None
        self._then, self._stamp = None, saved.stamp
        self._context.session.saved(path, saved.taken.savable)
        settings.save(settings.load().with_recent(path))
        self.changed.emit()
        if then is None:
            self._context.notify(Notice(tr("Saved {name}.", name=path.name), str(path.parent)))
        else:
            # Something may have been edited while the file was written.
            self.guard(then)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        then, self._then = self._then, None
        if not isinstance(error, ProjectChangedError):
            self._context.notify(notice_of(error))
            return
        answer = asking.ask(
            self._window,
            error.what,
            f"{error.why} {error.remedy}",
            (
                Choice("save_as", tr("Save as ...")),
                Choice("overwrite", tr("Write over it"), "destroy"),
                Choice("cancel", tr("Cancel"), "cancel"),
            ),
        )
        if answer == "overwrite":
            self._save_to(self._path, then, overwrite=True)
        elif answer == "save_as":
            self._save_to(self._ask_path(), then, overwrite=True)

    def _suggested(self) -> str:
        network = self._context.session.network
        name = network.name if network is not None else "network"
        kept = "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip(" .")
        return (kept or "network") + SUFFIX

    def _ask_path(self) -> Path | None:
        """The file that the user chooses, who has then agreed to write over what is there; None for none."""
        start = Path(settings.load().last_folder or Path.home()) / self._suggested()
        path = self._context.session.path
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Save the project"),
            str(path or start),
            tr("Netgraft projects (*{suffix})", suffix=SUFFIX),
        )
        if not name:
            return None
        chosen = Path(name)
        return chosen if chosen.suffix == SUFFIX else chosen.with_name(chosen.name + SUFFIX)
