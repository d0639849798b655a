"""Numbers of training as texts, written alike in status, tables and lists. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from designer.catalog.losses import loss
from designer.gui.training.record import Record
from designer.messages import bytes_text, duration_text, tr
from designer.progress import BatchNews
from designer.session.kept_runs import InterruptedRun
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run, WayNews

NONE = "–"


def percent_text(share: float) -> str:
    """A share of 0 to 1 as '94.2 %'; a dash for none."""
    return f"{100 * share:.1f} %" if share == share else NONE


def loss_text(loss: float) -> str:
    """A loss in four significant digits."""
    return f"{loss:.4g}" if loss == loss else NONE


def rate_text(rate: float) -> str:
    """A learning rate, short: '0.001', '3.2e-05'."""
    return f"{rate:.3g}"


def clock_text(seconds: float, digits: int = 0) -> str:
    """A time as on a clock: '0:07', '12:05', '1:02:05'; with `digits` after the seconds."""
    whole = round(max(seconds, 0.0), digits)
    minutes, rest = divmod(whole, 60)
    second = f"{rest:0{3 + digits if digits else 2}.{digits}f}"
    if minutes < 60:
        return f"{minutes:.0f}:{second}"
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{second}"


def options_text(options: TrainingOptions) -> str:
    """Options in short: 'AdamW 0.001, batch 32, cosine'."""
    return tr(
        "{optimizer} {rate}, batch {batch}, {schedule}",
        optimizer=options.optimizer,
        rate=rate_text(options.learning_rate),
        batch=options.batch_size,
        schedule=options.schedule,
    )


def loss_text_of(key: str) -> str:
    """The name of a loss within a sentence: 'binary cross entropy'."""
    title = tr(loss(key).title)
    return title[:1].lower() + title[1:]


def ended_text(stopped_because: str) -> str:
    """Why a run ended, in a word."""
    words = {
        "finished": tr("finished"),
        "early": tr("no more progress"),
        "stopped": tr("stopped"),
        "failed": tr("failed"),
    }
    return words.get(stopped_because, stopped_because)


EPOCH_COLUMNS = (
    "Epoch",
    "Train. loss",
    "Val. loss",
    "Train. accuracy",
    "Val. accuracy",
    "Rate",
    "Time",
    "Stage",
)
EPOCH_COLUMNS_OF_LABELS = (
    "Epoch",
    "Train. loss",
    "Val. loss",
    "Train. macro F1",
    "Val. macro F1",
    "Rate",
    "Time",
    "Stage",
)
"""The same where pictures have several labels."""
OPTIONS_COLUMN = 1
"""Among `RUN_COLUMNS`."""
RUN_COLUMNS = ("Run", "Options", "Epochs", "Best accuracy", "Ended")


def run_columns(labels: Iterable[bool]) -> tuple[str, ...]:
    """English titles of the list of runs, given of each whether its pictures have several labels."""
    sorts = set(labels)
    if True not in sorts:
        return RUN_COLUMNS
    best = "Best macro F1" if sorts == {True} else "Best accuracy or macro F1"
    return tuple(best if title == "Best accuracy" else title for title in RUN_COLUMNS)


def epoch_cells(row: EpochRow, options: TrainingOptions) -> tuple[str, ...]:
    """One row of the table of epochs of a run with these options."""
    return (
        str(row.epoch),
        loss_text(row.train_loss),
        loss_text(row.val_loss),
        percent_text(row.train_accuracy),
        percent_text(row.val_accuracy),
        rate_text(row.learning_rate),
        duration_text(row.seconds),
        stage_text(row.stage, options),
    )


def stage_text(stage: int, options: TrainingOptions) -> str:
    """A stage, counted from 0, as '2: Last block'; a dash where a run has none."""
    if not options.stages:
        return NONE
    name = options.stages[stage].name if 0 <= stage < len(options.stages) else ""
    return f"{stage + 1}: {name}" if name else str(stage + 1)


def run_cells(run: Run) -> tuple[str, ...]:
    """One row of the list of runs."""
    best = next((row for row in run.history if row.epoch == run.best_epoch), None)
    accuracy = _best_text(best) if best is not None else NONE
    if run.interval is not None and run.name:
        low, high = (percent_text(bound) for bound in run.interval)
        accuracy = tr("{accuracy}, 95 % sure: {low} to {high}", accuracy=accuracy, low=low, high=high)
    epochs = f"{len(run.history)} / {run.options.all_epochs}"
    number = _numbered(run.number, run.name)
    return (number, options_text(run.options), epochs, accuracy, ended_text(run.stopped_because))


def _best_text(best: EpochRow) -> str:
    return tr("{accuracy} (epoch {epoch})", accuracy=percent_text(best.val_accuracy), epoch=best.epoch)


def _numbered(number: int, name: str) -> str:
    return f"{number}  {name}" if name else str(number)


def live_cells(number: int, options: TrainingOptions, record: Record, name: str = "") -> tuple[str, ...]:
    """The row of a run that goes on; `name` is that of its way, where several are compared."""
    best = record.best_row
    return (
        _numbered(number, name),
        options_text(options),
        f"{len(record.rows)} / {options.all_epochs}",
        _best_text(best) if best is not None else NONE,
        tr("running"),
    )


def going_on_text(way: WayNews | None) -> str:
    """What goes on, beside its state: which of several ways, None for the only one."""
    edit = tr("You may go on editing; other options hold for the next run.")
    if way is None:
        return edit
    text = tr("Comparing, {number} of {count}: {name}.", number=way.number, count=way.count, name=way.name)
    return f"{text} {edit}"


def stop_text(way: WayNews | None) -> str:
    """What stopping does; for `way` see above."""
    if way is None:
        return tr("Ends training after this batch; what was learned is kept.")
    return tr("Ends the comparison after this batch; what the ways have given until then is kept.")


@dataclass(frozen=True, slots=True)
class Status:
    """What the status strip shows.

    Attributes:
        state: what is going on, in a few words.
        device, device_reason: where it runs, and why there.
        stage: of training, '' where there is only one.
        epoch, iteration, rate, elapsed, remaining, speed, waiting, memory, best: texts, a dash where
            nothing is known.
        done: 0 to 1, or None while it cannot be known.
    """

    state: str
    device: str = NONE
    device_reason: str = ""
    stage: str = ""
    epoch: str = NONE
    iteration: str = NONE
    rate: str = NONE
    elapsed: str = NONE
    remaining: str = NONE
    speed: str = NONE
    waiting: str = NONE
    memory: str = NONE
    best: str = NONE
    done: float | None = None


def status_of_record(record: Record, *, stopping: bool = False, paused: bool = False) -> Status:
    """Status of the run that is going on."""
    batch, device = record.batch, record.device
    state = tr("Starting")
    if stopping:
        state = tr("Stopping")
    elif paused:
        state = tr("Paused")
    elif record.step is not None:
        state = record.step.text
    elif batch is not None:
        state = tr("Training")
    best = record.best_row
    known = Status(
        state=state,
        device=device.device if device else NONE,
        device_reason=device.reason if device else "",
        best=percent_text(best.val_accuracy) if best else NONE,
        done=record.share_done,
    )
    return known if batch is None else _with_batch(known, batch)


def _with_batch(status: Status, batch: BatchNews) -> Status:
    return replace(
        status,
        stage=_stage_of(batch),
        epoch=tr("{epoch} of {epochs}", epoch=batch.epoch, epochs=batch.epochs),
        iteration=f"{batch.iteration:,}",
        rate=rate_text(batch.learning_rate),
        elapsed=duration_text(batch.elapsed),
        remaining=duration_text(batch.remaining) if batch.remaining is not None else NONE,
        speed=f"{batch.images_per_second:,.0f}",
        waiting=f"{100 * batch.waiting:.0f} %",
        memory=bytes_text(batch.memory) if batch.memory else NONE,
    )


def _stage_of(batch: BatchNews) -> str:
    if batch.stages < 2:
        return batch.stage_name
    place = tr("stage {stage} of {stages}", stage=batch.stage, stages=batch.stages)
    return f"{place}: {batch.stage_name}" if batch.stage_name else place


def status_of_run(run: Run, record: Record) -> Status:
    """Status of a run that is over; its remarks stand where the reason for the device stood.

    `record` is what it told, as far as that was heard.
    """
    batch = record.batch
    row = next((row for row in run.history if row.epoch == run.best_epoch), None)
    states = {
        "finished": tr("Finished"),
        "early": tr("Ended early: no more progress"),
        "stopped": tr("Stopped"),
        "failed": tr("Failed"),
    }
    return Status(
        state=states.get(run.stopped_because, run.stopped_because),
        device=run.device or NONE,
        device_reason=" ".join(run.remarks),
        epoch=tr("{epoch} of {epochs}", epoch=len(run.history), epochs=run.options.all_epochs),
        iteration=_last_iteration(record),
        waiting=f"{100 * batch.waiting:.0f} %" if batch else NONE,
        memory=bytes_text(batch.memory) if batch and batch.memory else NONE,
        rate=rate_text(run.history[-1].learning_rate) if run.history else NONE,
        elapsed=duration_text(run.seconds),
        remaining=NONE,
        speed=f"{run.images_per_second:,.0f}",
        best=percent_text(row.val_accuracy) if row else NONE,
        done=len(run.history) / max(run.options.all_epochs, 1),
    )


def _last_iteration(record: Record) -> str:
    """Of a run that is over: not every batch is told of, but epochs are."""
    ends = record.row_places.iteration
    return f"{ends[-1]:,.0f}" if len(ends) and ends[-1] == ends[-1] else NONE


def continue_text(run: InterruptedRun) -> str:
    """The button that goes on with a broken-off run."""
    return tr("Continue training") if run.has_checkpoint else tr("Begin it again")
