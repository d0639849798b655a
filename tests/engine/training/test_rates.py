"""Rates over stages, and patience: pure functions of the history."""

from __future__ import annotations

from math import nan

import pytest

from designer.engine.training.rates import base_rate, out_of_patience
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow
from designer.session.stages import ALL, Stage


def row(epoch, loss, stage=0, train=9.0):
    return EpochRow(epoch, train, loss, 0.5, 0.5, 1.0, 0.1, stage)


def test_each_stage_has_a_schedule_of_its_own():
    stages = (Stage("Head", 2, 1.0), Stage("All", 4, 0.1, (ALL,)))
    options = TrainingOptions(schedule="cosine", stages=stages)
    first = [row(1, 1.0), row(2, 1.0)]
    assert base_rate(options, 0, [], 0) == 1.0
    assert base_rate(options, 0, first[:1], 0) == pytest.approx(0.5)
    assert base_rate(options, 1, first, 0) == pytest.approx(0.1)
    assert base_rate(options, 1, [*first, row(3, 1.0, 1)], 1.0) == pytest.approx(0.05)


def test_a_plateau_lowers_the_rate_in_its_stage_alone():
    stages = (Stage("Head", 9, 1.0), Stage("All", 9, 0.1, (ALL,)))
    options = TrainingOptions(schedule="plateau", plateau_epochs=1, decay_factor=0.5, stages=stages)
    flat = [row(n, 1.0) for n in range(1, 4)]
    assert base_rate(options, 0, flat, 0) == 0.5
    assert base_rate(options, 1, flat, 0) == 0.1


@pytest.mark.parametrize(
    ("losses", "change", "out"),
    [
        ([1.0, 0.9, 0.8], 0.0, False),
        ([1.0, 1.0], 0.0, False),
        ([1.0, 1.0, 1.0], 0.0, True),
        ([1.0, 0.95, 0.9], 0.2, True),
        ([1.0, 0.95, 0.7], 0.2, False),
        ([1.0, 1.1, 0.9, 0.95, 0.93], 0.0, True),
    ],
)
def test_patience_of_two_epochs(losses, change, out):
    options = TrainingOptions(early_stopping=2, minimum_change=change)
    rows = [row(number, loss) for number, loss in enumerate(losses, 1)]
    assert out_of_patience(options, 0, rows) is out
    # Without validation the training loss counts.
    unseen = [row(number, nan, train=loss) for number, loss in enumerate(losses, 1)]
    assert out_of_patience(options, 0, unseen) is out
    assert not out_of_patience(TrainingOptions(), 0, rows)
    assert not out_of_patience(options, 1, rows)
