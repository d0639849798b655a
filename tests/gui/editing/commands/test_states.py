"""Which commands can be done, and why not the others."""

from __future__ import annotations

from designer.gui.editing.commands.states import (
    Situation,
    frozen_layers,
    group_around,
    network_states,
    resolve,
)
from designer.gui.editing.commands.table import BY_KEY, COMMANDS
from designer.network.edits import RemoveLayer, SetFrozen, SetPlaces
from designer.network.network import Connection, Place


def able(situation: Situation) -> set[str]:
    return {key for key, state in resolve(situation).items() if state.enabled}


def test_the_table_has_no_key_twice():
    assert len(BY_KEY) == len(COMMANDS)
    keys = [command.keys for command in COMMANDS if command.keys and command.ours]
    assert len(keys) == len(set(keys))


def test_without_a_network_nothing_can_be_done_and_all_say_why():
    states = resolve(Situation(None))
    assert set(states) == set(BY_KEY)
    assert not any(state.enabled for state in states.values())
    assert all(state.reason for state in states.values())


def test_what_is_disabled_says_why(tiny_network):
    for layers in ((), ("fc",), ("fc", "input"), ("output",), ("gone",)):
        states = resolve(Situation(tiny_network, layers, pastable="Nothing has been copied."))
        assert all(state.reason for state in states.values() if not state.enabled)


def test_what_hangs_on_the_selection(tiny_network):
    nothing = able(Situation(tiny_network))
    for key in ("copy", "cut", "duplicate", "delete", "rename", "replace_kind", "freeze_up_to", "align_left"):
        assert key not in nothing
    one = able(Situation(tiny_network, ("stem.conv",), boxes=1))
    for key in ("copy", "cut", "duplicate", "delete", "rename", "replace_kind", "freeze_up_to"):
        assert key in one
    assert "align_left" not in one
    two = able(Situation(tiny_network, ("stem.conv", "fc"), boxes=2))
    assert "rename" not in two
    assert "align_left" in two
    assert "distribute_down" not in two
    assert "distribute_down" in able(Situation(tiny_network, ("stem.conv", "fc", "pool"), boxes=3))


def test_the_ends_stay(tiny_network):
    ends = able(Situation(tiny_network, ("output",)))
    assert not ends & {"copy", "cut", "delete", "duplicate", "replace_kind"}
    mixed = able(Situation(tiny_network, ("drop", "output")))
    assert "copy" in mixed
    assert "delete" not in mixed


def test_connections_are_disconnected(tiny_network):
    one = Connection("drop", 0, "fc", 0)
    states = resolve(Situation(tiny_network, (), (one,)))
    assert states["delete"].enabled
    assert states["delete"].text == "Disconnect"
    assert not states["copy"].enabled


def test_pasting_and_arranging(tiny_network):
    states = resolve(Situation(tiny_network, pastable="Nothing has been copied."))
    assert (states["paste"].enabled, states["paste"].reason) == (False, "Nothing has been copied.")
    assert resolve(Situation(tiny_network))["paste"].enabled
    assert not states["arrange"].enabled
    moved = SetPlaces({"fc": Place("", 1, 2)}).apply(tiny_network)
    assert resolve(Situation(moved))["arrange"].enabled


def test_freezing(tiny_network):
    first = able(Situation(tiny_network))
    assert {"freeze_backbone", "freeze_all_but_head"} <= first
    assert "unfreeze_all" not in first
    frozen = SetFrozen(("stem.conv", "stem.bn", "block.conv"), True).apply(tiny_network)
    after = resolve(Situation(frozen, ("stem.conv",)))
    assert not after["freeze_backbone"].enabled
    assert "already" in after["freeze_backbone"].reason
    assert after["unfreeze_all"].enabled
    assert after["unfreeze_selected"].enabled
    assert not after["freeze_selected"].enabled
    assert frozen_layers(frozen) == ("stem.conv", "stem.bn", "block.conv")
    headless = RemoveLayer("output").apply(tiny_network)
    assert not {"replace_head", "freeze_backbone", "freeze_all_but_head"} & able(Situation(headless))


def test_freezing_along_the_network_needs_something_that_changes(tiny_network):
    def reasons(network, *chosen):
        states = resolve(Situation(network, chosen))
        return states["freeze_up_to"].reason, states["unfreeze_from"].reason

    assert reasons(tiny_network, "block.conv") == ("", "Nothing from here on is frozen.")
    assert reasons(tiny_network, "input")[0] == "There is nothing to freeze up to here."
    assert reasons(tiny_network, "output")[1] == "Nothing learns here."
    frozen = SetFrozen(("stem.conv", "stem.bn"), True).apply(tiny_network)
    assert reasons(frozen, "stem.relu") == ("All up to here is frozen.", "Nothing from here on is frozen.")
    assert reasons(frozen, "stem.conv", "fc") == ("", "")


def test_groups_are_named(tiny_network):
    states = resolve(Situation(tiny_network, ("stem.bn",)))
    assert states["freeze_group"].text == "Freeze group stem"
    assert states["freeze_group"].enabled
    assert not states["unfreeze_group"].enabled
    assert not resolve(Situation(tiny_network, ("stem.bn", "fc")))["freeze_group"].enabled
    assert group_around(tiny_network, ("stem.bn", "stem.conv")) == "stem"
    assert group_around(tiny_network, ("stem.bn", "block.add")) == ""
    assert group_around(tiny_network, ()) == ""


def test_what_is_checked(tiny_network):
    states = resolve(Situation(tiny_network, on=frozenset({"direction"})))
    assert states["direction"].checked
    assert not states["left_panel"].checked


def test_what_is_known_of_a_network_is_used_for_that_network_alone(tiny_network):
    known = network_states(tiny_network)
    frozen = SetFrozen(("stem.conv",), True).apply(tiny_network)
    assert resolve(Situation(frozen), known)["unfreeze_all"].enabled
    assert not resolve(Situation(tiny_network), known)["unfreeze_all"].enabled


def test_what_is_kept_from_a_former_network_is_never_wrong(tiny_network):
    first = network_states(tiny_network)
    frozen = SetFrozen(("stem.conv", "stem.bn", "block.conv"), True).apply(tiny_network)
    after = network_states(frozen, first)
    assert after.shape is first.shape
    assert after.states == network_states(frozen).states
    headless = RemoveLayer("output").apply(frozen)
    assert network_states(headless, after).states == network_states(headless).states
    assert not network_states(headless, after).states["replace_head"].enabled
