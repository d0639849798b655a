"""Boxes too small to be seen one by one, merged into blocks of about two pixels: pure geometry."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from designer.network.arranging import Rectangle

TINY = 0.0147
"""Below this scale a box is less than a pixel high, or four pixels wide."""
THIN = 4.0
"""Merged blocks are at least so many pixels wide on the screen."""
ROW = 1.5
"""Height of a merged block on the screen, in pixels, or up to twice that."""
SEAM = 0.6
"""By so many pixels on the screen blocks reach over the next one: rounded, they would leave gaps."""
COLUMN = 300.0
"""Boxes farther apart than this are in different columns, while columns can be told apart."""

Look = TypeVar("Look", bound=Hashable)


def cell_at(scale: float) -> float:
    """Height of the merged blocks in the drawing: a power of two, so that it changes rarely."""
    return float(2.0 ** math.ceil(math.log2(ROW / scale)))


def merged(
    boxes: Iterable[tuple[Rectangle, Look]], cell: float, lying: bool, stretch: float = 1.0
) -> Mapping[Look, tuple[Rectangle, ...]]:
    """Blocks in place of boxes, by the look that most of the boxes in each have.

    `lying` when the drawing is wider than it is high: blocks are cut along its longer side. `stretch`: how
    much larger the drawing is shown across that side than along it.
    """
    column = max(COLUMN, cell * THIN / stretch)
    counts: dict[tuple[int, int], dict[Look, int]] = {}
    areas: dict[tuple[int, int], list[float]] = {}
    for (x, y, width, height), look in boxes:
        along, across = (x + width / 2, y + height / 2) if lying else (y + height / 2, x + width / 2)
        place = (int(along // cell), int(across // column))
        area = areas.get(place)
        if area is None:
            areas[place] = [x, y, x + width, y + height]
            counts[place] = {look: 1}
            continue
        found = counts[place]
        found[look] = found.get(look, 0) + 1
        area[0], area[1] = min(area[0], x), min(area[1], y)
        area[2], area[3] = max(area[2], x + width), max(area[3], y + height)
    blocks: dict[Look, list[Rectangle]] = {}
    least = cell / ROW * THIN / stretch
    for place, area in areas.items():
        looks = counts[place]
        most = max(looks, key=looks.__getitem__)
        blocks.setdefault(most, []).append(_filled(area, place[0] * cell, cell, least, lying))
    return {look: tuple(rectangles) for look, rectangles in blocks.items()}


def _filled(area: list[float], start: float, cell: float, least: float, lying: bool) -> Rectangle:
    """The area with all of its cell along the longer side, and at least `least` wide across it.

    So blocks of neighbouring cells touch: what lies between two boxes is less than can be seen.
    """
    left, top, right, bottom = area
    cell += cell / ROW * SEAM
    if lying:
        left, right = min(left, start), max(right, start + cell)
        more = max(least - (bottom - top), 0.0) / 2
        return Rectangle(left, top - more, right - left, bottom - top + 2 * more)
    top, bottom = min(top, start), max(bottom, start + cell)
    more = max(least - (right - left), 0.0) / 2
    return Rectangle(left - more, top, right - left + 2 * more, bottom - top)
