"""The arranged network with an index of what lies where: pure geometry, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from designer.network.arranging import HEADER, Arrangement, Line, Rectangle
from designer.network.groups import Frame, View

BAND = 400.0
"""Height of the bands that the index is made of."""

SIDE = 18.0
"""Side of the tick box and of the button on a box."""
INSET = 10.0
"""From the border of a box to what is in it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point.

    Attributes:
        part: 'box', 'tick', 'button' (expands a group), 'frame' (its title), 'collapse', or ''.
        key: of the box or frame, '' for none.
    """

    part: str = ""
    key: str = ""


class Picture:
    """An arrangement of a view, to be drawn and pointed at. Not changed once it is made.

    Attributes:
        view: the boxes and frames.
        arrangement: where they lie.
        frames: by key, outer ones first.
    """

    def __init__(self, view: View, arrangement: Arrangement) -> None:
        self.view = view
        self.arrangement = arrangement
        self.frames: Mapping[str, Frame] = {frame.key: frame for frame in view.frames}
        self.keys = tuple(box.key for box in view.boxes)
        self._gaps: dict[str, tuple[float, float]] = {}
        self._bands: dict[int, list[str]] = {}
        for key in self.keys:
            for band in _bands(self.rectangle(key)):
                self._bands.setdefault(band, []).append(key)
        self.extents = tuple(_extent(line) for line in arrangement.lines)
        self._line_bands: dict[int, list[int]] = {}
        for number, extent in enumerate(self.extents):
            for band in _bands(extent):
                self._line_bands.setdefault(band, []).append(number)
        self.touching: dict[str, list[int]] = {}
        for number, line in enumerate(arrangement.lines):
            self.touching.setdefault(line.source, []).append(number)
            self.touching.setdefault(line.target, []).append(number)

    def rectangle(self, key: str) -> Rectangle:
        """Where a box or frame lies."""
        return self.arrangement.rectangles[key]

    def title_gaps(self, key: str) -> tuple[float, float]:
        """Where the first and the last line cross a frame's title: the room before and after is free.

        Both are the frame's right side when no line does.
        """
        if key not in self._gaps:
            where = self.rectangle(key)
            header = Rectangle(where.x, where.y, where.width, HEADER)
            crossing = [x for n in self.lines_in(header) for x in _upright(self.arrangement.lines[n], header)]
            self._gaps[key] = (min(crossing), max(crossing)) if crossing else (where.right, where.right)
        return self._gaps[key]

    def boxes_in(self, area: Rectangle) -> Iterator[str]:
        """Keys of the boxes that meet an area."""
        if self._covers(area):
            yield from self.keys
            return
        seen: set[str] = set()
        for band in _bands(area):
            for key in self._bands.get(band, ()):
                if key not in seen and _meet(self.rectangle(key), area):
                    seen.add(key)
                    yield key

    def frames_in(self, area: Rectangle) -> Iterator[Frame]:
        """Frames that meet an area, outer ones first."""
        for key, frame in self.frames.items():
            if _meet(self.rectangle(key), area):
                yield frame

    def lines_in(self, area: Rectangle) -> Iterator[int]:
        """Numbers of the lines that may meet an area."""
        if self._covers(area):
            yield from range(len(self.extents))
            return
        seen: set[int] = set()
        for band in _bands(area):
            for number in self._line_bands.get(band, ()):
                if number not in seen and _meet(self.extents[number], area):
                    seen.add(number)
                    yield number

    def at(self, x: float, y: float) -> Hit:
        """What lies under a point; boxes before frames, inner frames before outer ones."""
        for key in self._bands.get(int(y // BAND), ()):
            rectangle = self.rectangle(key)
            if _holds(rectangle, x, y):
                if _holds(tick_rectangle(rectangle), x, y):
                    return Hit("tick", key)
                if _holds(button_rectangle(rectangle), x, y):
                    return Hit("button", key)
                return Hit("box", key)
        for key in reversed(tuple(self.frames)):
            rectangle = self.rectangle(key)
            if _holds(rectangle, x, y) and y <= rectangle.y + HEADER:
                return Hit("collapse" if _holds(collapse_rectangle(rectangle), x, y) else "frame", key)
        return Hit()

    def _covers(self, area: Rectangle) -> bool:
        whole = self.arrangement
        return area.y <= 0 and area.bottom >= whole.height and area.x <= 0 and area.right >= whole.width


def tick_rectangle(box: Rectangle) -> Rectangle:
    """The tick box in a box."""
    return Rectangle(box.right - INSET - SIDE, box.y + INSET - 1, SIDE, SIDE)


def button_rectangle(box: Rectangle) -> Rectangle:
    """The button that expands a group, beside its tick box."""
    return Rectangle(box.right - INSET - 2 * SIDE - 6, box.y + INSET - 1, SIDE, SIDE)


def collapse_rectangle(frame: Rectangle) -> Rectangle:
    """The button in a frame's title that collapses it."""
    return Rectangle(frame.x + 6, frame.y + (HEADER - SIDE) / 2, SIDE, SIDE)


def _upright(line: Line, area: Rectangle) -> Iterator[float]:
    """Where upright parts of a line stand in an area."""
    for (x, y), (other_x, other_y) in pairwise(line.points):
        meets = min(y, other_y) < area.bottom and max(y, other_y) > area.y
        if abs(x - other_x) < 1 and meets and area.x < x < area.right:
            yield x


def _bands(rectangle: Rectangle) -> range:
    return range(int(rectangle.y // BAND), int(rectangle.bottom // BAND) + 1)


def _extent(line: Line) -> Rectangle:
    # Room for the arrow head and the width of the line.
    xs = [x for x, _ in line.points]
    ys = [y for _, y in line.points]
    left, top = min(xs) - 6, min(ys) - 6
    return Rectangle(left, top, max(xs) + 6 - left, max(ys) + 6 - top)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one.x <= other.right and other.x <= one.right and one.y <= other.bottom and other.y <= one.bottom


def _holds(rectangle: Rectangle, x: float, y: float) -> bool:
    return rectangle.x <= x <= rectangle.right and rectangle.y <= y <= rectangle.bottom
