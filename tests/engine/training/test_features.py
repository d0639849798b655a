"""Cached features: the same results as without, for every shape that a boundary can take."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.engine.building import build
from designer.engine.training import features, train
from designer.engine.training.batches import FeatureSource, groups
from designer.engine.training.features import needed_ports
from designer.engine.weights import Weights
from designer.network.network import Layer, Port
from designer.progress import Recording, Silent, StepNews
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=4, batch_size=8, learning_rate=1e-2, device="cpu")


def frozen(network, *ids):
    return network.with_layers(*(replace(network[i], frozen=True) for i in ids))


def outputs(network):
    return tuple(Port(layer.id) for layer in network.of_kind("Output", "AuxiliaryOutput"))


def cuts(network):
    """Networks frozen up to several places, with what must be handed over the boundary."""
    norm = Layer("norm", "norm", "BatchNorm1d", {"num_features": 8})
    headed = replace(network, layers={**network.layers, "norm": norm})
    headed = replace(headed, inputs={**network.inputs, "norm": (Port("flatten"),), "drop": (Port("norm"),)})
    return {
        "whole backbone": (frozen(network, "stem.conv", "stem.bn", "block.conv"), {"flatten"}),
        "head with norm and dropout": (frozen(headed, "stem.conv", "stem.bn", "block.conv"), {"flatten"}),
        "norm trains": (frozen(network, "stem.conv"), {"stem.conv"}),
        # The residual connection goes around the layer that trains.
        "before a branch": (frozen(network, "stem.conv", "stem.bn"), {"stem.relu"}),
    }


@pytest.mark.parametrize(
    "name", ["whole backbone", "head with norm and dropout", "norm trains", "before a branch"]
)
def test_the_history_is_that_without_a_cache(tiny_network, pets, name):
    network, ports = cuts(tiny_network)[name]
    assert {port.layer for port in needed_ports(build(network), outputs(network))} == ports
    with_cache, without = (
        train(network, Weights(), pets, replace(OPTIONS, cache_features=cached), Silent())
        for cached in (True, False)
    )
    for row, plain in zip(with_cache.history, without.history, strict=True):
        assert row.train_loss == pytest.approx(plain.train_loss, abs=1e-5)
        assert row.val_loss == pytest.approx(plain.val_loss, abs=1e-5)
        assert (row.train_accuracy, row.val_accuracy) == (plain.train_accuracy, plain.val_accuracy)
    ours, theirs = with_cache.weights.flat(), without.weights.flat()
    assert all(torch.allclose(ours[key], theirs[key], atol=1e-4) for key in theirs)


def test_a_boundary_of_two_values(tiny_network, pets):
    # A second, trained layer reads the stem, while the frozen block goes on beside it.
    side = Layer("side", "side", "Conv2d", {"in_channels": 8, "out_channels": 8, "kernel_size": 1})
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "side": side},
        inputs={
            **tiny_network.inputs,
            "side": (Port("stem.relu"),),
            "block.add": (Port("block.conv"), Port("side")),
        },
    )
    network = frozen(network, "stem.conv", "stem.bn", "block.conv")
    ports = needed_ports(build(network), outputs(network))
    assert {port.layer for port in ports} == {"stem.relu", "block.conv"}
    runs = [
        train(network, Weights(), pets, replace(OPTIONS, cache_features=cached), Silent())
        for cached in (True, False)
    ]
    for row, plain in zip(runs[0].history, runs[1].history, strict=True):
        assert row.train_loss == pytest.approx(plain.train_loss, abs=1e-5)
        assert row.val_loss == pytest.approx(plain.val_loss, abs=1e-5)


def test_values_that_lead_nowhere_are_not_kept(frozen_network):
    stray = Layer("stray", "stray", "Linear", {"in_features": 8, "out_features": 2})
    network = replace(
        frozen_network,
        layers={**frozen_network.layers, "stray": stray},
        inputs={**frozen_network.inputs, "stray": (Port("pool"),)},
    )
    module = build(network)
    assert {port.layer for port in module.boundary()} == {"pool", "flatten"}
    assert {port.layer for port in needed_ports(module, outputs(network))} == {"flatten"}


def test_nothing_is_computed_ahead_without_a_frozen_prefix(tiny_network):
    assert needed_ports(build(tiny_network), outputs(tiny_network)) == ()
    later = frozen(tiny_network, "block.conv")
    assert needed_ports(build(later), outputs(later)) == ()


def passes(network, pets, monkeypatch, **options):
    """How many pictures went through the frozen stem in a run of four epochs."""
    from designer.engine.training import beginning

    counted = []
    real = beginning.build

    def counting(*arguments, **named):
        module = real(*arguments, **named)
        stem = module.layer_module("stem.conv")
        stem.register_forward_hook(lambda _, given, __: counted.append(len(given[0])))
        return module

    monkeypatch.setattr(beginning, "build", counting)
    recording = Recording()
    train(network, Weights(), pets, replace(OPTIONS, **options), recording)
    return sum(counted) - 1, [news.text for news in recording.news if isinstance(news, StepNews)]


def test_each_picture_goes_through_the_frozen_layers_once(frozen_network, pets, monkeypatch):
    count, texts = passes(frozen_network, pets, monkeypatch)
    assert count == 45
    assert texts[0] == "Computing what the frozen layers give for 45 pictures"


def test_without_the_option_it_is_every_epoch(frozen_network, pets, monkeypatch):
    assert passes(frozen_network, pets, monkeypatch, cache_features=False)[0] == 4 * 45


def test_what_does_not_fit_is_computed_anew_and_the_user_is_told(frozen_network, pets, monkeypatch):
    monkeypatch.setattr(features, "budget", lambda device: 45 * 8 * 4 - 1)
    count, texts = passes(frozen_network, pets, monkeypatch)
    assert count == 8 + 4 * 45  # the first batch showed how large it is
    assert any("1.4 kB of memory" in text for text in texts)


def test_stopping_while_features_are_computed(frozen_network, pets):
    run = train(frozen_network, Weights(), pets, OPTIONS, Recording(cancel_after=3))
    assert (run.stopped_because, run.history) == ("stopped", ())


def test_rows_are_found_by_the_numbers_of_pictures():
    values = {Port("a"): torch.arange(6.0).view(3, 2)}
    source = FeatureSource({7: 0, 2: 1, 5: 2}, values, torch.tensor([1, 0, 2]))
    (portion,) = source.batches([[5, 9, 7]])
    assert portion.known[Port("a")].tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert portion.labels.tolist() == [2, 1]


def test_groups():
    assert [list(g) for g in groups(range(7), 3)] == [[0, 1, 2], [3, 4, 5, 6]]
    assert [list(g) for g in groups(range(8), 3)] == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert [list(g) for g in groups(range(2), 1)] == [[0], [1]]
    assert [list(g) for g in groups(range(1), 3)] == [[0]]
    assert groups([], 3) == []
