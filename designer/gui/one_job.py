"""What runs one job at a time for a page: between the page and the runner."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.notices import notice_of
from designer.jobs.runner import Job
from designer.progress import Progress, StepNews


class OneJob(QObject):
    """Starts a job of the engine, hands on its news, and tells the user when it fails."""

    changed = Signal()
    """A job has started or ended."""
    told = Signal(object)
    """`StepNews` of the job."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None

    @property
    def running(self) -> bool:
        """A job goes on."""
        return self._job is not None

    @property
    def latest(self) -> StepNews | None:
        """The newest news of the job that goes on; None before the first, and while none goes on."""
        latest = self._job.latest if self._job is not None else None
        return latest if isinstance(latest, StepNews) else None

    @Slot()
    def cancel(self) -> None:
        """Give up what goes on; everything stays as it was."""
        if self._job is not None:
            self._job.cancel()

    def _start(
        self,
        name: str,
        step: Callable[[Progress], object],
        then: Callable[..., None],
        lane: str = "engine",
    ) -> bool:
        """Run a step, and call `then` with what it gives. False when it cannot start, which is told."""
        try:
            job = self._context.runner.start(name, step, lane)
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return False
        self._job = job
        job.news.connect(self._take)
        job.finished.connect(then)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self.changed.emit()
        return True

    @Slot(object)
    def _take(self, news: object) -> None:
        if isinstance(news, StepNews):
            self.told.emit(news)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))

    @Slot()
    def _ended(self) -> None:
        # The runner heard this first, so that the engine is free again.
        self._job = None
        self.changed.emit()
