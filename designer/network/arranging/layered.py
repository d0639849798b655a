"""One level laid out in layers by the library graphlay, with room for its title and its lanes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import graphlay

from designer.network.arranging.bands import is_band
from designer.network.arranging.drawing import GAP, HEADER, LANE_GAP, PADDING, Point, Rectangle
from designer.network.arranging.levels import TOP, Level, Link, Nesting, Node, Portal
from designer.network.arranging.portals import straight
from designer.network.arranging.ranking import main_path
from designer.network.arranging.routing import squared

_PORTAL = 1.0
"""Side of a portal: the library refuses a size of 0."""
_TITLE_GAP = 4.0
"""Between a frame's title and the boxes under it."""
WIDE = 60
"""A level with more nodes in one layer is laid out by the quicker of the library's ways."""
_ASIDE = 0.02
"""Share of half a side by which a port is not in its middle."""
_MAIN = 4.0
"""How much straighter than others the lines on the longest way are to be."""
_DRIFT = 1.6
"""A layout may be so many times as wide as its widest layer."""
_CHANNEL = 600.0
"""Height that the level parts of the lines between two layers may take."""

Key = tuple[Any, ...]
"""A level as the library sees it: equal ones are laid out alike, once."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A flat layout as the library gives it: centres of the nodes, corners of the links."""

    centres: tuple[Point, ...]
    lines: tuple[tuple[Point, ...], ...]


@dataclass(slots=True)
class LaidOut:
    """A level that is laid out; all places are relative to its upper left corner.

    Attributes:
        rectangles: of its boxes and frames, by number.
        lines: of its links.
        portals: how far from its left side each portal is.
        content: right side of all but the lanes.
        width, height: of the whole level, lanes and borders included.
        layered: False when the library refused it.
    """

    rectangles: dict[int, Rectangle]
    lines: dict[Link, tuple[Point, ...]]
    portals: dict[Portal, float]
    content: float
    width: float
    height: float
    layered: bool = True


def laid_out(
    level: Level,
    nesting: Nesting,
    inner: Mapping[int, LaidOut],
    lanes: int,
    drawn: dict[Key, Drawn | None],
) -> LaidOut:
    """Lay out a level.

    Args:
        level: what stands in it.
        nesting: sizes of the boxes.
        inner: the levels of the frames in it.
        lanes: how many lanes side by side need room at its right side.
        drawn: layouts made before; new ones are added. None where the library refused.
    """
    if not level.nodes:
        return LaidOut({}, {}, {}, PADDING, 2 * PADDING, HEADER + PADDING)
    upright = {link for link in straight(level) if _alone(link, level, inner)}
    drawn_links = [link for link in level.links if link not in upright]
    left_out = {node for link in upright for node in (link.start, link.end) if isinstance(node, Portal)}
    offsets = [_offsets(link, inner) for link in drawn_links]
    nodes = _in_order([node for node in level.nodes if node not in left_out], drawn_links, offsets)
    sizes = [_size(node, nesting, inner) for node in nodes]
    place = {node: n for n, node in enumerate(nodes)}
    ends = [(place[link.start], place[link.end]) for link in drawn_links]
    links = [(*pair, *offset) for pair, offset in zip(ends, offsets, strict=True)]
    layers = dict(zip(level.nodes, level.ranking.ranks, strict=True))
    # What no link touches is put by the library where there is room.
    ranks = [layers[node] if drawn_links else None for node in nodes]
    key: Key = (tuple(sizes), tuple(ranks), tuple(links))
    if key not in drawn:
        drawn[key] = _draw(sizes, ranks, links, nesting.gap)
    found = drawn[key]
    layered = found is not None
    if found is None:
        found = _column(sizes, [layers[node] for node in nodes], nesting.gap)
    where = {
        node: Rectangle(x - width / 2, y - height / 2, width, height)
        for node, (x, y), (width, height) in zip(nodes, found.centres, sizes, strict=True)
    }
    lines = dict(zip(drawn_links, found.lines, strict=False))
    bordered = level.frame != TOP and not is_band(nesting.boxes[level.frame])
    laid = _framed(level, where, lines, lanes, bordered)
    laid.layered = layered
    for link in upright:
        _add_straight(laid, link, _offsets(link, inner))
    return laid


def _alone(link: Link, level: Level, inner: Mapping[int, LaidOut]) -> bool:
    """Whether a straight link has its place on the side of its box for itself: frames have a portal for
    each, a box has its middle.
    """
    into = isinstance(link.start, Portal)
    box = link.end if into else link.start
    if box in inner:
        return True
    return sum((other.end if into else other.start) == box for other in level.links) == 1


def _add_straight(laid: LaidOut, link: Link, offsets: tuple[float | None, float | None]) -> None:
    leave, enter = offsets
    if isinstance(link.start, Portal) and isinstance(link.end, int):
        box = laid.rectangles[link.end]
        x = box.x + box.width * ((enter or 0.0) + 1) / 2
        laid.portals[link.start] = x
        laid.lines[link] = ((x, 0.0), (x, box.y))
    elif isinstance(link.end, Portal) and isinstance(link.start, int):
        box = laid.rectangles[link.start]
        x = box.x + box.width * ((leave or 0.0) + 1) / 2
        laid.portals[link.end] = x
        laid.lines[link] = ((x, box.bottom), (x, laid.height))


def _in_order(
    nodes: Sequence[Node], links: Sequence[Link], offsets: Sequence[tuple[float | None, float | None]]
) -> list[Node]:
    """Nodes for the library, portals in the order of what they lead to."""
    aims: dict[Node, list[float]] = {}
    for link, (leave, enter) in zip(links, offsets, strict=True):
        aims.setdefault(link.start, []).append(enter or 0.0)
        aims.setdefault(link.end, []).append(leave or 0.0)

    def order(node: Node) -> float:
        if not isinstance(node, Portal) or node not in aims:
            return -2.0
        return sum(aims[node]) / len(aims[node])

    return sorted(nodes, key=order)


def _size(node: Node, nesting: Nesting, inner: Mapping[int, LaidOut]) -> tuple[float, float]:
    if isinstance(node, Portal):
        return (_PORTAL, _PORTAL)
    if node in inner:
        return (inner[node].width, inner[node].height)
    box = nesting.boxes[node]
    return (max(box.width, 1.0), max(box.height, 1.0))


def _offsets(link: Link, inner: Mapping[int, LaidOut]) -> tuple[float | None, float | None]:
    """Where the link leaves and enters, from -1 at the left end of a side to 1; None where it is free."""

    def offset(node: Node, into: bool) -> float | None:
        if isinstance(node, Portal):
            return 0.0
        if node not in inner:
            return None
        level = inner[node]
        return level.portals[Portal(node, link.source, into)] / level.width * 2 - 1

    return offset(link.start, False), offset(link.end, True)


def _options(widest: int, aside: bool, gap: float) -> dict[str, Any]:
    wide = widest > WIDE
    lane_gap = min(8.0, _CHANNEL / max(widest, 1))
    return {
        "direction": "topbottom",
        "effort": "fast",
        "coords": {
            "placement": "brandes_koepf" if wide else "network_simplex",
            # The main path is straight through the middles of its nodes, or through its ports.
            "branch_style": "symmetric" if aside else "straight_main",
        },
        "routing": {"style": "orthogonal", "lane_gap": lane_gap},
        "spacing": {
            "layer_gap": gap,
            "node_gap": GAP,
            "dummy_gap": 16.0,
            "port_gap": 12.0,
            "isolated_gap": GAP,
        },
        # Repairs take minutes in wide layers; lines that need one are routed anew afterwards.
        "tuning": {"routing": {"port_relax_rounds": 0, "overlap_repair_rounds": 0}} if wide else {},
    }


def _draw(
    sizes: Sequence[tuple[float, float]],
    ranks: Sequence[int | None],
    links: Sequence[tuple[int, int, float | None, float | None]],
    gap: float,
) -> Drawn | None:
    nodes: list[dict[str, Any]] = []
    for (width, height), rank in zip(sizes, ranks, strict=True):
        node: dict[str, Any] = {"size": {"width": width, "height": height}, "shape": "box"}
        if rank is not None:
            node["rank"] = {"fixed": rank}
        nodes.append(node)
    edges: list[dict[str, Any]] = []
    # Where several lines come in or go out, none of them is the main one.
    portals = [rank for size, rank in zip(sizes, ranks, strict=True) if size == (_PORTAL, _PORTAL)]
    alone = len(set(portals)) == len(portals)
    heights = [height for _, height in sizes]
    main = main_path(heights, ranks, [link[:2] for link in links]) if alone else frozenset()
    for number, (start, end, leave, enter) in enumerate(links):
        edge: dict[str, Any] = {"source": start, "target": end}
        if number in main:
            edge["weight"] = _MAIN
        if leave is not None:
            edge["source_port"] = {"offset": {"side": "bottom", "t": leave}}
        if enter is not None:
            edge["target_port"] = {"offset": {"side": "top", "t": enter}}
        edges.append(edge)
    in_layer: dict[int, int] = {}
    for rank in ranks:
        if rank is not None:
            in_layer[rank] = in_layer.get(rank, 0) + 1
    aside = any(abs(offset or 0.0) > _ASIDE for link in links for offset in link[2:])
    widest = max(in_layer.values(), default=0)
    graph = {"nodes": nodes, "edges": edges}
    found = _laid_by_library(graph, _options(widest, aside, gap))
    if aside and found is not None and _drifts(found, sizes, ranks):
        return _laid_by_library(graph, _options(widest, False, gap))
    return found


def _laid_by_library(graph: Mapping[str, Any], options: Mapping[str, Any]) -> Drawn | None:
    try:
        found = graphlay.layout(graph, options=options)
    except graphlay.GraphlayError:
        return None
    return Drawn(
        tuple((float(node["center"]["x"]), float(node["center"]["y"])) for node in found.nodes),
        tuple(
            squared([(float(point["x"]), float(point["y"])) for point in edge["points"]])
            for edge in found.edges
        ),
    )


def _drifts(found: Drawn, sizes: Sequence[tuple[float, float]], ranks: Sequence[int | None]) -> bool:
    """Whether the nodes wander sideways, because each is straight under a port of the one before."""
    layers: dict[int, float] = {}
    for (width, _), rank in zip(sizes, ranks, strict=True):
        layers[rank or 0] = layers.get(rank or 0, 0.0) + width + GAP
    left = min(x - width / 2 for (x, _), (width, _) in zip(found.centres, sizes, strict=True))
    right = max(x + width / 2 for (x, _), (width, _) in zip(found.centres, sizes, strict=True))
    return right - left > _DRIFT * max(layers.values())


def _column(sizes: Sequence[tuple[float, float]], ranks: Sequence[int], gap: float) -> Drawn:
    """All nodes under one another, each after what feeds it. Lines are routed later."""
    centres: list[Point] = [(0.0, 0.0)] * len(sizes)
    top = 0.0
    for node in sorted(range(len(sizes)), key=ranks.__getitem__):
        centres[node] = (0.0, top + sizes[node][1] / 2)
        top += sizes[node][1] + gap
    return Drawn(tuple(centres), ())


def _framed(
    level: Level,
    where: Mapping[Node, Rectangle],
    lines: Mapping[Link, tuple[Point, ...]],
    lanes: int,
    bordered: bool,
) -> LaidOut:
    """With borders, title and lanes around it."""
    solid = {node: r for node, r in where.items() if not isinstance(node, Portal)}
    xs = [x for line in lines.values() for x, _ in line]
    left = min(min(r.x for r in where.values()), min(xs, default=inf))
    right = max(max(r.right for r in where.values()), max(xs, default=-inf))
    upper, lower = min(r.y for r in solid.values()), max(r.bottom for r in solid.values())
    border = PADDING if bordered else 0.0
    above, below = _strips(level, where, lines, (upper, lower), bordered)
    down, across = above - upper, border - left
    height = above + lower - upper + below
    content = right + across
    return LaidOut(
        rectangles={node: r.moved(across, down) for node, r in solid.items()},
        lines={
            link: _prolonged([(x + across, y + down) for x, y in line], link, height)
            for link, line in lines.items()
        },
        portals={node: r.x + r.width / 2 + across for node, r in where.items() if isinstance(node, Portal)},
        content=content,
        width=content + (lanes * LANE_GAP + GAP / 2 if lanes else 0.0) + border,
        height=height,
    )


def _strips(
    level: Level,
    where: Mapping[Node, Rectangle],
    lines: Mapping[Link, tuple[Point, ...]],
    reach: tuple[float, float],
    bordered: bool,
) -> tuple[float, float]:
    """Room above and below the boxes: for the title, for links that turn on their way to a portal, and
    for lines from portals to lanes. `reach` is the top of the uppermost box and the bottom of the lowest.
    """
    title = HEADER if bordered else 0.0
    above, below = (HEADER + _TITLE_GAP, PADDING) if bordered else (0.0, 0.0)
    for link, points in lines.items():
        if len(points) > 2 and isinstance(link.start, Portal):
            above = max(above, title - GAP / 4 + reach[0] - where[link.start].bottom)
        if len(points) > 2 and isinstance(link.end, Portal):
            below = max(below, where[link.end].y - reach[1])
    starting = {lane.start for lane in level.lanes if isinstance(lane.start, Portal)}
    ending = {lane.end for lane in level.lanes if isinstance(lane.end, Portal)}
    return above + len(starting) * LANE_GAP, below + len(ending) * LANE_GAP


def _prolonged(points: list[Point], link: Link, height: float) -> tuple[Point, ...]:
    """The line from, or to, the very border where it begins, or ends, at a portal."""
    if isinstance(link.start, Portal):
        points[0] = (points[0][0], 0.0)
    if isinstance(link.end, Portal):
        points[-1] = (points[-1][0], height)
    return tuple(points)
