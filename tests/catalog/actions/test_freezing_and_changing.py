"""Freezing along the network and by group, and changing many layers at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import (
    freeze,
    freeze_all_but_head,
    freeze_group,
    freeze_up_to,
    rename,
    set_rates,
    set_settings,
    trainable_layers,
    unfreeze_from,
)
from designer.errors import EditError

LEARNING = ("stem.conv", "stem.bn", "block.conv", "fc")


def frozen(network) -> list[str]:
    return [layer.id for layer in network if layer.frozen]


def test_up_to_a_layer_and_from_one_on(tiny_network, made):
    edit = freeze_up_to(tiny_network, "stem.relu")
    assert edit.text == "Freeze up to stem.relu"
    after = made(edit, tiny_network)
    assert frozen(after) == ["stem.conv", "stem.bn"]
    everything = made(freeze_up_to(tiny_network, "output"), tiny_network)
    assert frozen(everything) == ["stem.conv", "stem.bn", "block.conv", "drop", "fc"]
    back = unfreeze_from(everything, "block.conv")
    assert back.text == "Unfreeze from block.conv"
    assert frozen(made(back, everything)) == ["stem.conv", "stem.bn"]


def test_all_but_the_head(tiny_network, made):
    everything = freeze(tiny_network, list(tiny_network.layers), True).apply(tiny_network)
    after = made(freeze_all_but_head(everything), everything)
    assert trainable_layers(after) == ("fc",)
    assert not after["drop"].frozen
    assert trainable_layers(made(freeze_all_but_head(tiny_network), tiny_network)) == ("fc",)


def test_a_group_and_the_groups_in_it(tiny_network, made):
    deep = tiny_network.with_layers(replace(tiny_network["stem.bn"], group="stem.0"))
    after = made(freeze_group(deep, "stem", True), deep)
    assert frozen(after) == ["stem.conv", "stem.bn"]
    assert frozen(made(freeze_group(after, "stem.0", False), after)) == ["stem.conv"]
    assert freeze_group(deep, "stem", True).text == "Freeze stem"


@pytest.mark.parametrize("path", ["", "ste", "stem.conv", "nix"])
def test_a_group_that_is_not_there_cannot_be_frozen(tiny_network, path):
    with pytest.raises(EditError, match="no group"):
        freeze_group(tiny_network, path, True)


def test_what_holds_nothing_cannot_be_frozen(tiny_network):
    with pytest.raises(EditError, match="Nothing here"):
        freeze_up_to(tiny_network, "input")
    with pytest.raises(EditError, match="Nothing here"):
        unfreeze_from(tiny_network, "output")


def test_many_layers_get_a_setting_together(tiny_network, made):
    edit = set_settings(tiny_network, ["stem.conv", "block.conv"], {"bias": True, "padding": [1, 1]})
    assert edit.text == "Change bias, padding of 2 layers"
    one = set_settings(tiny_network, ["stem.conv"], {"kernel_size": [3, 5]})
    assert one.text == "Set kernel size of stem.conv to 3 × 5"
    after = made(edit, tiny_network)
    for layer_id in ("stem.conv", "block.conv"):
        wanted = {**tiny_network[layer_id].settings, "bias": True, "padding": [1, 1]}
        assert after[layer_id].settings == wanted


@pytest.mark.parametrize(
    ("ids", "settings"),
    [
        ([], {"bias": True}),
        (["stem.conv", "fc"], {"kernel_size": 1}),
        (["stem.conv"], {"kernel_size": 0}),
        (["stem.conv"], {"colour": "red"}),
        (["nix"], {"bias": True}),
    ],
)
def test_settings_that_not_all_of_them_take_are_refused(tiny_network, ids, settings):
    with pytest.raises(EditError):
        set_settings(tiny_network, ids, settings)


def test_rates_of_many(tiny_network, made):
    after = made(set_rates(tiny_network, LEARNING, 0.1), tiny_network)
    assert {after[i].weight_rate for i in LEARNING} == {0.1}
    assert {after[i].bias_rate for i in LEARNING} == {1.0}
    for ids, rate in ((LEARNING, -1.0), ((), 1.0)):
        with pytest.raises(EditError):
            set_rates(tiny_network, ids, rate)


def test_a_new_name_is_told_with_the_old_one(tiny_network, made):
    edit = rename(tiny_network, "fc", "  classifier ")
    assert edit.text == "Rename fc to classifier"
    assert made(edit, tiny_network)["fc"].name == "classifier"
    long = rename(tiny_network, "fc", "x" * 500)
    assert len(long.text) < 100
    for name in ("", "  ", "drop"):
        with pytest.raises(EditError):
            rename(tiny_network, "fc", name)
