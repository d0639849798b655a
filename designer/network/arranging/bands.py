"""Bands: a frame with very much in it is cut into several layouts below one another.

One layout of thousands of boxes takes the library seconds, in which no other thread runs. A band is a
frame without border or title that no one sees; it holds the boxes of so many layers as come after one
another, and is cut off where few lines pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from designer.network.arranging.drawing import Sized
from designer.network.arranging.levels import TOP, Nesting
from designer.network.arranging.ranking import ranked

MANY = 400
"""A frame with more than so many boxes and frames directly in it is cut."""
ABOUT = 200
"""How many a band holds, about."""

FEW = 12
"""It is never cut where more lines pass."""

_KEY = "\0band"


def in_bands(boxes: Sequence[Sized], edges: Sequence[tuple[str, str]]) -> tuple[Sized, ...]:
    """The boxes, with bands as further frames where a frame holds too many."""
    counts: dict[str, int] = {}
    for box in boxes:
        counts[box.frame] = counts.get(box.frame, 0) + 1
    large = {frame for frame, count in counts.items() if count > MANY}
    if not large:
        return tuple(boxes)
    nesting = Nesting(boxes)
    number = {box.key: n for n, box in enumerate(boxes)}
    own: dict[int, list[tuple[int, int]]] = {}
    for source, target in edges:
        a, b = number[source], number[target]
        frame = nesting.common(a, b)
        if a != b and (boxes[frame].key if frame != TOP else "") in large:
            own.setdefault(frame, []).append((nesting.within(frame, a), nesting.within(frame, b)))
    band_of: dict[int, str] = {}
    bands: dict[str, list[Sized]] = {}
    for key in large:
        frame = number[key] if key else TOP
        children = nesting.children[frame]
        for band, members in enumerate(_cut(children, own.get(frame, ()))):
            name = f"{_KEY}:{band}:{key}"
            bands.setdefault(key, []).append(Sized(name, frame=key, is_frame=True))
            band_of.update(dict.fromkeys(members, name))
    found = list(bands.get("", ()))
    for n, box in enumerate(boxes):
        found.append(replace(box, frame=band_of[n]) if n in band_of else box)
        found += bands.get(box.key, ())
    return tuple(found)


def is_band(box: Sized) -> bool:
    """Whether it is a band, and not a frame that is seen."""
    return box.key.startswith(_KEY)


def _cut(children: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The children in bands, each of whole layers."""
    place = {child: n for n, child in enumerate(children)}
    links = [(place[a], place[b]) for a, b in pairs]
    ranks = ranked(len(children), links).ranks
    layers: dict[int, list[int]] = {}
    for n, child in enumerate(children):
        layers.setdefault(ranks[n], []).append(child)
    crossing = _crossing(ranks, links)
    found: list[list[int]] = [[]]
    for rank in sorted(layers):
        held = len(found[-1])
        least = min(crossing.get(near, FEW) for near in range(rank, rank + ABOUT // 4 + 1))
        if held >= ABOUT and crossing[rank] <= max(least, 1) and crossing[rank] <= FEW:
            found.append([])
        found[-1] += layers[rank]
    return found


def _crossing(ranks: Sequence[int], links: Sequence[tuple[int, int]]) -> Mapping[int, int]:
    """How many lines pass between each layer and the one above it."""
    steps: dict[int, int] = {}
    for a, b in links:
        low, high = sorted((ranks[a], ranks[b]))
        steps[low + 1] = steps.get(low + 1, 0) + 1
        steps[high + 1] = steps.get(high + 1, 0) - 1
    found, now = {}, 0
    for rank in range(max(ranks, default=0) + 2):
        now += steps.get(rank, 0)
        found[rank] = now
    return found
