"""Evaluation and prediction as they go on now: between the page and the runner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.notices import Notice, notice_of
from designer.jobs import steps
from designer.jobs.runner import Job
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.results import Prediction, Report

TOP = 5
"""Classes that a prediction names."""


class Evaluator(QObject):
    """Runs one job at a time for the page.

    Attributes:
        source: what the report of the session was made on, in words.
    """

    changed = Signal()
    """A job has started or ended."""
    told = Signal(object)
    """`StepNews` of the job."""
    predicted = Signal(object)
    """A tuple of predictions."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._network: Network | None = None
        self._weights: object = None
        self._data: ImageData | None = None
        self._coming = ""
        self._read: ImageData | None = None
        self.source = ""

    @property
    def running(self) -> bool:
        """A job goes on."""
        return self._job is not None

    @Slot()
    def evaluate(self) -> None:
        """Evaluate on the validation pictures."""
        data = self._context.session.data
        if data is not None:
            self._evaluate(data, data.validation, tr("the validation pictures"))

    def evaluate_folder(self, folder: Path) -> None:
        """Read another folder and evaluate on all its pictures."""
        self._coming = str(folder)
        self._start(tr("Reading pictures"), steps.read_folder(folder, 0.0), self._folder_read)

    def predict(self, paths: Sequence[Path]) -> None:
        """Say what single pictures show."""
        session = self._context.session
        if session.network is not None and paths:
            step = steps.predict(session.network, session.weights, tuple(paths), TOP)
            self._start(tr("Prediction"), step, self._foreseen)

    @Slot()
    def cancel(self) -> None:
        """Give up what goes on; everything stays as it was."""
        if self._job is not None:
            self._job.cancel()

    def _evaluate(self, data: ImageData, indices: tuple[int, ...], source: str) -> None:
        session = self._context.session
        if session.network is None:
            return
        self._network, self._weights, self._data = session.network, session.weights, session.data
        self._coming = source
        step = steps.evaluate(session.network, session.weights, data, indices)
        self._start(tr("Evaluation"), step, self._evaluated)

    def _start(self, name: str, step: Callable[[Progress], object], then: Callable[..., None]) -> None:
        try:
            job = self._context.runner.start(name, step)
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return
        self._job = job
        job.news.connect(self._take)
        job.finished.connect(then)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self.changed.emit()

    @Slot(object)
    def _take(self, news: object) -> None:
        if isinstance(news, StepNews):
            self.told.emit(news)

    @Slot(object)
    def _folder_read(self, data: ImageData) -> None:
        self._read = data

    @Slot(object)
    def _foreseen(self, predictions: tuple[Prediction, ...]) -> None:
        self.predicted.emit(predictions)

    @Slot(object)
    def _evaluated(self, report: Report) -> None:
        session = self._context.session
        now = (session.network, session.weights, session.data)
        if any(a is not b for a, b in zip(now, (self._network, self._weights, self._data), strict=True)):
            self._context.notify(
                Notice(
                    tr("The report is out of date and was not kept."),
                    tr("Network or pictures have changed while it was made. Evaluate again."),
                    "warning",
                )
            )
            return
        self.source = self._coming
        session.set_report(report)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))

    @Slot()
    def _ended(self) -> None:
        # The runner heard this first, so that the engine is free again.
        self._job = None
        read, self._read = self._read, None
        self.changed.emit()
        if read is not None:
            self._evaluate(read, tuple(range(len(read.pictures))), self._coming)
