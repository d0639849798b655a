"""Ways around boxes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.network.arranging import Rectangle
from designer.network.arranging.obstacles import Obstacles
from designer.network.arranging.rerouting import rerouted
from designer.network.arranging.routing import SIDES, End, routed, squared, tidy

from .drawings import on_border, overlaps, through


def boxes(*rows):
    return {n: Rectangle(float(x), float(y), float(w), float(h)) for n, (x, y, w, h) in enumerate(rows)}


def length(points):
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(points))


def test_nothing_in_between_is_one_straight_line():
    where = boxes((0, 0, 100, 40), (0, 100, 100, 40))
    assert rerouted(Obstacles(where), (0, 1)) == ((50, 40), (50, 100))


def test_sideways_it_turns_half_way():
    where = boxes((0, 0, 100, 40), (200, 100, 100, 40))
    assert rerouted(Obstacles(where), (0, 1)) == ((50, 40), (50, 70), (250, 70), (250, 100))
    assert rerouted(Obstacles(where), (0, 1), "right") == ((100, 20), (150, 20), (150, 120), (200, 120))


def test_it_goes_around_the_shorter_side_of_a_box():
    where = boxes((0, 0, 100, 40), (0, 200, 100, 40), (-30, 100, 400, 40))
    points = rerouted(Obstacles(where), (0, 1))
    assert not through({str(n): r for n, r in where.items()}, [points])
    assert min(x for x, _ in points) < -30
    assert max(x for x, _ in points) < 370


def test_it_turns_back_around_its_own_boxes():
    where = boxes((0, 100, 100, 40), (0, 0, 100, 40))
    points = rerouted(Obstacles(where), (0, 1))
    assert not through({str(n): r for n, r in where.items()}, [points])
    # Out at a side and in at a side is shorter than around by bottom and top.
    assert length(points) < 300


def test_it_squeezes_through_where_there_is_little_room():
    # Walled in: the only way out is a gap 6 wide.
    where = boxes(
        (0, 0, 100, 40), (0, 300, 100, 40), (-60, -60, 220, 30), (-60, -24, 30, 124), (130, -24, 30, 124)
    )
    where |= {5: Rectangle(-60, 106, 220, 30)}
    points = routed(Obstacles(where), End(where[0], SIDES), End(where[1], ("top",)))
    assert points is not None
    assert not through({str(n): r for n, r in where.items()}, [points])


def test_no_way_is_no_way():
    where = boxes((0, 0, 100, 40), (400, 0, 100, 40))
    where |= {n: Rectangle(*r) for n, r in enumerate([(-50, -50, 200, 40), (-50, 50, 200, 40)], 2)}
    where |= {n: Rectangle(*r) for n, r in enumerate([(-50, -50, 40, 140), (110, -50, 40, 140)], 4)}
    assert routed(Obstacles(where), End(where[0], SIDES), End(where[1], SIDES)) is None
    # A line is drawn all the same.
    assert len(rerouted(Obstacles(where), (0, 1))) >= 2


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([(0, 0), (0, 5), (0, 9)], [(0, 0), (0, 9)]),
        ([(0, 0), (0, 0), (4, 0)], [(0, 0), (4, 0)]),
        ([(0, 0), (0, 5), (3, 5), (3, 9)], [(0, 0), (0, 5), (3, 5), (3, 9)]),
        # Back on its own way: both corners tell something.
        ([(0, 0), (0, 9), (0, 5), (3, 5)], [(0, 0), (0, 9), (0, 5), (3, 5)]),
    ],
)
def test_points_that_add_nothing_are_left_out(given, left):
    assert tidy(given) == tuple(left)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([(0, 0), (0, 30), (50, 27), (50, 60)], [(0, 0), (0, 27), (50, 27), (50, 60)]),
        ([(0, 0), (30, 0), (33, 50)], [(0, 0), (30, 0), (33, 0), (33, 50)]),
        ([(0, 0), (0, 30), (50, 30)], [(0, 0), (0, 30), (50, 30)]),
    ],
)
def test_a_slanting_part_becomes_level_and_upright(given, left):
    assert squared(given) == tuple(left)


rectangles = st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(1, 8), st.integers(1, 8)).map(
    lambda r: Rectangle(r[0] * 30.0, r[1] * 30.0, r[2] * 30.0 - 6, r[3] * 30.0 - 6)
)


@given(st.lists(rectangles, min_size=2, max_size=20), st.sampled_from(["down", "right"]))
@settings(max_examples=300, deadline=None)
def test_around_any_boxes_that_stand_apart(found, direction):
    apart = []
    for one in found:
        if not overlaps({"new": one, **{str(n): other for n, other in enumerate(apart)}}):
            apart.append(one)
    if len(apart) < 2:
        return
    where = dict(enumerate(apart))
    points = rerouted(Obstacles(where), (0, 1), direction)
    assert on_border(where[0], points[0])
    assert on_border(where[1], points[-1])
    assert not through({str(n): r for n, r in where.items()}, [points])
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))
