"""Activations that write over what they read: where nobody else reads it, and without a bit of difference."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.catalog.actions import freeze_backbone, replace_head
from designer.engine.building import build, weights_of
from designer.engine.opening import open_model
from designer.engine.training import state, train
from designer.engine.training.in_place import act_in_place
from designer.network.network import Layer, Port
from designer.progress import Silent
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=2, batch_size=8, learning_rate=1e-2, device="cpu")


def in_place(network, outputs=None):
    """Names of the layers that write over what they read."""
    module = build(network)
    act_in_place(
        module, [Port(layer.id) for layer in network.of_kind("Output")] if outputs is None else outputs
    )
    return {i for i, part in module.layer_modules().items() if getattr(part, "inplace", False)}


def with_layer(network, name, kind, source, target):
    """A layer more, between a port and the first input of a layer."""
    inputs = {**network.inputs, name: (source,), target: (Port(name), *network.inputs[target][1:])}
    layers = {**network.layers, name: Layer(name, name, kind)}
    return replace(network, layers=layers, inputs=inputs)


def test_behind_a_convolution_or_a_normalization(tiny_network):
    assert "stem.relu" in in_place(tiny_network)
    assert tiny_network.inputs["stem.relu"] == (Port("stem.bn"),)


def test_not_what_another_layer_reads_too(tiny_network):
    more = with_layer(tiny_network, "beside", "Flatten", Port("stem.bn"), "fc")
    assert "stem.relu" not in in_place(more)


def test_not_what_is_asked_for(tiny_network):
    assert "stem.relu" not in in_place(tiny_network, [Port("stem.bn")])


def test_not_the_picture_itself_nor_what_a_layer_hands_through(tiny_network):
    first = with_layer(tiny_network, "relu", "ReLU", Port("input"), "stem.conv")
    assert "relu" not in in_place(first)
    # Dropout gives what it got, when it does not train.
    through = with_layer(tiny_network, "out", "Dropout", Port("stem.bn"), "stem.relu")
    assert "stem.relu" not in in_place(through)


def test_not_a_sum_of_a_single_value(tiny_network):
    one = with_layer(tiny_network, "sum", "Add", Port("stem.bn"), "stem.relu")
    assert "stem.relu" not in in_place(one)
    two = replace(one, inputs={**one.inputs, "sum": (Port("stem.bn"), Port("stem.bn"))})
    assert "stem.relu" in in_place(two)


def test_not_features_that_are_kept_for_later_epochs(tiny_network):
    stem = [replace(tiny_network[i], frozen=True) for i in ("stem.conv", "stem.bn")]
    frozen = tiny_network.with_layers(*stem)
    dropped = with_layer(
        frozen, "late", "Dropout", Port("stem.relu"), tiny_network.consumers["stem.relu"][0].target
    )
    assert "stem.relu" in in_place(dropped)
    module = build(dropped)
    assert all(port.layer != "stem.bn" for port in module.boundary())
    # Of what is handed on nothing is written over.
    kept = with_layer(frozen, "late", "Dropout", Port("stem.bn"), "stem.relu")
    assert any(port.layer == "stem.bn" for port in build(kept).boundary())
    assert "stem.relu" not in in_place(kept)


def test_those_whose_gradient_needs_what_they_read_only_where_nothing_learns(tiny_network):
    smooth = tiny_network.with_layers(replace(tiny_network["stem.relu"], kind="SiLU"))
    assert "stem.relu" not in in_place(smooth)
    stem = [replace(smooth[i], frozen=True) for i in ("stem.conv", "stem.bn")]
    assert "stem.relu" in in_place(smooth.with_layers(*stem))


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("model_id", ["efficientnet_lite0", "resnet18", "mobilenet_v3_small"])
def test_the_same_is_learned(model_id, frozen, pets, monkeypatch):
    opened = open_model(model_id, "default" if model_id == "efficientnet_lite0" else "none", 0, Silent())
    network = replace_head(opened.network, pets.classes).apply(opened.network)
    network = replace(network, preprocessing=pets_recipe(network))
    network = freeze_backbone(network).apply(network) if frozen else network
    given = weights_of(build(network, opened.weights, seed=3))
    options = replace(OPTIONS, cache_features=not frozen)
    runs = [train(network, given, pets, options, Silent())]
    monkeypatch.setattr(state, "act_in_place", lambda module, outputs: None)
    runs.append(train(network, given, pets, options, Silent()))
    first, second = ({i: run.weights.digest(i) for i in run.weights} for run in runs)
    assert first == second
    assert runs[0].history[-1].val_loss == runs[1].history[-1].val_loss


def pets_recipe(network):
    """Small pictures, for speed."""
    return replace(network.preprocessing, resize=64, crop=64)


def test_memory_is_spared(tiny_network):
    """What is written over is the very block that was read."""
    module = build(tiny_network).train()
    act_in_place(module, [Port(layer.id) for layer in tiny_network.of_kind("Output")])
    seen = {}

    def look(part, inputs, out):
        seen[part] = out.data_ptr()

    norm, relu = (module.layer_module(name) for name in ("stem.bn", "stem.relu"))
    for part in (norm, relu):
        part.register_forward_hook(look)
    module(torch.rand(4, 3, 16, 16)).sum().backward()
    assert seen[norm] == seen[relu]
