"""The tables of optimizers, schedules and losses: every row is what torch has under that name."""

from __future__ import annotations

import importlib
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from designer.catalog.losses import LOSSES, class_weights, loss
from designer.catalog.optimizers import OPTIMIZERS, optimizer
from designer.catalog.schedules import SCHEDULES, plateau_factor, rate_factor, schedule
from designer.errors import TrainingError
from designer.session.options import TrainingOptions

STEPS = 4
"""Steps in each epoch."""


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("nesterov", [False, True])
def test_an_optimizer_can_be_made_from_its_row(key, nesterov):
    row = optimizer(key)
    package, name = row.target.rsplit(".", 1)
    weight = torch.nn.Parameter(torch.ones(2))
    options = TrainingOptions(momentum=0.7, beta1=0.8, nesterov=nesterov)
    arguments = row.arguments(options)
    make = getattr(importlib.import_module(package), name)
    made = make([weight], lr=0.1, weight_decay=0.0, **arguments, **({"fused": True} if row.fusable else {}))
    (weight**2).sum().backward()
    made.step()
    assert (weight < 1).all()
    kept = [value for value in made.state[weight].values() if value.shape == weight.shape]
    assert len(kept) <= row.state
    assert set(row.options) <= set(TrainingOptions.__dataclass_fields__)
    assert (row.key, bool(row.title), bool(row.help)) == (key, True, True)
    if "beta1" in row.options:
        assert made.param_groups[0]["betas"] == (0.8, 0.999)
    if "momentum" in row.options:
        assert made.param_groups[0]["momentum"] == 0.7


def test_looking_ahead_needs_a_momentum():
    arguments = optimizer("SGD").arguments(TrainingOptions(momentum=0.0, nesterov=True))
    assert arguments == {"momentum": 0.0, "nesterov": False}


def test_options_begin_with_rows_of_the_tables():
    assert TrainingOptions().optimizer in OPTIMIZERS
    assert TrainingOptions().schedule in SCHEDULES
    assert TrainingOptions().loss in LOSSES


def sgd():
    return torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)


def warmed(made, epochs, then):
    rising = lr_scheduler.LinearLR(made, start_factor=0.01, total_iters=2 * STEPS)
    return lr_scheduler.SequentialLR(made, [rising, then(made, epochs - 2)], milestones=[2 * STEPS])


def cosine(made, epochs):
    return lr_scheduler.CosineAnnealingLR(made, T_max=epochs * STEPS)


def in_steps(made, epochs):
    return lr_scheduler.StepLR(made, step_size=3 * STEPS, gamma=0.5)


CASES = {
    "cosine": (TrainingOptions(schedule="cosine"), cosine),
    "constant": (TrainingOptions(schedule="constant"), lambda made, _: lr_scheduler.ConstantLR(made, 1.0)),
    "step": (TrainingOptions(schedule="step", step_epochs=3, decay_factor=0.5), in_steps),
    "cosine, warmed up": (
        TrainingOptions(schedule="cosine", warmup_epochs=2),
        lambda made, epochs: warmed(made, epochs, cosine),
    ),
    "step, warmed up": (
        TrainingOptions(schedule="step", step_epochs=3, decay_factor=0.5, warmup_epochs=2),
        lambda made, epochs: warmed(made, epochs, in_steps),
    ),
}


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("name", CASES)
def test_a_schedule_is_torchs(name):
    options, make = CASES[name]
    made = sgd()
    theirs = make(made, 10)
    for step in range(10 * STEPS):
        assert rate_factor(options, step / STEPS, 10) == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        made.step()
        theirs.step()


def test_one_cycle_is_torchs():
    """torch goes through its last step at the end, this one would one step later: a share of a step apart."""
    made, total = sgd(), 4_000
    theirs = lr_scheduler.OneCycleLR(made, max_lr=1.0, total_steps=total, cycle_momentum=False)
    options = TrainingOptions(schedule="one_cycle")
    for step in range(total):
        assert rate_factor(options, step / total * 10, 10) == pytest.approx(theirs.get_last_lr()[0], abs=2e-3)
        made.step()
        theirs.step()
    assert rate_factor(options, 0, 10) == pytest.approx(1 / 25)
    assert rate_factor(options, 3, 10) == pytest.approx(1.0)
    assert rate_factor(options, 10, 10) == pytest.approx(1 / 250_000)


def test_a_plateau_is_torchs():
    losses = [1.0, 0.8, 0.8, 0.79999, 0.81, 0.9, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, math.inf, 0.69]
    options = TrainingOptions(schedule="plateau", plateau_epochs=2, decay_factor=0.5)
    made = sgd()
    theirs = lr_scheduler.ReduceLROnPlateau(made, factor=0.5, patience=2)
    for count, value in enumerate(losses, 1):
        theirs.step(value)
        assert plateau_factor(options, losses[:count]) == made.param_groups[0]["lr"]
    assert plateau_factor(options, losses) < 0.3
    assert plateau_factor(replace(options, schedule="cosine"), losses) == 1
    assert rate_factor(options, 3, 10) == 1


def test_a_warm_up_longer_than_the_run_takes_all_of_it():
    options = TrainingOptions(warmup_epochs=50)
    rates = [rate_factor(options, done, 4) for done in (0, 1, 2, 4)]
    assert rates == pytest.approx([0.01, 0.2575, 0.505, 1.0])


@pytest.mark.parametrize("key", SCHEDULES)
def test_rows_of_schedules(key):
    row = schedule(key)
    assert row.key == key
    assert row.title
    assert row.help
    assert set(row.options) <= set(TrainingOptions.__dataclass_fields__)
    assert 0 <= row.factor(10.0, 10.0, TrainingOptions(schedule=key)) <= 1


@pytest.mark.parametrize("key", LOSSES)
def test_rows_of_losses(key):
    row = loss(key)
    assert row.key == key
    assert row.title
    assert row.help
    package, name = row.target.rsplit(".", 1)
    values = getattr(importlib.import_module(package), name)(
        torch.randn(5, 3), torch.tensor([0, 1, 2, 0, 1]), **row.arguments(TrainingOptions())
    )
    assert values.shape == (5,)
    assert (values > 0).all()


@pytest.mark.parametrize(("find", "rows"), [(optimizer, OPTIMIZERS), (schedule, SCHEDULES), (loss, LOSSES)])
def test_unknown_keys_name_the_known_ones(find, rows):
    with pytest.raises(TrainingError) as caught:
        find("nothing")
    assert all(key in caught.value.remedy for key in rows)


def test_balanced_classes_are_scikit_learns():
    from sklearn.utils.class_weight import compute_class_weight

    labels = [0] * 10 + [1] * 3 + [3] * 1
    options = TrainingOptions(class_weights="balanced")
    theirs = compute_class_weight("balanced", classes=np.array([0, 1, 3]), y=labels)
    assert class_weights(options, [10, 3, 0, 1]) == pytest.approx([theirs[0], theirs[1], 1.0, theirs[2]])
    assert class_weights(TrainingOptions(), [10, 3]) == (1, 1)
    with pytest.raises(TrainingError, match="none, balanced"):
        class_weights(TrainingOptions(class_weights="some"), [1])
