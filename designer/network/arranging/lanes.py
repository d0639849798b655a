"""Lanes: how lines that are taken out of a layout run beside it, together as far as they can.

The lanes of a level stand at its right side. All lines from one box share a lane (or all lines to one,
where those are fewer); what leads into one box from several lanes runs as one line from the outermost of
them. Longer lanes stand farther outside, so that lines that end or begin inside of them cross nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from designer.network.arranging.levels import Lane, Level, Nesting, Node, Portal


@dataclass(frozen=True, slots=True)
class Bundle:
    """Lines that share a lane.

    Attributes:
        lanes: the parts of lines in it.
        column: where it stands, from 0 for the innermost.
    """

    lanes: tuple[Lane, ...]
    column: int


Reach = tuple[float, float]
"""Upper and lower end of a lane."""


def bundled(lanes: Iterable[Lane], height: Callable[[Node, bool], float]) -> tuple[Bundle, ...]:
    """Lanes of one level, those that share one together.

    Args:
        lanes: parts of lines.
        height: where lines leave a node (False) or enter it (True).
    """
    every = list(lanes)
    by_start: dict[Node, list[Lane]] = {}
    by_end: dict[Node, list[Lane]] = {}
    for lane in every:
        by_start.setdefault(lane.start, []).append(lane)
        by_end.setdefault(lane.end, []).append(lane)
    forks = len(by_start) <= len(by_end)
    groups = list((by_start if forks else by_end).values())
    reaches: list[Reach] = []
    for group in groups:
        ends = [height(lane.start, False) for lane in group] + [height(lane.end, True) for lane in group]
        reaches.append((min(ends), max(ends)))
    if not forks:
        # Seen from below, lines that join are lines that fork.
        columns = columned([(-low, -high) for high, low in reaches])
    else:
        columns = columned(reaches)
    return tuple(Bundle(tuple(group), column) for group, column in zip(groups, columns, strict=True))


def columned(reaches: Sequence[Reach]) -> list[int]:
    """A column for each lane: two in one column never meet, and of two that pass each other the one
    that begins higher up stands outside.
    """
    order = sorted(range(len(reaches)), key=lambda n: (-reaches[n][0], reaches[n][1], -n))
    starts = sorted(reach[0] for reach in reaches)
    # The outermost column among lanes placed so far that begin at or above a height (a Fenwick tree).
    outermost = [-1] * (len(starts) + 1)
    columns = [0] * len(reaches)
    for n in order:
        high, low = reaches[n]
        at, column = bisect_right(starts, low), -1
        while at:
            column = max(column, outermost[at])
            at -= at & -at
        columns[n] = column + 1
        at = bisect_right(starts, high)
        while at <= len(starts):
            outermost[at] = max(outermost[at], column + 1)
            at += at & -at
    return columns


def columns_needed(level: Level, nesting: Nesting) -> int:
    """How many columns a level's lanes may take, known before it is laid out."""
    if not level.lanes:
        return 0
    ranks = dict(zip(level.nodes, level.ranking.ranks, strict=True))

    def height(node: Node, into: bool) -> float:
        own = node if isinstance(node, Portal) else nesting.within(level.frame, node)
        return float(ranks[own])

    return 1 + max(bundle.column for bundle in bundled(level.lanes, height))


def spacing(bundles: Sequence[Bundle], room: float, gap: float) -> Mapping[Lane, float]:
    """How far from the first column each lane stands; closer than `gap` where the room asks for it."""
    columns = max((bundle.column for bundle in bundles), default=0)
    step = min(gap, room / max(columns, 1))
    return {lane: bundle.column * step for bundle in bundles for lane in bundle.lanes}
