"""What is seen and where one looks, as values; what a file says of it may be rubbish."""

from __future__ import annotations

import math

import pytest

from designer.catalog.kinds import KINDS
from designer.gui.editing.canvas.sight import (
    Gaze,
    Sight,
    gaze_in,
    gaze_state,
    level_less,
    level_more,
    sight_in,
    sight_state,
)
from designer.network.groups import group_tree, view_of
from designer.network.network import Layer, Network, Port

NAMES = ("a", "b.x", "b.y", "b.c.x", "b.c.y", "b.c.d.x", "b.c.d.y", "e.x", "e.y")


@pytest.fixture
def deep():
    """A chain through groups of three depths."""
    layers = {name: Layer(name, name, "ReLU", {}, name.rpartition(".")[0]) for name in NAMES}
    inputs = {name: (Port(NAMES[n - 1]),) if n else () for n, name in enumerate(NAMES)}
    return Network("deep", layers, inputs)


def test_levels_open_and_close_one_by_one(deep):
    tree = group_tree(deep)
    steps = [frozenset(), {"b", "e"}, {"b", "e", "b.c"}, {"b", "e", "b.c", "b.c.d"}]
    now = frozenset()
    for wanted in steps[1:]:
        now = level_more(tree, view_of(deep, tree, now), now)
        assert now == wanted
    assert level_more(tree, view_of(deep, tree, now), now) == now
    # The innermost frames are closed, wherever they are.
    now = level_less(tree, view_of(deep, tree, now), now)
    assert now == {"b", "b.c"}
    now = level_less(tree, view_of(deep, tree, now), now)
    assert now == {"b"}
    assert level_less(tree, view_of(deep, tree, now), now) == frozenset()


def test_a_sight_and_a_gaze_survive_the_file(deep):
    tree = group_tree(deep)
    sight = Sight(frozenset({"b", "b.c"}), frozenset({"ReLU"}), frozenset({"b.x"}), "right")
    assert sight_in(sight_state(sight), tree, frozenset(KINDS), Sight()) == sight
    gaze = Gaze(0.75, "b.x", 12.5, -3.0)
    assert gaze_in({"look": gaze_state(gaze)}) == gaze


@pytest.mark.parametrize(
    "state",
    [
        {"expanded": "b", "hidden": 7, "revealed": {}, "direction": "up"},
        {"expanded": None, "hidden": None, "direction": ["down"]},
        {"expanded": [["b"], 3, None], "hidden": [{}], "direction": 1},
        {},
    ],
)
def test_rubbish_in_a_file_changes_nothing(deep, state):
    found = sight_in(state, group_tree(deep), frozenset(KINDS), Sight(frozenset({"e"})))
    assert found.direction == "down"
    assert found.hidden == frozenset()
    assert found.expanded in (frozenset({"e"}), frozenset())


def test_groups_kinds_and_layers_that_are_gone_are_passed_over(deep):
    state = {"expanded": ["b", "gone"], "hidden": ["ReLU", "Gone"], "revealed": ["a", "gone"]}
    found = sight_in(state, group_tree(deep), frozenset(KINDS), Sight())
    assert found == Sight(frozenset({"b"}), frozenset({"ReLU"}), frozenset({"a"}))


@pytest.mark.parametrize(
    "look",
    [
        None,
        [],
        {"scale": 0, "x": 0, "y": 0, "key": ""},
        {"scale": -1, "x": 0, "y": 0, "key": ""},
        {"scale": True, "x": 0, "y": 0, "key": ""},
        {"scale": math.nan, "x": 0, "y": 0, "key": ""},
        {"scale": math.inf, "x": 0, "y": 0, "key": ""},
        {"scale": 1, "x": 1e300, "y": 0, "key": ""},
        {"scale": 1, "x": "0", "y": 0, "key": ""},
        {"scale": 1, "x": 0, "y": 0, "key": 3},
        {"scale": 1, "x": 0, "y": 0},
    ],
)
def test_a_place_that_cannot_be_looked_at_is_none(look):
    assert gaze_in({"look": look}) is None
