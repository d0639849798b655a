"""TensorBoard's event files, written from the news of a run: no step of training knows of them.

Each run, and each going on with one, has a folder of its own below the one that was chosen, named for the
network and the time. Values by epoch: 'loss/training', 'loss/validation', 'accuracy/training',
'accuracy/validation', 'learning_rate', 'stage' (from 1). By batch, 20 times a second at most: 'batch/loss',
'batch/learning_rate', 'batch/pictures_per_second'. The options are the text 'options'.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, strftime, time
from typing import Any

from designer.engine.training.team import Member, Muted
from designer.messages import tr
from designer.progress import BatchNews, DeviceNews, Progress, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EarlierEpochs, EpochRow

PAUSE = 5.0
"""Seconds between two times that what was written becomes visible to others."""


class Recorder:
    """A `Progress` that passes all on, and writes what it hears into an event file.

    Where that fails it is told once, and nothing more is written; training goes on.

    Args:
        progress: hears all of it.
        name: of the network.
        options: of the run; they name the folder.

    Attributes:
        notes: what the user should know, one sentence each.
    """

    def __init__(self, progress: Progress, name: str, options: TrainingOptions) -> None:
        self.notes: list[str] = []
        self._progress = progress
        self._name, self._options = name, options
        self._writer: Any = None
        self._flushed = monotonic()

    def report(self, news: object) -> None:
        """Write the news, and pass them on."""
        try:
            # The first news of a run: one that cannot start leaves no file.
            if isinstance(news, DeviceNews):
                self._begin()
            if self._writer is not None:
                self._take(news)
        except (OSError, ImportError) as error:
            self._give_up(error)
        self._progress.report(news)

    def raise_if_cancelled(self) -> None:
        """As the one that hears the news."""
        self._progress.raise_if_cancelled()

    def hold(self) -> float:
        """As the one that hears the news."""
        return self._progress.hold()

    def wanted(self, what: str) -> bool:
        """As the one that hears the news."""
        return self._progress.wanted(what)

    def close(self) -> None:
        """Nothing more is to come."""
        if self._writer is not None:
            try:
                self._writer.close()
            except OSError as error:
                self._give_up(error)
            self._writer = None

    def _begin(self) -> None:
        self._writer = _writer(_free(Path(self._options.tensorboard).expanduser(), self._name))
        self._write(_text("options", _table(self._options)), 0)
        self._writer.flush()

    def _take(self, news: object) -> None:
        if isinstance(news, EpochRow):
            self._epoch(news)
        elif isinstance(news, EarlierEpochs):
            for row in news.rows:
                self._epoch(row)
        elif isinstance(news, BatchNews):
            values = {
                "batch/loss": news.loss,
                "batch/learning_rate": news.learning_rate,
                "batch/pictures_per_second": news.images_per_second,
            }
            self._scalars(values, news.iteration)
        if isinstance(news, EpochRow) or monotonic() - self._flushed > PAUSE:
            self._writer.flush()
            self._flushed = monotonic()

    def _epoch(self, row: EpochRow) -> None:
        values = {
            "loss/training": row.train_loss,
            "loss/validation": row.val_loss,
            "accuracy/training": row.train_accuracy,
            "accuracy/validation": row.val_accuracy,
            "learning_rate": row.learning_rate,
            "stage": row.stage + 1,
        }
        self._scalars({name: value for name, value in values.items() if not math.isnan(value)}, row.epoch)

    def _scalars(self, values: dict[str, float], step: int) -> None:
        from tensorboardX.proto.summary_pb2 import Summary

        self._write(Summary(value=[Summary.Value(tag=n, simple_value=v) for n, v in values.items()]), step)

    def _write(self, summary: Any, step: int) -> None:
        from tensorboardX.proto.event_pb2 import Event

        self._writer.write_event(Event(wall_time=time(), step=step, summary=summary))

    def _give_up(self, error: Exception) -> None:
        with suppress(OSError):
            if self._writer is not None:
                self._writer.close()
        self._writer = None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = tr("Nothing more is written for TensorBoard ({reason}).", reason=reason)
        self.notes.append(text)
        self._progress.report(StepNews(text))


@contextmanager
def heard(
    progress: Progress, member: Member, name: str, options: TrainingOptions
) -> Iterator[tuple[Progress, Sequence[str]]]:
    """Who hears of a run: with `progress` an event file, where the options name a folder.

    In a team the first process alone tells anything. Gives the notes of the `Recorder` too.
    """
    if not (options.tensorboard and member.chief):
        yield (progress if member.chief else Muted(progress)), ()
        return
    made = Recorder(progress, name, options)
    try:
        yield made, made.notes
    finally:
        made.close()


def _free(folder: Path, name: str) -> Path:
    """A folder that is not there yet."""
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name).strip(".") or "run"
    stem = f"{plain}-{strftime('%Y%m%d-%H%M%S')}"
    number, found = 1, folder / stem
    with suppress(OSError):
        while found.exists():
            number += 1
            found = folder / f"{stem}-{number}"
    return found


def _writer(folder: Path) -> Any:
    # Not its SummaryWriter, whose own thread ends when the disk is full, and lets the run wait for ever.
    from tensorboardX.event_file_writer import EventsWriter

    folder.mkdir(parents=True)
    return EventsWriter(str(folder / "events"))


def _text(tag: str, text: str) -> Any:
    from tensorboardX.summary import text as summary

    return summary(tag, text)


def _table(options: TrainingOptions) -> str:
    """The options as a table in Markdown."""
    rows = [f"| {name} | {value} |" for name, value in options.to_json().items()]
    return "\n".join(["| option | value |", "| --- | --- |", *rows])
