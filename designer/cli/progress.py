"""Progress on standard error: a live bar on a terminal, a line for each epoch otherwise."""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Self

from rich import progress as rich_progress
from rich.console import Console
from rich.text import Text

from designer.cli.labels import measure_text
from designer.cli.result import number, percent
from designer.errors import Cancelled
from designer.messages import duration_text, tr
from designer.progress import BatchNews, DeviceNews, LabelsNews, StepNews
from designer.session.results import EpochRow

_SILENCE = 10.0
"""Seconds between two lines on a step that has no epochs, where there is no terminal."""

_STEPS = 1000


class TerminalProgress:
    """A `Progress` that writes to standard error, and is cancelled by Ctrl+C.

    As a context manager it takes over Ctrl+C: the first one asks the running step to stop, which
    keeps what was trained; the second one ends the program at once.

    Attributes:
        cancelled: Ctrl+C was pressed.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.cancelled = False
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar: rich_progress.Progress | None = None
        self._task = rich_progress.TaskID(0)
        self._epochs = 0
        self._multilabel = False
        self._told = time.monotonic()
        self._former: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._former = signal.signal(signal.SIGINT, self._interrupt)
        if self._console.is_terminal and not self._quiet:
            self._bar = rich_progress.Progress(
                rich_progress.TextColumn("{task.description}", markup=False),
                rich_progress.BarColumn(bar_width=30),
                rich_progress.TaskProgressColumn(),
                console=self._console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=None, visible=False)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)
            self._former = None

    def report(self, news: object) -> None:
        """Show a piece of news; kinds that are not known are passed over."""
        if self._quiet:
            return
        if isinstance(news, StepNews):
            self._show(news.text, news.done)
        elif isinstance(news, BatchNews):
            self._epochs = news.epochs
            self._show(_batch_text(news), news.iteration / max(news.epochs * news.batches, 1))
        elif isinstance(news, EpochRow):
            self._line(_epoch_text(news, self._epochs, self._multilabel))
        elif isinstance(news, LabelsNews):
            self._multilabel = True
        elif isinstance(news, DeviceNews):
            self._line(tr("Training on {device}. {reason}", device=news.device, reason=news.reason))

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` after Ctrl+C."""
        if self.cancelled:
            raise Cancelled

    def hold(self) -> float:
        """Go on: a program is paused by the shell."""
        self.raise_if_cancelled()
        return 0.0

    def wanted(self, what: str) -> bool:
        """Nobody looks at the layers here."""
        return False

    def _show(self, text: str, done: float | None) -> None:
        if self._bar is not None:
            total = None if done is None else _STEPS
            completed = None if done is None else done * _STEPS
            self._bar.update(self._task, description=text, total=total, completed=completed, visible=True)
        elif time.monotonic() - self._told > _SILENCE and done != 1:
            share = "" if done is None else f" ({done:.0%})"
            self._line(f"{text}{share}")

    def _line(self, text: str) -> None:
        self._told = time.monotonic()
        console = self._console if self._bar is None else self._bar.console
        console.print(Text(text))

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self.cancelled:
            raise KeyboardInterrupt
        self.cancelled = True
        sys.stderr.write(tr("Stopping; press Ctrl+C again to end at once.") + "\n")


def _batch_text(news: BatchNews) -> str:
    text = tr(
        "Epoch {epoch}/{epochs}  loss {loss}  {speed:.0f} pictures/s",
        epoch=news.epoch,
        epochs=news.epochs,
        loss=number(news.loss),
        speed=news.images_per_second,
    )
    if news.remaining is None:
        return text
    return text + tr("  {left} left", left=duration_text(news.remaining))


def _epoch_text(row: EpochRow, epochs: int, multilabel: bool) -> str:
    return tr(
        "epoch {epoch}{of}  training: loss {loss}, {measure} {right}  "
        "validation: loss {val_loss}, {measure} {val_right}  {seconds}",
        epoch=row.epoch,
        of=f"/{epochs}" if epochs else "",
        measure=measure_text(multilabel),
        loss=number(row.train_loss),
        right=percent(row.train_accuracy),
        val_loss=number(row.val_loss),
        val_right=percent(row.val_accuracy),
        seconds=duration_text(row.seconds),
    )
