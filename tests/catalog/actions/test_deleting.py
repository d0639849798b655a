"""Layers taken out: the gap is closed where shapes allow, else left and told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import delete_layers
from designer.errors import EditError
from designer.network.network import Layer, Port
from designer.session.results import Facts, LayerFacts


def test_a_run_that_keeps_the_shape_is_bridged(tiny_network, tiny_facts, made):
    edit = delete_layers(tiny_network, ["stem.bn", "stem.relu"], tiny_facts)
    assert edit.text == "Delete 2 layers"
    after = made(edit, tiny_network)
    assert after.inputs["block.conv"] == (Port("stem.conv"),)
    assert after.inputs["block.add"] == (Port("block.conv"), Port("stem.conv"))


def test_a_run_that_changes_the_shape_leaves_a_gap(tiny_network, tiny_facts, made):
    edit = delete_layers(tiny_network, ["stem.conv", "stem.bn"], tiny_facts)
    assert made(edit, tiny_network).inputs["stem.relu"] == (None,)
    # Where shapes are not known, or not of these layers, structure alone decides.
    for facts in (None, Facts()):
        loose = made(delete_layers(tiny_network, ["stem.conv", "stem.bn"], facts), tiny_network)
        assert loose.inputs["stem.relu"] == (Port("input"),)


def test_the_whole_run_counts_not_each_layer(tiny_network, tiny_facts, made):
    """8 x 1 x 1 becomes 8 and then 3: the two together change the shape, pool and flatten do too."""
    facts = Facts({**tiny_facts.layers, "fc": LayerFacts(((8,),)), "output": LayerFacts(((8,),))})
    after = made(delete_layers(tiny_network, ["drop", "fc"], facts), tiny_network)
    assert after.inputs["output"] == (Port("flatten"),)
    after = made(delete_layers(tiny_network, ["flatten", "drop", "fc"], facts), tiny_network)
    assert after.inputs["output"] == (None,)


def test_an_addition_with_one_source_left_is_bridged(tiny_network, tiny_facts, made):
    half = tiny_network.with_inputs({"block.add": (Port("block.conv"), None)})
    after = made(delete_layers(half, ["block.add"], tiny_facts), half)
    assert after.inputs["pool"] == (Port("block.conv"),)
    whole = made(delete_layers(tiny_network, ["block.add"], tiny_facts), tiny_network)
    assert whole.inputs["pool"] == (None,)


def test_a_whole_block_with_a_shortcut_is_bridged(tiny_network, tiny_facts, made):
    """The convolution and the shortcut around it are both fed by the stem, and both are gone."""
    after = made(delete_layers(tiny_network, ["block.conv", "block.add"], tiny_facts), tiny_network)
    assert after.inputs["pool"] == (Port("stem.relu"),)
    # As much of it that its two ways begin at different layers: neither is what came in.
    after = made(delete_layers(tiny_network, ["stem.relu", "block.add"], tiny_facts), tiny_network)
    assert after.inputs["pool"] == (None,)
    assert after.inputs["block.conv"] == (Port("stem.bn"),)


def test_a_value_that_goes_with_the_block_is_no_source_of_it(tiny_network, tiny_facts, made):
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "scale": Layer("scale", "scale", "Parameter", {"shape": [8, 1, 1]})},
        inputs={**tiny_network.inputs, "scale": (), "block.add": (Port("block.conv"), Port("scale"))},
    )
    facts = Facts({**tiny_facts.layers, "scale": LayerFacts(((8, 1, 1),))})
    after = made(delete_layers(network, ["scale", "block.add"], facts), network)
    assert after.inputs["pool"] == (Port("block.conv"),)
    after = made(delete_layers(network, ["scale", "block.add", "block.conv"], facts), network)
    assert after.inputs["pool"] == (Port("stem.relu"),)


def test_what_takes_any_number_of_inputs_has_one_less(tiny_network, tiny_facts, made):
    network = replace(
        tiny_network,
        layers={**tiny_network.layers, "p": Layer("p", "p", "Parameter", {"shape": [8, 16, 16]})},
        inputs={
            **tiny_network.inputs,
            "p": (),
            "block.add": (Port("p"), Port("block.conv"), Port("stem.relu")),
        },
    )
    after = made(delete_layers(network, ["p"], tiny_facts), network)
    assert after.inputs["block.add"] == (Port("block.conv"), Port("stem.relu"))
    again = made(delete_layers(tiny_network, ["block.conv"]), tiny_network)
    assert again.inputs["block.add"] == (Port("stem.relu"), Port("stem.relu"))


def test_one_of_two_outputs_can_go_but_not_the_last(tiny_network, made):
    two = replace(
        tiny_network,
        layers={**tiny_network.layers, "o2": Layer("o2", "o2", "Output")},
        inputs={**tiny_network.inputs, "o2": (Port("fc"),)},
    )
    assert made(delete_layers(two, ["output"]), two).of_kind("Output")[0].id == "o2"
    for ids in (["output", "o2"], ["input"]):
        with pytest.raises(EditError, match="cannot be deleted"):
            delete_layers(two, ids)


def test_the_text_names_the_layer(tiny_network):
    named = tiny_network.with_layers(replace(tiny_network["fc"], name="classifier"))
    assert delete_layers(named, ["fc"]).text == "Delete classifier"
