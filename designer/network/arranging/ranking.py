"""Ranking: in which layer of a flat layout each node stands, and which lines are too long for it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

SPAN = 2
"""A line over this many layers or fewer is never taken out, unless it goes against the flow."""
WAYPOINTS = 24
"""Waypoints (one in each layer that a line passes) that any layout may have,"""
WAYPOINTS_EACH = 4
"""and so many for each node of it; longer lines are taken out until both are met."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Layers of a flat layout.

    Attributes:
        ranks: for each node its layer, from 0.
        against: numbers of the pairs that go against the flow, because they are on a cycle.
    """

    ranks: list[int]
    against: frozenset[int]


def ranked(
    count: int,
    pairs: Sequence[tuple[int, int]],
    firsts: Set[int] = frozenset(),
    lasts: Set[int] = frozenset(),
) -> Ranking:
    """Each node below all that feed it, as high as can be; what nothing feeds stands above its target.

    Args:
        count: number of nodes.
        pairs: what feeds what.
        firsts: nodes that stand alone in the first layer; nothing feeds them.
        lasts: nodes that stand alone in the last layer; they feed nothing.
    """
    targets: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for start, end in pairs:
        targets[start].append(end)
        waiting[end] += 1
    fed = [n > 0 for n in waiting]
    order, ranks = _walk(targets, waiting, [0 if n in firsts or not firsts else 1 for n in range(count)])
    position = [0] * count
    for place, node in enumerate(order):
        position[node] = place
    against = frozenset(
        number for number, (start, end) in enumerate(pairs) if position[start] >= position[end]
    )
    for node in reversed(order):
        if not fed[node] and node not in firsts:
            below = [
                ranks[end] for end in targets[node] if position[end] > position[node] and end not in lasts
            ]
            ranks[node] = max(ranks[node], min(below) - 1) if below else ranks[node]
    deepest = max((rank for node, rank in enumerate(ranks) if node not in lasts), default=0)
    for node in lasts:
        ranks[node] = deepest + 1
    return Ranking(ranks, against)


def _walk(targets: list[list[int]], waiting: list[int], ranks: list[int]) -> tuple[list[int], list[int]]:
    """Nodes in the order of the flow, and the length of the longest way to each; cycles are entered at
    the first node of them.
    """
    order: list[int] = []
    done = [False] * len(targets)
    ready = [node for node in range(len(targets) - 1, -1, -1) if not waiting[node]]
    entrance = 0
    while len(order) < len(targets):
        if not ready:
            while done[entrance]:
                entrance += 1
            ready.append(entrance)
        node = ready.pop()
        if done[node]:
            continue
        done[node] = True
        order.append(node)
        for target in targets[node]:
            if not done[target]:
                ranks[target] = max(ranks[target], ranks[node] + 1)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
    return order, ranks


def too_long(pairs: Sequence[tuple[int, int]], ranking: Ranking) -> frozenset[int]:
    """Numbers of the pairs to take out of the layout.

    Where one line from a node (or to it) is taken out, so are all from it (to it) that pass a layer:
    they share a lane, and would be hard to follow when some ran apart.
    """
    ranks = ranking.ranks
    spans = [0 if n in ranking.against else ranks[b] - ranks[a] for n, (a, b) in enumerate(pairs)]
    allowed = max(WAYPOINTS, WAYPOINTS_EACH * len(ranks))
    longest, total = SPAN, 0
    for span in sorted(spans):
        total += max(span - 1, 0)
        if total > allowed:
            break
        longest = max(longest, span)
    else:
        return ranking.against
    taken = {n for n, span in enumerate(spans) if span > longest}
    while True:
        sources, targets = {pairs[n][0] for n in taken}, {pairs[n][1] for n in taken}
        more = {
            n
            for n, (a, b) in enumerate(pairs)
            if n not in taken and spans[n] > 1 and (a in sources or b in targets)
        }
        if not more:
            return ranking.against | taken
        taken |= more


def main_path(
    lengths: Sequence[float], ranks: Sequence[int | None], pairs: Sequence[tuple[int, int]]
) -> frozenset[int]:
    """Numbers of the pairs on the longest way, by the lengths of the nodes on it."""
    outs: list[list[int]] = [[] for _ in lengths]
    for number, (start, _) in enumerate(pairs):
        outs[start].append(number)
    ahead = [0.0] * len(lengths)
    following: list[int | None] = [None] * len(lengths)
    for node in sorted(range(len(lengths)), key=lambda n: -(ranks[n] or 0)):
        best = max(outs[node], key=lambda number: ahead[pairs[number][1]], default=None)
        following[node] = best
        ahead[node] = lengths[node] + (0.0 if best is None else ahead[pairs[best][1]])
    way = following[max(range(len(lengths)), key=ahead.__getitem__)]
    found: list[int] = []
    while way is not None:
        found.append(way)
        way = following[pairs[way][1]]
    return frozenset(found)
