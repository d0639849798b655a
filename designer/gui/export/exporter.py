"""The export as it goes on now: between the page and the runner."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.export.state import check_pictures
from designer.gui.notices import Notice, notice_of
from designer.jobs import steps
from designer.jobs.runner import Job
from designer.messages import tr
from designer.network.network import Network
from designer.progress import StepNews
from designer.session.options import ExportOptions
from designer.session.results import ExportedFile


class FileExport(QObject):
    """Runs one export at a time for the page.

    Attributes:
        error: why the last export failed, None when it did not.
        options: that the exported file of the session was made with.
    """

    changed = Signal()
    """An export has started or ended."""
    told = Signal(object)
    """`StepNews` of the export."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._network: Network | None = None
        self._weights: object = None
        self._coming = ExportOptions()
        self.error: BaseException | None = None
        self.options = ExportOptions()

    @property
    def running(self) -> bool:
        """An export goes on."""
        return self._job is not None

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
        try:
            job = self._context.runner.start(tr("Export"), step)
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return
        self._job = job
        self.error = None
        job.news.connect(self._take)
        job.finished.connect(self._finished)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Give up; no file is left behind."""
        if self._job is not None:
            self._job.cancel()

    def forget(self) -> None:
        """Another network has been opened."""
        self.error = None
        self.cancel()

    @Slot(object)
    def _take(self, news: object) -> None:
        if isinstance(news, StepNews):
            self.told.emit(news)

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
        self._context.notify(notice_of(error))

    @Slot()
    def _ended(self) -> None:
        self._job = None
        self.changed.emit()
