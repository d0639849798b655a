"""Lining boxes up and spacing them evenly: pure functions of their rectangles."""

from __future__ import annotations

from collections.abc import Mapping

from designer.network.arranging import Rectangle

GAP = 24.0
"""At least so much is left between two boxes that would come to lie on one another, in pixels at 100 %."""

Boxes = Mapping[str, Rectangle]


def aligned(boxes: Boxes, how: str) -> dict[str, Rectangle]:
    """The boxes in one line: 'left', 'middle', 'right' below one another; 'top', 'centre', 'bottom' beside.

    Each keeps its place along the line; where two would overlap, the later one goes further on.
    """
    if not boxes:
        return {}
    column = how in ("left", "middle", "right")
    spans = [_span(box, column) for box in boxes.values()]
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    found = {}
    for key, box in boxes.items():
        start, end = _span(box, column)
        size = end - start
        to = low if how in ("left", "top") else high - size if how in ("right", "bottom") else 0.0
        if how in ("middle", "centre"):
            to = (low + high - size) / 2
        found[key] = _at(box, to, column)
    return _apart(found, not column)


def distributed(boxes: Boxes, across: bool) -> dict[str, Rectangle]:
    """The boxes with even gaps, across or down; the outer two stay unless there is no room between."""
    order = sorted(boxes, key=lambda key: _span(boxes[key], across)[0])
    if len(order) < 3:
        return dict(boxes)
    first, last = _span(boxes[order[0]], across)[0], max(_span(box, across)[1] for box in boxes.values())
    sizes = [end - start for start, end in (_span(boxes[key], across) for key in order)]
    gap = max((last - first - sum(sizes)) / (len(order) - 1), 0.0)
    found, at = {}, first
    for key, size in zip(order, sizes, strict=True):
        found[key] = _at(boxes[key], at, across)
        at += size + gap
    return found


def _apart(boxes: Boxes, across: bool) -> dict[str, Rectangle]:
    order = sorted(boxes, key=lambda key: _span(boxes[key], across))
    found: dict[str, Rectangle] = {}
    free = -float("inf")
    for key in order:
        start, end = _span(boxes[key], across)
        at = max(start, free)
        found[key] = _at(boxes[key], at, across)
        free = at + end - start + GAP
    return found


def _span(box: Rectangle, across: bool) -> tuple[float, float]:
    return (box.x, box.right) if across else (box.y, box.bottom)


def _at(box: Rectangle, to: float, across: bool) -> Rectangle:
    return box._replace(x=to) if across else box._replace(y=to)
