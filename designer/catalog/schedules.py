"""The table of schedules: how the learning rate goes in the course of training."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from designer.catalog.rows import row_of
from designer.errors import TrainingError
from designer.messages import tr


@dataclass(frozen=True, slots=True)
class Schedule:
    """A course of the learning rate.

    Attributes:
        key: name in options and projects.
        title: what the user sees.
        factor: from the share of steps done, 0 to 1, to the factor on the base rate.
        help: one line with the formula.
    """

    key: str
    title: str
    factor: Callable[[float], float]
    help: str


def _cosine(done: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * done))


def _constant(done: float) -> float:
    return 1.0


_ROWS = (
    Schedule("cosine", "Cosine", _cosine, "rate * (1 + cos(pi * share of steps done)) / 2: falls to 0."),
    Schedule("constant", "Constant", _constant, "The same rate in every step."),
)

SCHEDULES = {row.key: row for row in _ROWS}
"""All schedules by key, in the order of the list that the user sees."""


def schedule(key: str) -> Schedule:
    """The row of that key.

    Raises:
        TrainingError: there is none; it names those that there are.
    """
    return row_of(SCHEDULES, key, tr("There is no schedule '{key}'.", key=key), TrainingError)
