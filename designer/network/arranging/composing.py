"""Arranging a whole drawing: takes it apart, has each level laid out, and puts everything together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer.network.arranging.bands import in_bands, is_band
from designer.network.arranging.drawing import (
    ACROSS_GAP,
    DIRECTIONS,
    GAP,
    HEADER,
    LANE_GAP,
    NO_WISHES,
    PADDING,
    Arrangement,
    Line,
    Point,
    Rectangle,
    Sized,
    Wishes,
)
from designer.network.arranging.lanes import bundled, columns_needed, spacing
from designer.network.arranging.layered import Drawn, Key, LaidOut, laid_out
from designer.network.arranging.levels import (
    TOP,
    Lane,
    Level,
    Link,
    Nesting,
    Node,
    Plan,
    Portal,
    taken_apart,
)
from designer.network.arranging.obstacles import Obstacles
from designer.network.arranging.placing import placed
from designer.network.arranging.rerouting import INTO, OUT, rerouted, self_loop
from designer.network.arranging.routing import tidy

_TRIALS = (0.5, 0.8, 0.2, 0.92, 0.08)
"""Where else, when another box is in the way."""


def arrange(
    boxes: Sequence[Sized], edges: Sequence[tuple[str, str]], wishes: Wishes = NO_WISHES
) -> Arrangement:
    """Lay boxes out in layers, inside their frames, and route the edges.

    No two boxes overlap and no line passes through a box that is not one of its ends, unless the user
    has put boxes on one another.

    Args:
        boxes: boxes and frames; a frame comes before what stands in it.
        edges: keys of source and target; both are boxes, not frames.
        wishes: the direction, and what stays where the user has put it.

    Raises:
        ValueError: an edge or a box names a key that is not there, or there is no such direction.
    """
    if wishes.direction not in DIRECTIONS:
        raise ValueError(f"no such direction: {wishes.direction}")
    if not boxes:
        return Arrangement({}, (), 0.0, 0.0)
    number = {box.key: n for n, box in enumerate(boxes)}
    unknown = {key for edge in edges for key in edge} | {box.frame for box in boxes if box.frame}
    unknown -= number.keys()
    if unknown:
        raise ValueError(f"no such box: {sorted(unknown)[:3]}")
    across = wishes.direction == "right"
    pairs = [(number[source], number[target]) for source, target in edges]
    rectangles, lines, layered = _drawn(
        [turned_size(box) for box in boxes] if across else boxes, edges, ACROSS_GAP if across else GAP
    )
    if across:
        rectangles = {n: turned(rectangle) for n, rectangle in rectangles.items()}
        lines = [tuple((y, x) for x, y in line) for line in lines]
    if not wishes.places.keys().isdisjoint(number):
        rectangles, lines = placed(boxes, rectangles, pairs, lines, wishes)
    return _from_origin(boxes, edges, rectangles, lines, layered)


def _drawn(
    boxes: Sequence[Sized], edges: Sequence[tuple[str, str]], gap: float
) -> tuple[dict[int, Rectangle], list[tuple[Point, ...]], bool]:
    """Rectangles by number, lines, and whether no layout was refused; from top to bottom."""
    held = in_bands(boxes, edges)
    number = {box.key: n for n, box in enumerate(held)}
    pairs = [(number[source], number[target]) for source, target in edges]
    drawing = _Drawing(Nesting(held, gap), pairs)
    rectangles = {n: drawing.rectangles[number[box.key]] for n, box in enumerate(boxes)}
    return rectangles, drawing.lines(), drawing.layered


def turned_size(box: Sized) -> Sized:
    """The box with width and height exchanged."""
    return Sized(box.key, box.height, box.width, box.frame, box.is_frame)


def turned(rectangle: Rectangle) -> Rectangle:
    """A drawing from top to bottom becomes one from left to right."""
    return Rectangle(rectangle.y, rectangle.x, rectangle.height, rectangle.width)


class _Drawing:
    """A drawing from top to bottom while it is made.

    Attributes:
        rectangles: of boxes and frames, by number.
        layered: no layout was refused.
    """

    def __init__(self, nesting: Nesting, edges: Sequence[tuple[int, int]]) -> None:
        self._nesting = nesting
        self._edges = edges
        self._plan: Plan = taken_apart(nesting, edges)
        self._levels: dict[int, LaidOut] = {}
        self._columns: dict[int, int] = {}
        drawn: dict[Key, Drawn | None] = {}
        for frame in reversed(self._plan.levels):
            level = self._plan.levels[frame]
            columns = self._columns[frame] = columns_needed(level, nesting)
            self._levels[frame] = laid_out(level, nesting, self._levels, columns, drawn)
        self.layered = all(level.layered for level in self._levels.values())
        self.rectangles: dict[int, Rectangle] = {}
        for frame in reversed(self._levels):
            x, y = self._corner(frame)
            for node, rectangle in self._levels[frame].rectangles.items():
                self.rectangles[node] = rectangle.moved(x, y)
        plain = {n: r for n, r in self.rectangles.items() if not nesting.boxes[n].is_frame}
        self._obstacles = Obstacles(plain)

    def _corner(self, frame: int) -> Point:
        return (0.0, 0.0) if frame == TOP else self.rectangles[frame][:2]

    def lines(self) -> list[tuple[Point, ...]]:
        """The line of each edge."""
        drawn: dict[Link | Lane, tuple[Point, ...] | None] = {}
        for frame, level in self._plan.levels.items():
            drawn.update(self._links(frame))
            if level.lanes:
                drawn.update(self._lanes(level))
        return [
            self._line(edge, [drawn.get(part) for part in parts])
            for edge, parts in zip(self._edges, self._plan.parts, strict=True)
        ]

    def _line(self, edge: tuple[int, int], parts: list[tuple[Point, ...] | None]) -> tuple[Point, ...]:
        source, target = edge
        if source == target:
            return self_loop(self.rectangles[source])
        points: list[Point] = []
        for part in parts:
            if part is None:
                return rerouted(self._obstacles, edge)
            points.extend(part)
        return tidy(points)

    def _links(self, frame: int) -> dict[Link | Lane, tuple[Point, ...] | None]:
        """Links of a level as the layout has drawn them; None for one that passes through a box."""
        x, y = self._corner(frame)
        found: dict[Link | Lane, tuple[Point, ...] | None] = {}
        for link, points in self._levels[frame].lines.items():
            moved = tuple((px + x, py + y) for px, py in points)
            found[link] = moved if self._obstacles.free(moved) else None
        return found

    def _lanes(self, level: Level) -> dict[Link | Lane, tuple[Point, ...] | None]:
        """Lines in the lanes of a level; None for one that would have to pass through a box."""
        laid = self._levels[level.frame]
        x, y = self._corner(level.frame)
        bordered = level.frame != TOP and not is_band(self._nesting.boxes[level.frame])
        strips = _strips(level, y + HEADER * bordered, y + laid.height - PADDING / 2 * bordered)

        def height(node: Node, into: bool) -> float:
            if isinstance(node, Portal):
                return strips[node]
            box = self.rectangles[node]
            return box.y + box.height * (INTO if into else OUT)

        bundles = bundled(level.lanes, height)
        first = x + laid.content + GAP / 2
        offsets = spacing(bundles, self._columns[level.frame] * LANE_GAP, LANE_GAP)
        outermost: dict[tuple[Node, bool], float] = {}
        for lane, offset in offsets.items():
            for end in ((lane.start, False), (lane.end, True)):
                outermost[end] = max(outermost.get(end, first), first + offset)
        ends = {end: self._to_lane(end, height(*end), x, reach) for end, reach in outermost.items()}
        found: dict[Link | Lane, tuple[Point, ...] | None] = {}
        for lane, offset in offsets.items():
            begin, stop = ends[lane.start, False], ends[lane.end, True]
            if begin is None or stop is None:
                found[lane] = None
            else:
                at = first + offset
                found[lane] = (*begin, (at, begin[-1][1]), (at, stop[-1][1]), *reversed(stop))
        return found

    def _to_lane(self, end: tuple[Node, bool], level: float, x: float, reach: float) -> list[Point] | None:
        """From the border of a box, or from a portal, to where it is level with its lane."""
        node, into = end
        if isinstance(node, Portal):
            laid = self._levels[node.frame]
            top = self._corner(node.frame)[1]
            at = x + laid.portals[node]
            return [(at, top if node.into else top + laid.height), (at, level)]
        box = self.rectangles[node]
        for share in (INTO if into else OUT, *_TRIALS):
            y = box.y + box.height * share
            if self._obstacles.free([(box.right, y), (reach, y)]):
                return [(box.right, y)]
        return None


def _strips(level: Level, top: float, bottom: float) -> dict[Node, float]:
    """At what height lines from portals run to their lanes: from `top` down, and from `bottom` up."""
    found: dict[Node, float] = {}
    starts = dict.fromkeys(lane.start for lane in level.lanes if isinstance(lane.start, Portal))
    ends = dict.fromkeys(lane.end for lane in level.lanes if isinstance(lane.end, Portal))
    for n, portal in enumerate(starts):
        found[portal] = top + (n + 0.5) * LANE_GAP
    for n, portal in enumerate(ends):
        found[portal] = bottom - (n + 0.5) * LANE_GAP
    return found


def _from_origin(
    boxes: Sequence[Sized],
    edges: Sequence[tuple[str, str]],
    rectangles: Mapping[int, Rectangle],
    lines: Sequence[tuple[Point, ...]],
    layered: bool,
) -> Arrangement:
    """The drawing, beginning at 0, 0."""
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    left = min(min(r.x for r in rectangles.values()), min(xs, default=0.0))
    top = min(min(r.y for r in rectangles.values()), min(ys, default=0.0))
    right = max(max(r.right for r in rectangles.values()), max(xs, default=0.0))
    bottom = max(max(r.bottom for r in rectangles.values()), max(ys, default=0.0))
    return Arrangement(
        {box.key: rectangles[n].moved(-left, -top) for n, box in enumerate(boxes)},
        tuple(
            Line(*edge, tuple((x - left, y - top) for x, y in line))
            for edge, line in zip(edges, lines, strict=True)
        ),
        right - left,
        bottom - top,
        layered,
    )
