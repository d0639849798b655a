"""What a run has told so far, as plain numbers for curves, status and tables. No Qt, no numpy."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field

from designer.messages import tr
from designer.progress import BatchNews, CheckpointNews, DeviceNews, LabelsNews, StepNews
from designer.session.results import EarlierEpochs, EpochRow, Run


def _numbers() -> array[float]:
    return array("d")


@dataclass
class Places:
    """Where things happened, on each of the axes that curves may be drawn over.

    Attributes:
        epoch: epochs done, with parts (2.5: in the middle of the third).
        iteration: batches since the start; NaN when unknown.
        time: seconds of training.
    """

    epoch: array[float] = field(default_factory=_numbers)
    iteration: array[float] = field(default_factory=_numbers)
    time: array[float] = field(default_factory=_numbers)

    def __len__(self) -> int:
        return len(self.epoch)

    def add(self, epoch: float, iteration: float, time: float) -> None:
        """One more place."""
        self.epoch.append(epoch)
        self.iteration.append(iteration)
        self.time.append(time)


@dataclass
class Record:
    """Grows with the news of one run. Long runs tell millions of batches: all of them are only appended.

    Attributes:
        batches: where each batch that was told lies.
        batch_loss, batch_accuracy, batch_rate: mean loss of each of these batches, share of its pictures
            told right (NaN when unknown), and its learning rate.
        rows: finished epochs.
        row_places: where each of them ended.
        stage_names: of the stages that have begun; stage_places: where each of them did.
        checkpoints: where one was written.
        batch, device, step: the latest news of each kind.
        multilabel: pictures have several labels: accuracies are macro F1.
        ahead: seconds of work before the first epoch, as far as epochs that were not heard leave them.
    """

    batches: Places = field(default_factory=Places)
    batch_loss: array[float] = field(default_factory=_numbers)
    batch_accuracy: array[float] = field(default_factory=_numbers)
    batch_rate: array[float] = field(default_factory=_numbers)
    rows: list[EpochRow] = field(default_factory=list)
    row_places: Places = field(default_factory=Places)
    stage_names: list[str] = field(default_factory=list)
    stage_places: Places = field(default_factory=Places)
    checkpoints: Places = field(default_factory=Places)
    batch: BatchNews | None = None
    device: DeviceNews | None = None
    step: StepNews | None = None
    multilabel: bool = False
    ahead: float = 0.0
    _best: int = 0
    _stage: int = -1

    def take(self, news: object) -> bool:
        """Take one piece of news. False when it is of no use here."""
        if isinstance(news, BatchNews):
            self._take_batch(news)
        elif isinstance(news, EarlierEpochs):
            for row in news.rows:
                self.take_row(row)
        elif isinstance(news, EpochRow):
            self.take_row(news)
        elif isinstance(news, DeviceNews):
            self.device = news
        elif isinstance(news, LabelsNews):
            self.multilabel = True
        elif isinstance(news, StepNews):
            self.step = news
        elif isinstance(news, CheckpointNews):
            self.checkpoints.add(news.epoch, news.iteration, news.elapsed)
        else:
            return False
        return True

    def take_row(self, row: EpochRow, stage_name: str = "") -> None:
        """Take a finished epoch; `stage_name` is that of its stage, where its batches were not heard."""
        heard = self.batch if self.batch is not None and self.batch.epoch == row.epoch else None
        iteration, time = math.nan, self._last_time() + row.seconds
        if heard is not None:
            iteration = heard.iteration - heard.batch + heard.batches
            time = max(heard.elapsed, self._last_time())
        elif row.stage != self._stage:
            self._begin_stage(row.stage, stage_name, row.epoch - 1, math.nan)
        self.rows.append(row)
        self.row_places.add(row.epoch, iteration, time)
        if _better(row, self.best_row):
            self._best = len(self.rows)

    @property
    def best_row(self) -> EpochRow | None:
        """The epoch of the highest validation accuracy, of the lowest loss among equals, or None."""
        return self.rows[self._best - 1] if self._best else None

    @property
    def best_index(self) -> int:
        """Its number in `rows`; -1 while there is none."""
        return self._best - 1

    @property
    def share_done(self) -> float | None:
        """Share of all batches that are done, 0 to 1; None while it cannot be known."""
        if self.step is not None:
            return self.step.done
        if self.batch is None:
            return None
        within = self.batch.batch / max(self.batch.batches, 1)
        return min(max((self.batch.epoch - 1 + within) / max(self.batch.epochs, 1), 0.0), 1.0)

    def _take_batch(self, news: BatchNews) -> None:
        if news.stage - 1 != self._stage:
            # Stages begin with an epoch, and news are told of few batches only.
            before = news.iteration - news.batch
            self._begin_stage(news.stage - 1, news.stage_name, news.epoch - 1, before)
        self.batch = news
        self.step = None
        self.batches.add(news.epoch - 1 + news.batch / max(news.batches, 1), news.iteration, news.elapsed)
        self.batch_loss.append(news.loss)
        self.batch_accuracy.append(news.accuracy)
        self.batch_rate.append(news.learning_rate)

    def _begin_stage(self, stage: int, name: str, epoch: float, iteration: float) -> None:
        self._stage = stage
        self.stage_names.append(name)
        self.stage_places.add(epoch, iteration, self._last_time())

    def _last_time(self) -> float:
        last = self.row_places.time[-1] if len(self.row_places) else self.ahead
        return max(last, self.batches.time[-1] if len(self.batches) else 0.0)


@dataclass(frozen=True, slots=True)
class Shown:
    """A run that curves show: its number, what it told, the epochs it was to have, and its name if any."""

    number: int
    record: Record
    epochs: int
    name: str = ""

    @property
    def title(self) -> str:
        """What the user sees of it."""
        if not self.name:
            return tr("Run {number}", number=self.number)
        return tr("Run {number}, {name}", number=self.number, name=self.name)


def record_of(run: Run) -> Record:
    """The record of a run that is over and whose batches were not heard, as from a project file.

    What its epochs did not take was spent on frozen layers before them: with several stages, on those of
    later ones too.
    """
    ahead = max(run.seconds - sum(row.seconds for row in run.history), 0.0)
    record, parts = Record(multilabel=run.multilabel, ahead=ahead), run.options.parts
    for row in run.history:
        record.take_row(row, parts[row.stage].name if 0 <= row.stage < len(parts) else "")
    return record


def _better(row: EpochRow, best: EpochRow | None) -> bool:
    if row.val_accuracy != row.val_accuracy:
        return False
    return best is None or (row.val_accuracy, -row.val_loss) > (best.val_accuracy, -best.val_loss)
