"""Finding layers by name, kind or shape: pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from designer.gui.editing.canvas.content import kind_of
from designer.network.network import Layer, Network
from designer.session.results import Facts

_SHAPE = re.compile(r"^\s*\(?\s*(\d+|\*)(\s*[x×,\s]\s*(\d+|\*))+\s*\)?\s*$", re.IGNORECASE)


def found(network: Network, facts: Facts | None, text: str) -> tuple[str, ...]:
    """Ids of the layers that a text finds, in the network's order.

    A text such as '64x56x56', '64 × 56', '64, 56, 56' or '*x7x7' finds layers by the shapes of their
    outputs, a part of one being enough ('*' stands for any size). Any other finds layers of which every
    word is in the name or in the kind; a number finds vectors of that length too. Beside other words,
    numbers and shapes may be of the output: 'conv 128', 'bn 64x56x56'.
    """
    shape = shape_in(text)
    words = text.casefold().split()
    if not words:
        return ()
    single = (words[0],) if len(words) == 1 and words[0].isdigit() else None
    hits = []
    for layer in network:
        shapes = facts.layers[layer.id].shapes if facts is not None and layer.id in facts.layers else ()
        if shape is not None:
            hit = any(_has(one, shape) for one in shapes)
        else:
            said = _said(layer)
            hit = all(word in said or (len(words) > 1 and _shaped(shapes, word)) for word in words)
            hit = hit or (single is not None and any(_has(one, single) for one in shapes if len(one) == 1))
        if hit:
            hits.append(layer.id)
    return tuple(hits)


def shape_in(text: str) -> tuple[str, ...] | None:
    """The sizes that a text asks for, None when it is not about a shape."""
    if not _SHAPE.match(text):
        return None
    return tuple(re.findall(r"\d+|\*", text))


def step(hits: Sequence[str], current: str, ahead: bool) -> str:
    """The next, or the former, of what was found, going on at the other end; '' when nothing was."""
    if not hits:
        return ""
    if current not in hits:
        return hits[0] if ahead else hits[-1]
    return hits[(hits.index(current) + (1 if ahead else -1)) % len(hits)]


def _said(layer: Layer) -> str:
    row = kind_of(layer)
    title = row.title if row is not None else ""
    return f"{layer.name} {layer.kind} {title}".casefold()


def _shaped(shapes: Sequence[Sequence[int]], word: str) -> bool:
    """Whether a word tells of one of the shapes, or of a part of one."""
    sizes = (word,) if word.isdigit() else shape_in(word)
    return sizes is not None and any(_has(shape, sizes) for shape in shapes)


def _has(shape: Sequence[int], sizes: Sequence[str]) -> bool:
    """Whether the sizes are found one after another in a shape."""
    count = len(sizes)
    return any(
        all(size in ("*", str(have)) for size, have in zip(sizes, shape[start : start + count], strict=True))
        for start in range(len(shape) - count + 1)
    )
