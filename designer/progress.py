"""How a running step tells its news and learns that it is to stop.

Every engine step takes a `Progress` as its last argument. News are small frozen values of plain
numbers and strings, never tensors or modules, so that they may cross threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from designer.errors import Cancelled


@dataclass(frozen=True, slots=True)
class StepNews:
    """How far a step is.

    Attributes:
        text: what is being done, in a few words.
        done: share of the work done, 0 to 1; None while it cannot be known.
    """

    text: str
    done: float | None = None


@dataclass(frozen=True, slots=True)
class BatchNews:
    """State of training after a batch.

    Attributes:
        epoch, epochs: current epoch from 1, and how many there are.
        batch, batches: current batch from 1 in this epoch, and how many there are.
        iteration: batches since the start of training.
        loss: mean loss of this batch.
        learning_rate: base learning rate of this batch.
        images_per_second: over the last batches.
        elapsed, remaining: seconds, pauses left out; remaining is None while it cannot be estimated.
        waiting: share of the time that the network has waited for pictures, 0 to 1.
        memory: bytes that the process, or on a GPU training, takes up; 0 when unknown.
        stage, stages: current stage from 1, and how many there are.
        stage_name: what the user sees of it, '' for none.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    iteration: int
    loss: float
    learning_rate: float
    images_per_second: float
    elapsed: float
    remaining: float | None
    waiting: float = 0.0
    memory: int = 0
    stage: int = 1
    stages: int = 1
    stage_name: str = ""


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """Where training runs, and why there; sent once before the first epoch."""

    device: str
    reason: str


class Progress(Protocol):
    """What a step reports to and asks whether to go on."""

    def report(self, news: object) -> None:
        """Take one piece of news: a frozen dataclass of plain values."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the user has cancelled the step."""

    def hold(self) -> float:
        """Wait for as long as the user has paused the step; the seconds that took. May raise `Cancelled`."""


class Silent:
    """A `Progress` that nobody listens to and nobody cancels."""

    def report(self, news: object) -> None:
        """Drop the news."""

    def raise_if_cancelled(self) -> None:
        """Go on."""

    def hold(self) -> float:
        """Go on."""
        return 0.0


@dataclass
class Recording:
    """A `Progress` that keeps all news, and cancels on the `cancel_after`-th question."""

    cancel_after: int | None = None
    news: list[object] = field(default_factory=list)
    asked: int = 0

    def report(self, news: object) -> None:
        """Keep the news."""
        self.news.append(news)

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` when asked for the `cancel_after`-th time or later."""
        self.asked += 1
        if self.cancel_after is not None and self.asked >= self.cancel_after:
            raise Cancelled

    def hold(self) -> float:
        """Go on, or be cancelled as above."""
        self.raise_if_cancelled()
        return 0.0
