"""The tables of optimizers and schedules: every row is what torch has under that name."""

from __future__ import annotations

import importlib

import pytest
import torch

from designer.catalog.optimizers import OPTIMIZERS, optimizer
from designer.catalog.schedules import SCHEDULES, schedule
from designer.errors import TrainingError
from designer.session.options import TrainingOptions


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_an_optimizer_can_be_made_from_its_row(key):
    row = optimizer(key)
    package, name = row.target.rsplit(".", 1)
    weight = torch.nn.Parameter(torch.ones(2))
    arguments = row.arguments(TrainingOptions(momentum=0.7))
    made = getattr(importlib.import_module(package), name)([weight], lr=0.1, weight_decay=0.0, **arguments)
    (weight**2).sum().backward()
    made.step()
    assert (weight < 1).all()
    assert row.key == key
    assert row.title
    assert row.help


def test_options_begin_with_rows_of_the_tables():
    assert TrainingOptions().optimizer in OPTIMIZERS
    assert TrainingOptions().schedule in SCHEDULES


def test_the_cosine_is_torchs():
    made = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(made, T_max=40)
    for step in range(40):
        assert schedule("cosine").factor(step / 40) == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        made.step()
        theirs.step()


def test_constant_stays():
    assert [schedule("constant").factor(share) for share in (0, 0.5, 1)] == [1, 1, 1]
    assert all(row.key == key and row.title and row.help for key, row in SCHEDULES.items())


@pytest.mark.parametrize("find", [optimizer, schedule])
def test_unknown_keys_name_the_known_ones(find):
    with pytest.raises(TrainingError, match=r"Choose one of: (AdamW, Adam, SGD|cosine, constant)\."):
        find("nothing")
