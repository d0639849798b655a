"""Where moved boxes snap to: the edges and middles of others, else a grid. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from designer.network.arranging import Point, Rectangle

GRID = 8.0
"""Of places that the user gives boxes, in pixels at 100 %."""
PULL = 7.0
"""From how far another box's edge or middle pulls, in pixels on the screen."""
FAR = 900.0
"""From farther away than this, no box pulls."""

Guide = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Snapped:
    """How far boxes are moved after all, and along which lines they are then aligned with others."""

    across: float
    down: float
    guides: tuple[Guide, ...] = ()


def snapped(
    boxes: Sequence[Rectangle], across: float, down: float, others: Iterable[Rectangle], pull: float = PULL
) -> Snapped:
    """Boxes moved by about (`across`, `down`), so that they are aligned with others, else on the grid.

    The group of boxes moves as one: its outline's edges and middle are aligned with those of the others.
    """
    outline = around(boxes)
    near = [other for other in others if _near(outline, other, across, down)]
    x = _pulled(_thirds(outline.x, outline.width), across, [_thirds(o.x, o.width) for o in near], pull)
    y = _pulled(_thirds(outline.y, outline.height), down, [_thirds(o.y, o.height) for o in near], pull)
    moved_x = across + x if x is not None else _on_grid(outline.x + across) - outline.x
    moved_y = down + y if y is not None else _on_grid(outline.y + down) - outline.y
    there = outline._replace(x=outline.x + moved_x, y=outline.y + moved_y)
    return Snapped(moved_x, moved_y, _guides(there, near, x is not None, y is not None))


def around(boxes: Sequence[Rectangle]) -> Rectangle:
    """The smallest rectangle around these."""
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    return Rectangle(left, top, max(b.right for b in boxes) - left, max(b.bottom for b in boxes) - top)


def _on_grid(value: float) -> float:
    return round(value / GRID) * GRID


def _near(outline: Rectangle, other: Rectangle, across: float, down: float) -> bool:
    x, y = outline.x + across, outline.y + down
    apart_x = max(other.x - (x + outline.width), x - other.right, 0.0)
    apart_y = max(other.y - (y + outline.height), y - other.bottom, 0.0)
    return apart_x <= FAR and apart_y <= FAR


def _thirds(start: float, extent: float) -> tuple[float, float, float]:
    """Where a box begins, its middle, and where it ends."""
    return (start, start + extent / 2, start + extent)


def _pulled(
    own: tuple[float, float, float], by: float, others: Sequence[tuple[float, float, float]], pull: float
) -> float | None:
    """The smallest shift that puts an edge on an edge, or a middle on a middle; None beyond `pull`."""
    shifts = [
        there - (here + by)
        for other in others
        for number, here in enumerate(own)
        for place, there in enumerate(other)
        # A middle belongs to middles, an edge to edges.
        if (number == 1) == (place == 1)
    ]
    best = min(shifts, key=abs, default=None)
    return best if best is not None and abs(best) <= pull else None


def _guides(there: Rectangle, near: Sequence[Rectangle], on_x: bool, on_y: bool) -> tuple[Guide, ...]:
    """One guide for each line that the boxes share with others, as long as all that lie on it."""
    found: list[Guide] = []
    if on_x:
        for x in _thirds(there.x, there.width):
            on = [o for o in near if any(abs(x - t) < 0.5 for t in _thirds(o.x, o.width))]
            if on:
                found.append(((x, min(r.y for r in (there, *on))), (x, max(r.bottom for r in (there, *on)))))
    if on_y:
        for y in _thirds(there.y, there.height):
            on = [o for o in near if any(abs(y - t) < 0.5 for t in _thirds(o.y, o.height))]
            if on:
                found.append(((min(r.x for r in (there, *on)), y), (max(r.right for r in (there, *on)), y)))
    return tuple(found)
