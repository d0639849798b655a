"""Reports made by hand, and surroundings with everything that evaluation needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.session.data import ImageData, Picture
from designer.session.results import ClassScore, Report


def make_report(truth, predicted, classes=("cat", "dog", "owl"), paths=None):
    """A report of these truths and predictions, the scores worked out by hand."""
    count = len(classes)
    confusion = [[0] * count for _ in range(count)]
    for row, column in zip(truth, predicted, strict=True):
        confusion[row][column] += 1
    scores = []
    for number, name in enumerate(classes):
        right, there = confusion[number][number], sum(confusion[number])
        answered = sum(row[number] for row in confusion)
        f1 = 2 * right / (there + answered) if there + answered else 0.0
        scores.append(ClassScore(name, right / max(answered, 1), right / max(there, 1), f1, there))
    paths = paths or [Path(f"/nowhere/{i}.png") for i in range(len(truth))]
    return Report(
        sum(a == b for a, b in zip(truth, predicted, strict=True)) / len(truth),
        tuple(classes),
        tuple(map(tuple, confusion)),
        tuple(scores),
        tuple(paths),
        tuple(truth),
        tuple(predicted),
        tuple(0.5 + 0.4 * i / len(truth) for i in range(len(truth))),
    )


@pytest.fixture
def report():
    """4 of 6 right; one cat taken for a dog, one dog for a cat."""
    return make_report([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 2])


@pytest.fixture
def report_of():
    """See `make_report`."""
    return make_report


@pytest.fixture
def data() -> ImageData:
    """Pictures of the tiny network's classes."""
    pictures = tuple(Picture(Path(f"/nowhere/{i}.png"), i % 3) for i in range(12))
    classes = ("cat", "dog", "owl")
    return ImageData(Path(), classes, pictures, (), tuple(range(9)), (9, 10, 11), 0.25, 0)


@pytest.fixture
def ready(context, tiny_network, data):
    """Surroundings with a network and pictures."""
    context.session.open(tiny_network, {"fc": "tensors"}, data=data)
    return context
