"""The way to where one is."""

from __future__ import annotations

from designer.gui.editing.canvas.content import clipped
from designer.gui.editing.canvas.crumbs import Crumb, beside, group_seen, steps_shown, way_to
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP, group_tree


def test_the_way_to_a_layer_a_group_and_what_is_seen(tiny_network):
    tree = group_tree(tiny_network)
    start = Crumb("tiny", "")
    stem = Crumb("stem", "stem")
    assert way_to(tiny_network, tree, ["stem.bn"], "") == (start, stem, Crumb("bn", "stem", "stem.bn"))
    assert way_to(tiny_network, tree, ["stem.bn", "stem.relu"], "block") == (start, stem)
    assert way_to(tiny_network, tree, ["stem.bn", "block.add"], "block") == (start,)
    assert way_to(tiny_network, tree, [], "block") == (start, Crumb("block", "block"))
    assert way_to(tiny_network, tree, ["gone"], "gone") == (start,)


def test_what_stands_beside_a_step(tiny_network):
    tree = group_tree(tiny_network)
    top = beside(tiny_network, tree, Crumb("stem", "stem"))
    assert [row.text for row in top[:2]] == ["stem", "block"]
    assert {row.layer for row in top[2:]} == {"input", "pool", "flatten", "drop", "fc", "output"}
    inside = beside(tiny_network, tree, Crumb("bn", "stem", "stem.bn"))
    assert [row.layer for row in inside] == ["stem.conv", "stem.bn", "stem.relu"]
    assert beside(tiny_network, tree, Crumb("tiny", "")) == (Crumb("tiny", ""),)


def test_the_group_in_the_middle_of_what_is_seen(tiny_network, whole_view, arranged):
    picture = arranged(tiny_network, whole_view)
    frame = picture.rectangle(GROUP + "stem")
    assert group_seen(picture, frame) == "stem"
    # Of all of it nothing is the place that one is in, not even what fills most.
    width, height = picture.arrangement.width, picture.arrangement.height
    for seen in (Rectangle(0, 0, width, height), Rectangle(-9, -9, width + 18, height * 3)):
        assert group_seen(picture, seen) == ""


def test_long_names_are_cut_in_their_middle():
    assert clipped("layer1") == "layer1"
    assert clipped("a" * 500) == "a" * 13 + "…" + "a" * 13
    assert clipped("two\nlines") == "two lines"
    assert len(clipped("日本語" * 200)) <= 28


def test_the_last_steps_stay_longest_where_there_is_little_room():
    # Five steps of 50, arrows of 10, a menu of 20: 290 for all.
    widths = (50, 50, 50, 50, 50)
    shown = {room: steps_shown(widths, 10, 20, room) for room in range(0, 300, 10)}
    assert shown[290] == (0, 1, 2, 3, 4)
    # The network, an arrow and the menu are 80, each of the last steps with its arrow 60 more.
    assert shown[280] == shown[260] == (0, 2, 3, 4)
    assert shown[250] == shown[200] == (0, 3, 4)
    # Before the last but one goes, the network does: menu, and two steps.
    assert shown[190] == shown[140] == (3, 4)
    assert shown[130] == shown[0] == (4,)
    assert steps_shown((50,), 10, 20, 5) == (0,)
    assert steps_shown((50, 50), 10, 20, 100) == (1,)
    assert steps_shown((400, 20, 20, 20), 10, 20, 110) == (1, 2, 3)
