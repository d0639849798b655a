"""The running mean of weights, against torch's own and a closed form."""

from __future__ import annotations

import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from designer.engine.training.averaging import Average


def test_it_is_torchs_once_the_share_has_risen():
    layer = torch.nn.Linear(3, 2)
    average = Average(layer.parameters(), 0.5)
    # From the 9th step on the share is that asked for: 10 / 19 > 0.5.
    average.steps = 100
    theirs = AveragedModel(layer, multi_avg_fn=get_ema_multi_avg_fn(0.5))
    theirs.update_parameters(layer)
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        with torch.no_grad():
            layer.weight.copy_(torch.rand(2, 3, generator=generator))
        average.update()
        theirs.update_parameters(layer)
    assert torch.allclose(average.means[0], theirs.module.weight)


def test_the_share_rises():
    weight = torch.zeros(1)
    average = Average([weight], 0.999)
    weight.fill_(1.0)
    average.update()  # keeps 2 / 11
    assert average.means[0].item() == pytest.approx(9 / 11)
    weight.fill_(0.0)
    average.update()  # keeps 3 / 12
    assert average.means[0].item() == pytest.approx(9 / 11 * 3 / 12)


def test_the_means_are_in_place_within_and_training_goes_on_after():
    weight = torch.tensor([4.0])
    average = Average([weight], 0.5)
    weight.fill_(8.0)
    within = average.in_place()
    with within:
        assert weight.item() == 4.0
    assert weight.item() == 8.0
    assert average.means[0].item() == 4.0


def test_it_goes_on_from_other_means():
    average = Average([torch.zeros(2)], 0.5)
    average.load(7, [torch.ones(2)])
    assert (average.steps, average.means[0].tolist()) == (7, [1.0, 1.0])
    with pytest.raises(ValueError):
        average.load(7, [])
