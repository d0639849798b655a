"""The pictures as a value: counts, and what the user should know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.session.data import ImageData, Picture, UnreadableFile


@pytest.fixture
def data():
    pictures = tuple(Picture(Path(f"{n}.png"), label) for n, label in enumerate((0, 0, 0, 1, 1, 2)))
    return ImageData(Path(), ("a", "b", "c"), pictures, (), (0, 1, 3, 5), (2, 4), 0.3, 0)


def test_counts(data):
    assert data.counts() == (3, 2, 1)
    assert data.counts(data.validation) == (1, 1, 0)
    assert data.counts(()) == (0, 0, 0)


def test_remarks(data):
    assert data.remarks == ("Class 'c' has a single picture: it is used for training alone.",)
    left_out = replace(data, unreadable=(UnreadableFile(Path("x.png"), "It is empty."),), validation=())
    assert left_out.remarks == ("One file was left out.", "There are no pictures for validation.")
    assert "'c' has no picture for training" in replace(data, training=(0,), validation=(1, 4, 5)).remarks[1]
