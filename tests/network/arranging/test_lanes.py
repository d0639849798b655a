"""Lanes: how lines that are taken out of the layouts run together."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.network.arranging import Wishes, bands, ranking
from designer.network.arranging.lanes import columned
from designer.network.groups import GROUP

from ..conftest import make_network
from .checking import arranged, check
from .drawings import crossings
from .test_arranging import directions, expansions, graphs


def dense(count):
    """A block in which every layer feeds all that follow, as in a DenseNet."""
    rows = [("in", "", ())]
    rows += [(f"l{n}", "block", ("in", *(f"l{s}" for s in range(n)))) for n in range(count)]
    return make_network([*rows, ("out", "", (f"l{count - 1}",))])


@pytest.fixture
def few_waypoints(monkeypatch):
    monkeypatch.setattr(ranking, "WAYPOINTS", 0)
    monkeypatch.setattr(ranking, "WAYPOINTS_EACH", 0)


def test_long_lines_run_in_lanes_within_their_frame():
    boxes, edges, found = arranged(dense(60))
    assert found.layered
    check(boxes, edges, found)
    block = found.rectangles[GROUP + "block"]
    right = max(r.right for key, r in found.rectangles.items() if key.startswith("l"))
    beside = [line for line in found.lines if max(x for x, _ in line.points) > right]
    assert len(beside) > 1000
    assert max(x for line in beside for x, _ in line.points) < block.right
    # All lines out of one box share its lane, and there is one from the block's own entrance.
    assert len({max(x for x, _ in line.points) for line in beside}) <= 61
    for source in ("l3", "in"):
        lanes = {max(x for x, _ in line.points) for line in beside if line.source == source}
        assert len(lanes) == 1


def test_in_a_dense_block_hardly_a_line_is_seen_to_cross_another():
    # Where a bundle enters a layer it passes the lane of the layer just above, which has a line of its own.
    _, edges, found = arranged(dense(30))
    assert crossings(edges, [line.points for line in found.lines])[1] <= 30


def test_a_few_lines_stay_in_the_layout():
    boxes, edges, found = arranged(dense(4))
    check(boxes, edges, found)
    assert all(line.points[0][1] == found.rectangles[line.source].bottom for line in found.lines)


def test_lines_to_one_box_share_a_lane_where_those_are_fewer(few_waypoints):
    rows = [(f"l{n}", "", (f"l{n - 1}",) if n else ()) for n in range(8)]
    rows[7] = ("l7", "", ("l6", "l0", "l1", "l2", "l3"))
    boxes, edges, found = arranged(make_network(rows))
    check(boxes, edges, found)
    lanes = {max(x for x, _ in line.points) for line in found.lines if line.target == "l7"}
    assert len(lanes) == 2, "one for the four, and the straight line from l6"


def test_a_line_against_the_flow_runs_upwards_in_a_lane():
    rows = [("a", "", ("c",)), ("b", "", ("a",)), ("c", "", ("b",))]
    boxes, edges, found = arranged(make_network(rows))
    check(boxes, edges, found)
    back = found.lines[edges.index(("c", "a"))].points
    assert back[0][0] == found.rectangles["c"].right
    assert max(x for x, _ in back) > max(r.right for r in found.rectangles.values())


@given(graphs(), expansions, directions)
@settings(max_examples=150, deadline=None)
def test_any_network_is_arranged_soundly_with_lanes(network, expanded, direction):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "WAYPOINTS", 0)
        patch.setattr(ranking, "WAYPOINTS_EACH", 0)
        patch.setattr(ranking, "SPAN", 1)
        check(*arranged(network, expanded, Wishes(direction)))


@given(graphs(backward=True), expansions, directions)
@settings(max_examples=150, deadline=None)
def test_any_network_is_arranged_soundly_in_bands(network, expanded, direction):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bands, "MANY", 3)
        patch.setattr(bands, "ABOUT", 2)
        check(*arranged(network, expanded, Wishes(direction)))


reaches = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)).map(lambda r: (r[0], r[0] + r[1])))


@given(reaches)
def test_two_lanes_in_one_column_never_meet(reaches):
    columns = columned(reaches)
    for (one, a), (other, b) in combinations(zip(columns, reaches, strict=True), 2):
        if one == other:
            assert a[1] < b[0] or b[1] < a[0]


@given(reaches)
def test_of_two_lanes_that_pass_each_other_the_one_that_begins_above_stands_outside(reaches):
    columns = columned(reaches)
    for (one, a), (other, b) in combinations(zip(columns, reaches, strict=True), 2):
        if a[0] < b[0] <= a[1]:
            assert one > other


def test_no_more_columns_than_lanes_pass_at_one_height():
    assert columned([(0, 10), (11, 20), (21, 30)]) == [0, 0, 0]
    assert columned([(0, 30), (5, 10), (12, 20)]) == [1, 0, 0]
