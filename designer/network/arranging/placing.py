"""Placing: boxes that the user has put somewhere, in a drawing that is arranged already.

A place is told from the corner of another box (its anchor), so that it goes with it when the drawing
changes. All other boxes keep the places that the arranging gave them; frames grow to hold what stands in
them; lines of moved boxes, and lines that a moved box would stand on, are routed anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer.network.arranging.drawing import (
    HEADER,
    PADDING,
    Point,
    Rectangle,
    Sized,
    Wishes,
)
from designer.network.arranging.obstacles import Obstacles
from designer.network.arranging.rerouting import rerouted
from designer.network.network import Place

Lines = list[tuple[Point, ...]]

FAR = 1e6
"""No box is put farther than this from its anchor, whatever a file says."""


def moves(
    boxes: Sequence[Sized], rectangles: Mapping[int, Rectangle], places: Mapping[str, Place]
) -> dict[int, Point]:
    """How far each box and frame is moved from where the arranging has put it.

    An anchor may be moved itself; '' is the corner of the drawing as it is arranged. A box whose anchor
    is not there, or that is anchored to itself in the end, stays. What stands in a moved frame goes with
    it.
    """
    number = {box.key: n for n, box in enumerate(boxes)}
    left = min(rectangle.x for rectangle in rectangles.values())
    top = min(rectangle.y for rectangle in rectangles.values())
    found: dict[int, Point] = {}

    def needed(n: int) -> int | None:
        """The box whose move must be known first."""
        place = places.get(boxes[n].key)
        if place is not None and (place.anchor in number or not place.anchor):
            return number[place.anchor] if place.anchor else None
        return number[boxes[n].frame] if boxes[n].frame else None

    def settle(n: int) -> Point:
        box, place = boxes[n], places.get(boxes[n].key)
        here = rectangles[n]
        if place is not None and not place.anchor:
            return (left + _near(place.x) - here.x, top + _near(place.y) - here.y)
        if place is not None and place.anchor in number:
            anchor = number[place.anchor]
            x, y = found[anchor]
            there = rectangles[anchor]
            return (there.x + x + _near(place.x) - here.x, there.y + y + _near(place.y) - here.y)
        return found[number[box.frame]] if box.frame else (0.0, 0.0)

    for n in range(len(boxes)):
        way: list[int] = []
        at: int | None = n
        while at is not None and at not in found:
            if at in way:
                # Anchored in a circle: one of it stays, the others stand beside it.
                found[at] = (0.0, 0.0)
                break
            way.append(at)
            at = needed(at)
        for step in reversed(way):
            if step not in found:
                found[step] = settle(step)
    return found


def _near(value: float) -> float:
    return min(max(value, -FAR), FAR)


def placed(
    boxes: Sequence[Sized],
    rectangles: Mapping[int, Rectangle],
    edges: Sequence[tuple[int, int]],
    lines: Sequence[tuple[Point, ...]],
    wishes: Wishes,
) -> tuple[dict[int, Rectangle], Lines]:
    """The drawing with the user's places in it.

    Args:
        boxes: boxes and frames; frames before what stands in them.
        rectangles: where the arranging has put them, by number.
        edges: what the lines connect, by number.
        lines: where they run.
        wishes: the places, and which way the drawing goes.
    """
    moved = moves(boxes, rectangles, wishes.places)
    where = {n: rectangle.moved(*moved[n]) for n, rectangle in rectangles.items()}
    _grow(boxes, where)
    plain = Obstacles({n: where[n] for n, box in enumerate(boxes) if not box.is_frame})
    strangers = Obstacles(
        {n: where[n] for n, box in enumerate(boxes) if not box.is_frame and moved[n] != (0.0, 0.0)}
    )
    found: Lines = []
    for (source, target), line in zip(edges, lines, strict=True):
        x, y = moved[source]
        carried = tuple((px + x, py + y) for px, py in line)
        whole = moved[source] == moved[target]
        others = plain if (x or y) else strangers
        if whole and (source == target or others.free(carried)):
            found.append(carried)
        else:
            found.append(rerouted(plain, (source, target), wishes.direction))
    return where, found


def _grow(boxes: Sequence[Sized], where: dict[int, Rectangle]) -> None:
    """Let frames hold what stands in them, inner ones first."""
    number = {box.key: n for n, box in enumerate(boxes)}
    for n in range(len(boxes) - 1, -1, -1):
        if not boxes[n].frame:
            continue
        outer, inner = where[number[boxes[n].frame]], where[n]
        left, top = min(outer.x, inner.x - PADDING), min(outer.y, inner.y - HEADER)
        right, bottom = max(outer.right, inner.right + PADDING), max(outer.bottom, inner.bottom + PADDING)
        where[number[boxes[n].frame]] = Rectangle(left, top, right - left, bottom - top)
