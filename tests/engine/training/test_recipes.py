"""Every recipe really trains: a step for each stage, in which just the layers learn that it names."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from designer.catalog.recipes import RECIPES, plan
from designer.catalog.stages import learning_in
from designer.engine.building import build, weights_of
from designer.engine.shapes import infer
from designer.engine.training import train
from designer.engine.training.keeping import Keeper
from designer.progress import Silent
from designer.session.options import TrainingOptions


@pytest.fixture
def states(monkeypatch):
    """Copies of the weights whenever an epoch is over."""
    found = []
    real = Keeper.offer

    def offer(keeper, row):
        real(keeper, row)
        found.append(keeper.weights())

    monkeypatch.setattr(Keeper, "offer", offer)
    return found


@pytest.mark.parametrize("key", RECIPES)
def test_a_recipe_trains_what_it_says_and_nothing_else(key, tiny_network, pets, states):
    network = replace(tiny_network, classes=("a", "b", "c"))
    options = TrainingOptions(device="cpu", keep="last", cache_features=False)
    made = plan(RECIPES[key], network, infer(network), options, pets.classes)
    # One step for each stage; every step of it at some rate.
    stages = tuple(replace(stage, epochs=1) for stage in made.options.stages)
    chosen = replace(made.options, stages=stages, epochs=1, batch_size=36, warmup_epochs=0.0)
    given = weights_of(build(made.network, seed=3))
    run = train(made.network, given, pets, chosen, Silent())
    assert run.stopped_because == "finished"
    assert [row.stage for row in run.history] == list(range(len(chosen.parts)))
    for stage, (before, after) in zip(chosen.parts, pairwise([given, *states]), strict=True):
        learned = {i for i in after if i not in before or after.digest(i) != before.digest(i)}
        assert learned == set(learning_in(made.network, stage)), stage.name
