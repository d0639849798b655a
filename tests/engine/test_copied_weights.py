"""Weights of copies and replacements: begun with, kept through undo, training, saving and export."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.catalog.actions import (
    delete_layers,
    duplicate,
    freeze,
    insert,
    new_ids,
    replace_head,
    replace_kind,
    set_settings,
)
from designer.engine.building import build, misfits, owned, weights_for, weights_of
from designer.engine.export.task import read_weights, write_weights
from designer.engine.project_file import ProjectContents, load_project, save_project
from designer.engine.training.keeping import Keeper
from designer.engine.weights import Weights
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Connection, Layer, Port
from designer.progress import Silent


@pytest.fixture
def weights(tiny_network) -> Weights:
    return weights_of(build(tiny_network, seed=7))


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def digests(weights: Weights) -> dict[str, str]:
    return {layer_id: weights.digest(layer_id) for layer_id in weights}


def in_place_of(network, old: str, new: str):
    """What `old` fed is fed by `new`."""
    fed = {
        c.target: tuple(Port(new) if p == Port(old) else p for p in network.inputs[c.target])
        for c in network.consumers[old]
        if c.target != new
    }
    return network.with_inputs(fed)


def test_a_duplicate_computes_the_same_as_its_original(tiny_network, weights):
    edit = duplicate(tiny_network, ["stem.conv", "stem.bn", "stem.relu"])
    copied = edit.apply(tiny_network)
    twin = new_ids(edit)[-1]
    rewired = in_place_of(copied, "stem.relu", twin)
    pictures = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        one, other = (build(n, weights, seed=s)(pictures) for s, n in ((1, tiny_network), (2, rewired)))
    assert torch.equal(one, other)


def test_delete_and_undo_bring_the_very_same_tensors_back(tiny_network, weights):
    before = digests(weights_of(build(tiny_network, weights, seed=1)))
    edit = delete_layers(tiny_network, ["stem.conv", "fc"])
    after = edit.apply(tiny_network)
    # Weights of layers that are gone are kept.
    assert "fc" in weights
    back = edit.inverse(tiny_network).apply(after)
    assert digests(weights_of(build(back, weights, seed=2))) == before


def test_a_layer_replaced_by_its_kin_keeps_what_agrees(tiny_network, weights):
    edit = replace_kind(tiny_network, "stem.bn", "InstanceNorm2d")
    after = set_settings(edit.apply(tiny_network), new_ids(edit), {"track_running_stats": False}).apply(
        edit.apply(tiny_network)
    )
    (new,) = new_ids(edit)
    found = weights_for(weights, after[new])
    assert found is not None
    assert set(found) == {"weight", "bias"}
    assert found["weight"] is weights["stem.bn"]["weight"]
    module = build(after, weights, seed=3)
    assert torch.equal(module.layer_module(new).weight, weights["stem.bn"]["weight"])
    assert misfits(after, weights) == ()


def test_a_layer_replaced_and_replaced_back_has_its_weights_again(tiny_network, weights):
    network, layer_id = tiny_network, "block.conv"
    for key in ("ReLU", "MaxPool2d", "Conv2d"):
        edit = replace_kind(network, layer_id, key)
        network = edit.apply(network)
        (layer_id,) = new_ids(edit)
    fitted = set_settings(network, [layer_id], {**tiny_network["block.conv"].settings, "stride": 1}).apply(
        network
    )
    assert weights_for(weights, fitted[layer_id]) == weights["block.conv"]
    pictures = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        assert torch.equal(build(fitted, weights)(pictures), build(tiny_network, weights)(pictures))


def test_what_does_not_agree_starts_anew_and_is_named(tiny_network, weights):
    edit = replace_kind(tiny_network, "fc", "Conv2d")
    after = edit.apply(tiny_network)
    (new,) = new_ids(edit)
    assert weights_for(weights, after[new]) is None
    assert [misfit.layer for misfit in misfits(after, weights)] == [new]
    # A layer without tensors has lost nothing.
    plain = replace_kind(tiny_network, "fc", "Identity").apply(tiny_network)
    assert misfits(plain, weights) == ()


def test_a_fresh_head_takes_nothing_over(tiny_network, weights):
    copied = duplicate(tiny_network, ["fc"])
    both = copied.apply(tiny_network)
    both = both.with_inputs({"output": (Port(new_ids(copied)[0]),)})
    renewed = replace_head(both, ("x", "y", "z")).apply(both)
    (fresh,) = [layer for layer in renewed if layer.id not in both]
    assert fresh.weights_from == ()
    assert weights_for(weights, fresh) is None
    assert misfits(renewed, weights) == ()


def test_own_weights_come_before_those_of_the_original(tiny_network, weights):
    edit = duplicate(tiny_network, ["fc"])
    after = edit.apply(tiny_network)
    (twin,) = new_ids(edit)
    own = {name: tensor + 1 for name, tensor in weights["fc"].items()}
    assert same(weights_for(weights.merged(Weights({twin: own})), after[twin]), own)
    # Those that do not fit are passed over.
    odd = {"weight": torch.zeros(1)}
    assert same(weights_for(weights.merged(Weights({twin: odd})), after[twin]), weights["fc"])


def test_the_way_back_survives_when_the_layers_on_it_are_gone(tiny_network, weights):
    first = duplicate(tiny_network, ["fc"])
    network = first.apply(tiny_network)
    second = duplicate(network, new_ids(first))
    network = second.apply(network)
    network = delete_layers(network, new_ids(first)).apply(network)
    assert weights_for(weights, network[new_ids(second)[0]]) == weights["fc"]


@pytest.mark.parametrize("former", [("x",), ("a", "b", "x", "a"), ("y", "x")])
def test_layers_that_name_one_another_end_nowhere(tiny_network, weights, former):
    ring = tiny_network.with_layers(
        replace(tiny_network["fc"], weights_from=former), replace(tiny_network["drop"], weights_from=("fc",))
    )
    bare = Weights({i: weights[i] for i in weights if i != "fc"})
    assert weights_for(bare, ring["fc"]) is None
    build(ring, bare)


def test_a_saved_project_has_the_weights_under_the_copys_own_key(tmp_path, tiny_network, weights):
    edit = duplicate(tiny_network, ["stem.conv", "fc"])
    network = edit.apply(tiny_network)
    conv, fc = new_ids(edit)
    path = tmp_path / "a.netgraft"
    save_project(path, ProjectContents(network, weights), Silent())
    read = load_project(path, Silent())
    assert read.network == network
    assert read.weights.digest(conv) == weights.digest("stem.conv")
    assert read.weights.digest(fc) == weights.digest("fc")
    # Without the original, too.
    gone = delete_layers(network, ["stem.conv", "fc"]).apply(network)
    save_project(path, ProjectContents(gone, weights), Silent())
    assert load_project(path, Silent()).weights.digest(fc) == weights.digest("fc")


def test_a_copy_that_fits_no_more_does_not_damage_the_file(tmp_path, tiny_network, weights):
    edit = duplicate(tiny_network, ["fc"])
    network = edit.apply(tiny_network)
    network = set_settings(network, new_ids(edit), {"out_features": 77}).apply(network)
    path = tmp_path / "a.netgraft"
    save_project(path, ProjectContents(network, weights), Silent())
    read = load_project(path, Silent())
    assert new_ids(edit)[0] not in read.weights
    assert read.network == network


def test_an_export_is_handed_the_copys_weights(tmp_path, tiny_network, weights):
    edit = duplicate(tiny_network, ["fc"])
    network = edit.apply(tiny_network)
    write_weights(tmp_path, network, weights)
    found = read_weights(tmp_path)
    assert found.digest(new_ids(edit)[0]) == weights.digest("fc")
    assert digests(found) == digests(owned(network, weights))


def test_a_frozen_copy_keeps_the_tensors_that_it_was_given(tiny_network, weights):
    edit = duplicate(tiny_network, ["fc"])
    network = edit.apply(tiny_network)
    (twin,) = new_ids(edit)
    network = freeze(network, [twin], True).apply(network)
    learning = [layer.id for layer in network if not layer.frozen]
    kept = Keeper(build(network, weights), weights, learning, best=False).weights()
    assert kept[twin]["weight"] is weights["fc"]["weight"]


def test_an_inserted_layer_leaves_all_others_their_weights(tiny_network, weights):
    layer = Layer("t", "t", "PReLU")
    fragment = Fragment("PReLU", (layer,), {"t": (None,)}, (Entrance("t", 0),), Port("t"))
    edit = insert(tiny_network, Connection("stem.bn", 0, "stem.relu", 0), fragment)
    after = edit.apply(tiny_network)
    module = build(after, weights, seed=1)
    assert {**digests(weights), new_ids(edit)[0]: ""} == {
        **digests(weights_of(module)),
        new_ids(edit)[0]: "",
    }
