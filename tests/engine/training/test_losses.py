"""Losses against torch's own modules, worked-out values and autograd."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from designer.engine.training import losses
from designer.engine.training.losses import Objective
from designer.session.options import TrainingOptions

ANSWERS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-3.0, 1.0, 4.0], [1.0, 2.0, 3.0]])
LABELS = torch.tensor([0, 1, 2, 0])
ONE_HOT = torch.eye(3)[LABELS]


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy(smoothing):
    theirs = nn.CrossEntropyLoss(label_smoothing=smoothing)(ANSWERS, LABELS)
    assert losses.cross_entropy(ANSWERS, LABELS, smoothing).mean() == pytest.approx(theirs.item())


def test_binary_cross_entropy():
    theirs = nn.BCEWithLogitsLoss()(ANSWERS, ONE_HOT) * 3
    assert losses.binary_cross_entropy(ANSWERS, LABELS).mean() == pytest.approx(theirs.item())
    smooth = nn.BCEWithLogitsLoss()(ANSWERS, ONE_HOT * 0.8 + 0.1) * 3
    assert losses.binary_cross_entropy(ANSWERS, LABELS, 0.2).mean() == pytest.approx(smooth.item())


def test_focal():
    p = ANSWERS.softmax(1)[torch.arange(4), LABELS]
    wanted = -((1 - p) ** 2) * p.log()
    assert torch.allclose(losses.focal(ANSWERS, LABELS, 2.0), wanted)
    plain = losses.cross_entropy(ANSWERS, LABELS)
    assert torch.allclose(losses.focal(ANSWERS, LABELS, 0.0), plain)
    # Two equal classes: p = 1/2, so (1/2)^3 * log 2.
    even = losses.focal(torch.zeros(1, 2), torch.tensor([0]), 3.0)
    assert even.item() == pytest.approx(math.log(2) / 8)


def test_focal_has_a_gradient_where_all_is_certain():
    certain = torch.tensor([[200.0, -200.0]], requires_grad=True)
    losses.focal(certain, torch.tensor([0]), 0.5).sum().backward()
    assert torch.isfinite(certain.grad).all()


def test_mean_squared_error():
    wanted = nn.MSELoss()(ANSWERS.softmax(1), ONE_HOT)
    assert losses.mean_squared_error(ANSWERS, LABELS).mean() == pytest.approx(wanted.item())
    smooth = nn.MSELoss()(ANSWERS.softmax(1), ONE_HOT * 0.7 + 0.1)
    assert losses.mean_squared_error(ANSWERS, LABELS, 0.3).mean() == pytest.approx(smooth.item())


def test_balanced_classes_weigh_as_in_torch():
    """Two pictures of class 0, one each of the others: weights 4/6, 4/3, 4/3."""
    options = TrainingOptions(class_weights="balanced")
    objective = Objective(options, [2, 1, 1], (), "cpu")
    weight = torch.tensor([4 / 6, 4 / 3, 4 / 3])
    mean = objective([ANSWERS], LABELS).sum() / objective.together(LABELS)
    assert mean.item() == pytest.approx(nn.CrossEntropyLoss(weight=weight)(ANSWERS, LABELS).item())


def test_the_options_reach_the_loss():
    for options, function in (
        (TrainingOptions(loss="focal", focal_gamma=3.0), lambda: losses.focal(ANSWERS, LABELS, 3.0)),
        (
            TrainingOptions(label_smoothing=0.2),
            lambda: losses.cross_entropy(ANSWERS, LABELS, 0.2),
        ),
    ):
        assert torch.equal(Objective(options, [1, 1, 1], (), "cpu")([ANSWERS], LABELS), function())
