"""Arranging: where each box, frame and line of a view is drawn, top to bottom in layers.

The layered layout is made by the library graphlay. Lines that would pass many layers are taken out of
it (each layer passed costs it a waypoint) and drawn in lanes beside the drawing, one lane for all lines
from the same box. Units are those of the boxes' sizes, pixels at 100 %; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import graphlay

from designer.network.network import Place

GAP = 24.0
"""Between boxes, and between two layers of the layout."""
HEADER = 20.0
"""Height of a frame's title."""
PADDING = HEADER
"""Between a frame and what is in it; above it is the title, so this must not be less."""
LANE_GAP = 10.0
"""Between two lanes."""
SPAN = 8
"""A line that passes this many layers or fewer is never taken out while the layout can be made."""
WAYPOINTS = 3_000
"""Waypoints that the layout may take; longer lines are taken out until it is met."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sized:
    """A box, or a frame around boxes, to be arranged.

    Attributes:
        key: unlike all others.
        width, height: of the box; a frame takes the size that its boxes need.
        frame: key of the frame that it stands in, '' for none.
        is_frame: it is a frame; frames come before what stands in them.
    """

    key: str
    width: float = 0.0
    height: float = 0.0
    frame: str = ""
    is_frame: bool = False


class Rectangle(NamedTuple):
    """Left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.y + self.height


class Line(NamedTuple):
    """The corners of an edge, from the border of its source to the border of its target."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything is drawn.

    Attributes:
        rectangles: of boxes and frames, by key.
        lines: one for each edge, in the order of the edges.
        width, height: of the drawing, which begins at 0, 0.
        layered: False when the layout was refused and the boxes stand in one column instead.
    """

    rectangles: Mapping[str, Rectangle]
    lines: tuple[Line, ...]
    width: float
    height: float
    layered: bool = True


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a drawing is to be arranged.

    Attributes:
        direction: 'down' or 'right'.
        places: boxes that the user has put somewhere, by key; keys that are not there are passed over.
    """

    direction: str = "down"
    places: Mapping[str, Place] = field(default_factory=dict)


def arrange(
    boxes: Sequence[Sized], edges: Sequence[tuple[str, str]], wishes: Wishes = Wishes()
) -> Arrangement:
    """Lay boxes out in layers, inside their frames, and route the edges.

    Args:
        boxes: boxes and frames; a frame comes before what stands in it.
        edges: keys of source and target; both are boxes, not frames.
        wishes: the direction, and what stays where the user has put it.

    Raises:
        ValueError: an edge or a box names a key that is not there.
    """
    if not boxes:
        return Arrangement({}, (), 0.0, 0.0)
    place = {box.key: number for number, box in enumerate(boxes)}
    unknown = {key for edge in edges for key in edge} | {box.frame for box in boxes if box.frame}
    unknown -= place.keys()
    if unknown:
        raise ValueError(f"no such box: {sorted(unknown)[:3]}")
    kept, taken_out = _split(boxes, edges)
    layered = True
    try:
        rectangles, routed = _layout(boxes, place, kept)
    except graphlay.GraphlayError:
        # The library refuses, for instance frames that feed one another in turn: one column then.
        layered, taken_out = False, list(edges)
        rectangles, routed = _column(boxes, edges), {}
    routed.update(_lanes(rectangles, taken_out, {box.key for box in boxes if not box.is_frame}))
    return _moved_to_origin(rectangles, [Line(*edge, routed[edge]) for edge in edges], layered)


def _split(
    boxes: Sequence[Sized], edges: Sequence[tuple[str, str]]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Edges for the layout, and those that pass too many layers."""
    ranks = _ranks([box.key for box in boxes if not box.is_frame], edges)
    spans = {edge: ranks[edge[1]] - ranks[edge[0]] for edge in edges}
    longest, total = SPAN, 0
    for span in sorted(spans.values()):
        total += max(span - 1, 0)
        if total > WAYPOINTS:
            break
        longest = max(longest, span)
    kept = [edge for edge in edges if spans[edge] <= longest]
    return kept, [edge for edge in edges if spans[edge] > longest]


def _ranks(keys: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Length of the longest path to each box; boxes on a cycle count from where it is entered."""
    targets: dict[str, list[str]] = {key: [] for key in keys}
    waiting = dict.fromkeys(keys, 0)
    for source, target in edges:
        targets[source].append(target)
        waiting[target] += 1
    ranks = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not waiting[key]]
    left = dict.fromkeys(keys)
    while left:
        if not ready:
            ready = [next(iter(left))]
        key = ready.pop()
        if key not in left:
            continue
        del left[key]
        for target in targets[key]:
            if target in left:
                ranks[target] = max(ranks[target], ranks[key] + 1)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
    return ranks


_OPTIONS = {
    "direction": "topbottom",
    "effort": "fast",
    "routing": {"style": "orthogonal", "lane_gap": 8.0},
    "spacing": {
        "layer_gap": GAP,
        "node_gap": GAP,
        "dummy_gap": 16.0,
        "port_gap": 12.0,
        "compound_padding": PADDING,
        # The library adds this above boxes but not above frames that stand beside them.
        "compound_header": 4.0,
        "isolated_gap": GAP,
    },
    "limits": {"max_dummies": 20 * WAYPOINTS},
}


def _layout(
    boxes: Sequence[Sized], place: Mapping[str, int], edges: Sequence[tuple[str, str]]
) -> tuple[dict[str, Rectangle], dict[tuple[str, str], tuple[Point, ...]]]:
    nodes = []
    for box in boxes:
        # A frame grows to hold its boxes; the library refuses a size of 0.
        size = {"width": max(box.width, 1.0), "height": max(box.height, 1.0)}
        node: dict[str, Any] = {"size": size, "shape": "box"}
        if box.frame:
            node["parent"] = place[box.frame]
        nodes.append(node)
    links = [{"source": place[source], "target": place[target]} for source, target in edges]
    found = graphlay.layout({"nodes": nodes, "edges": links}, options=_OPTIONS)
    rectangles = {}
    for box, node in zip(boxes, found.nodes, strict=True):
        width, height = float(node["size"]["width"]), float(node["size"]["height"])
        left, top = node["center"]["x"] - width / 2, node["center"]["y"] - height / 2
        rectangles[box.key] = Rectangle(left, top, width, height)
    routed = {
        edge: tuple((float(point["x"]), float(point["y"])) for point in line["points"])
        for edge, line in zip(edges, found.edges, strict=True)
    }
    return rectangles, routed


def _column(boxes: Sequence[Sized], edges: Sequence[tuple[str, str]]) -> dict[str, Rectangle]:
    """All boxes under one another, each after what feeds it; frames around theirs may overlap."""
    plain = [box for box in boxes if not box.is_frame]
    ranks = _ranks([box.key for box in plain], edges)
    rectangles: dict[str, Rectangle] = {}
    top = 0.0
    for box in sorted(plain, key=lambda box: ranks[box.key]):
        rectangles[box.key] = Rectangle(-box.width / 2, top, box.width, box.height)
        top += box.height + GAP + HEADER
    for frame in reversed([box for box in boxes if box.is_frame]):
        inside = [rectangles[box.key] for box in boxes if box.frame == frame.key]
        if inside:
            left = min(r.x for r in inside) - PADDING
            upper = min(r.y for r in inside) - HEADER
            width = max(r.right for r in inside) + PADDING - left
            height = max(r.bottom for r in inside) + PADDING - upper
            rectangles[frame.key] = Rectangle(left, upper, width, height)
        else:
            rectangles[frame.key] = Rectangle(0.0, 0.0, 0.0, 0.0)
    return rectangles


def _lanes(
    rectangles: Mapping[str, Rectangle], edges: Sequence[tuple[str, str]], boxes: set[str]
) -> dict[tuple[str, str], tuple[Point, ...]]:
    """Routes down the right side: out of the source, down its lane, into the target."""
    if not edges:
        return {}
    reach: dict[str, tuple[float, float]] = {}
    for source, target in edges:
        ends = (rectangles[source].y, rectangles[target].y)
        low, high = reach.get(source, (min(ends), max(ends)))
        reach[source] = (min(low, *ends), max(high, *ends))
    border = max(rectangle.right for rectangle in rectangles.values()) + GAP
    free_from: list[float] = []
    lane: dict[str, float] = {}
    for source, (low, high) in sorted(reach.items(), key=lambda item: item[1]):
        number = next((n for n, free in enumerate(free_from) if free < low), len(free_from))
        free_from[number : number + 1] = [high]
        lane[source] = border + number * LANE_GAP
    crossed = _Rows(rectangles[key] for key in boxes)
    routes: dict[tuple[str, str], tuple[Point, ...]] = {}
    for source, target in edges:
        leave, enter = rectangles[source], rectangles[target]
        x = lane[source]
        # Out a little below the middle and in a little above it, so that the two never lie on one line.
        out = crossed.free(leave, 0.66, x)
        into = crossed.free(enter, 0.33, x)
        routes[source, target] = ((leave.right, out), (x, out), (x, into), (enter.right, into))
    return routes


class _Rows:
    """Boxes by the height at which they lie, to find one that a level line would pass through."""

    _STEP = 200.0

    def __init__(self, rectangles: Iterable[Rectangle]) -> None:
        self._rows: dict[int, list[Rectangle]] = {}
        for rectangle in rectangles:
            for row in range(int(rectangle.y // self._STEP), int(rectangle.bottom // self._STEP) + 1):
                self._rows.setdefault(row, []).append(rectangle)

    def free(self, start: Rectangle, share: float, x: float) -> float:
        """A height within `start` from which a level line to `x` meets no box, near `share` of it."""
        for trial in (share, 0.5, 0.8, 0.2, 0.92, 0.08):
            y = start.y + start.height * trial
            row = self._rows.get(int(y // self._STEP), ())
            if not any(r.y <= y <= r.bottom and start.right <= r.x <= x for r in row):
                return y
        return start.y + start.height * share


def _moved_to_origin(
    rectangles: Mapping[str, Rectangle], lines: Sequence[Line], layered: bool
) -> Arrangement:
    """The same drawing, beginning at 0, 0."""
    all_points = [point for line in lines for point in line.points]
    left = min([r.x for r in rectangles.values()] + [x for x, _ in all_points])
    top = min([r.y for r in rectangles.values()] + [y for _, y in all_points])
    right = max([r.right for r in rectangles.values()] + [x for x, _ in all_points])
    bottom = max([r.bottom for r in rectangles.values()] + [y for _, y in all_points])
    return Arrangement(
        {key: Rectangle(r.x - left, r.y - top, r.width, r.height) for key, r in rectangles.items()},
        tuple(
            Line(line.source, line.target, tuple((x - left, y - top) for x, y in line.points))
            for line in lines
        ),
        right - left,
        bottom - top,
        layered,
    )
