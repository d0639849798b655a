"""What is written beside connections: the shape of the tensor that flows there, and how many they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.picture import Picture
from designer.messages import shape_text, tr
from designer.network.arranging import Line, Point, Rectangle
from designer.network.groups import View
from designer.network.network import Connection, Network
from designer.session.results import Facts

OFF = 6.0
"""From a line to what is written beside it."""
ENDS = 16.0
"""What is left of a level line beside what is written above it: a gap before, an arrow head after."""
TALL = 14.0
"""Height of what is written."""


@dataclass(frozen=True, slots=True)
class LineText:
    """What a line says.

    Attributes:
        short: what is always written where there is room; '' when the box that it leaves says it.
        full: what is written when it is pointed at or selected.
    """

    short: str
    full: str


def line_texts(
    network: Network, view: View, facts: Facts | None, contents: Mapping[str, BoxContent]
) -> tuple[LineText, ...]:
    """What the lines say, in the order of the view's edges."""
    flowing: dict[tuple[str, str], list[Connection]] = {}
    shown = view.shown
    for connection in network.connections:
        source, target = shown[connection.source], shown[connection.target]
        # Most lie within one collapsed group.
        if source != target:
            flowing.setdefault((source, target), []).append(connection)
    return tuple(
        _text(flowing.get((edge.source, edge.target), []), facts, contents[edge.source].shape)
        for edge in view.edges
    )


def _text(connections: list[Connection], facts: Facts | None, said: str) -> LineText:
    shapes = list(dict.fromkeys(filter(None, (_shape(connection, facts) for connection in connections))))
    shape = shapes[0] if len(shapes) == 1 else tr("{count} shapes", count=len(shapes)) if shapes else ""
    count = len(connections)
    if count > 1:
        many = tr("{count} connections", count=count)
        return LineText(f"{shape}  × {count}".strip(), f"{many}, {shape}" if shape else many)
    return LineText(shape, shape)


def _shape(connection: Connection, facts: Facts | None) -> str:
    known = facts.layers.get(connection.source) if facts is not None else None
    if known is None or connection.output >= len(known.shapes):
        return ""
    return shape_text(known.shapes[connection.output])


def place_of(line: Line, width: float) -> Rectangle:
    """Where to write at a line's start: to the right of an upright line, above a level one."""
    (x, y), (next_x, next_y) = line.points[0], line.points[1]
    if abs(next_x - x) <= abs(next_y - y):
        top = y + 5 if next_y > y else y - 5 - TALL
        return Rectangle(x + OFF, top, width, TALL)
    left = x + OFF if next_x > x else x - OFF - width
    return Rectangle(left, y - 2 - TALL, width, TALL)


def places_of(line: Line, width: float) -> tuple[Rectangle, ...]:
    """Where to write beside a line, best first: at its start, on either side, above its longest level part.

    What is written above a level part is not longer than the part.
    """
    found = []
    first, second = line.points[0], line.points[1]
    upright = abs(second[0] - first[0]) <= abs(second[1] - first[1])
    if upright or abs(second[0] - first[0]) >= width + ENDS:
        found.append(place_of(line, width))
    if upright:
        found.append(found[0]._replace(x=first[0] - OFF - width))
    start, end = max(pairwise(line.points), key=lambda part: abs(part[0][0] - part[1][0]))
    if abs(start[0] - end[0]) >= width + ENDS and (start, end) != (first, second):
        found.append(place_of(line._replace(points=(start, end)), width))
    return tuple(found)


def placed(
    picture: Picture, source: str, texts: Sequence[LineText], width: Callable[[str], float]
) -> tuple[tuple[int, Rectangle], ...]:
    """The lines from a box that are written at, by number, and where: where there is room and no line.

    Of lines that carry the same one says so, and none lies on another. It depends on the box alone, not on
    what is seen, so that nothing changes while one scrolls.
    """
    lines = picture.arrangement.lines
    leaving = [n for n in picture.touching.get(source, ()) if lines[n].source == source and texts[n].short]
    said: dict[str, Rectangle] = {}
    found: list[tuple[int, Rectangle]] = []
    for number in sorted(leaving, key=lambda n: -lines[n].points[0][0]):
        text = texts[number].short
        if text in said:
            continue
        for place in places_of(lines[number], width(text)):
            free = has_room(picture, place) and not is_struck(picture, place)
            if free and not any(meet(place, other) for other in said.values()):
                said[text] = place
                found.append((number, place))
                break
    return tuple(found)


def has_room(picture: Picture, place: Rectangle) -> bool:
    """Whether no box lies there."""
    return not any(meet(picture.rectangle(key), place) for key in picture.boxes_in(place))


def is_struck(picture: Picture, place: Rectangle) -> bool:
    """Whether a line runs through there."""
    lines = picture.arrangement.lines
    return any(
        within(start, end, place) > 0
        for number in picture.lines_in(place)
        for start, end in pairwise(lines[number].points)
    )


def within(start: Point, end: Point, area: Rectangle) -> float:
    """How much of a level or upright part of a line lies in an area."""
    left, right = max(min(start[0], end[0]), area.x), min(max(start[0], end[0]), area.right)
    top, bottom = max(min(start[1], end[1]), area.y), min(max(start[1], end[1]), area.bottom)
    return max(right - left, bottom - top) if left <= right and top <= bottom else 0.0


def meet(one: Rectangle, other: Rectangle) -> bool:
    """True when two rectangles have an area in common."""
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
