"""How a running step tells its news and learns that it is to stop.

Every engine step takes a `Progress` as its last argument. News are small frozen values of plain
numbers and strings, never tensors or modules, so that they may cross threads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
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
        elapsed: seconds of work since the run began: before an interruption, and for what frozen layers
            give, among them; pauses are not.
        remaining: seconds; None while it cannot be estimated.
        waiting: share of the time that the network has waited for pictures, 0 to 1.
        memory: bytes that the process, or on a GPU training, takes up; 0 when unknown.
        stage, stages: current stage from 1, and how many there are.
        stage_name: what the user sees of it, '' for none.
        accuracy: share of this batch's pictures told right, 0 to 1; NaN when unknown.
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
    accuracy: float = math.nan


@dataclass(frozen=True, slots=True)
class CheckpointNews:
    """A checkpoint has been written.

    Attributes:
        epoch: how many epochs were done, with the part of the one that was going on (2.5: in the middle
            of the third).
        iteration: batches since the start of training.
        elapsed: as of `BatchNews`.
    """

    epoch: float
    iteration: int
    elapsed: float


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """Where training runs, and why there; sent once before the first epoch."""

    device: str
    reason: str


@dataclass(frozen=True, slots=True)
class LabelsNews:
    """Pictures have several labels each: what other news calls accuracy is macro F1.

    Sent once, before the first epoch, where it is so.
    """


@dataclass(frozen=True, slots=True)
class StageNews:
    """A stage of training begins, or is gone on with.

    Attributes:
        stage, stages: its number from 1, and how many there are.
        name: what the user sees of it, '' for none.
        learning: ids of the layers that learn in it.
    """

    stage: int
    stages: int
    name: str
    learning: frozenset[str]


@dataclass(frozen=True, slots=True)
class LayerReading:
    """What one layer did in one batch of training.

    Attributes:
        mean, spread: mean and standard deviation of all values of its first output.
        dead: share of the channels (dimension 1) of an activation function's output that were 0 for every
            picture and at every place, 0 to 1; None for other layers.
        channels: how many channels that output has.
        seconds: time of the forward pass, for the batch.
        gradient: Euclidean norm of the gradients of all its parameters that are trained, those of all
            batches of the step added up, before they are clipped; None where nothing is trained.
        update: norm of what the step changed of these parameters, by their norm before it; None where
            nothing is trained, or they were all 0.
    """

    mean: float
    spread: float
    dead: float | None
    channels: int
    seconds: float
    gradient: float | None = None
    update: float | None = None


@dataclass(frozen=True, slots=True)
class LayersNews:
    """What the layers did in a batch of training, by their ids; layers that were not run are missing.

    Attributes:
        iteration: batches since the start of training, this one included.
        epoch: from 1.
    """

    iteration: int
    epoch: int
    layers: Mapping[str, LayerReading]


LAYERS = "layers"
"""What `Progress.wanted` is asked for before layers are looked at."""


class Progress(Protocol):
    """What a step reports to and asks whether to go on."""

    def report(self, news: object) -> None:
        """Take one piece of news: a frozen dataclass of plain values."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the user has cancelled the step."""

    def hold(self) -> float:
        """Wait for as long as the user has paused the step; the seconds that took. May raise `Cancelled`."""

    def wanted(self, what: str) -> bool:
        """Whether anybody looks at news that cost something to make, such as `LAYERS`, at the moment."""


class Silent:
    """A `Progress` that nobody listens to and nobody cancels."""

    def report(self, news: object) -> None:
        """Drop the news."""

    def raise_if_cancelled(self) -> None:
        """Go on."""

    def hold(self) -> float:
        """Go on."""
        return 0.0

    def wanted(self, what: str) -> bool:
        """Nobody looks."""
        return False


@dataclass
class Recording:
    """A `Progress` that keeps all news, and cancels on the `cancel_after`-th question.

    `wants` are the costly news that are looked at.
    """

    cancel_after: int | None = None
    news: list[object] = field(default_factory=list)
    asked: int = 0
    wants: frozenset[str] = frozenset()

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

    def wanted(self, what: str) -> bool:
        """Whether it is among `wants`."""
        return what in self.wants
