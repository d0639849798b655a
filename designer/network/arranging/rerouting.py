"""Lines that no layout has drawn: around all boxes, and from a box to itself."""

from __future__ import annotations

from designer.network.arranging.drawing import GAP, Point, Rectangle
from designer.network.arranging.obstacles import Obstacles
from designer.network.arranging.routing import SIDES, End, port, routed, tidy

OUT, INTO = 0.66, 0.33
"""How far down the side of a box a line leaves to a lane, and enters from one: never on one line."""

_FLOW = {"down": ("bottom", "top"), "right": ("right", "left")}


def self_loop(box: Rectangle) -> tuple[Point, ...]:
    """A line from a box to itself, at its right side."""
    out, into = box.y + box.height * OUT, box.y + box.height * INTO
    beside = box.right + GAP / 2
    return ((box.right, out), (beside, out), (beside, into), (box.right, into))


def rerouted(obstacles: Obstacles, edge: tuple[int, int], direction: str = "down") -> tuple[Point, ...]:
    """A line around all boxes; one with two bends where there is no way, because boxes stand on one
    another.

    Args:
        obstacles: all boxes, by number.
        edge: numbers of its source and its target.
        direction: of the drawing.
    """
    source, target = edge
    if source == target:
        return self_loop(obstacles.boxes[source])
    out, into = _FLOW[direction]
    leave = End(obstacles.boxes[source], (out, *(side for side in SIDES if side != out)))
    enter = End(obstacles.boxes[target], (into, *(side for side in SIDES if side != into)))
    # Lines from different boxes keep different distances, so that they seldom run on one another.
    found = routed(obstacles, leave, enter, source % 3 * 1.5)
    if found is not None:
        return found
    (x, y), (end_x, end_y) = port(leave.box, out), port(enter.box, into)
    if direction == "down":
        half = (y + end_y) / 2
        return tidy([(x, y), (x, half), (end_x, half), (end_x, end_y)])
    half = (x + end_x) / 2
    return tidy([(x, y), (half, y), (half, end_y), (end_x, end_y)])
