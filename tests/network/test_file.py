"""The network's JSON: the round trip, and what is said of values that are none."""

from __future__ import annotations

import copy
import json

import pytest

from designer.errors import ProjectError
from designer.network.edits import SetFrozen, SetPurpose, SetRates
from designer.network.file import FORMAT, network_from_json, network_to_json
from designer.network.preprocessing import Preprocessing


def test_the_round_trip_keeps_everything(tiny_network):
    network = SetFrozen(("stem.conv",), True).apply(tiny_network)
    network = SetRates(("fc",), 10.0, 20.0).apply(network)
    recipe = Preprocessing(40, 32, "bicubic", (0.1, 0.2, 0.3), (1.0, 2.0, 3.0))
    network = SetPurpose("other", ("x", "y", "z"), recipe).apply(network).with_inputs({"fc": (None,)})
    read = network_from_json(json.loads(json.dumps(network_to_json(network))))
    assert read == network
    assert list(read.layers) == list(network.layers)


def test_several_labels_are_kept_and_an_older_program_refuses_them(tiny_network):
    assert network_to_json(tiny_network)["format"] == 1
    assert "multilabel" not in network_to_json(tiny_network)
    network = SetPurpose(multilabel=True).apply(tiny_network)
    value = network_to_json(network)
    assert value["format"] == 2
    assert network_from_json(json.loads(json.dumps(value))) == network
    with pytest.raises(ProjectError):
        network_from_json({**value, "multilabel": "yes"})


def test_defaults_are_left_out(tiny_network):
    row = network_to_json(tiny_network)["layers"][0]
    assert row == {
        "id": "input",
        "name": "input",
        "kind": "Input",
        "settings": {"shape": [3, 16, 16]},
        "inputs": [],
    }


def test_a_newer_format_says_so(tiny_network):
    value = network_to_json(tiny_network)
    value["format"] = FORMAT + 1
    with pytest.raises(ProjectError, match="newer version") as caught:
        network_from_json(value)
    assert "Update" in caught.value.remedy


def break_at(*path):
    def damage(value, new):
        for key in path[:-1]:
            value = value[key]
        if new is KeyError:
            del value[path[-1]]
        else:
            value[path[-1]] = new

    return damage


DAMAGED = {
    "no format": (break_at("format"), KeyError),
    "format is text": (break_at("format"), "1"),
    "no layers": (break_at("layers"), KeyError),
    "layers are a number": (break_at("layers"), 3),
    "no classes": (break_at("classes"), KeyError),
    "layer without id": (break_at("layers", 0, "id"), KeyError),
    "two with one id": (break_at("layers", 1, "id"), "input"),
    "two with one name": (break_at("layers", 1, "name"), "input"),
    "settings are a list": (break_at("layers", 1, "settings"), [1]),
    "rate is text": (break_at("layers", 1, "weight_rate"), "fast"),
    "fed by nobody": (break_at("layers", 1, "inputs"), [["nix", 0]]),
    "negative output": (break_at("layers", 1, "inputs"), [["input", -1]]),
    "input of three parts": (break_at("layers", 1, "inputs"), [["input", 0, 0]]),
    "input of no parts": (break_at("layers", 1, "inputs"), [[]]),
    "recipe is none": (break_at("preprocessing"), None),
    "crop above resize": (break_at("preprocessing", "crop"), 17),
    "deviation of zero": (break_at("preprocessing", "std"), [0, 1, 1]),
    "rate is infinite": (break_at("layers", 1, "weight_rate"), float("inf")),
    "rate is below zero": (break_at("layers", 1, "bias_rate"), -1),
    "frozen is text": (break_at("layers", 1, "frozen"), "false"),
    "name is a table": (break_at("layers", 1, "name"), {}),
    "class is a number": (break_at("classes"), [1, 2, 3]),
    "endless output": (break_at("layers", 1, "inputs"), [["input", float("inf")]]),
    "crop for giants": (break_at("preprocessing"), {"resize": 9000, "crop": 9000}),
    "endless crop": (break_at("preprocessing", "crop"), float("inf")),
    "mean is none": (break_at("preprocessing", "mean"), [float("nan"), 0, 0]),
    "two means": (break_at("preprocessing", "mean"), [0, 1]),
    "unknown interpolation": (break_at("preprocessing", "interpolation"), "magic"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_values_are_refused_in_words(tiny_network, name):
    value = copy.deepcopy(network_to_json(tiny_network))
    damage, new = DAMAGED[name]
    damage(value, new)
    with pytest.raises(ProjectError, match="cannot be read") as caught:
        network_from_json(value)
    assert caught.value.why
    assert caught.value.remedy


@pytest.mark.parametrize("value", [None, 3, "network", [], {}])
def test_what_is_no_table_is_refused(value):
    with pytest.raises(ProjectError):
        network_from_json(value)
