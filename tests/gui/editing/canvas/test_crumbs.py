"""The way to where one is."""

from __future__ import annotations

from designer.gui.editing.canvas.content import clipped
from designer.gui.editing.canvas.crumbs import Crumb, beside, group_seen, way_to
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
    whole = Rectangle(0, 0, picture.arrangement.width, picture.arrangement.height * 3)
    assert group_seen(picture, whole) == ""


def test_long_names_are_cut_in_their_middle():
    assert clipped("layer1") == "layer1"
    assert clipped("a" * 500) == "a" * 13 + "…" + "a" * 13
    assert clipped("two\nlines") == "two lines"
    assert len(clipped("日本語" * 200)) <= 28
