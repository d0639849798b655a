"""The arranged network with an index of what lies where: pure geometry, no Qt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from designer.network.arranging import HEADER, Arrangement, Line, Point, Rectangle
from designer.network.groups import Frame, View

BAND = 400.0
"""Breadth of the bands that the index is made of; they lie across the longer side of the drawing."""

SIDE = 18.0
"""Side of the tick box and of the button on a box."""
INSET = 10.0
"""From the border of a box to what is in it."""


TITLE_ROOM = 76.0
"""Breadth that the button and the title of a frame need at least."""

_Part = tuple[float, float, float, float, int]
"""Left, top, right and bottom of a straight part of a line, and the line's number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point.

    Attributes:
        part: 'box', 'tick', 'button' (expands a group), 'frame' (its title), 'collapse', 'line',
            'port_in', 'port_out', or ''.
        key: of the box or frame, '' for none.
        number: of the line as in the arrangement, or of the port on its side of the box; else -1.
    """

    part: str = ""
    key: str = ""
    number: int = -1


class Picture:
    """An arrangement of a view, to be drawn and pointed at. Not changed once it is made.

    Attributes:
        view: the boxes and frames.
        arrangement: where they lie.
        direction: 'down' or 'right', the way that it is read.
        frames: by key, outer ones first.
    """

    def __init__(self, view: View, arrangement: Arrangement, direction: str = "down") -> None:
        self.view = view
        self.arrangement = arrangement
        self.direction = direction
        # Bands across the way that the drawing is long: a chain to the right would lie in one otherwise.
        self._lying = arrangement.width > arrangement.height
        self.frames: Mapping[str, Frame] = {frame.key: frame for frame in view.frames}
        self.keys = tuple(box.key for box in view.boxes)
        self._crossed: dict[str, tuple[float, ...]] = {}
        self._bands: dict[int, list[str]] = {}
        for key in self.keys:
            for band in self._bands_of(self.rectangle(key)):
                self._bands.setdefault(band, []).append(key)
        self._frame_bands: dict[int, list[int]] = {}
        for number, frame in enumerate(view.frames):
            for band in self._bands_of(self.rectangle(frame.key)):
                self._frame_bands.setdefault(band, []).append(number)
        self._title_bands: dict[int, list[str]] = {}
        # Inner frames first, as they are pointed at.
        for key in reversed(tuple(self.frames)):
            for band in self._bands_of(self.rectangle(key)._replace(height=HEADER)):
                self._title_bands.setdefault(band, []).append(key)
        self.extents = tuple(_extent(line) for line in arrangement.lines)
        self._line_bands: dict[int, list[int]] = {}
        for number, extent in enumerate(self.extents):
            for band in self._bands_of(extent):
                self._line_bands.setdefault(band, []).append(number)
        self._parts: dict[int, tuple[_Part, ...]] = {}
        self.touching: dict[str, list[int]] = {}
        for number, line in enumerate(arrangement.lines):
            self.touching.setdefault(line.source, []).append(number)
            self.touching.setdefault(line.target, []).append(number)

    def rectangle(self, key: str) -> Rectangle:
        """Where a box or frame lies."""
        return self.arrangement.rectangles[key]

    def title_crossings(self, key: str) -> tuple[float, ...]:
        """Where lines cross a frame's title, from left to right."""
        if key not in self._crossed:
            where = self.rectangle(key)
            header = Rectangle(where.x, where.y, where.width, HEADER)
            crossing = {x for n in self.lines_in(header) for x in _upright(self.arrangement.lines[n], header)}
            self._crossed[key] = tuple(sorted(crossing))
        return self._crossed[key]

    def title_room(self, key: str) -> tuple[float, float]:
        """Left and right end of the room for a frame's button and title: the first that no line crosses and
        that is broad enough, else the whole title.
        """
        where = self.rectangle(key)
        ends = (where.x, *self.title_crossings(key), where.right)
        free = ((left, right) for left, right in pairwise(ends) if right - left >= TITLE_ROOM)
        return next(free, (where.x, where.right))

    def collapse_button(self, key: str) -> Rectangle:
        """The button in a frame's title that collapses it."""
        where = self.rectangle(key)
        left = self.title_room(key)[0]
        return Rectangle(left + 6, where.y + (HEADER - SIDE) / 2, SIDE, SIDE)

    def boxes_in(self, area: Rectangle) -> Iterator[str]:
        """Keys of the boxes that meet an area."""
        if self._covers(area):
            yield from self.keys
            return
        seen: set[str] = set()
        for band in self._bands_of(area):
            for key in self._bands.get(band, ()):
                if key not in seen and _meet(self.rectangle(key), area):
                    seen.add(key)
                    yield key

    def frames_in(self, area: Rectangle) -> Iterator[Frame]:
        """Frames that meet an area, outer ones first."""
        if self._covers(area):
            yield from self.frames.values()
            return
        for number in sorted({n for band in self._bands_of(area) for n in self._frame_bands.get(band, ())}):
            frame = self.view.frames[number]
            if _meet(self.rectangle(frame.key), area):
                yield frame

    def lines_in(self, area: Rectangle) -> Iterator[int]:
        """Numbers of the lines that may meet an area."""
        if self._covers(area):
            yield from range(len(self.extents))
            return
        seen: set[int] = set()
        for band in self._bands_of(area):
            for number in self._line_bands.get(band, ()):
                if number not in seen and _meet(self.extents[number], area):
                    seen.add(number)
                    yield number

    def at(self, x: float, y: float, reach: float = 0.0) -> Hit:
        """What lies under a point: boxes before lines within `reach`, inner frames before outer ones."""
        band = int((x if self._lying else y) // BAND)
        for key in self._bands.get(band, ()):
            rectangle = self.rectangle(key)
            if holds(rectangle, x, y):
                if holds(tick_rectangle(rectangle), x, y):
                    return Hit("tick", key)
                if holds(button_rectangle(rectangle), x, y):
                    return Hit("button", key)
                return Hit("box", key)
        title = ""
        for key in self._title_bands.get(band, ()):
            rectangle = self.rectangle(key)
            if holds(rectangle, x, y) and y <= rectangle.y + HEADER:
                if holds(self.collapse_button(key), x, y):
                    return Hit("collapse", key)
                title = key
                break
        number = self.line_at(x, y, reach) if reach > 0 else -1
        if number >= 0:
            return Hit("line", "", number)
        return Hit("frame", title) if title else Hit()

    def line_at(self, x: float, y: float, reach: float) -> int:
        """Number of the line nearest to a point and within `reach` of it, -1 when there is none."""
        along = x if self._lying else y
        best, found = reach, -1
        for band in range(int((along - reach) // BAND), int((along + reach) // BAND) + 1):
            for left, top, right, bottom, number in self._parts_in(band):
                if left - best <= x <= right + best and top - best <= y <= bottom + best:
                    line = self.arrangement.lines[number]
                    away = min(_distance(start, end, x, y) for start, end in pairwise(line.points))
                    if away < best or (away == best and found < 0):
                        best, found = away, number
        return found

    def nearest(self, x: float, y: float) -> str:
        """Key of the box nearest to a point, '' when there is none."""

        def away(key: str) -> float:
            return _away(self.rectangle(key), x, y)

        # Mostly something is near, and not all boxes need to be gone through.
        for reach in (BAND, 4 * BAND):
            near = self.boxes_in(Rectangle(x - reach, y - reach, 2 * reach, 2 * reach))
            found = min(near, key=away, default="")
            if found and away(found) <= reach:
                return found
        return min(self.keys, key=away, default="")

    def beside(self, area: Rectangle) -> bool:
        """True when an area is outside of the drawing: nothing meets it, nor lies on both sides of it."""
        if any(True for found in (self.boxes_in, self.frames_in, self.lines_in) for _ in found(area)):
            return False
        whole = self.arrangement
        if area.x > whole.width or area.right < 0 or area.y > whole.height or area.bottom < 0:
            return True
        level = [
            self.rectangle(key).x for key in self.boxes_in(Rectangle(0, area.y, whole.width, area.height))
        ]
        if level and min(level) < area.x < max(level):
            return False
        over = [
            self.rectangle(key).y for key in self.boxes_in(Rectangle(area.x, 0, area.width, whole.height))
        ]
        return not (over and min(over) < area.y < max(over))

    def _parts_in(self, band: int) -> tuple[_Part, ...]:
        """The parts of lines that lie in a band, each as its extent; found when it is first pointed at."""
        found = self._parts.get(band)
        if found is None:
            low, high = band * BAND, (band + 1) * BAND
            parts: list[_Part] = []
            for number in self._line_bands.get(band, ()):
                for (x, y), (other_x, other_y) in pairwise(self.arrangement.lines[number].points):
                    left, right = min(x, other_x), max(x, other_x)
                    top, bottom = min(y, other_y), max(y, other_y)
                    start, end = (left, right) if self._lying else (top, bottom)
                    if start <= high and end >= low:
                        parts.append((left, top, right, bottom, number))
            found = self._parts[band] = tuple(parts)
        return found

    def _bands_of(self, rectangle: Rectangle) -> range:
        if self._lying:
            return range(int(rectangle.x // BAND), int(rectangle.right // BAND) + 1)
        return range(int(rectangle.y // BAND), int(rectangle.bottom // BAND) + 1)

    def _covers(self, area: Rectangle) -> bool:
        whole = self.arrangement
        return area.y <= 0 and area.bottom >= whole.height and area.x <= 0 and area.right >= whole.width


def tick_rectangle(box: Rectangle) -> Rectangle:
    """The tick box in a box."""
    return Rectangle(box.right - INSET - SIDE, box.y + INSET - 1, SIDE, SIDE)


def button_rectangle(box: Rectangle) -> Rectangle:
    """The button that expands a group, beside its tick box."""
    return Rectangle(box.right - INSET - 2 * SIDE - 6, box.y + INSET - 1, SIDE, SIDE)


def _upright(line: Line, area: Rectangle) -> Iterator[float]:
    """Where upright parts of a line stand in an area."""
    for (x, y), (other_x, other_y) in pairwise(line.points):
        meets = min(y, other_y) < area.bottom and max(y, other_y) > area.y
        if abs(x - other_x) < 1 and meets and area.x < x < area.right:
            yield x


def _distance(start: Point, end: Point, x: float, y: float) -> float:
    """From a point to the nearest point of a straight part of a line."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    share = ((x - start[0]) * across + (y - start[1]) * down) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(start[0] + share * across - x, start[1] + share * down - y)


def _away(where: Rectangle, x: float, y: float) -> float:
    """From a point to the nearest point of a rectangle."""
    return math.hypot(
        max(where.x - x, 0.0, x - where.right),
        max(where.y - y, 0.0, y - where.bottom),
    )


def _extent(line: Line) -> Rectangle:
    # Room for the arrow head and the width of the line.
    xs = [x for x, _ in line.points]
    ys = [y for _, y in line.points]
    left, top = min(xs) - 6, min(ys) - 6
    return Rectangle(left, top, max(xs) + 6 - left, max(ys) + 6 - top)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one.x <= other.right and other.x <= one.right and one.y <= other.bottom and other.y <= one.bottom


def holds(rectangle: Rectangle, x: float, y: float) -> bool:
    """True when a point lies in a rectangle or on its border."""
    return rectangle.x <= x <= rectangle.right and rectangle.y <= y <= rectangle.bottom
