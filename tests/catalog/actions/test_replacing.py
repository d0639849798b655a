"""A layer of another kind in a layer's place: what is kept, what is filled in, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import new_ids, replace_kind
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.network.network import Layer, Place, Port

CASES = {
    "norm to group norm": ("stem.bn", "GroupNorm", {"num_groups": 8, "num_channels": 8}),
    "norm to instance norm": (
        "stem.bn",
        "InstanceNorm2d",
        {"num_features": 8, "affine": True, "track_running_stats": True},
    ),
    "norm of a map to sizes": ("stem.bn", "LayerNorm", {"normalized_shape": [8, 16, 16]}),
    "norm to channels last": ("stem.bn", "LayerNorm2d", {"normalized_shape": [8]}),
    "convolution to transposed": (
        "block.conv",
        "ConvTranspose2d",
        {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "padding": 1},
    ),
    "convolution to pooling": ("block.conv", "MaxPool2d", {"kernel_size": 3, "stride": 1, "padding": 1}),
    "convolution to linear": ("stem.conv", "Linear", {"in_features": 16, "out_features": 8, "bias": False}),
    "activation to convolution": (
        "stem.relu",
        "Conv2d",
        {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "padding": 1},
    ),
    "activation to another": ("stem.relu", "LeakyReLU", {}),
    "pooling to its kin": ("pool", "AdaptiveMaxPool2d", {}),
    "dropout to drop path": ("drop", "StochasticDepth", {"p": 0.2}),
    "list to a norm": ("drop", "BatchNorm1d", {"num_features": 8}),
    "list to linear": ("drop", "Linear", {"in_features": 8, "out_features": 8}),
    "addition to product": ("block.add", "Multiply", {}),
    "addition to a row": ("block.add", "Concat", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_settings_are_kept_or_follow_from_shapes(tiny_network, tiny_facts, made, name):
    layer_id, key, settings = CASES[name]
    edit = replace_kind(tiny_network, layer_id, key, tiny_facts)
    after = made(edit, tiny_network)
    (new,) = new_ids(edit)
    row = KINDS[key]
    assert row.complete(after[new].settings) == row.complete(settings)
    old = tiny_network[layer_id]
    assert after[new] == replace(
        old, id=new, kind=key, settings=after[new].settings, weights_from=(layer_id,)
    )
    assert edit.text == f"Replace {old.name} by {row.title}"
    assert after.inputs[new] == tiny_network.inputs[layer_id]
    assert [i for i in after.layers if i != new] == [i for i in tiny_network.layers if i != layer_id]
    assert list(after.layers).index(new) == list(tiny_network.layers).index(layer_id)
    for target, ports in tiny_network.inputs.items():
        if target != layer_id:
            moved = tuple(Port(new, p.output) if p and p.layer == layer_id else p for p in ports)
            assert after.inputs[target] == moved


def test_without_shapes_the_old_widths_are_kept(tiny_network, made):
    after = made(replace_kind(tiny_network, "stem.bn", "GroupNorm"), tiny_network)
    (new,) = [layer for layer in after if layer.kind == "GroupNorm"]
    assert new.settings == {"num_groups": 8, "num_channels": 8}


def test_pooling_without_a_step_has_that_of_its_window(tiny_network, tiny_facts):
    pool = replace(tiny_network["pool"], kind="MaxPool2d", settings={"kernel_size": 2})
    network = tiny_network.with_layers(pool)
    after = replace_kind(network, "pool", "Conv2d", tiny_facts).apply(network)
    (new,) = [layer for layer in after if layer.name == "pool"]
    assert (new.settings["kernel_size"], new.settings["stride"]) == (2, 2)


def test_groups_that_no_longer_divide_are_given_up(tiny_network, tiny_facts):
    settings = {"in_channels": 8, "out_channels": 9, "kernel_size": 1, "groups": 4}
    network = tiny_network.with_layers(replace(tiny_network["block.conv"], settings=settings))
    after = replace_kind(network, "block.conv", "ConvTranspose2d", tiny_facts).apply(network)
    (new,) = [layer for layer in after if layer.name == "block.conv"]
    assert "groups" not in new.settings


def test_inputs_are_as_many_as_the_kind_takes(tiny_network, tiny_facts, made):
    one_less = made(replace_kind(tiny_network, "block.add", "ReLU", tiny_facts), tiny_network)
    (relu,) = [layer for layer in one_less if layer.name == "block.add"]
    assert one_less.inputs[relu.id] == (Port("block.conv"),)
    one_more = made(replace_kind(tiny_network, "drop", "Add", tiny_facts), tiny_network)
    (addition,) = [layer for layer in one_more if layer.name == "drop"]
    assert one_more.inputs[addition.id] == (Port("flatten"), None)
    itself = made(replace_kind(tiny_network, "drop", "MultiheadAttention", tiny_facts), tiny_network)
    (attention,) = [layer for layer in itself if layer.name == "drop"]
    assert itself.inputs[attention.id] == (Port("flatten"),) * 3


def test_outputs_that_are_gone_leave_inputs_empty(tiny_network, made):
    cut = replace(tiny_network["stem.relu"], kind="Chunk", settings={"chunks": 2})
    network = tiny_network.with_layers(cut).with_inputs(
        {"block.add": (Port("block.conv"), Port("stem.relu", 1))}
    )
    after = made(replace_kind(network, "stem.relu", "ReLU"), network)
    assert after.inputs["block.add"] == (Port("block.conv"), None)


def test_the_box_stays_where_it_was_put_and_others_beside_it(tiny_network, made):
    places = {"fc": Place("drop", 100.0, 50.0), "drop": Place("", 5.0, 6.0), "pool": Place("drop", 1.0, 2.0)}
    network = replace(tiny_network, places=places)
    edit = replace_kind(network, "drop", "Identity")
    after = made(edit, network)
    (new,) = new_ids(edit)
    assert after.places[new] == Place("", 5.0, 6.0)
    assert after.places["fc"] == Place(new, 100.0, 50.0)
    assert after.places["pool"].anchor == new


def test_a_chain_of_replacements_remembers_the_first(tiny_network):
    network, layer_id = tiny_network, "stem.conv"
    for key in ("ReLU", "Identity", "Conv2d"):
        edit = replace_kind(network, layer_id, key)
        network = edit.apply(network)
        (layer_id,) = new_ids(edit)
    assert network[layer_id].weights_from[-1] == "stem.conv"
    assert len(network[layer_id].weights_from) == 3


REFUSED = {
    "unknown": ("fc", "Dropin", "no layer kind 'Dropin'"),
    "the same": ("fc", "Linear", "of that kind already"),
    "the input": ("input", "ReLU", "cannot become"),
    "the output": ("output", "ReLU", "cannot become"),
    "into an end": ("fc", "Output", "cannot become"),
    "nobody": ("nix", "ReLU", "no layer 'nix'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_replaced_is_refused(tiny_network, name):
    layer_id, key, said = REFUSED[name]
    with pytest.raises(EditError) as caught:
        replace_kind(tiny_network, layer_id, key)
    assert said in str(caught.value)
    assert all((caught.value.what, caught.value.why, caught.value.remedy))


@pytest.mark.parametrize("key", [key for key in KINDS if key not in ("Input", "Output", "AuxiliaryOutput")])
@pytest.mark.parametrize("place", ["stem.bn", "fc", "block.add", "pool"])
def test_any_kind_into_any_place_has_settings_of_its_kind(tiny_network, tiny_facts, made, place, key):
    if tiny_network[place].kind == key:
        return
    for facts in (tiny_facts, None):
        edit = replace_kind(tiny_network, place, key, facts)
        after = made(edit, tiny_network)
        layer = after[new_ids(edit)[0]]
        KINDS[key].complete(layer.settings)


def test_a_layer_of_unknown_kind_can_be_replaced(tiny_network):
    odd = tiny_network.with_layers(Layer("drop", "drop", "Dropin", {"kernel_size": "?", "p": 0.5}))
    after = replace_kind(odd, "drop", "Dropout").apply(odd)
    (new,) = [layer for layer in after if layer.name == "drop"]
    assert new.kind == "Dropout"
