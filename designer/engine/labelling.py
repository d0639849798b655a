"""The two ways in which pictures are labelled: one class each, or any number of labels.

What is true of a picture, what a network's scores say of it and how right that is depend on the way;
everything else asks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from designer.session.data import ImageData


class Labelling(Protocol):
    """One of the two ways."""

    def truths(self, data: ImageData, names: Sequence[str]) -> list[Any]:
        """What `torch.tensor` makes the labels of all pictures from: a row for each.

        Args:
            data: the pictures.
            names: the classes in the order of the scores; those of the pictures are among them.
        """

    def probabilities(self, scores: Tensor) -> Tensor:
        """What scores say. Shape: (N, classes) to the same, 0 to 1."""

    def nothing(self, classes: int) -> Tensor:
        """The tally of no picture."""

    def tally(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Whole numbers that may be added up over batches, for `measured`."""

    def measured(self, tally: Tensor, seen: int) -> float:
        """The measure of the table of measures, 0 to 1, of `seen` pictures with that tally."""


class OneClass:
    """Each picture shows one class. Labels: numbers of the classes, shape (N,), int64."""

    def truths(self, data: ImageData, names: Sequence[str]) -> list[Any]:
        """See `Labelling`."""
        places = [names.index(name) for name in data.classes]
        return [places[label] for picture in data.pictures for label in picture.labels]

    def probabilities(self, scores: Tensor) -> Tensor:
        """Softmax: they add up to 1."""
        return scores.softmax(1)

    def nothing(self, classes: int) -> Tensor:
        """See `Labelling`."""
        return torch.zeros((), dtype=torch.int64)

    def tally(self, scores: Tensor, labels: Tensor) -> Tensor:
        """How many pictures are told right. Shape: ()."""
        return (scores.argmax(1) == labels).sum()

    def measured(self, tally: Tensor, seen: int) -> float:
        """Accuracy."""
        return int(tally) / seen


class SeveralLabels:
    """A picture shows any number of classes. Labels: 1 and 0, shape (N, classes), float32."""

    def truths(self, data: ImageData, names: Sequence[str]) -> list[Any]:
        """See `Labelling`."""
        places = [names.index(name) for name in data.classes]
        rows = [[0.0] * len(names) for _ in data.pictures]
        for row, picture in zip(rows, data.pictures, strict=True):
            for label in picture.labels:
                row[places[label]] = 1.0
        return rows

    def probabilities(self, scores: Tensor) -> Tensor:
        """Sigmoid: each class for itself."""
        return scores.sigmoid()

    def nothing(self, classes: int) -> Tensor:
        """See `Labelling`."""
        return torch.zeros((3, classes), dtype=torch.int64)

    def tally(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Of each class: how often it is said rightly, said, and there. Shape: (3, classes).

        It is said where its score is over 0, and so its probability over `THRESHOLD`.
        """
        said, there = scores > 0, labels > 0
        return torch.stack([(said & there).sum(0), said.sum(0), there.sum(0)])

    def measured(self, tally: Tensor, seen: int) -> float:
        """Macro F1 over the classes that are said or there at all; 0 where none is.

        It equals scikit-learn's with `zero_division=nan`.
        """
        right, said, there = tally.double()
        known = said + there > 0
        if not known.any():
            return 0.0
        return float((2 * right[known] / (said + there)[known]).mean())


def labelling(multilabel: bool) -> Labelling:
    """The way in which pictures are labelled."""
    return SeveralLabels() if multilabel else OneClass()
