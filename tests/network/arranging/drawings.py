"""What is right and wrong with a drawing, worked out from its boxes and lines alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

NEAR = 0.51
SQUARE = 400.0

Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Corners = Sequence[tuple[float, float]]
Segment = tuple[float, float, float, float]


def squares(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[int, int]]:
    for x in range(int(left // SQUARE), int(right // SQUARE) + 1):
        for y in range(int(top // SQUARE), int(bottom // SQUARE) + 1):
            yield x, y


def by_square(boxes: Mapping[str, Box]) -> dict[tuple[int, int], list[str]]:
    found = defaultdict(list)
    for key, (x, y, width, height) in boxes.items():
        for square in squares(x, y, x + width, y + height):
            found[square].append(key)
    return found


def overlaps(boxes: Mapping[str, Box]) -> set[tuple[str, str]]:
    """Pairs of boxes that lie on one another."""
    found = set()
    for keys in by_square(boxes).values():
        for one, other in combinations(keys, 2):
            (x, y, width, height), (ox, oy, owidth, oheight) = boxes[one], boxes[other]
            across = x + width > ox + NEAR and ox + owidth > x + NEAR
            if across and y + height > oy + NEAR and oy + oheight > y + NEAR:
                found.add((one, other))
    return found


def through(boxes: Mapping[str, Box], lines: Sequence[Corners]) -> set[tuple[int, str]]:
    """Numbers of the lines, and the boxes that they pass through; the boxes at their ends included."""
    near = by_square(boxes)
    found = set()
    for number, corners in enumerate(lines):
        for (x0, y0), (x1, y1) in pairwise(corners):
            for square in squares(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)):
                for key in near.get(square, ()):
                    if cuts((x0, y0, x1, y1), boxes[key]):
                        found.add((number, key))
    return found


def cuts(segment: Segment, box: Box) -> bool:
    """Whether a segment, slanting or not, has a part inside a box (Liang and Barsky's clipping)."""
    x0, y0, x1, y1 = segment
    left, top, width, height = box
    enter, leave = 0.0, 1.0
    for start, step, low, high in (
        (x0, x1 - x0, left + NEAR, left + width - NEAR),
        (y0, y1 - y0, top + NEAR, top + height - NEAR),
    ):
        if abs(step) < 1e-9:
            if not low < start < high:
                return False
            continue
        first, last = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, first), min(leave, last)
    return leave - enter > 1e-9


def on_border(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    left, top, width, height = box
    inside = left - NEAR <= x <= left + width + NEAR and top - NEAR <= y <= top + height + NEAR
    sides = (abs(x - left), abs(x - left - width), abs(y - top), abs(y - top - height))
    return inside and min(sides) < NEAR


def crossings(ends: Sequence[tuple[str, str]], lines: Sequence[Corners]) -> tuple[int, int]:
    """How often lines cross that have no end in common.

    Returns:
        pairs: counted for every two lines.
        places: where strokes are seen to cross: lines that run as one count once, and a place where a
            line joins or leaves the others is no crossing.
    """
    near: dict[tuple[int, int], list[tuple[int, Segment]]] = defaultdict(list)
    for number, corners in enumerate(lines):
        for (x0, y0), (x1, y1) in pairwise(corners):
            segment = (number, (x0, y0, x1, y1))
            for square in squares(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)):
                near[square].append(segment)
    bends = {(round(x), round(y)) for corners in lines for x, y in corners}
    pairs, places = set(), set()
    for square, segments in near.items():
        level = [s for s in segments if abs(s[1][1] - s[1][3]) < NEAR]
        rest = [s for s in segments if abs(s[1][1] - s[1][3]) >= NEAR]
        slanting = [s for s in rest if abs(s[1][0] - s[1][2]) >= NEAR]
        for group, others in ((level, rest), (slanting, rest)):
            for number, one in group:
                for other_number, other in others:
                    if set(ends[number]) & set(ends[other_number]):
                        continue
                    point = meeting(one, other)
                    if point and (int(point[0] // SQUARE), int(point[1] // SQUARE)) == square:
                        place = (round(point[0]), round(point[1]))
                        pairs.add((min(number, other_number), max(number, other_number), place))
                        if place not in bends:
                            places.add(place)
    return len(pairs), len(places)


def meeting(one: Segment, other: Segment) -> tuple[float, float] | None:
    """Where two segments cross, each going on beyond the other by more than a touch."""
    (x0, y0, x1, y1), (u0, v0, u1, v1) = one, other
    across, along = (x1 - x0, y1 - y0), (u1 - u0, v1 - v0)
    turn = across[0] * along[1] - across[1] * along[0]
    if abs(turn) < 1e-9:
        return None
    t = ((u0 - x0) * along[1] - (v0 - y0) * along[0]) / turn
    s = ((u0 - x0) * across[1] - (v0 - y0) * across[0]) / turn
    margin, other_margin = (NEAR / max(abs(a) + abs(b), NEAR) for a, b in (across, along))
    if margin < t < 1 - margin and other_margin < s < 1 - other_margin:
        return (x0 + across[0] * t, y0 + across[1] * t)
    return None


def disturbed(before: Mapping[str, Box], after: Mapping[str, Box], edges: Sequence[tuple[str, str]]) -> float:
    """Share of the edges, of those in both drawings, whose ends stand otherwise to one another."""
    kept = [(a, b) for a, b in edges if {a, b} <= before.keys() and {a, b} <= after.keys()]
    moved = 0
    for a, b in kept:
        was = (before[b][0] - before[a][0], before[b][1] - before[a][1])
        now = (after[b][0] - after[a][0], after[b][1] - after[a][1])
        moved += abs(was[0] - now[0]) > 1 or abs(was[1] - now[1]) > 1
    return moved / max(len(kept), 1)
