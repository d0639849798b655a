"""Telling how training goes, at most 20 times a second."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from designer.engine.process import memory_used
from designer.progress import BatchNews, Progress
from designer.session.options import TrainingOptions

PAUSE = 0.05
"""Seconds between two pieces of news."""
MEMORY_PAUSE = 1.0
"""Seconds between two looks at the memory."""

Item = TypeVar("Item")


class Teller:
    """Counts pictures and time over one run, from when it is made, and reports `BatchNews`.

    Args:
        progress: hears the news.
        options: of the run.
        batches: in each epoch.
        device: where training runs.
        elapsed: seconds of training that lie before an interruption.
        done: batches that lie before it.
    """

    def __init__(
        self,
        progress: Progress,
        options: TrainingOptions,
        batches: int,
        device: str,
        *,
        elapsed: float = 0.0,
        done: int = 0,
    ) -> None:
        self.batches = batches
        self._progress = progress
        self._options = options
        self._device = device
        self._before, self._done_before = elapsed, done
        self._started = self._now = monotonic()
        """When the last batch ended, or training went on after it had stood still."""
        self._ahead: float | None = None
        """Seconds before the first epoch that is not counted in what is left."""
        self._told = -PAUSE
        self._pictures = 0
        self._training_time = 0.0
        self._waited = 0.0
        self._recent: tuple[int, float] = (0, 0.0)
        self._memory = (-MEMORY_PAUSE, 0)

    @property
    def images_per_second(self) -> float:
        """Training pictures seen for each second of training."""
        return self._pictures / self._training_time if self._training_time > 0 else 0.0

    @property
    def waited(self) -> float:
        """Seconds that the network has waited for pictures."""
        return self._waited

    @property
    def waiting(self) -> float:
        """Share of the time of training that the network has waited for pictures, 0 to 1."""
        return self._waited / self._training_time if self._training_time > 0 else 0.0

    @property
    def elapsed(self) -> float:
        """Seconds of work: with those before an interruption and for what frozen layers give, no pauses."""
        return self._before + monotonic() - self._started

    def begin(self) -> None:
        """An epoch's training begins."""
        self._now = monotonic()
        if self._ahead is None:
            self._ahead = self._now - self._started

    def paused(self, seconds: float) -> None:
        """The run has stood still for some time."""
        self._now += seconds
        self._started += seconds

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        began = monotonic()
        yield
        self._waited += monotonic() - began

    def waited_for(self, items: Iterator[Item]) -> Iterator[Item]:
        """`items`, while the time that each takes to come is counted as waiting for pictures."""
        while True:
            with self._waiting():
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    def batch(
        self,
        epoch: int,
        batch: int,
        iteration: int,
        loss: float,
        rate: float,
        count: int,
        stage: int = 0,
        accuracy: float = math.nan,
    ) -> None:
        """A batch of `count` pictures is done; `stage` counts from 0, all else from 1."""
        now = monotonic()
        self._pictures += count
        self._training_time += now - self._now
        recent, took = self._recent
        self._recent = (recent + count, took + now - self._now)
        self._now = now
        if now - self._told < PAUSE:
            return
        options, elapsed = self._options, self.elapsed
        here = elapsed - self._before - (self._ahead or 0.0)
        left = options.all_epochs * self.batches - iteration
        parts = options.parts
        self._progress.report(
            BatchNews(
                epoch=epoch,
                epochs=options.all_epochs,
                batch=batch,
                batches=self.batches,
                iteration=iteration,
                loss=loss,
                learning_rate=rate,
                images_per_second=self._recent[0] / max(self._recent[1], 1e-9),
                elapsed=elapsed,
                remaining=here / max(iteration - self._done_before, 1) * left,
                waiting=self.waiting,
                memory=self._memory_at(now),
                stage=stage + 1,
                stages=len(parts),
                stage_name=parts[stage].name,
                accuracy=accuracy,
            )
        )
        self._told, self._recent = now, (0, 0.0)

    def _memory_at(self, now: float) -> int:
        looked, found = self._memory
        if now - looked >= MEMORY_PAUSE:
            found = memory_used(self._device)
            self._memory = (now, found)
        return found
