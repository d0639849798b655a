"""What evaluation finds where pictures have several labels, as frozen plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

THRESHOLD = 0.5
"""A label is said of a picture where its probability is over this."""


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one class is told from its absence; a class is said where its probability is over 0.5.

    Attributes:
        name: of the class.
        found, missed: pictures that show it: where it is said, and where it is not.
        wrong, absent: pictures that do not show it: where it is said, and where it is not.
        average_precision: area under precision over recall, in steps, over all thresholds; None where
            no picture shows the class.
    """

    name: str
    found: int
    missed: int
    wrong: int
    absent: int
    average_precision: float | None

    @property
    def precision(self) -> float:
        """Share of the pictures that it is said of which show it; 0 where it is never said."""
        return self.found / max(self.found + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Share of the pictures that show it of which it is said; 0 where no picture does."""
        return self.found / max(self.found + self.missed, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 where it is neither said nor there."""
        return 2 * self.found / max(2 * self.found + self.missed + self.wrong, 1)

    @property
    def count(self) -> int:
        """Pictures that show it."""
        return self.found + self.missed


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What evaluation found on pictures with several labels.

    Attributes:
        macro_f1: mean F1 of the classes that are said or there at all; 0 where none is.
        mean_average_precision: mean over the classes that a picture shows; None where none is shown.
        decisions: share of all decisions, one for each picture and class, that are right.
        exact: share of the pictures of which all classes are told right.
        per_class: one score for each class, in the network's order.
        pictures: paths of the pictures, in order of `truth` and `probabilities`.
        truth: of each picture the numbers of the classes that it shows, sorted.
        probabilities: of each picture that of each class, 0 to 1.
        unreadable: files that were left out.
    """

    macro_f1: float
    mean_average_precision: float | None
    decisions: float
    exact: float
    per_class: tuple[LabelScore, ...]
    pictures: tuple[Path, ...]
    truth: tuple[tuple[int, ...], ...]
    probabilities: tuple[tuple[float, ...], ...]
    unreadable: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, in the network's order."""
        return tuple(score.name for score in self.per_class)
