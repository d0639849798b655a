"""The contract of every row of the table of layer kinds."""

from __future__ import annotations

import importlib
import inspect
import itertools
import json

import pytest
import torch

from designer.catalog.kind import REQUIRED
from designer.catalog.kinds import KINDS, kind
from designer.engine.building import build, layer_module
from designer.errors import EditError, NetworkError
from designer.network.file import network_from_json, network_to_json
from designer.network.network import Layer, Network, Port

from .kind_cases import case, values

# Defaults that differ from torch's: it guesses the dimension of a softmax, with a warning, and of GLU it
# takes the last one, the width of a picture.
OWN_DEFAULTS = {
    "Softmax": {"dim": 1},
    "LogSoftmax": {"dim": 1},
    "Softmin": {"dim": 1},
    "GLU": {"dim": 1},
}


ALL = pytest.mark.parametrize("key", KINDS)


@ALL
def test_settings_are_those_of_the_class(key):
    row = KINDS[key]
    package, name = row.target.rsplit(".", 1)
    arguments = inspect.signature(getattr(importlib.import_module(package), name)).parameters
    for setting in row.settings:
        # LayerNorm2d and attention hand on what they do not name.
        assert setting.name in arguments or "kwargs" in arguments
        if setting.name not in arguments:
            continue
        default = arguments[setting.name].default
        if default is inspect.Parameter.empty or setting.name in OWN_DEFAULTS.get(key, {}):
            continue
        if not setting.required and key != "MultiheadAttention":
            assert setting.default == default or (setting.default, default) == (0, (0, 0)), setting.name
    needed = {
        n
        for n, p in arguments.items()
        if p.default is inspect.Parameter.empty and p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    assert needed <= {setting.name for setting in row.settings}


@ALL
def test_a_row_is_complete(key):
    row = KINDS[key]
    names = [setting.name for setting in row.settings]
    assert row.key == key
    assert row.title
    assert row.help
    assert row.help.strip() == row.help
    assert len(set(names)) == len(names)
    assert set(row.summary) <= set(names)
    assert {row.input_width, row.output_width} - {""} <= set(names)
    assert isinstance(row.outputs, int) or row.outputs in names
    for setting in row.settings:
        assert setting.help.strip()
        assert setting.wanted
        if setting.default is not REQUIRED:
            assert setting.checked(setting.default) == setting.default
        if not setting.optional:
            with pytest.raises(EditError, match=f"'{setting.name}' cannot be None"):
                setting.checked(None)
        with pytest.raises(EditError):
            setting.checked(object())


@ALL
def test_a_layer_is_built_runs_and_survives_the_file(key):
    given, inputs, outputs = case(key)
    row = KINDS[key]
    module = layer_module(Layer("x", "x", key, given)).eval()
    found = module(*(values(key, shape) for shape in inputs))
    results = [found] if isinstance(found, torch.Tensor) else list(found)
    assert [tuple(y.shape) for y in results] == outputs
    assert row.output_count(row.complete(given)) == len(outputs)
    assert bool(list(module.parameters())) == row.learnable
    least, most = row.inputs
    assert key == "Input" or (least <= len(inputs) and (most is None or len(inputs) <= most))
    network = Network("n", {"x": Layer("x", "x", key, row.complete(given))}, {"x": ()})
    assert network_from_json(json.loads(json.dumps(network_to_json(network)))) == network


@ALL
def test_a_width_is_the_width(key):
    row = KINDS[key]
    given, inputs, outputs = case(key)
    along = -1 if key == "Linear" else 1
    if row.input_width:
        assert given[row.input_width] == inputs[0][along]
    if row.output_width:
        assert given[row.output_width] == outputs[0][along]


def test_categories_have_one_place_in_the_library():
    categories = [row.category for row in KINDS.values()]
    changes = sum(a != b for a, b in itertools.pairwise(categories))
    assert changes == len(set(categories)) - 1
    assert categories[0] == "Input and output"


def test_an_unknown_kind_gets_the_nearest_ones():
    with pytest.raises(NetworkError, match=r"There is no layer kind 'Conv3d'. Nearest: Conv"):
        kind("Conv3d")


@pytest.mark.parametrize(
    ("key", "settings", "words"),
    [
        ("Conv2d", {"in_channels": 3, "out_channels": 4}, "needs 'kernel_size'"),
        ("Conv2d", {"in_channels": 0, "out_channels": 4, "kernel_size": 1}, "'in_channels' cannot be 0"),
        ("Conv2d", {"in_channels": 3, "out_channels": 4, "kernel_size": 3, "groups": 2}, "divisible"),
        ("Dropout", {"p": 1.5}, "from 0.0 to 1.0"),
        ("ReLU", {"inplace": True}, "no setting 'inplace'"),
        ("GELU", {"approximate": "erf"}, "one of: none, tanh"),
        ("Scale", {"divisor": 0.0}, "divisor is 0"),
        ("MultiheadAttention", {"embed_dim": 10, "num_heads": 4}, "divisible"),
    ],
)
def test_wrong_settings_are_refused_with_the_layers_name(key, settings, words):
    with pytest.raises(NetworkError, match=words) as caught:
        layer_module(Layer("a.b", "my layer", key, settings))
    assert "'my layer'" in str(caught.value)


def test_scale_divides_and_does_not_multiply_by_the_reciprocal():
    layers = {
        "input": Layer("input", "input", "Input", {"shape": [64]}),
        "scale": Layer("scale", "scale", "Scale", {"divisor": 3.0}),
        "output": Layer("output", "output", "Output", {}),
    }
    module = build(Network("n", layers, {"input": (), "scale": (Port("input"),), "output": (Port("scale"),)}))
    x = torch.randn(50, 64)
    assert torch.equal(module(x), x / 3.0)
    assert not torch.equal(module(x), x * (1 / 3.0))
