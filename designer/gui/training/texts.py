"""Numbers of training as texts, written alike in status, tables and lists. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.gui.training.record import Record, best_epoch
from designer.messages import duration_text, tr
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow, Run

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


def options_text(options: TrainingOptions) -> str:
    """Options in short: 'AdamW 0.001, batch 32, cosine'."""
    return tr(
        "{optimizer} {rate}, batch {batch}, {schedule}",
        optimizer=options.optimizer,
        rate=rate_text(options.learning_rate),
        batch=options.batch_size,
        schedule=options.schedule,
    )


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
)
RUN_COLUMNS = ("Run", "Options", "Epochs", "Best accuracy", "Ended")


def epoch_cells(row: EpochRow) -> tuple[str, ...]:
    """One row of the table of epochs."""
    return (
        str(row.epoch),
        loss_text(row.train_loss),
        loss_text(row.val_loss),
        percent_text(row.train_accuracy),
        percent_text(row.val_accuracy),
        rate_text(row.learning_rate),
        duration_text(row.seconds),
    )


def run_cells(run: Run) -> tuple[str, ...]:
    """One row of the list of runs."""
    best = next((row for row in run.history if row.epoch == run.best_epoch), None)
    accuracy = NONE
    if best is not None:
        accuracy = tr(
            "{accuracy} (epoch {epoch})", accuracy=percent_text(best.val_accuracy), epoch=best.epoch
        )
    epochs = f"{len(run.history)} / {run.options.all_epochs}"
    return (str(run.number), options_text(run.options), epochs, accuracy, ended_text(run.stopped_because))


def live_cells(number: int, options: TrainingOptions, rows: Sequence[EpochRow]) -> tuple[str, ...]:
    """The row of a run that goes on."""
    best = best_epoch(rows)
    shown = Run(number, options, tuple(rows), best, "", "", 0.0, 0.0, ())
    return (*run_cells(shown)[:-1], tr("running"))


@dataclass(frozen=True, slots=True)
class Status:
    """What the status strip shows.

    Attributes:
        state: what is going on, in a few words.
        device, device_reason: where it runs, and why there.
        epoch, rate, elapsed, remaining, speed, best: texts, a dash where nothing is known.
        done: 0 to 1, or None while it cannot be known.
    """

    state: str
    device: str = NONE
    device_reason: str = ""
    epoch: str = NONE
    rate: str = NONE
    elapsed: str = NONE
    remaining: str = NONE
    speed: str = NONE
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
    best = best_epoch(record.rows)
    row = next((row for row in record.rows if row.epoch == best), None)
    return Status(
        state=state,
        device=device.device if device else NONE,
        device_reason=device.reason if device else "",
        epoch=tr("{epoch} of {epochs}", epoch=batch.epoch, epochs=batch.epochs) if batch else NONE,
        rate=rate_text(batch.learning_rate) if batch else NONE,
        elapsed=duration_text(batch.elapsed) if batch else NONE,
        remaining=duration_text(batch.remaining) if batch and batch.remaining is not None else NONE,
        speed=f"{batch.images_per_second:,.0f}" if batch else NONE,
        best=percent_text(row.val_accuracy) if row else NONE,
        done=record.share_done,
    )


def status_of_run(run: Run) -> Status:
    """Status of a run that is over; its remarks stand where the reason for the device stood."""
    row = next((row for row in run.history if row.epoch == run.best_epoch), None)
    states = {
        "finished": tr("Finished"),
        "early": tr("Ended early"),
        "stopped": tr("Stopped"),
        "failed": tr("Failed"),
    }
    return Status(
        state=states.get(run.stopped_because, run.stopped_because),
        device=run.device or NONE,
        device_reason=" ".join(run.remarks),
        epoch=tr("{epoch} of {epochs}", epoch=len(run.history), epochs=run.options.all_epochs),
        rate=rate_text(run.history[-1].learning_rate) if run.history else NONE,
        elapsed=duration_text(run.seconds),
        remaining=NONE,
        speed=f"{run.images_per_second:,.0f}",
        best=percent_text(row.val_accuracy) if row else NONE,
        done=len(run.history) / max(run.options.all_epochs, 1),
    )
