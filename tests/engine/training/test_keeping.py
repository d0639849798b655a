"""Which epoch is the best, and whose tensors are kept."""

from __future__ import annotations

from math import nan

import pytest
import torch

from designer.engine.building import build, weights_of
from designer.engine.training.keeping import Keeper
from designer.engine.weights import Weights
from designer.session.results import EpochRow

LEARNING = {"stem.conv", "stem.bn", "block.conv", "fc"}


def row(epoch, accuracy, loss):
    return EpochRow(epoch, 0.0, loss, 0.0, accuracy, 0.0, 0.0)


@pytest.mark.parametrize(
    ("rows", "best"),
    [
        ([(0.5, 1.0), (0.7, 2.0), (0.6, 0.1)], 2),
        ([(0.5, 1.0), (0.5, 0.9), (0.5, 0.9)], 2),
        ([(0.0, 9.0)], 1),
        ([(nan, nan), (nan, nan)], 0),
        ([], 0),
    ],
)
def test_highest_accuracy_then_lowest_loss_then_the_earlier(tiny_network, rows, best):
    module = build(tiny_network)
    fc = module.layer_module("fc")
    keeper = Keeper(module, Weights(), LEARNING, best=True)
    for epoch, (accuracy, loss) in enumerate(rows, 1):
        with torch.no_grad():
            fc.bias.fill_(epoch)
        keeper.offer(row(epoch, accuracy, loss))
    with torch.no_grad():
        fc.bias.fill_(99)
    assert keeper.best_epoch == best
    # Without validation each epoch takes the former one's place; before the first all are present.
    kept = best or len(rows) or 99.0
    assert keeper.weights()["fc"]["bias"].tolist() == [kept] * 3
    assert keeper.weights(present=True)["fc"]["bias"].tolist() == [99.0] * 3


def test_the_tensors_of_frozen_layers_are_those_that_were_given(frozen_network):
    given = weights_of(build(frozen_network, seed=5))
    module = build(frozen_network, given).to(memory_format=torch.channels_last)
    kept = Keeper(module, given, {"fc"}, best=True).weights()
    assert kept["block.conv"]["weight"] is given["block.conv"]["weight"]
    assert kept["fc"]["weight"] is not given["fc"]["weight"]
    assert all(kept.digest(i) == given.digest(i) for i in given)
    # Without given ones, or with ones that do not fit, they are the module's own.
    other = Weights({"block.conv": {"weight": torch.zeros(1)}})
    fresh = Keeper(module, other, {"fc"}, best=True).weights()
    assert all(fresh.digest(i) == given.digest(i) for i in given)
    assert all(tensor.is_contiguous() for tensor in fresh.flat().values())
