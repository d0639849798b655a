"""The table of measures: what tells how well a network does, where a person is to read one number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A share of 0 to 1 that training shows for each epoch, and whose best epoch is kept.

    Attributes:
        key: name in documents.
        title: what the user sees.
        help: one line: how it is counted.
    """

    key: str
    title: str
    help: str


ACCURACY = Measure("accuracy", "Accuracy", "Share of the pictures whose most probable class is the true one.")
MACRO_F1 = Measure(
    "macro_f1",
    "Macro F1",
    "Mean over the classes of 2 * right / (said + there); a class is said where its probability is over 0.5.",
)


def measure(multilabel: bool) -> Measure:
    """The measure of pictures with one class each, or with several labels."""
    return MACRO_F1 if multilabel else ACCURACY
