"""Heads of every style on every pretrained model of the catalog, and on networks of other forms."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.catalog.actions import (
    HEAD_STYLES,
    freeze_all_but_head,
    freeze_backbone,
    head_layers,
    head_plan,
    replace_head,
    trainable_layers,
)
from designer.catalog.models import MODELS
from designer.engine.building import build, weights_of
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module
from designer.engine.shapes import infer
from designer.errors import EditError
from designer.network.network import Layer, Network, Port

CLASSES = ("cat", "dog", "owl", "fox")
SAMPLE = (
    "resnet18",
    "vgg11",
    "squeezenet1_1",
    "googlenet",
    "inception_v3",
    "vit_b_16",
    "swin_t",
    "densenet121",
    "efficientnet_lite0",
    "convnext_tiny",
)
REST = [name for name in MODELS if name not in SAMPLE]


def structure(model_id: str) -> Network:
    row = MODELS[model_id]
    return record(bare_module(row), (3, row.input_size, row.input_size), row.id, 0.3).network


def check(model_id: str) -> None:
    network = structure(model_id)
    network = replace(network, preprocessing=MODELS[model_id].preprocessing)
    facts = infer(network)
    for style in HEAD_STYLES:
        plan = head_plan(network, CLASSES, style, facts)
        after = plan.edit.apply(network)
        found = infer(after)
        assert found.problems == (), (style, found.problems[:2])
        for end in after.of_kind("Output", "AuxiliaryOutput"):
            assert found.layers[end.id].shapes == ((4,),)
        assert after.classes == CLASSES
        assert {layer.id for layer in plan.removed} == set(network.layers) - set(after.layers)
        assert {layer.id for layer in plan.added} == set(after.layers) - set(network.layers)
        assert all(after[i] is network[i] for i in after.layers if i in network)
        main = head_layers(after)[0]
        assert after[main].name == network[head_layers(network)[0]].name
        if style != "linear":
            assert after[main].kind == "Linear"
        back = plan.edit.inverse(network).apply(after)
        assert back == network
        assert list(back.layers) == list(network.layers)
        # What is frozen is the backbone: every fresh layer learns.
        frozen = freeze_backbone(after).apply(after)
        assert set(trainable_layers(frozen)) == {i for i in trainable_layers(after) if i not in network}


@pytest.mark.parametrize("model_id", SAMPLE)
def test_every_style_on_a_model_of_each_family(model_id):
    check(model_id)


@pytest.mark.slow
@pytest.mark.parametrize("model_id", REST)
def test_every_style_on_every_other_model(model_id):
    check(model_id)


def kinds(plan) -> list[str]:
    return [layer.kind for layer in plan.added]


def test_what_goes_and_what_comes(tiny_network):
    facts = infer(tiny_network)
    linear = head_plan(tiny_network, CLASSES)
    assert [layer.name for layer in linear.removed] == ["fc"]
    pooled = head_plan(tiny_network, CLASSES, "gap_dense", facts)
    assert [layer.name for layer in pooled.removed] == ["pool", "flatten", "drop", "fc"]
    assert kinds(pooled) == ["AdaptiveAvgPool2d", "Flatten", "Linear"]
    assert pooled.added[-1].settings == {"in_features": 8, "out_features": 4}
    dense = head_plan(tiny_network, CLASSES, "flatten_dense", facts)
    assert kinds(dense) == ["Flatten", "Linear", "ReLU", "Dropout", "Linear"]
    assert dense.added[1].settings == {"in_features": 8 * 16 * 16, "out_features": 256}
    assert {layer.group for layer in dense.added} == {"head"}
    rates = [(layer.weight_rate, layer.bias_rate) for layer in dense.added]
    assert rates == [(1.0, 1.0), (10.0, 10.0), (1.0, 1.0), (1.0, 1.0), (10.0, 10.0)]
    assert replace_head(tiny_network, CLASSES, "gap_dense", facts).text == "Replace head for 4 classes"


def test_the_pooled_head_computes_the_mean_and_a_product(tiny_network):
    """Worked out with torch's own functions."""
    weights = weights_of(build(tiny_network, seed=1))
    network = replace_head(tiny_network, CLASSES, "gap_dense", infer(tiny_network)).apply(tiny_network)
    module = build(network, weights, seed=2)
    pictures = torch.randn(2, 3, 16, 16)
    fc = module.layer_module(head_layers(network)[0])
    with torch.no_grad():
        (features,) = build(tiny_network, weights).run({Port("input"): pictures}, [Port("block.add")])
        expected = features.mean((2, 3)) @ fc.weight.T + fc.bias
        torch.testing.assert_close(module(pictures), expected)


def test_a_fresh_hidden_layer_is_unfrozen_with_the_head(tiny_network):
    facts = infer(tiny_network)
    dense = replace_head(tiny_network, CLASSES, "flatten_dense", facts).apply(tiny_network)
    everything = dense.with_layers(*(replace(layer, frozen=True) for layer in dense))
    after = freeze_all_but_head(everything).apply(everything)
    assert {after[i].kind for i in trainable_layers(after)} == {"Linear"}
    assert len(trainable_layers(after)) == 2


def test_a_branch_ends_the_way_back(tiny_network):
    """What also feeds something else stays: the vector before it is what the new head takes."""
    side = replace(
        tiny_network,
        layers={**tiny_network.layers, "side": Layer("side", "side", "AuxiliaryOutput")},
        inputs={**tiny_network.inputs, "side": (Port("fc2"),), "fc2": (Port("flatten"),)},
    )
    fc2 = Layer("fc2", "fc2", "Linear", {"in_features": 8, "out_features": 3})
    layers = {**side.layers, "fc2": fc2}
    side = replace(side, layers={i: layers[i] for i in side.inputs}, inputs=side.inputs)
    plan = head_plan(side, CLASSES, "gap_dense", infer(side))
    assert "flatten" not in [layer.id for layer in plan.removed]
    after = plan.edit.apply(side)
    assert [p for p in infer(after).problems if p.severity == "error"] == []


def test_without_shapes_only_the_last_layer_can_be_replaced(tiny_network):
    assert replace_head(tiny_network, CLASSES)
    for style in ("gap_dense", "flatten_dense"):
        with pytest.raises(EditError, match="not known which shape"):
            replace_head(tiny_network, CLASSES, style)
    with pytest.raises(EditError, match="no head style 'nix'"):
        replace_head(tiny_network, CLASSES, "nix")
