"""Which layer of one network is which of another: by id, by descent, by name, else by structure."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.errors import NetworkError
from designer.network.network import Layer, Network

TRUST = 0.8
"""With this share of common ids that are of one kind in both networks, an id means the same in both.

Edits keep ids, and so do models of one family; in others the numbers just happen to be the same.
"""
COMMON = 0.3
"""The common ids must be this share of the smaller network's layers at least."""


@dataclass(frozen=True)
class Matching:
    """Pairs of layers.

    Attributes:
        pairs: id before to id after, in the order of the network before.
        related: the networks have ids in common that mean the same, so that another name is a new name.
    """

    pairs: Mapping[str, str]
    related: bool

    @cached_property
    def back(self) -> Mapping[str, str]:
        """Id after to id before."""
        return {other: one for one, other in self.pairs.items()}


def match(before: Network, after: Network) -> Matching:
    """Pair the layers of two networks, each at most once.

    In related networks a layer is paired with the one of its id, then with the one that began with its
    weights in its place, then with one of its name and kind. What is left is paired, between layers
    that are paired already, along the longest common run of equal layers, then of equal kinds, where a
    neighbour is the same. In networks that are not related all is paired along such runs, ends first.
    """
    related = _related(before, after)
    pairs: dict[str, str] = {}
    taken: set[str] = set()

    def pair(one: str, other: str) -> None:
        if one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)

    if related:
        for layer_id in before.layers:
            if layer_id in after:
                pair(layer_id, layer_id)
        for layer in after:
            for origin in layer.weights_from:
                if layer.id not in taken and origin in before and origin not in after:
                    pair(origin, layer.id)
        named = {(layer.name, layer.kind): layer.id for layer in after if layer.id not in taken}
        for layer in before:
            if layer.id not in pairs and (layer.name, layer.kind) in named:
                pair(layer.id, named[layer.name, layer.kind])
    else:
        for kind in ("Input", "Output"):
            for one, other in zip(before.of_kind(kind), after.of_kind(kind), strict=False):
                pair(one.id, other.id)
    for token in (_exactly, _kind):
        for ones, others in _gaps(before, after, pairs):
            tokens = [token(layer) for layer in ones], [token(layer) for layer in others]
            for first, second in longest_common(*tokens):
                former, latter = ones[first].id, others[second].id
                if not related or _neighbours(before, after, former, latter, pairs):
                    pair(former, latter)
    return Matching({i: pairs[i] for i in before.layers if i in pairs}, related)


def longest_common(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of the longest common subsequence of two sequences, ascending.

    One row of the usual table is one whole number, a bit for each place of `one`: a bit of 0 says that
    the common run is longer by one there. Time and memory: len(one) * len(other) / 64 words.
    Source: H. Hyyro, Bit-parallel LCS-length computation revisited, 2004.
    """
    where: dict[Hashable, int] = {}
    for place, token in enumerate(one):
        where[token] = where.get(token, 0) | 1 << place
    full = (1 << len(one)) - 1
    row = full
    rows = []
    for token in other:
        hits = row & where.get(token, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    found = []
    first, second = len(one), len(other)
    while first and second:
        bit = 1 << (first - 1)
        if rows[second - 1] & bit:
            first -= 1
            continue
        second -= 1
        if not (second and not rows[second - 1] & bit):
            first -= 1
            found.append((first, second))
    return found[::-1]


def running_order(network: Network) -> tuple[str, ...]:
    """Ids in the order in which layers run; that of the file where there is a cycle."""
    try:
        return network.order
    except NetworkError:
        return tuple(network.layers)


def _related(before: Network, after: Network) -> bool:
    common = [i for i in before.layers if i in after and before[i].kind not in ("Input", "Output")]
    same = sum(before[i].kind == after[i].kind for i in common)
    return same >= TRUST * len(common) and len(common) > COMMON * min(len(before), len(after))


def _gaps(before: Network, after: Network, pairs: Mapping[str, str]) -> list[tuple[list[Layer], list[Layer]]]:
    """What is not paired yet, in runs that begin behind the same pair."""
    back = {other: one for one, other in pairs.items()}
    starts: dict[str, tuple[list[Layer], list[Layer]]] = {}
    for side, network in enumerate((before, after)):
        start = ""
        for layer_id in running_order(network):
            known = pairs.get(layer_id) if side == 0 else layer_id if layer_id in back else None
            if known is not None:
                start = known
            else:
                starts.setdefault(start, ([], []))[side].append(network[layer_id])
    return [runs for runs in starts.values() if runs[0] and runs[1]]


def _neighbours(before: Network, after: Network, one: str, other: str, pairs: Mapping[str, str]) -> bool:
    """Whether something that feeds the two layers, or that they feed, is the same."""
    old = {pairs.get(port.layer) for port in before.inputs[one] if port is not None}
    new = {port.layer for port in after.inputs[other] if port is not None}
    fed = {pairs.get(connection.target) for connection in before.consumers[one]}
    feeds = {connection.target for connection in after.consumers[other]}
    return bool(old & new or fed & feeds)


def _exactly(layer: Layer) -> Hashable:
    return layer.kind, json.dumps(dict(layer.settings), sort_keys=True, default=str)


def _kind(layer: Layer) -> Hashable:
    return layer.kind
