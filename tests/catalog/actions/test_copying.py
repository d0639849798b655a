"""Copies: what they keep, where they go, what feeds them, and where their weights come from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import copied, delete_layers, duplicate, insert, new_ids, paste
from designer.catalog.actions.copying import LINEAGE
from designer.errors import EditError
from designer.network.clipping import clip_from_text, clip_to_text
from designer.network.fragment import Fragment
from designer.network.network import Connection, Layer, Network, Port


def test_a_copy_keeps_everything_but_its_key_and_knows_its_original(tiny_network):
    marked = tiny_network.with_layers(
        replace(tiny_network["stem.conv"], frozen=True, weight_rate=2.0, bias_rate=0.0)
    )
    (layer,) = copied(marked, ["stem.conv"]).layers
    assert layer == replace(marked["stem.conv"], group="", weights_from=("stem.conv",))


def test_groups_count_from_the_innermost_around_all(tiny_network):
    part = copied(tiny_network, ["stem.conv", "stem.bn"])
    assert {layer.group for layer in part.layers} == {""}
    whole = copied(tiny_network, ["stem.conv", "stem.bn", "stem.relu"])
    assert {layer.group for layer in whole.layers} == {"stem"}
    mixed = copied(tiny_network, ["stem.relu", "block.conv", "pool"])
    assert [layer.group for layer in mixed.layers] == ["stem", "block", ""]


def test_ends_are_left_out_and_nothing_cannot_be_copied(tiny_network):
    everything = copied(tiny_network, list(tiny_network.layers))
    assert [layer.id for layer in everything.layers] == list(tiny_network.layers)[1:-1]
    for ids in ([], ["input"], ["input", "output"]):
        with pytest.raises(EditError, match="can be copied"):
            copied(tiny_network, ids)
    with pytest.raises(EditError, match="no layer 'nix'"):
        copied(tiny_network, ["nix"])


def test_a_duplicate_is_fed_by_what_feeds_the_original_and_feeds_nothing(tiny_network, made):
    edit = duplicate(tiny_network, ["block.add", "block.conv"])
    assert edit.text == "Duplicate 2 layers"
    after = made(edit, tiny_network)
    conv, addition = new_ids(edit)
    assert after.inputs[conv] == (Port("stem.relu"),)
    assert after.inputs[addition] == (Port(conv), Port("stem.relu"))
    assert after.consumers[addition] == ()
    assert (after[conv].name, after[conv].weights_from) == ("block.conv_2", ("block.conv",))
    # The whole group was copied: the copy is a group beside it.
    assert after[conv].group == after[addition].group == "block_2"
    order = list(after.layers)
    assert order[order.index("block.add") + 1 :][:2] == [conv, addition]
    assert all(after[i] is tiny_network[i] for i in tiny_network.layers)
    assert duplicate(tiny_network, ["fc"]).text == "Duplicate fc"


def test_a_duplicate_of_a_few_layers_stays_in_their_group(tiny_network, made):
    edit = duplicate(tiny_network, ["stem.bn"])
    after = made(edit, tiny_network)
    assert after[new_ids(edit)[0]].group == "stem"


def test_copies_of_copies_know_all_former_ones_up_to_a_bound(tiny_network, made):
    network, last, seen = tiny_network, "fc", ["fc"]
    for _ in range(LINEAGE + 3):
        edit = duplicate(network, [last])
        network = made(edit, network)
        (last,) = new_ids(edit)
        assert network[last].weights_from == tuple(reversed(seen))[:LINEAGE]
        seen.append(last)


def test_pasted_layers_lie_behind_and_in_the_group_of_the_chosen_one(tiny_network, made):
    edit = paste(tiny_network, copied(tiny_network, ["pool", "flatten"]), "stem.bn")
    assert edit.text == "Paste 2 layers"
    after = made(edit, tiny_network)
    pool, flatten = new_ids(edit)
    assert after.inputs[pool] == (None,)
    assert after.inputs[flatten] == (Port(pool),)
    order = list(after.layers)
    assert order[order.index("stem.bn") + 1 :][:2] == [pool, flatten]
    assert after[pool].group == "stem"
    assert after[pool].name == "pool_2"


@pytest.mark.parametrize("near", ["", "nix", "output"])
def test_pasted_without_a_place_they_are_there_all_the_same(tiny_network, made, near):
    edit = paste(tiny_network, copied(tiny_network, ["fc"]), near)
    after = made(edit, tiny_network)
    assert len(new_ids(edit)) == 1
    assert after[new_ids(edit)[0]].group == ""


def test_a_group_is_pasted_under_a_free_name_each_time(tiny_network, made):
    fragment = copied(tiny_network, ["block.conv", "block.add"])
    network = tiny_network
    for wanted in ("block_2", "block_3"):
        edit = paste(network, fragment, "pool")
        network = made(edit, network)
        assert {network[i].group for i in new_ids(edit)} == {wanted}


@pytest.fixture
def numbered(tiny_network) -> Network:
    """The block as torchvision's networks have theirs: number 0 of a stage."""
    moved = [
        replace(tiny_network[i], name=i.replace("block", "stage1.0"), group="stage1.0")
        for i in ("block.conv", "block.add")
    ]
    return tiny_network.with_layers(*moved)


BLOCK = ("block.conv", "block.add")


def test_away_from_its_stage_a_numbered_block_is_called_after_both(numbered, made):
    fragment = copied(numbered, BLOCK)
    assert {layer.group for layer in fragment.layers} == {"0"}
    for near, group in (("pool", "stage1_0"), ("stem.bn", "stem.stage1_0")):
        edit = paste(numbered, fragment, near)
        after = made(edit, numbered)
        assert [(after[i].name, after[i].group) for i in new_ids(edit)] == [
            ("stage1_0.conv", group),
            ("stage1_0.add", group),
        ]
    # Once more beside the first: free names for the group and for the layers.
    twice = paste(after, fragment, "stem.bn")
    again = made(twice, after)
    assert [(again[i].name, again[i].group) for i in new_ids(twice)] == [
        ("stage1_0_2.conv", "stem.stage1_0_2"),
        ("stage1_0_2.add", "stem.stage1_0_2"),
    ]


def test_within_its_stage_a_numbered_block_stays_numbered(numbered, made):
    edit = paste(numbered, copied(numbered, BLOCK), "block.add")
    assert {made(edit, numbered)[i].group for i in new_ids(edit)} == {"stage1.0_2"}
    twin = duplicate(numbered, BLOCK)
    assert {made(twin, numbered)[i].group for i in new_ids(twin)} == {"stage1.0_2"}
    # What was cut comes back as it was.
    cut = made(delete_layers(numbered, BLOCK), numbered)
    kept = cut.with_layers(replace(cut["stem.relu"], group="stage1"))
    back = paste(kept, copied(numbered, BLOCK), "stem.relu")
    assert [(layer.name, layer.group) for layer in (made(back, kept)[i] for i in new_ids(back))] == [
        ("stage1.0.conv", "stage1.0"),
        ("stage1.0.add", "stage1.0"),
    ]


def test_a_numbered_block_put_into_a_connection_is_called_after_its_stage_too(numbered, made):
    fragment = copied(numbered, BLOCK)
    edit = insert(numbered, Connection("pool", 0, "flatten", 0), fragment)
    after = made(edit, numbered)
    assert [(after[i].name, after[i].group) for i in new_ids(edit)] == [
        ("stage1_0.conv", "stage1_0"),
        ("stage1_0.add", "stage1_0"),
    ]


def test_what_was_cut_can_be_pasted_with_its_name(tiny_network, made):
    fragment = copied(tiny_network, ["drop"])
    cut = made(delete_layers(tiny_network, ["drop"]), tiny_network)
    edit = paste(cut, fragment, "flatten")
    pasted = made(edit, cut)
    assert pasted[new_ids(edit)[0]].name == "drop"
    assert new_ids(edit) != ("drop",)


def test_the_way_over_the_clipboard_changes_nothing(tiny_network):
    fragment = copied(tiny_network, ["stem.conv", "block.add", "fc"])
    clip = clip_from_text(clip_to_text(fragment, "doc"))
    assert clip.for_document("doc") == fragment
    assert all(layer.weights_from == () for layer in clip.for_document("other").layers)


BAD = {
    "an unknown kind": Layer("x", "x", "Dropin"),
    "a setting that is none": Layer("x", "x", "ReLU", {"colour": "red"}),
    "a setting that lacks": Layer("x", "x", "Linear", {"in_features": 8}),
    "a setting of the wrong type": Layer("x", "x", "Dropout", {"p": "often"}),
}


@pytest.mark.parametrize("name", BAD)
def test_what_no_layer_can_be_is_not_pasted(tiny_network, name):
    with pytest.raises(EditError, match="cannot be pasted") as caught:
        paste(tiny_network, Fragment("bad", (BAD[name],), {"x": (None,)}), "fc")
    assert caught.value.why


def test_nothing_cannot_be_pasted(tiny_network):
    with pytest.raises(EditError, match="nothing to paste"):
        paste(tiny_network, Fragment("", (), {}), "fc")


def test_an_empty_network_can_be_pasted_into(tiny_network, made):
    empty = Network("empty", {}, {})
    after = made(paste(empty, copied(tiny_network, ["pool", "flatten"])), empty)
    assert [layer.name for layer in after] == ["pool", "flatten"]
