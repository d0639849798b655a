"""Brings what training tells of the layers to the canvas, and lets it be told only while somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from designer.gui.context import Context
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.live_overlays import LIVE, Live
from designer.jobs.runner import Job
from designer.network.network import Network
from designer.progress import LAYERS, LayerReading, LayersNews, StageNews


class Watching(QObject):
    """Listens to the job that trains the open network.

    What it has told last stays until another network is opened or trained; that of layers which have been
    edited since is not shown.

    Attributes:
        live: what is known.
    """

    def __init__(self, context: Context, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._session = context.session
        self._overlaying = canvas.furniture.overlaying
        self._job: Job | None = None
        self._trained: Network | None = None
        """The network as it was when the job began."""
        self._seen = False
        self.live = Live()
        self._overlaying.set_live(self.live)
        self._overlaying.changed.connect(self._ask)
        context.runner.started.connect(self._take_up)
        running = context.runner.current()
        if running is not None:
            self._take_up(running)

    def look(self, seen: bool) -> None:
        """The canvas is seen, or no more."""
        self._seen = seen
        self._ask()

    def hear(self, topic: str) -> None:
        """The session has changed."""
        if topic == "opened":
            self._leave()
            self._trained = None
            self._show(Live())
        elif topic == "network" and self.live.readings:
            self._show(self.live)

    @Slot(object)
    def _take_up(self, job: Job) -> None:
        if job.lane != "engine":
            return
        self._leave()
        self._job = job
        job.news.connect(self._take)
        job.ended.connect(self._end)
        if job.stage is not None:
            self._take(job.stage)
        self._ask()

    def _leave(self) -> None:
        """Listen to the former job no more."""
        job, self._job = self._job, None
        if job is not None:
            job.want(LAYERS, False)
            job.news.disconnect(self._take)
            job.ended.disconnect(self._end)

    @Slot(object)
    def _take(self, news: object) -> None:
        if isinstance(news, StageNews):
            if not self.live.running:
                # Only training has stages: what the one before told does not hold any more.
                self._trained = self._session.network
                self._show(Live(running=True, stage=news))
            else:
                self._show(replace(self.live, stage=news))
        elif isinstance(news, LayersNews):
            self._show(
                replace(self.live, iteration=news.iteration, epoch=news.epoch, readings=dict(news.layers))
            )

    @Slot()
    def _end(self) -> None:
        self._leave()
        if self.live.running:
            self._show(replace(self.live, running=False, stage=None))

    @Slot()
    def _ask(self) -> None:
        if self._job is not None:
            self._job.want(LAYERS, self._seen and self._overlaying.key in LIVE)

    def _show(self, live: Live) -> None:
        self.live = live
        self._overlaying.set_live(replace(live, readings=self._unedited(live.readings)))

    def _unedited(self, readings: Mapping[str, LayerReading]) -> Mapping[str, LayerReading]:
        now, then = self._session.network, self._trained
        if now is then or now is None or then is None:
            return readings
        return {i: reading for i, reading in readings.items() if _same(now, then, i)}


def _same(now: Network, then: Network, layer_id: str) -> bool:
    """Whether a layer does the same as before, whatever it is called and wherever it stands."""
    one, other = now.layers.get(layer_id), then.layers.get(layer_id)
    if one is None or other is None:
        return False
    same = one is other or (one.kind == other.kind and one.settings == other.settings)
    return same and now.inputs.get(layer_id) == then.inputs.get(layer_id)
