"""What settings several layers share, what a change would cost, and the network's summary: no widgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.summary import summary
from designer.errors import EditError
from designer.gui.editing.properties.fields import common_fields, fields_of, has_weights
from designer.gui.editing.properties.inputs import SEVERAL
from designer.gui.editing.properties.network_state import network_state, recipe_value, with_part
from designer.gui.editing.properties.state import Known, group_of, resolve
from designer.network.edits import SetFrozen
from designer.network.network import Port
from designer.network.preprocessing import Preprocessing
from designer.session.results import Problem

from ..conftest import make_facts

WEIGHTS = {"stem.conv": 1, "stem.bn": 1, "block.conv": 1, "fc": 1}
"""Stands for weights: only the ids count here."""


def values(fields) -> dict:
    return {field.setting.name: field.value for field in fields}


def test_the_settings_of_a_layer_with_what_a_change_would_cost(tiny_network, facts):
    fields = {f.setting.name: f for f in fields_of(tiny_network["stem.conv"], facts, keeps_weights=True)}
    assert fields["kernel_size"].value == 3
    assert "216 values are lost" in fields["kernel_size"].cost
    assert "Undo" in fields["out_channels"].cost
    assert fields["stride"].cost == fields["padding"].cost == fields["dilation"].cost == ""
    assert (fields["stride"].is_default, fields["padding"].is_default) == (True, False)
    without = fields_of(tiny_network["stem.conv"], facts, keeps_weights=False)
    assert not any(field.cost for field in without)


def test_layers_of_one_kind_share_all_settings(tiny_network, facts):
    layers = [tiny_network["stem.conv"], tiny_network["block.conv"]]
    fields = common_fields(layers, facts, layers)
    shared = values(fields)
    assert shared["kernel_size"] == 3
    assert shared["in_channels"] is SEVERAL
    assert shared["bias"] is SEVERAL
    cost = next(f.cost for f in fields if f.setting.name == "kernel_size")
    assert "2 layers" in cost
    assert "800 values" in cost


def test_layers_of_other_kinds_share_what_has_the_same_name_and_sort(tiny_network, facts):
    assert common_fields([tiny_network["stem.conv"], tiny_network["stem.relu"]], facts, []) == ()
    linear = values(common_fields([tiny_network["stem.conv"], tiny_network["fc"]], facts, []))
    assert list(linear) == ["bias"]
    pool = replace(tiny_network["pool"], kind="MaxPool2d", settings={"kernel_size": 3})
    shared = common_fields([tiny_network["stem.conv"], pool], facts, [])
    # A pool's stride may be left out and a convolution's may not, so that is no common setting.
    assert set(values(shared)) == {"kernel_size", "padding", "dilation"}


def test_one_size_and_a_list_of_it_are_the_same_value(tiny_network, facts):
    square = replace(tiny_network["block.conv"], settings={"kernel_size": [3, 3]})
    assert values(common_fields([tiny_network["stem.conv"], square], facts, []))["kernel_size"] == 3


def test_each_kind_has_its_own_default(tiny_network, facts):
    batch = replace(tiny_network["stem.bn"], settings={"num_features": 8})
    instance = replace(batch, id="in", kind="InstanceNorm2d")
    # A batch normalization learns a scale by default, an instance normalization does not.
    field = next(f for f in common_fields([batch, instance], facts, []) if f.setting.name == "affine")
    assert field.value is SEVERAL
    assert field.setting.required


def test_an_unknown_kind_shares_nothing(tiny_network, facts):
    odd = replace(tiny_network["pool"], kind="Wondrous")
    assert common_fields([odd, tiny_network["fc"]], facts, []) == ()
    assert fields_of(odd, facts, True) == ()


def test_who_has_weights(tiny_network):
    assert has_weights(tiny_network["fc"], WEIGHTS)
    assert not has_weights(tiny_network["pool"], WEIGHTS)
    assert has_weights(replace(tiny_network["fc"], id="fc~1", weights_from=("gone", "fc")), WEIGHTS)
    assert not has_weights(tiny_network["fc"], None)


def test_a_whole_group_is_told_as_such(tiny_network):
    assert group_of(tiny_network, ("stem.conv", "stem.bn", "stem.relu")) == "stem"
    assert group_of(tiny_network, ("stem.conv", "stem.bn")) == ""
    assert group_of(tiny_network, ("stem.conv", "block.conv")) == ""
    assert group_of(tiny_network, ("pool", "fc")) == ""
    deep = tiny_network.with_layers(replace(tiny_network["stem.bn"], group="stem.norm"))
    assert group_of(deep, ("stem.relu", "stem.conv", "stem.bn")) == "stem"


def test_several_layers_in_figures(tiny_network, facts):
    network = SetFrozen(("stem.conv",), True).apply(tiny_network)
    state = resolve(network, ("stem.conv", "stem.bn", "stem.relu"), Known(facts, {}, WEIGHTS))
    assert state.title == "Group stem"
    assert dict(state.rows) == {
        "Layers": "3",
        "Parameters": "232",
        "Frozen": "216",
        "Multiply-adds": "55.3 k",
    }
    assert state.tick == "some"
    assert [(title, ids) for title, ids in state.kinds] == [
        ("Convolution 2-D", ("stem.conv",)),
        ("Batch normalization 2-D", ("stem.bn",)),
        ("ReLU", ("stem.relu",)),
    ]
    same = resolve(network, ("stem.conv", "block.conv"), Known(facts))
    assert (same.title, same.kinds) == ("2 layers", ())


def test_weights_that_are_lost_already_cost_nothing_more(tiny_network, facts):
    known = Known(facts, {"fc": "'weight' has shape (3, 8)"}, WEIGHTS)
    state = resolve(tiny_network, ("fc",), known)
    assert "(3, 8)" in state.new_weights
    assert not any(field.cost for field in state.fields)
    both = resolve(tiny_network, ("fc", "stem.conv"), known)
    assert both.new_weights == "The weights of 1 layer will be new."


def test_problems_are_left_out_while_they_are_checked_anew(tiny_network):
    facts = make_facts(tiny_network, Problem("error", "fc", "fc is bad."))
    assert resolve(tiny_network, ("fc",), Known(facts)).problems == ("fc is bad.",)
    assert resolve(tiny_network, ("fc", "pool"), Known(facts)).problems == ("fc is bad.",)
    assert resolve(tiny_network, ("fc",), Known(replace(facts, checking=True))).problems == ()


def test_auxiliary_outputs_are_called_so(tiny_network, facts):
    found = replace(summary(tiny_network, facts), auxiliary_outputs=((1000,), (10,)))
    rows = [row[:2] for row in network_state(tiny_network, found).rows if "utput" in row[0]]
    assert rows == [("Output", "3"), ("Auxiliary output", "1000"), ("Auxiliary output", "10")]


def test_inputs_keep_their_numbers_where_some_are_unknown(tiny_network, facts):
    inputs = (None, Port("stem.relu"), Port("fc"))
    network = replace(tiny_network, inputs={**tiny_network.inputs, "block.add": inputs})
    known = {i: found for i, found in facts.layers.items() if i != "stem.relu"}
    rows = resolve(network, ("block.add",), Known(replace(facts, layers=known))).rows
    assert rows[:2] == (("Input 1", "not connected"), ("Input 3", "3"))
    six = replace(network, inputs={**network.inputs, "block.add": (Port("fc"),) * 6})
    rows = resolve(six, ("block.add",), Known(facts)).rows
    assert [row[0] for row in rows[:4]] == ["Input 1", "Input 2", "Input 3", "Inputs"]
    assert rows[3][1] == "and 3 more"


def test_the_network_in_figures(tiny_network, facts):
    found = summary(tiny_network, facts, batch_size=4)
    rows = {row[0]: row[1] for row in network_state(tiny_network, found).rows}
    assert rows["Layers"] == "11"
    assert rows["Connections"] == "11"
    assert rows["Depth"] == "3"
    assert rows["Parameters"] == rows["Trainable"] == "843"
    assert rows["Frozen"] == "0"
    assert rows["Multiply-adds"] == "202.8 k, one picture"
    assert rows["Memory to run"].endswith("one picture")
    assert rows["Memory to train"].endswith("batch of 4")
    assert rows["Input"] == "3 × 16 × 16"
    assert rows["Output"] == "3"
    assert "Auxiliary output" not in rows
    bare = {row[0] for row in network_state(tiny_network, None).rows}
    assert bare == {"Layers", "Input", "Classes"}


def test_figures_that_are_not_complete_are_said_to_be_the_least(tiny_network, facts):
    left = replace(facts, layers={k: v for k, v in facts.layers.items() if k != "output"})
    rows = {row[0]: row[1] for row in network_state(tiny_network, summary(tiny_network, left)).rows}
    assert rows["Multiply-adds"].startswith("≥ ")


def test_the_preprocessing_in_parts():
    recipe = Preprocessing()
    assert recipe_value(recipe, "mean") == "0.485 0.456 0.406"
    assert with_part(recipe, "mean", "0.5, 0.5, 0.5").mean == (0.5, 0.5, 0.5)
    assert with_part(recipe, "crop", 128).crop == 128
    assert with_part(recipe, "interpolation", "bicubic").interpolation == "bicubic"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("crop", 300, "resized to 256"),
        ("resize", 200, "crop of 224"),
        ("mean", "0.5 0.5", "three numbers"),
        ("mean", "a b c", "three numbers"),
        ("std", "0.2 0 0.2", "none of them 0"),
        ("std", "nan 1 1", "three numbers"),
    ],
)
def test_preprocessing_that_makes_no_sense_is_refused(name, value, said):
    with pytest.raises(EditError, match=said):
        with_part(Preprocessing(), name, value)
