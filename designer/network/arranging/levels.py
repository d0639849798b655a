"""Levels: a drawing with frames is taken apart into one flat layout for each frame.

In the layout of a frame what stands in it are nodes, and an inner frame is one node whatever is in it. A
line that passes a frame's border does so at a portal, a node of no size at the frame's upper side (into
it) or lower side (out of it); all lines from one box share its portals, so they run as one to where they
part. Lines against the flow, and lines that pass too many layers, are taken out of the layouts and run
in lanes at the right side within the innermost frame around both of their ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from designer.network.arranging.drawing import GAP, Sized
from designer.network.arranging.ranking import Ranking, ranked, too_long

TOP = -1
"""The number of the whole drawing, which is a level as the frames are."""


class Portal(NamedTuple):
    """Where lines pass a frame's border: those from the box `source`, into the frame or out of it."""

    frame: int
    source: int
    into: bool


Node = int | Portal
"""What is laid out in a level: a box or frame by its number, or a portal."""


class Link(NamedTuple):
    """What a level's layout draws: from node to node, for all lines from the box `source`."""

    start: Node
    end: Node
    source: int


class Lane(NamedTuple):
    """A part of a line that runs in a lane of the level `frame`, from box or portal to box or portal."""

    frame: int
    start: Node
    end: Node


@dataclass(slots=True)
class Level:
    """What stands in one frame, and what its layout draws.

    Attributes:
        frame: its number, or `TOP`.
        nodes: boxes and frames in the order given, then portals.
        links: for the layout, each once.
        ranking: layers of the layout.
        lanes: parts of lines that run in its lanes, each once.
    """

    frame: int
    nodes: list[Node]
    links: list[Link]
    ranking: Ranking
    lanes: dict[Lane, None] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """A drawing taken apart.

    Attributes:
        levels: by frame number, outer ones first.
        parts: for each edge the links and lanes that make up its line, in order; none for a self loop.
    """

    levels: dict[int, Level]
    parts: list[deque[Link | Lane]]


class Nesting:
    """Which frame each box stands in.

    Attributes:
        parents: for each box or frame the number of the frame around it, or `TOP`.
        children: for each frame and `TOP` what stands in it, in the order given.
        gap: between two layers of the layout.
    """

    def __init__(self, boxes: Sequence[Sized], gap: float = GAP) -> None:
        number = {box.key: n for n, box in enumerate(boxes)}
        self.boxes = boxes
        self.gap = gap
        self.parents = [number[box.frame] if box.frame else TOP for box in boxes]
        self.children: dict[int, list[int]] = {TOP: []}
        self._paths: dict[int, tuple[int, ...]] = {TOP: ()}
        for n, box in enumerate(boxes):
            self.children[self.parents[n]].append(n)
            if box.is_frame:
                self.children[n] = []
                self._paths[n] = (*self._paths[self.parents[n]], n)

    def is_frame(self, node: Node) -> bool:
        """Whether a node is a frame."""
        return isinstance(node, int) and node in self._paths

    def common(self, one: int, other: int) -> int:
        """The innermost frame around both boxes, or `TOP`."""
        home, away = self.parents[one], self.parents[other]
        if home == away:
            return home
        found = TOP
        for a, b in zip(self._paths[home], self._paths[away], strict=False):
            if a != b:
                break
            found = a
        return found

    def within(self, frame: int, box: int) -> int:
        """What stands directly in `frame` and is the box, or has it in it."""
        home = self.parents[box]
        if home == frame:
            return box
        return self._paths[home][len(self._paths[frame])]


def taken_apart(nesting: Nesting, edges: Sequence[tuple[int, int]]) -> Plan:
    """The levels of a drawing, and what each edge's line is made of."""
    own: dict[int, list[int]] = {}
    for number, (source, target) in enumerate(edges):
        if source != target:
            own.setdefault(nesting.common(source, target), []).append(number)
    plan = Plan({}, [deque() for _ in edges])
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for frame in nesting.children:
        links: dict[Link, list[int]] = {}
        for number in own.get(frame, ()):
            source, target = edges[number]
            link = Link(nesting.within(frame, source), nesting.within(frame, target), source)
            links.setdefault(link, []).append(number)
        for number in into.get(frame, ()):
            source, target = edges[number]
            link = Link(Portal(frame, source, True), nesting.within(frame, target), source)
            links.setdefault(link, []).append(number)
        for number in out.get(frame, ()):
            source, _ = edges[number]
            link = Link(nesting.within(frame, source), Portal(frame, source, False), source)
            links.setdefault(link, []).append(number)
        level = _level(frame, nesting.children[frame], links)
        plan.levels[frame] = level
        kept = set(level.links)
        for link, numbers in links.items():
            if link in kept:
                _draw(plan, link, numbers)
                if nesting.is_frame(link.end):
                    into.setdefault(_frame(link.end), []).extend(numbers)
                if nesting.is_frame(link.start):
                    out.setdefault(_frame(link.start), []).extend(numbers)
            else:
                _put_in_lanes(plan, level, link, numbers, edges)
    return plan


def _frame(node: Node) -> int:
    return node if isinstance(node, int) else node.frame


def _level(frame: int, children: list[int], links: Mapping[Link, list[int]]) -> Level:
    portals: dict[Node, None] = {}
    for link in links:
        for node in (link.start, link.end):
            if isinstance(node, Portal):
                portals[node] = None
    nodes: list[Node] = [*children, *portals]
    place = {node: n for n, node in enumerate(nodes)}
    pairs = [(place[link.start], place[link.end]) for link in links]
    firsts = {n for node, n in place.items() if isinstance(node, Portal) and node.into}
    lasts = {n for node, n in place.items() if isinstance(node, Portal) and not node.into}
    ranking = ranked(len(nodes), pairs, firsts, lasts)
    long = too_long(pairs, ranking)
    kept = [link for number, link in enumerate(links) if number not in long]
    return Level(frame, nodes, kept, ranking)


def _draw(plan: Plan, link: Link, numbers: list[int]) -> None:
    for number in numbers:
        # Levels come outer ones first: what is added for an inner one lies nearer to the line's ends.
        if isinstance(link.end, Portal):
            plan.parts[number].appendleft(link)
        else:
            plan.parts[number].append(link)


def _put_in_lanes(
    plan: Plan, level: Level, link: Link, numbers: list[int], edges: Sequence[tuple[int, int]]
) -> None:
    for number in numbers:
        source, target = edges[number]
        start = link.start if isinstance(link.start, Portal) else source
        end = link.end if isinstance(link.end, Portal) else target
        lane = Lane(level.frame, start, end)
        level.lanes[lane] = None
        if isinstance(end, Portal):
            plan.parts[number].appendleft(lane)
        else:
            plan.parts[number].append(lane)
