"""Measures how long each layer takes, when the canvas is to be coloured by it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Slot

from designer.gui.context import Context
from designer.gui.editing.canvas.canvas import Canvas
from designer.jobs import steps
from designer.jobs.runner import Busy, Job
from designer.messages import tr
from designer.network.network import Network

LANE = "timing"


class Timing(QObject):
    """Runs the measuring off the GUI thread, and gives its outcome to the canvas."""

    def __init__(self, context: Context, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._canvas = canvas
        self._job: Job | None = None
        self._network: Network | None = None
        canvas.furniture.overlaying.times_asked.connect(self.measure)
        canvas.mirror.opened.connect(self._drop)

    @Slot()
    def measure(self) -> None:
        """Measure the open network; what keeps it from being measured is told through `canvas.failed`."""
        session = self._context.session
        if session.network is None:
            return
        step = steps.measure_times(session.network, session.weights)
        try:
            job = self._context.runner.start(tr("Measuring layers"), step, LANE)
        except Busy:
            # It is being measured already.
            return
        self._job, self._network = job, session.network
        job.finished.connect(self._take)
        job.failed.connect(self._fail)
        job.cancelled.connect(self._give_up)

    @Slot(object)
    def _take(self, seconds: Mapping[str, float]) -> None:
        if self._network is not None:
            self._canvas.furniture.overlaying.set_times(seconds, self._network)

    @Slot()
    def _drop(self) -> None:
        """Another network: the former one need not be measured to the end."""
        self._network = None
        if self._job is not None and not self._job.over:
            self._job.cancel()

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._give_up()
        self._canvas.failed.emit(error)

    @Slot()
    def _give_up(self) -> None:
        overlaying = self._canvas.furniture.overlaying
        if overlaying.key == "time":
            overlaying.clear()
