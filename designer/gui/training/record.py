"""What a run has told so far, as plain numbers for curves, status and tables. No Qt, no numpy."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from designer.progress import BatchNews, DeviceNews, StepNews
from designer.session.results import EarlierEpochs, EpochRow, Run


@dataclass
class Record:
    """Grows with the news of one run.

    Attributes:
        batch_position: where each batch lies, in epochs (2.5: in the middle of the third).
        batch_loss: mean loss of each of these batches.
        rows: finished epochs.
        batch, device, step: the latest news of each kind.
    """

    batch_position: array[float] = field(default_factory=lambda: array("d"))
    batch_loss: array[float] = field(default_factory=lambda: array("d"))
    rows: list[EpochRow] = field(default_factory=list)
    batch: BatchNews | None = None
    device: DeviceNews | None = None
    step: StepNews | None = None

    def take(self, news: object) -> bool:
        """Take one piece of news. False when it is of no use here."""
        if isinstance(news, BatchNews):
            self.batch = news
            self.step = None
            self.batch_position.append(news.epoch - 1 + news.batch / max(news.batches, 1))
            self.batch_loss.append(news.loss)
        elif isinstance(news, EarlierEpochs):
            self.rows[:] = news.rows
        elif isinstance(news, EpochRow):
            self.rows.append(news)
        elif isinstance(news, DeviceNews):
            self.device = news
        elif isinstance(news, StepNews):
            self.step = news
        else:
            return False
        return True

    @property
    def share_done(self) -> float | None:
        """Share of all batches that are done, 0 to 1; None while it cannot be known."""
        if self.step is not None:
            return self.step.done
        if self.batch is None:
            return None
        within = self.batch.batch / max(self.batch.batches, 1)
        return min(max((self.batch.epoch - 1 + within) / max(self.batch.epochs, 1), 0.0), 1.0)


def record_of(run: Run) -> Record:
    """The record of a run that is over and whose batches were not heard, as from a project file."""
    return Record(rows=list(run.history))


def best_epoch(rows: Sequence[EpochRow]) -> int:
    """Epoch with the highest validation accuracy, the lowest loss among equals; 0 when there is none."""
    counted = [row for row in rows if row.val_accuracy == row.val_accuracy]
    if not counted:
        return 0
    return max(counted, key=lambda row: (row.val_accuracy, -row.val_loss, -row.epoch)).epoch
