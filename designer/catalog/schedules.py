"""The table of schedules: how the learning rate goes in the course of training."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designer.catalog.rows import row_of
from designer.errors import TrainingError
from designer.messages import tr
from designer.session.options import TrainingOptions

START = 0.01
"""Share of the rate that a warm-up begins with, as in torchvision's reference training."""
RISE, LOW, END = 0.3, 1 / 25, 1 / 250_000
"""Of one cycle: share of the time in which the rate rises, where it begins and where it ends.

They are the defaults of torch's `OneCycleLR`.
"""

Factor = Callable[[float, float, TrainingOptions], float]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A course of the learning rate.

    Attributes:
        key: name in options and projects.
        title: what the user sees.
        factor: from the epochs that are done, as a number with fraction, those that there are, and the
            options, to the factor on the base rate. A warm-up is not in it.
        options: fields of `TrainingOptions` that it takes.
        help: one line with the formula.
    """

    key: str
    title: str
    factor: Factor
    options: tuple[str, ...]
    help: str


def rate_factor(options: TrainingOptions, done: float, epochs: int) -> float:
    """The factor on the base rate, warm-up included, of a schedule of `epochs` epochs.

    A warm-up takes its time from the schedule's own, and at most all of it. What 'plateau' does cannot
    be known ahead, see `plateau_factor`.

    Args:
        options: schedule and warm-up among them.
        done: epochs that are done, as a number with fraction.
        epochs: all epochs of the schedule.
    """
    warmup = min(options.warmup_epochs, epochs)
    if done < warmup:
        return START + (1 - START) * done / warmup
    left = epochs - warmup
    return schedule(options.schedule).factor(done - warmup, left, options) if left > 0 else 1.0


def plateau_factor(options: TrainingOptions, losses: Sequence[float]) -> float:
    """What the schedule 'plateau' has made of the rate after epochs with these losses; else 1.

    As torch's `ReduceLROnPlateau` with its own threshold: each time that `plateau_epochs` further epochs
    bring no loss lower than 99.99 % of the lowest so far, the rate is multiplied by `decay_factor`.
    """
    if options.schedule != "plateau":
        return 1.0
    factor, best, waited = 1.0, math.inf, 0
    for loss in losses:
        if loss < best * (1 - 1e-4):
            best, waited = loss, 0
        else:
            waited += 1
        if waited > options.plateau_epochs:
            factor, waited = factor * options.decay_factor, 0
    return factor


def _cosine(done: float, epochs: float, options: TrainingOptions) -> float:
    return 0.5 * (1 + math.cos(math.pi * min(done / epochs, 1.0)))


def _constant(done: float, epochs: float, options: TrainingOptions) -> float:
    return 1.0


def _step(done: float, epochs: float, options: TrainingOptions) -> float:
    # A share of a step more than a whole epoch is that epoch's end, not less.
    return float(options.decay_factor ** math.floor(done / options.step_epochs + 1e-9))


def _one_cycle(done: float, epochs: float, options: TrainingOptions) -> float:
    share = min(done / epochs, 1.0)
    if share < RISE:
        return _between(LOW, 1.0, share / RISE)
    return _between(1.0, END, (share - RISE) / (1 - RISE))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))


_ROWS = (
    Schedule("cosine", "Cosine", _cosine, (), "rate * (1 + cos(pi * share of steps done)) / 2: falls to 0."),
    Schedule("constant", "Constant", _constant, (), "The same rate in every step."),
    Schedule(
        "step",
        "Steps",
        _step,
        ("step_epochs", "decay_factor"),
        "rate * factor ^ (epochs done / epochs for each step, rounded down).",
    ),
    Schedule(
        "one_cycle",
        "One cycle",
        _one_cycle,
        (),
        "From rate / 25 up to the rate in 30 % of the steps, then down to almost 0, both along a cosine.",
    ),
    Schedule(
        "plateau",
        "Lower on a plateau",
        _constant,
        ("plateau_epochs", "decay_factor"),
        "rate * factor each time that the validation loss has not fallen for some epochs.",
    ),
)

SCHEDULES = {row.key: row for row in _ROWS}
"""All schedules by key, in the order of the list that the user sees."""


def schedule(key: str) -> Schedule:
    """The row of that key.

    Raises:
        TrainingError: there is none; it names those that there are.
    """
    return row_of(SCHEDULES, key, tr("There is no schedule '{key}'.", key=key), TrainingError)
