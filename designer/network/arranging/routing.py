"""Routing: a way for one line around all boxes, where no layout has drawn it.

The way runs on a grid of the lines a little outside the sides of the boxes; among all ways it is the one
with the least length and the fewest bends (A*, Hart, Nilsson and Raphael 1968). Free space around boxes
that do not touch hangs together, so there is always a way; where boxes stand too close, or on one
another, the distance kept from them shrinks.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from designer.network.arranging.drawing import Point, Rectangle
from designer.network.arranging.obstacles import Obstacles

_BEND = 40.0
_WRONG_SIDE = 60.0
_DISTANCES = (8.0, 4.0, 1.5)
"""Kept from boxes; the next is tried where there is no way."""
_REGIONS = (120.0, 600.0, 1e9)
"""How far around both ends a way is sought."""

SIDES = ("bottom", "right", "left", "top")


class End(NamedTuple):
    """Where a line begins or ends.

    Attributes:
        box: the rectangle; of no size for a point.
        sides: where it may leave or enter, the wanted one first.
    """

    box: Rectangle
    sides: Sequence[str]


def routed(obstacles: Obstacles, start: End, end: End, shift: float = 0.0) -> tuple[Point, ...] | None:
    """A level and upright way from one box to another that passes through no box; None if there is none.

    Args:
        obstacles: all boxes, those at both ends among them.
        start: where it begins.
        end: where it ends.
        shift: added to the distance kept from boxes, so that lines beside one another do not run as one.
    """
    simple = _straight(obstacles, start, end)
    if simple is not None:
        return simple
    for distance in _DISTANCES:
        for region in _REGIONS:
            found = _Grid(obstacles, start, end, distance + shift, region).way()
            if found is not None:
                return found
            shift = 0.0
    return None


def _straight(obstacles: Obstacles, start: End, end: End) -> tuple[Point, ...] | None:
    """One straight line, or one with two bends half way, between the wanted sides."""
    (x0, y0), (x1, y1) = port(start.box, start.sides[0]), port(end.box, end.sides[0])
    ways = {("bottom", "top"): 1, ("right", "left"): 0}
    axis = ways.get((start.sides[0], end.sides[0]))
    if axis is None or (y1 <= y0 if axis else x1 <= x0):
        return None
    if axis:
        middle = (y0 + y1) / 2
        points: tuple[Point, ...] = ((x0, y0), (x0, middle), (x1, middle), (x1, y1))
    else:
        middle = (x0 + x1) / 2
        points = ((x0, y0), (middle, y0), (middle, y1), (x1, y1))
    points = tidy(points)
    short = len(points) == 2 or abs(x1 - x0) + abs(y1 - y0) < _REGIONS[1]
    return points if short and obstacles.free(points) else None


def port(box: Rectangle, side: str) -> Point:
    """The middle of a side."""
    if side in ("left", "right"):
        return (box.x if side == "left" else box.right, box.y + box.height / 2)
    return (box.x + box.width / 2, box.y if side == "top" else box.bottom)


def tidy(points: Iterable[Point]) -> tuple[Point, ...]:
    """Without points that add nothing: those said twice, and those on a straight line. What is level or
    upright but for less than a pixel becomes just so.
    """
    kept: list[Point] = []
    for x, y in points:
        if kept and abs(kept[-1][0] - x) < 1e-6 and abs(kept[-1][1] - y) < 1e-6:
            continue
        if len(kept) > 1 and _between(kept[-2], kept[-1], (x, y)):
            kept[-1] = (x, y)
        else:
            kept.append((x, y))
    return tuple(kept)


def squared(points: Sequence[Point]) -> tuple[Point, ...]:
    """The line with level and upright parts alone: where it slants, it turns at right angles instead."""
    found: list[Point] = []
    for x, y in points:
        if found and abs(found[-1][0] - x) > 1e-6 and abs(found[-1][1] - y) > 1e-6:
            before = found[-1]
            if len(found) > 1 and abs(found[-2][0] - before[0]) < 1e-6:
                # It came upright, and goes on so until it is level with the next corner.
                found[-1] = (before[0], y)
            else:
                found.append((x, before[1]))
        found.append((x, y))
    return tuple(found)


def _between(before: Point, middle: Point, after: Point) -> bool:
    """Whether `middle` lies on the straight line from one to the other."""
    for axis in (0, 1):
        if abs(before[axis] - middle[axis]) < 1e-6 and abs(middle[axis] - after[axis]) < 1e-6:
            across = 1 - axis
            return (middle[across] - before[across]) * (after[across] - middle[across]) > 0
    return False


def _outside(box: Rectangle, side: str, distance: float) -> Point:
    x, y = port(box, side)
    step = {"bottom": (0.0, distance), "top": (0.0, -distance), "right": (distance, 0.0)}
    dx, dy = step.get(side, (-distance, 0.0))
    return (x + dx, y + dy)


class _Grid:
    """The lines that a way may run on."""

    def __init__(self, obstacles: Obstacles, start: End, end: End, distance: float, region: float) -> None:
        self._starts = {_outside(start.box, side, distance): (n, side) for n, side in enumerate(start.sides)}
        self._ends = {_outside(end.box, side, distance): (n, side) for n, side in enumerate(end.sides)}
        self._from, self._to = start.box, end.box
        ends = [*self._starts, *self._ends]
        left, right = min(x for x, _ in ends) - region, max(x for x, _ in ends) + region
        top, bottom = min(y for _, y in ends) - region, max(y for _, y in ends) + region
        if region >= _REGIONS[-1]:
            near = list(obstacles.boxes.values())
        else:
            numbers = set(obstacles.within(left, top, right, bottom))
            near = [obstacles.boxes[number] for number in sorted(numbers)]
        walls = [(b.x - distance, b.right + distance, b.y - distance, b.bottom + distance) for b in near]
        xs = {x for wall in walls for x in wall[:2] if left <= x <= right}
        ys = {y for wall in walls for y in wall[2:] if top <= y <= bottom}
        self._xs = sorted(xs | {x for x, _ in ends})
        self._ys = sorted(ys | {y for _, y in ends})
        self._level = bytearray(len(self._xs) * len(self._ys))
        self._upright = bytearray(len(self._xs) * len(self._ys))
        for wall in walls:
            self._close(*wall)

    def _close(self, left: float, right: float, top: float, bottom: float) -> None:
        """No way leads through here, but along the sides."""
        xs, ys = self._xs, self._ys
        wide, high = len(xs), len(ys)
        a, b = max(bisect_right(xs, left) - 1, 0), bisect_left(xs, right)
        c, d = max(bisect_right(ys, top) - 1, 0), bisect_left(ys, bottom)
        if b > a:
            for row in range(bisect_right(ys, top), d):
                self._level[row * wide + a : row * wide + b] = b"\1" * (b - a)
        if d > c:
            for column in range(bisect_right(xs, left), b):
                self._upright[column * high + c : column * high + d] = b"\1" * (d - c)

    def way(self) -> tuple[Point, ...] | None:
        """The best way, from border to border."""
        xs, ys = self._xs, self._ys
        wide = len(xs)
        goals: dict[int, list[tuple[str, float]]] = {}
        for (x, y), (rank, side) in self._ends.items():
            place = bisect_left(ys, y) * wide + bisect_left(xs, x)
            goals.setdefault(place, []).append((side, _WRONG_SIDE * (rank > 0)))
        best: dict[int, float] = {}
        came: dict[int, int] = {}
        heap: list[tuple[float, int]] = []
        first: dict[int, str] = {}
        for (x, y), (rank, side) in self._starts.items():
            upright = side in ("top", "bottom")
            state = (bisect_left(ys, y) * wide + bisect_left(xs, x)) * 2 + upright
            cost = _WRONG_SIDE * (rank > 0)
            if cost < best.get(state, float("inf")):
                best[state], first[state] = cost, side
                heapq.heappush(heap, (cost + self._guess(state), state))
        done: set[int] = set()
        last: dict[int, str] = {}
        while heap:
            _, state = heapq.heappop(heap)
            if state == -1:
                return self._points(came, first, last)
            if state in done:
                continue
            done.add(state)
            for side, cost in goals.get(state // 2, ()):
                turn = _BEND * ((side in ("top", "bottom")) != bool(state % 2))
                total = best[state] + cost + turn
                if total < best.get(-1, float("inf")):
                    best[-1], came[-1], last[-1] = total, state, side
                    heapq.heappush(heap, (total, -1))
            for step, length in self._steps(state):
                total = best[state] + length
                if total < best.get(step, float("inf")):
                    best[step], came[step] = total, state
                    first.pop(step, None)
                    heapq.heappush(heap, (total + self._guess(step), step))
        return None

    def _guess(self, state: int) -> float:
        """No more than what the rest of the way costs."""
        row, column = divmod(state // 2, len(self._xs))
        x, y = self._xs[column], self._ys[row]
        return min(abs(x - other) + abs(y - across) for other, across in self._ends)

    def _steps(self, state: int) -> Iterable[tuple[int, float]]:
        xs, ys = self._xs, self._ys
        wide, high = len(xs), len(ys)
        place, upright = divmod(state, 2)
        row, column = divmod(place, wide)
        bend_level, bend_upright = _BEND * upright, _BEND * (1 - upright)
        if column + 1 < wide and not self._level[row * wide + column]:
            yield (place + 1) * 2, xs[column + 1] - xs[column] + bend_level
        if column and not self._level[row * wide + column - 1]:
            yield (place - 1) * 2, xs[column] - xs[column - 1] + bend_level
        if row + 1 < high and not self._upright[column * high + row]:
            yield (place + wide) * 2 + 1, ys[row + 1] - ys[row] + bend_upright
        if row and not self._upright[column * high + row - 1]:
            yield (place - wide) * 2 + 1, ys[row] - ys[row - 1] + bend_upright

    def _points(self, came: dict[int, int], first: dict[int, str], last: dict[int, str]) -> tuple[Point, ...]:
        points = [port(self._to, last[-1])]
        state = came[-1]
        while True:
            row, column = divmod(state // 2, len(self._xs))
            points.append((self._xs[column], self._ys[row]))
            if state not in came:
                break
            state = came[state]
        points.append(port(self._from, first[state]))
        return tidy(reversed(points))
