"""Portals that need no layout: their lines run straight between a frame's border and the box beside it."""

from __future__ import annotations

from collections.abc import Iterable

from designer.network.arranging.levels import Level, Link, Node, Portal


def straight(level: Level) -> frozenset[Link]:
    """Links of a level that can run straight up or down.

    Those of portals with a single link to what stands in the first layer (or the last), when all else
    that leads there from above (or below) is alike: nothing can stand between.
    """
    ranks = dict(zip(level.nodes, level.ranking.ranks, strict=True))
    inner = [rank for node, rank in ranks.items() if not isinstance(node, Portal)]
    if not inner:
        return frozenset()
    counts: dict[Node, int] = {}
    for link in level.links:
        for node in (link.start, link.end):
            counts[node] = counts.get(node, 0) + 1
    found = _alike(
        ((link, link.start, link.end) for link in level.links if ranks[link.end] == min(inner)), counts
    )
    found |= _alike(
        ((link, link.end, link.start) for link in level.links if ranks[link.start] == max(inner)), counts
    )
    return frozenset(found)


def _alike(ends: Iterable[tuple[Link, Node, Node]], counts: dict[Node, int]) -> set[Link]:
    """Links by what stands inside, where all of them come from portals with no other link, and no two
    would run on one another.
    """
    groups: dict[Node, list[tuple[Link, Node]]] = {}
    for link, outer, within in ends:
        groups.setdefault(within, []).append((link, outer))
    return {
        link
        for group in groups.values()
        if all(isinstance(outer, Portal) and counts[outer] == 1 for _, outer in group)
        for link, _ in group
    }
