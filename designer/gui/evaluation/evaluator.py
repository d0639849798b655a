"""Evaluation and prediction as they go on now: between the page and the runner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.context import Context
from designer.gui.notices import Notice
from designer.gui.one_job import OneJob
from designer.jobs import steps, training
from designer.messages import tr
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.label_report import LabelReport
from designer.session.results import Prediction, Report

LIVE = "prediction"
"""Lane of predictions while a run holds the engine."""
TOP = 5
"""Classes that a prediction names; all that are answers where there are several labels."""


class Evaluator(OneJob):
    """Runs one job at a time for the page.

    Attributes:
        source: what the report of the session was made on, in words.
    """

    predicted = Signal(object)
    """A tuple of predictions."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(context, parent)
        self._network: Network | None = None
        self._weights: object = None
        self._data: ImageData | None = None
        self._coming = ""
        self._read: ImageData | None = None
        self.source = ""

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
        """Say what single pictures show; while a run goes on, by its last checkpoint."""
        session = self._context.session
        if session.live is not None and paths:
            step = training.predict_live(session.live, tuple(paths), TOP)
            self._start(tr("Prediction"), step, self._foreseen, LIVE)
        elif session.network is not None and paths:
            step = steps.predict(session.network, session.weights, tuple(paths), TOP)
            self._start(tr("Prediction"), step, self._foreseen)

    def _evaluate(self, data: ImageData, indices: tuple[int, ...], source: str) -> None:
        session = self._context.session
        if session.network is None:
            return
        self._network, self._weights, self._data = session.network, session.weights, session.data
        self._coming = source
        step = steps.evaluate(session.network, session.weights, data, indices)
        self._start(tr("Evaluation"), step, self._evaluated)

    @Slot(object)
    def _folder_read(self, data: ImageData) -> None:
        self._read = data

    @Slot(object)
    def _foreseen(self, predictions: tuple[Prediction, ...]) -> None:
        self.predicted.emit(predictions)

    @Slot(object)
    def _evaluated(self, report: Report | LabelReport) -> None:
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

    @Slot()
    def _ended(self) -> None:
        read, self._read = self._read, None
        super()._ended()
        if read is not None:
            self._evaluate(read, tuple(range(len(read.pictures))), self._coming)
