"""Runs and where they lie on disk, until they are safe in a project file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from designer.session.results import Run
from designer.session.savable import Stamp


@dataclass(frozen=True, slots=True)
class RunBegan:
    """News of a run that begins or goes on: the folder where its checkpoints come to lie."""

    folder: Path


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """A training run that was broken off and can go on, or begin again.

    Attributes:
        folder: where all lies that it needs.
        project: the project's file; None when it had never been saved.
        name: of the network.
        epoch, epochs: epochs that are over, and how many there are.
        seconds: of work that it has taken so far.
        written: when its last checkpoint was written, or else when it began, seconds since 1970.
        stamp: of the project's file when the run began; None where there was no file.
        saved_since: the project has been saved since then.
        has_checkpoint: it goes on from there; else it begins again, with all as it was when it began.
    """

    folder: Path
    project: Path | None
    name: str
    epoch: int
    epochs: int
    seconds: float
    written: float
    stamp: Stamp | None = None
    saved_since: bool = False
    has_checkpoint: bool = True


class RunPlace(Protocol):
    """Where a run lies until its result is safe."""

    def can_go_on(self) -> bool:
        """A checkpoint lies there."""

    def release(self) -> None:
        """Leave it there, for whoever goes on with the run."""

    def discard(self) -> None:
        """Take it away: the run is safe elsewhere, or nobody wants it."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What training gave.

    Attributes:
        run: the run.
        folder: where it can be had again after a crash; None where it cannot.
        before: runs that there were when it began.
    """

    run: Run
    folder: RunPlace | None = None
    before: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptRuns:
    """What training in several ways gave; `folder` as of `KeptRun`; `stopped` by the user."""

    runs: tuple[Run, ...]
    folder: RunPlace | None = None
    stopped: bool = False
