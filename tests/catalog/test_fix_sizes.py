"""Sizes that remedies reckon with are those that torch gives; paddings are offered only where they cure."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from designer.catalog.fixes import fixes
from designer.catalog.fixes.sizes import size_after
from designer.catalog.kinds import KINDS
from designer.catalog.models import MODELS
from designer.engine.opening.capturing import record
from designer.engine.opening.pretrained import bare_module
from designer.engine.shapes import infer
from designer.network.network import Layer, Network, Port
from designer.session import problems as codes

WINDOWS = [
    {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    for k, s, p, d in product((1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2))
]
POOLS = [
    {"kernel_size": k, "stride": s, "padding": p, "ceil_mode": ceil}
    for k, s, p, ceil in product((1, 2, 3, 5), (None, 1, 2, 3), (0, 1, 2), (False, True))
]
GIVEN = {
    "Conv2d": [{"in_channels": 4, "out_channels": 4, **held} for held in WINDOWS],
    "Conv1d": [
        {"in_channels": 4, "out_channels": 4, "padding_mode": mode, **held}
        for mode, held in product(("zeros", "reflect", "circular"), WINDOWS[::3])
    ],
    "ConvTranspose2d": [{"in_channels": 4, "out_channels": 4, **held} for held in WINDOWS],
    "ConvTranspose1d": [
        {"in_channels": 4, "out_channels": 4, "output_padding": 1, **held}
        for held in WINDOWS
        if max(held["stride"], held["dilation"]) > 1
    ],
    "MaxPool2d": [*POOLS, *({**held, "dilation": 2} for held in POOLS[::2])],
    "AvgPool2d": POOLS,
    "AvgPool1d": POOLS,
    "LPPool2d": [
        {"norm_type": 2.0, **{name: value for name, value in held.items() if name != "padding"}}
        for held in POOLS[::3]
    ],
    "AdaptiveAvgPool2d": [{"output_size": 3}, {"output_size": [2, 5]}],
    "ZeroPad2d": [{"padding": 2}, {"padding": [1, 0, 3, -1]}],
    "ReplicationPad1d": [{"padding": 2}, {"padding": [1, 0]}],
    "Upsample": [{}, {"scale_factor": 1.7}, {"scale_factor": 0.4}, {"size": [3, 4]}],
    "Softmax": [{"dim": 1}],
    "ChannelShuffle": [{"groups": 2}],
}


def alone(key: str, held: dict, shape: tuple[int, ...]) -> Network:
    layers = {
        "input": Layer("input", "input", "Input", {"shape": list(shape)}),
        "x": Layer("x", "x", key, held),
        "output": Layer("output", "output", "Output"),
    }
    inputs = {"input": (), "x": (Port("input"),), "output": (Port("x"),)}
    return Network("one", layers, inputs)


@pytest.mark.parametrize("key", GIVEN)
@pytest.mark.parametrize("size", [1, 4, 9, 16])
def test_sizes_are_those_of_torch(key, size):
    shape = (4, size) if key.endswith("1d") else (4, size, size + 1)
    reckoned = 0
    for held in GIVEN[key]:
        row = KINDS[key]
        sizes = [size_after(row, row.complete(held), n, s) for n, s in enumerate(shape[1:])]
        shapes = infer(alone(key, held, shape)).layers["x"].shapes
        # Without values torch makes pictures of no size, which it refuses with values.
        if shapes and 0 not in shapes[0]:
            assert sizes == list(shapes[0][1:]), held
            reckoned += 1
        else:
            assert None in sizes, held
    assert reckoned


def with_settings(network: Network, layer_id: str, **settings) -> Network:
    layer = network[layer_id]
    return network.with_layers(replace(layer, settings={**layer.settings, **settings}))


def recorded(model_id: str) -> Network:
    row = MODELS[model_id]
    return record(bare_module(row), (3, row.input_size, row.input_size), row.id, 0.3).network


@pytest.mark.parametrize("model_id", ["resnet18", "googlenet", "densenet121", "efficientnet_b0"])
def test_where_a_wider_filter_makes_a_branch_smaller_its_padding_is_the_first_remedy(model_id):
    network = recorded(model_id)
    seen = 0
    wider = [
        layer
        for layer in network.of_kind("Conv2d")
        if layer.settings["kernel_size"] in (1, 3, [1, 1], [3, 3])
    ]
    for layer in wider[2:60:3]:
        edited = with_settings(network, layer.id, kernel_size=7)
        facts = infer(edited)
        problem = next((p for p in facts.problems if p.code == codes.JOIN), None)
        if problem is None:
            continue
        first = fixes(edited, facts, problem)[0]
        assert first.text == f"Set padding of {layer.name} to 3"
        assert [p for p in infer(first.edit.apply(edited)).problems if p.severity == "error"] == []
        seen += 1
    assert seen >= 3


def test_a_padding_that_another_layer_would_take_amiss_is_not_offered(tiny_network):
    edited = with_settings(tiny_network, "block.conv", kernel_size=5)
    side = {
        "flat": Layer("flat", "flat", "Flatten", {}),
        "line": Layer("line", "line", "Linear", {"in_features": 8 * 14 * 14, "out_features": 2}),
        "more": Layer("more", "more", "AuxiliaryOutput", {}),
    }
    sources = {"flat": (Port("block.conv"),), "line": (Port("flat"),), "more": (Port("line"),)}
    with_side = replace(edited, layers={**edited.layers, **side}, inputs={**edited.inputs, **sources})
    for network, offered in ((edited, True), (with_side, False)):
        facts = infer(network)
        (problem,) = [p for p in facts.problems if p.code == codes.JOIN]
        texts = [fix.text for fix in fixes(network, facts, problem)]
        assert ("Set padding of block.conv to 2" in texts) is offered
        assert texts[-1].startswith("Bring ")


@pytest.mark.parametrize("kind", ["ZeroPad2d", "ConstantPad2d", "ReflectionPad2d"])
def test_a_border_that_is_no_windows_does_not_hinder_other_remedies(tiny_network, kind):
    """A layer that pads has a padding, but no window and no stride."""
    settings = {"padding": [1, 1, 1, 1], **({"value": 0.0} if kind == "ConstantPad2d" else {})}
    pad = Layer("pad", "pad", kind, settings)
    padded = replace(
        tiny_network,
        layers={**tiny_network.layers, "pad": pad},
        inputs={**tiny_network.inputs, "pad": (Port("block.conv"),)},
    ).with_inputs({"block.add": (Port("pad"), Port("stem.relu"))})
    facts = infer(padded)
    (problem,) = [p for p in facts.problems if p.code == codes.JOIN]
    found = fixes(padded, facts, problem)
    assert found
    for fix in found:
        assert [p for p in infer(fix.edit.apply(padded)).problems if p.severity == "error"] == []
