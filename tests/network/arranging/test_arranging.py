"""Drawings as a whole."""

from __future__ import annotations

import time
from itertools import pairwise

import graphlay
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.network.arranging import Sized, Wishes, arrange, layered
from designer.network.groups import GROUP

from ..conftest import make_chain, make_network
from .checking import arranged, check
from .drawings import crossings, disturbed


def test_two_blocks_with_a_skip(two_stages):
    boxes, edges, found = arranged(two_stages)
    assert found.layered
    check(boxes, edges, found)
    assert crossings(edges, [line.points for line in found.lines]) == (0, 0)


def test_it_goes_from_top_to_bottom(two_stages):
    _, edges, found = arranged(two_stages)
    for source, target in edges:
        assert found.rectangles[source].bottom < found.rectangles[target].y


def test_it_goes_from_left_to_right(two_stages):
    boxes, edges, found = arranged(two_stages, wishes=Wishes("right"))
    check(boxes, edges, found)
    for source, target in edges:
        assert found.rectangles[source].right < found.rectangles[target].x


def test_there_is_no_other_direction(two_stages):
    with pytest.raises(ValueError, match="up"):
        arranged(two_stages, wishes=Wishes("up"))


@pytest.mark.parametrize("direction", ["down", "right"])
def test_a_chain_is_straight(direction):
    _, _, found = arranged(make_chain(20), wishes=Wishes(direction))
    sides = [(r.x + r.width / 2, r.y + r.height / 2) for r in found.rectangles.values()]
    assert len({round(side[direction == "right"], 3) for side in sides}) == 1
    assert all(len(line.points) == 2 for line in found.lines)


def test_it_is_the_same_every_time(two_stages):
    assert arranged(two_stages)[2] == arranged(two_stages)[2]


def test_nothing_and_one():
    nothing = arrange([], [])
    assert (nothing.width, nothing.height, nothing.lines) == (0, 0, ())
    one = arrange([Sized("a", 100, 40)], [])
    assert one.rectangles["a"] == (0, 0, 100, 40)
    assert (one.width, one.height) == (100, 40)


def test_a_frame_with_nothing_in_it_has_room_for_its_title():
    found = arrange([Sized("f", is_frame=True), Sized("a", 100, 40)], [])
    assert found.rectangles["f"].width > 0
    assert found.rectangles["f"].height > 0


def test_an_unknown_key_is_an_error():
    with pytest.raises(ValueError, match="nix"):
        arrange([Sized("a", 100, 40)], [("a", "nix")])
    with pytest.raises(ValueError, match="nix"):
        arrange([Sized("a", 100, 40, "nix")], [])


def test_lines_from_one_box_enter_a_frame_as_one():
    network = make_network([("in", "", ()), ("a", "g", ("in",)), ("b", "g", ("in",)), ("c", "g", ("a", "b"))])
    boxes, edges, found = arranged(network)
    check(boxes, edges, found)
    one, other = (line.points for line in found.lines if line.source == "in")
    top = found.rectangles[GROUP + "g"].y
    assert one[0] == other[0]
    assert one[1][1] > top
    assert one[1][0] == other[1][0]


def test_the_way_through_the_longest_blocks_is_straight():
    # A short branch leaves the trunk before a long block: the trunk goes on straight.
    rows = [("in", "", ()), ("side", "", ("in",))]
    rows += [(f"b{n}", "b", ("in",) if n == 0 else (f"b{n - 1}",)) for n in range(6)]
    boxes, edges, found = arranged(make_network([*rows, ("out", "", ("b5",))]))
    check(boxes, edges, found)
    trunk = [found.rectangles[key] for key in ("in", "b0", "b5", "out")]
    assert len({round(r.x + r.width / 2) for r in trunk}) == 1


@st.composite
def graphs(draw, backward=False):
    count = draw(st.integers(2, 14))
    paths = ["", "a", "a.b", "a.c", "d"]
    rows = []
    for n in range(count):
        last = count - 1 if backward else n - 1
        sources = draw(st.sets(st.integers(0, last), max_size=3)) if last >= 0 else set()
        rows.append((f"l{n}", draw(st.sampled_from(paths)), tuple(f"l{s}" for s in sorted(sources))))
    return make_network(rows)


expansions = st.sets(st.sampled_from(["a", "a.b", "a.c", "d"]))
directions = st.sampled_from(["down", "right"])


@given(graphs(), expansions, directions)
@settings(max_examples=120, deadline=None)
def test_any_network_is_arranged_soundly(network, expanded, direction):
    # Groups may feed one another in turn here, as after an edit.
    check(*arranged(network, expanded, Wishes(direction)))


@given(graphs(backward=True), expansions, directions)
@settings(max_examples=120, deadline=None)
def test_any_network_with_cycles_is_arranged_soundly(network, expanded, direction):
    check(*arranged(network, expanded, Wishes(direction)))


def test_a_box_that_feeds_itself():
    found = arrange([Sized("a", 100, 40), Sized("b", 100, 40)], [("a", "a"), ("a", "b")])
    loop = found.lines[0].points
    assert loop[0][0] == loop[-1][0] == found.rectangles["a"].right
    assert max(x for x, _ in loop) > found.rectangles["a"].right


def test_where_the_layout_is_refused_there_is_one_column(two_stages, monkeypatch):
    def refuse(*_, **__):
        raise graphlay.GraphlayError("too much")

    monkeypatch.setattr(layered.graphlay, "layout", refuse)
    boxes, edges, found = arranged(two_stages)
    assert not found.layered
    check(boxes, edges, found)
    for source, target in edges:
        assert found.rectangles[source].bottom < found.rectangles[target].y


def test_a_cycle_between_collapsed_groups_is_drawn():
    rows = [("x1", "g", ()), ("y1", "h", ("x1",)), ("x2", "g", ("y1",)), ("y2", "h", ("x2",))]
    boxes, edges, found = arranged(make_network(rows), expanded=set())
    assert sorted(edges) == [(GROUP + "g", GROUP + "h"), (GROUP + "h", GROUP + "g")]
    check(boxes, edges, found)


def test_groups_that_feed_one_another_in_turn_are_drawn():
    rows = [("l0", "g", ())]
    rows += [(f"l{n}", "gh"[n % 2], tuple(f"l{s}" for s in range(max(0, n - 3), n))) for n in range(1, 12)]
    check(*arranged(make_network(rows)))


def test_parts_that_do_not_hang_together():
    rows = [(f"l{n}", f"g{n // 4}", (f"l{n - 1}",) if n % 4 else ()) for n in range(40)]
    check(*arranged(make_network([*rows, ("alone", "", ()), ("also", "g0", ())])))


def test_frames_fifty_deep():
    inside = [f"f{n}" for n in range(50)]
    boxes = [Sized(key, frame=inside[n - 1] if n else "", is_frame=True) for n, key in enumerate(inside)]
    boxes += [Sized("a", 100, 40), Sized("b", 100, 40, inside[-1]), Sized("c", 100, 40)]
    edges = [("a", "b"), ("b", "c"), ("a", "c")]
    found = arrange(boxes, edges)
    check(boxes, edges, found)
    assert found.layered


def test_five_hundred_boxes_into_one():
    boxes = [Sized(key, 200, 60) for key in ("in", *(f"b{n}" for n in range(500)), "cat")]
    edges = [("in", f"b{n}") for n in range(500)] + [(f"b{n}", "cat") for n in range(500)]
    start = time.perf_counter()
    found = arrange(boxes, edges)
    # About 0.3 s on an idle core; the library's ordinary way takes 90.
    assert time.perf_counter() - start < 10
    check(boxes, edges, found)
    assert found.height < 2_500


@pytest.mark.parametrize("groups", [True, False], ids=["in groups", "flat"])
def test_a_thousand_layers_are_quick(groups):
    network = make_chain(1_000, skip_every=5)
    if not groups:
        network = make_network([(k, "", tuple(p.layer for p in network.inputs[k])) for k in network.layers])
    start = time.perf_counter()
    boxes, edges, found = arranged(network)
    # About 0.1 s on an idle core; the bound allows for a busy machine.
    assert time.perf_counter() - start < 3
    assert found.layered
    check(boxes, edges, found)


def test_ten_thousand_layers():
    boxes, edges, found = arranged(make_chain(10_000, skip_every=5, skip_over=8))
    assert found.layered
    check(boxes, edges, found)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_an_insertion_disturbs_little(share):
    rows = [(f"l{n}", f"s{n // 50}.b{n // 10}", (f"l{n - 1}",) if n else ()) for n in range(500)]
    rows = [(k, g, (*s, f"l{n - 3}")) if n % 5 == 4 else (k, g, s) for n, (k, g, s) in enumerate(rows)]
    before = arranged(make_network(rows))
    at = int(len(rows) * share)
    key, group, (source, *rest) = rows[at]
    new = [*rows[:at], ("new", group, (source,)), (key, group, ("new", *rest)), *rows[at + 1 :]]
    after = arranged(make_network(new))
    check(*after)
    assert disturbed(before[2].rectangles, after[2].rectangles, before[1]) <= 0.02


def test_lines_have_no_needless_corners(two_stages):
    for line in arranged(two_stages)[2].lines:
        for before, middle, after in zip(line.points, line.points[1:], line.points[2:], strict=False):
            assert (before[0] == middle[0]) != (middle[0] == after[0]) or before[1] != after[1]
        assert all(a != b for a, b in pairwise(line.points))
