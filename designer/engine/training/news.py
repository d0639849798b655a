"""Telling how training goes, at most 20 times a second."""

from __future__ import annotations

from time import monotonic

from designer.progress import BatchNews, Progress

PAUSE = 0.05
"""Seconds between two pieces of news."""


class Teller:
    """Counts pictures and time over the epochs of one run, and reports `BatchNews`."""

    def __init__(self, progress: Progress, epochs: int, batches: int) -> None:
        self.batches = batches
        self._progress = progress
        self._epochs = epochs
        self._started = monotonic()
        self._told = 0.0
        self._begun = 0.0
        self._pictures = 0
        self._training_time = 0.0
        self._since_told = 0
        self._first = True

    @property
    def images_per_second(self) -> float:
        """Training pictures seen for each second of training."""
        return self._pictures / self._training_time if self._training_time > 0 else 0.0

    def begin(self) -> None:
        """An epoch's training begins."""
        self._begun = monotonic()
        if self._first:
            self._first, self._started = False, self._begun
        self._told = max(self._told, self._begun - PAUSE)
        self._since_told = 0

    def end(self) -> None:
        """An epoch's training has ended."""
        self._training_time += monotonic() - self._begun

    def batch(self, epoch: int, batch: int, iteration: int, loss: float, rate: float, count: int) -> None:
        """A batch is done."""
        self._pictures += count
        self._since_told += count
        now = monotonic()
        if now - self._told < PAUSE:
            return
        elapsed = now - self._started
        left = self._epochs * self.batches - iteration
        self._progress.report(
            BatchNews(
                epoch=epoch,
                epochs=self._epochs,
                batch=batch,
                batches=self.batches,
                iteration=iteration,
                loss=loss,
                learning_rate=rate,
                images_per_second=self._since_told / max(now - max(self._told, self._begun), 1e-9),
                elapsed=elapsed,
                remaining=elapsed / iteration * left,
            )
        )
        self._told, self._since_told = now, 0
