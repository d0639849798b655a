"""Groups by module path, and what is seen of a network while some are collapsed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.network.groups import (
    GROUP,
    Edge,
    default_expansion,
    everything,
    group_tree,
    revealing,
    view_of,
)

from .conftest import make_chain, make_network


def keys(view):
    return [box.key for box in view.boxes]


def test_the_tree_has_a_group_for_each_path(two_stages):
    tree = group_tree(two_stages)
    # 'b' holds one layer: a frame around it would tell nothing.
    assert list(tree.groups) == ["a", "a.0", "a.1"]
    assert tree.groups["a"].children == ("a.0", "a.1")
    assert tree.groups["a"].layers == ("a.0.x", "a.0.y", "a.1.x", "a.1.y")
    assert tree.groups["a"].own == ()
    assert tree.groups["a.1"].own == ("a.1.x", "a.1.y")
    assert tree.top == ("in", "b.x", "out")
    assert tree.around_layer("a.1.x") == ("a.1", "a")
    assert tree.around_layer("b.x") == ()


def test_a_group_that_holds_one_other_group_alone_is_left_out():
    network = make_network(
        [("in", "", ()), ("x", "m.n.o", ("in",)), ("y", "m.n.o", ("x",)), ("z", "m.n.o.p", ("y",))]
    )
    tree = group_tree(network)
    assert list(tree.groups) == ["m.n.o"]
    assert tree.groups["m.n.o"].parent == ""
    assert tree.groups["m.n.o"].own == ("x", "y", "z")


def test_with_all_expanded_each_layer_is_a_box(two_stages):
    view = view_of(two_stages, group_tree(two_stages), everything(group_tree(two_stages)))
    assert keys(view) == list(two_stages.layers)
    assert [(frame.path, frame.frame) for frame in view.frames] == [("a", ""), ("a.0", "a"), ("a.1", "a")]
    assert {box.key: box.frame for box in view.boxes}["a.1.y"] == "a.1"
    assert len(view.edges) == len(two_stages.connections)
    assert all(edge.connections == 1 for edge in view.edges)


def test_collapsed_groups_are_one_box_and_their_connections_one_edge(two_stages):
    tree = group_tree(two_stages)
    view = view_of(two_stages, tree, {"a"})
    assert keys(view) == ["in", GROUP + "a.0", GROUP + "a.1", "b.x", "out"]
    # a.0.y feeds both layers of a.1: two connections, one edge; those inside are not seen.
    assert Edge(GROUP + "a.0", GROUP + "a.1", 2) in view.edges
    assert len(view.edges) == 4
    assert view.shown["a.1.y"] == GROUP + "a.1"
    assert view.boxes[1].group == "a.0"
    assert view.boxes[1].layers == ("a.0.x", "a.0.y")
    assert view.boxes[0].group == ""


def test_an_expanded_group_inside_a_collapsed_one_is_not_seen(two_stages):
    tree = group_tree(two_stages)
    view = view_of(two_stages, tree, {"a.0", "a.1"})
    assert keys(view) == ["in", GROUP + "a", "b.x", "out"]
    assert view.frames == ()


def test_revealing_expands_what_hides_a_layer(two_stages):
    tree = group_tree(two_stages)
    assert revealing(tree, set(), "a.1.x") == {"a", "a.1"}
    assert revealing(tree, {"a.0"}, "in") == {"a.0"}


def test_small_networks_are_shown_in_full(tiny_network):
    tree = group_tree(tiny_network)
    assert default_expansion(tree) == everything(tree) == {"stem", "block"}


def test_large_networks_are_collapsed_to_what_can_be_taken_in():
    for count in (150, 400, 1_000, 4_000):
        network = make_chain(count)
        tree = group_tree(network)
        boxes = view_of(network, tree, default_expansion(tree)).boxes
        assert 4 <= len(boxes) <= 60, count


def test_a_level_that_is_too_much_is_opened_group_by_group():
    # One group of 100 layers and three small ones: the small ones are opened.
    rows = [("in", "", ())]
    for group, size in (("big", 100), ("s1", 5), ("s2", 5), ("s3", 5)):
        rows += [
            (f"{group}.{n}", group, (rows[-1][0],) if not n else (f"{group}.{n - 1}",)) for n in range(size)
        ]
    network = make_network(rows)
    tree = group_tree(network)
    assert default_expansion(tree) == {"s1", "s2", "s3"}
    assert len(view_of(network, tree, default_expansion(tree)).boxes) == 17


@given(st.data())
def test_every_layer_is_in_just_one_box_and_no_edge_is_lost(data):
    count = data.draw(st.integers(1, 25))
    paths = ["", "a", "a.b", "a.b.c", "a.d", "e", "e.f"]
    rows = []
    for n in range(count):
        sources = data.draw(st.lists(st.integers(0, n - 1), max_size=3)) if n else []
        rows.append((f"l{n}", data.draw(st.sampled_from(paths)), tuple(f"l{s}" for s in sources)))
    network = make_network(rows)
    tree = group_tree(network)
    expanded = data.draw(st.sets(st.sampled_from(paths)))
    view = view_of(network, tree, expanded)
    boxed = [layer_id for box in view.boxes for layer_id in box.layers]
    assert sorted(boxed) == sorted(network.layers)
    assert all(view.shown[layer_id] == box.key for box in view.boxes for layer_id in box.layers)
    frames = {frame.path for frame in view.frames}
    assert frames <= expanded
    assert all(not box.frame or box.frame in frames for box in view.boxes)
    inside = sum(view.shown[c.source] == view.shown[c.target] for c in network.connections)
    assert sum(edge.connections for edge in view.edges) == len(network.connections) - inside


def test_five_thousand_layers_are_quick():
    network = make_chain(5_000, skip_every=7)
    _ = network.connections
    start = time.process_time()
    tree = group_tree(network)
    view_of(network, tree, default_expansion(tree))
    view_of(network, tree, everything(tree))
    # 15-30 ms of CPU time on an idle core; the bound allows for a busy machine.
    assert time.process_time() - start < 0.5


def test_groups_follow_an_edit(two_stages):
    moved = two_stages.with_layers(replace(two_stages["b.x"], group="a.1"))
    assert group_tree(moved).groups["a.1"].own == ("a.1.x", "a.1.y", "b.x")


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_layers(count):
    network = make_network([("in", "g", ())][:count])
    tree = group_tree(network)
    assert len(view_of(network, tree, default_expansion(tree)).boxes) == count
