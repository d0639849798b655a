"""Arranging: boxes do not overlap, frames hold theirs, lines lead from border to border and through none."""

from __future__ import annotations

import time
from itertools import combinations, pairwise

import graphlay
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.network import arranging
from designer.network.arranging import HEADER, SPAN, Sized, arrange
from designer.network.groups import GROUP, everything, group_tree, view_of

from .conftest import make_chain, make_network

NEAR = 0.51


def arranged(network, expanded=None):
    tree = group_tree(network)
    view = view_of(network, tree, everything(tree) if expanded is None else expanded)
    around = {frame.path: frame.key for frame in view.frames} | {"": ""}
    boxes = [Sized(frame.key, frame=around[frame.frame], is_frame=True) for frame in view.frames]
    boxes += [Sized(box.key, 200, 60, around[box.frame]) for box in view.boxes]
    edges = [(edge.source, edge.target) for edge in view.edges]
    return boxes, edges, arrange(boxes, edges)


def overlap(one, other):
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def check(boxes, edges, found, *, through=True):
    assert set(found.rectangles) == {box.key for box in boxes}
    plain = [box for box in boxes if not box.is_frame]
    for box in plain:
        assert (found.rectangles[box.key].width, found.rectangles[box.key].height) == (box.width, box.height)
    for one, other in combinations(plain, 2):
        assert not overlap(found.rectangles[one.key], found.rectangles[other.key]), (one.key, other.key)
    for box in boxes:
        if box.frame:
            inner, outer = found.rectangles[box.key], found.rectangles[box.frame]
            assert outer.x <= inner.x
            assert inner.right <= outer.right
            assert outer.y + HEADER <= inner.y + NEAR, "the frame's title has no room"
            assert inner.bottom <= outer.bottom + NEAR
    for rectangle in found.rectangles.values():
        assert rectangle.x >= 0
        assert rectangle.y >= 0
        assert rectangle.right <= found.width + NEAR
        assert rectangle.bottom <= found.height + NEAR
    assert [(line.source, line.target) for line in found.lines] == list(edges)
    for line in found.lines:
        assert on_border(found.rectangles[line.source], line.points[0])
        assert on_border(found.rectangles[line.target], line.points[-1])
        for start, end in pairwise(line.points):
            assert abs(start[0] - end[0]) < NEAR or abs(start[1] - end[1]) < NEAR, "a slanting line"
        if through:
            for box in plain:
                assert not passes(found.rectangles[box.key], line.points), (line, box.key)


def on_border(box, point):
    x, y = point
    inside = box.x - NEAR <= x <= box.right + NEAR and box.y - NEAR <= y <= box.bottom + NEAR
    sides = (abs(x - box.x), abs(x - box.right), abs(y - box.y), abs(y - box.bottom))
    return inside and min(sides) < NEAR


def passes(box, points):
    for (x0, y0), (x1, y1) in pairwise(points):
        across = min(x0, x1) < box.right - NEAR and max(x0, x1) > box.x + NEAR
        down = min(y0, y1) < box.bottom - NEAR and max(y0, y1) > box.y + NEAR
        if across and down:
            return True
    return False


def test_two_blocks_with_a_skip(two_stages):
    boxes, edges, found = arranged(two_stages)
    assert found.layered
    check(boxes, edges, found)


def test_it_goes_from_top_to_bottom(two_stages):
    _, edges, found = arranged(two_stages)
    for source, target in edges:
        assert found.rectangles[source].bottom < found.rectangles[target].y


def test_a_chain_is_straight():
    _, _, found = arranged(make_chain(20), expanded=set())
    middles = {round(r.x + r.width / 2, 3) for r in found.rectangles.values()}
    assert len(middles) == 1


def test_it_is_the_same_every_time(two_stages):
    assert arranged(two_stages)[2] == arranged(two_stages)[2]


def test_nothing_and_one():
    nothing = arrange([], [])
    assert (nothing.width, nothing.height, nothing.lines) == (0, 0, ())
    one = arrange([Sized("a", 100, 40)], [])
    assert one.rectangles["a"] == (0, 0, 100, 40)


def test_an_unknown_key_is_an_error():
    with pytest.raises(ValueError, match="nix"):
        arrange([Sized("a", 100, 40)], [("a", "nix")])
    with pytest.raises(ValueError, match="nix"):
        arrange([Sized("a", 100, 40, "nix")], [])


def dense(count):
    """Every layer feeds all that follow: far more waypoints than a layout can take."""
    return make_network([(f"l{n}", "block", tuple(f"l{s}" for s in range(n))) for n in range(count)])


def test_long_lines_run_in_lanes_beside_the_drawing():
    boxes, edges, found = arranged(dense(60))
    assert found.layered
    check(boxes, edges, found)
    right = found.rectangles[GROUP + "block"].right
    beside = [line for line in found.lines if max(x for x, _ in line.points) > right]
    assert len(beside) > 1000
    # All lines out of one box share its lane, so that there are far fewer lanes than lines.
    lanes = {max(x for x, _ in line.points) for line in beside}
    assert len(lanes) <= 60
    one = {max(x for x, _ in line.points) for line in beside if line.source == "l3"}
    assert len(one) == 1


def test_two_lanes_in_one_place_are_never_used_at_one_height():
    _, _, found = arranged(dense(60))
    right = found.rectangles[GROUP + "block"].right
    used = {}
    for line in found.lines:
        x = max(x for x, _ in line.points)
        if x > right:
            ys = [y for _, y in line.points]
            low, high = used.get((x, line.source), (1e9, -1e9))
            used[x, line.source] = (min(low, *ys), max(high, *ys))
    for (one, a), (other, b) in combinations(used.items(), 2):
        if one[0] == other[0]:
            assert a[1] < b[0] or b[1] < a[0]


def test_short_lines_are_never_taken_out():
    _, _, found = arranged(dense(60))
    right = found.rectangles[GROUP + "block"].right
    for line in found.lines:
        passed = int(line.target[1:]) - int(line.source[1:])
        if passed <= SPAN:
            assert max(x for x, _ in line.points) <= right + NEAR


@st.composite
def graphs(draw):
    count = draw(st.integers(2, 14))
    paths = ["", "a", "a.b", "a.c", "d"]
    rows = []
    for n in range(count):
        sources = draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=3)) if n else set()
        rows.append((f"l{n}", draw(st.sampled_from(paths)), tuple(f"l{s}" for s in sorted(sources))))
    return make_network(rows)


def whole_groups(network):
    """True when no way leads out of a group and back into it, as in all networks of torchvision."""
    for group in group_tree(network).groups.values():
        between = network.descendants(group.layers) & network.ancestors(group.layers)
        if between != set(group.layers):
            return False
    return True


@given(graphs(), st.sets(st.sampled_from(["a", "a.b", "a.c", "d"])))
@settings(max_examples=60, deadline=None)
def test_any_network_is_arranged_soundly(network, expanded):
    # Groups may feed one another in turn here, as after an edit; then a line may have to pass a box.
    boxes, edges, found = arranged(network, expanded)
    check(boxes, edges, found, through=whole_groups(network))


def test_where_the_layout_is_refused_there_is_one_column(two_stages, monkeypatch):
    def refuse(*_, **__):
        raise graphlay.GraphlayError("too much")

    monkeypatch.setattr(arranging.graphlay, "layout", refuse)
    boxes, edges, found = arranged(two_stages)
    assert not found.layered
    check(boxes, edges, found)
    for source, target in edges:
        assert found.rectangles[source].bottom < found.rectangles[target].y


def test_a_cycle_between_collapsed_groups_is_drawn():
    network = make_network(
        [
            ("x1", "g", ()),
            ("y1", "h", ("x1",)),
            ("x2", "g", ("y1",)),
            ("y2", "h", ("x2",)),
        ]
    )
    boxes, edges, found = arranged(network, expanded=set())
    assert sorted(edges) == [(GROUP + "g", GROUP + "h"), (GROUP + "h", GROUP + "g")]
    check(boxes, edges, found)


@pytest.mark.parametrize("count", [1_000])
def test_a_thousand_layers_are_quick(count):
    network = make_chain(count, skip_every=5)
    start = time.perf_counter()
    _, _, found = arranged(network)
    # About 0.1 s on an idle core; the bound allows for a busy machine.
    assert time.perf_counter() - start < 2
    assert found.layered
