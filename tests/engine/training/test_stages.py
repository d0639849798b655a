"""Stages: who learns when, and what is said of stages that cannot be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from designer.catalog.stages import learning_in, network_of
from designer.engine.building import build, weights_of
from designer.engine.training import train
from designer.engine.training.stages import learning_layers, module_of
from designer.errors import TrainingError
from designer.progress import Recording, Silent, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow
from designer.session.stages import ALL, Stage

HEAD = Stage("Head", 2, 1e-2)
BLOCK = Stage("Last block", 1, 1e-3, ("block.conv",))
EVERYTHING = Stage("Everything", 2, 1e-4, (ALL,))
OPTIONS = TrainingOptions(batch_size=8, device="cpu", keep="last", stages=(HEAD, BLOCK, EVERYTHING))


class Snapshots(Recording):
    """Copies of the kept tensors whenever an epoch is over."""

    def __init__(self, monkeypatch):
        super().__init__()
        from designer.engine.training.keeping import Keeper

        self.states = []
        real = Keeper.offer

        def offer(keeper, row):
            real(keeper, row)
            self.states.append(keeper.weights())

        monkeypatch.setattr(Keeper, "offer", offer)


def moved(before, after):
    return {i for i in after if i not in before or after.digest(i) != before.digest(i)}


def test_layers_learn_in_their_stages_alone(frozen_network, pets, monkeypatch):
    given = weights_of(build(frozen_network, seed=3))
    seen = Snapshots(monkeypatch)
    run = train(frozen_network, given, pets, OPTIONS, seen)
    assert [row.stage for row in run.history] == [0, 0, 1, 2, 2]
    assert [row.epoch for row in run.history] == [1, 2, 3, 4, 5]
    states = [given, *seen.states]
    learned = [moved(before, after) for before, after in pairwise(states)]
    everything = {"stem.conv", "stem.bn", "block.conv", "fc"}
    assert learned == [{"fc"}, {"fc"}, {"block.conv", "fc"}, everything, everything]
    texts = [news.text for news in seen.news if isinstance(news, StepNews)]
    assert "Stage 2: Last block" in texts
    assert "Stage 3: Everything" in texts


def test_a_staged_run_is_runs_one_after_the_other(frozen_network, pets):
    """Each stage begins with a fresh optimizer: it equals a run of its own from the former one's weights."""
    given = weights_of(build(frozen_network, seed=3))
    staged = train(frozen_network, given, pets, replace(OPTIONS, stages=(HEAD, EVERYTHING)), Silent())
    first = train(
        frozen_network, given, pets, replace(OPTIONS, stages=(), epochs=2, learning_rate=1e-2), Silent()
    )
    for ours, theirs in zip(staged.history, first.history, strict=False):
        assert (ours.train_loss, ours.val_loss) == (theirs.train_loss, theirs.val_loss)
    assert staged.history[2].learning_rate < 1e-4


def test_the_first_stage_is_computed_from_cached_features(frozen_network, pets):
    recording = Recording()
    train(frozen_network, weights_of(build(frozen_network)), pets, OPTIONS, recording)
    texts = [news.text for news in recording.news if isinstance(news, StepNews)]
    first = "Computing what the frozen layers give for 45 pictures"
    # Once for the head alone, once for the shorter part that is still frozen in the second stage.
    starts = [n.text for n in recording.news if isinstance(n, StepNews) and n.done == 0.0]
    assert starts == [first, first]
    assert texts.index("Stage 2: Last block") < len(texts) - 1


def test_early_stopping_ends_the_stage_and_the_next_one_begins(frozen_network, pets):
    stages = (Stage("Head", 9, 1e-12), Stage("All", 9, 1e-12, (ALL,)))
    options = replace(OPTIONS, stages=stages, early_stopping=2, minimum_change=0.1)
    run = train(frozen_network, weights_of(build(frozen_network)), pets, options, Silent())
    assert run.stopped_because == "early"
    assert [row.stage for row in run.history] == [0, 0, 0, 1, 1, 1]


def test_what_is_frozen_by_stage(frozen_network):
    base = build(frozen_network)
    block = module_of(base, network_of(frozen_network, BLOCK))
    assert block.layer_module("block.conv").weight.requires_grad
    assert not block.layer_module("stem.conv").weight.requires_grad
    block.train()
    assert not block.layer_module("stem.bn").training
    all_of_it = module_of(base, network_of(frozen_network, EVERYTHING)).train()
    assert all_of_it.layer_module("stem.bn").training
    assert all(parameter.requires_grad for parameter in all_of_it.parameters())
    x = torch.randn(2, 3, 16, 16)
    assert torch.equal(base.eval()(x), block.eval()(x))
    assert learning_layers(frozen_network, OPTIONS) >= {"stem.conv", "stem.bn", "block.conv", "fc"}
    assert "stem.conv" not in learning_layers(frozen_network, replace(OPTIONS, stages=(HEAD, BLOCK)))


def test_who_learns_in_a_stage_in_the_order_of_the_file(frozen_network):
    assert learning_in(frozen_network, HEAD) == ("fc",)
    assert learning_in(frozen_network, BLOCK) == ("block.conv", "fc")
    still = frozen_network.with_layers(replace(frozen_network["fc"], weight_rate=0.0, bias_rate=0.0))
    assert learning_in(still, HEAD) == ()
    assert learning_in(frozen_network, EVERYTHING) == ("stem.conv", "stem.bn", "block.conv", "fc")


def test_a_stage_of_a_layer_that_is_gone(frozen_network, pets):
    options = replace(OPTIONS, stages=(HEAD, Stage("Gone", 1, 1e-3, ("layer9",))))
    recording = Recording()
    with pytest.raises(TrainingError, match="'Gone'") as caught:
        train(frozen_network, weights_of(build(frozen_network)), pets, options, recording)
    assert "layer9" in caught.value.why
    assert not any(isinstance(news, EpochRow) for news in recording.news)


def test_batch_normalization_may_stay_as_it_is(frozen_network, pets):
    """Weights, statistics and mode: what is unfrozen beside it learns."""
    still = replace(EVERYTHING, still_norms=True)
    given = weights_of(build(frozen_network, seed=3))
    run = train(frozen_network, given, pets, replace(OPTIONS, stages=(HEAD, still)), Silent())
    assert moved(given, run.weights) == {"stem.conv", "block.conv", "fc"}
    assert learning_in(frozen_network, still) == ("stem.conv", "block.conv", "fc")
    module = module_of(build(frozen_network), network_of(frozen_network, still)).train()
    assert not module.layer_module("stem.bn").training
    # One that the network itself does not freeze learns in every stage.
    free = frozen_network.with_layers(replace(frozen_network["stem.bn"], frozen=False))
    assert "stem.bn" in learning_in(free, still)
