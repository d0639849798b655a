"""A network in blocks, from the input to the output, by the paths of its modules. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from designer.catalog.actions import freezable
from designer.catalog.actions.freezing import head_run
from designer.catalog.actions.heads import head_layers
from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.groups import GroupTree, group_tree
from designer.network.network import Layer, Network

MOST = 5
"""So many blocks are unfrozen one after the other, at most."""
LEAST = 0.05
"""A block with a smaller share of the layers that learn goes with the one beside it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the backbone.

    Attributes:
        name: of the group or layer that it begins with.
        layers: ids of its layers that freezing changes, in file order.
        path: module path of the group that it is, or begins with; '' for a single layer.
    """

    name: str
    layers: tuple[str, ...]
    path: str = ""

    @property
    def title(self) -> str:
        """Of a group the end that tells it apart: 'encoder_layer_9', but 'features.12' as it is."""
        if not self.path:
            return self.name
        parts = self.name.split(".")
        ends = (".".join(parts[start:]) for start in reversed(range(len(parts))))
        numbered = (end for end in ends if any(map(str.isdigit, end)) and not end[0].isdigit())
        return next(numbered, self.name)


def head_of(network: Network) -> tuple[str, ...]:
    """Ids of the whole head: see `head_run`; and linear layers right before it that alone are not frozen.

    The latter are the rest of a head that was put in at the rate of all others.

    Raises:
        EditError: there is no head.
    """
    known = head_run(network)
    found = dict.fromkeys(known)
    for head in head_layers(network):
        sources = network.inputs[head]
        while len(sources) == 1 and sources[0] is not None:
            layer = network[sources[0].layer]
            if kind(layer.kind).learnable and layer.weight_rate <= 1 and not _open_and_linear(layer):
                break
            found[layer.id] = None
            sources = network.inputs[layer.id]
    if len(found) == len(known):
        return known
    before = network.ancestors(tuple(found)) - set(found)
    states = {network[i].frozen for i in before if kind(network[i].kind).learnable}
    return tuple(found) if states == {True} else known


def _open_and_linear(layer: Layer) -> bool:
    return not layer.frozen and kind(layer.kind).category == "Linear"


def backbone_of(network: Network) -> tuple[str, ...]:
    """Ids of all layers that feed the head and that freezing changes, in file order.

    Raises:
        EditError: there is no head, or nothing with parameters before it.
    """
    head = head_of(network)
    before = network.ancestors(head) - set(head) - network.descendants(head_layers(network))
    found = tuple(layer.id for layer in network if layer.id in before and freezable(layer))
    if not any(kind(network[i].kind).learnable for i in found):
        raise EditError(
            tr("There is no backbone."),
            tr("No layer before the head has parameters."),
            tr("Add layers before the head, or choose a recipe that needs none."),
        )
    return found


def blocks(network: Network, most: int = MOST, *, whole: bool = False) -> tuple[Block, ...]:
    """The backbone in at most `most` blocks, from the input to the output.

    They are the outermost groups; the largest is opened while there are fewer, and the smallest goes with
    a neighbour while there are more. With `whole`, a group is opened where most of it lies in groups
    again, so that blocks begin where groups do.

    Raises:
        EditError: see `backbone_of`.
    """
    tree, parts = _outermost(network)
    least = 0.0 if whole else LEAST * sum(_weight(network, part) for part in parts)
    # The first layers are often a small part of their own.
    while sum(1 for part in parts if _weight(network, part) >= least) < most - 1:
        openable = [
            part
            for part in parts
            if part.path and _weight(network, part) > 1 and (not whole or _of_groups(network, tree, part))
        ]
        if not openable:
            break
        parts = _opened(network, tree, parts, max(openable, key=lambda part: _weight(network, part)))
    return _joined(network, parts, most)


def attention_blocks(network: Network) -> tuple[Block, ...]:
    """The backbone in blocks that have one attention layer each, or none, from the input to the output.

    Raises:
        EditError: see `backbone_of`.
    """
    tree, parts = _outermost(network)
    while True:
        crowded = [part for part in parts if part.path and len(attentive(network, part.layers)) > 1]
        if not crowded:
            return tuple(parts)
        parts = _opened(network, tree, parts, crowded[0])


def attentive(network: Network, layer_ids: Iterable[str]) -> tuple[str, ...]:
    """Those of the layers that are attention."""
    return tuple(i for i in layer_ids if kind(network[i].kind).category == "Attention")


def _outermost(network: Network) -> tuple[GroupTree, list[Block]]:
    tree = group_tree(network)
    return tree, _divided(network, tree, Block("", backbone_of(network)))


def _opened(network: Network, tree: GroupTree, parts: Sequence[Block], chosen: Block) -> list[Block]:
    found: list[Block] = []
    for part in parts:
        found += _divided(network, tree, part) if part is chosen else [part]
    return found


def _divided(network: Network, tree: GroupTree, part: Block) -> list[Block]:
    """The layers of a group by the groups right inside it; those in none are blocks of their own."""
    found: dict[tuple[str, str], list[str]] = {}
    for layer_id in part.layers:
        around = tree.around(tree.home[layer_id])
        inside = next((path for path in around if tree.groups[path].parent == part.path), "")
        key = (inside, inside) if inside else (network[layer_id].name, "")
        found.setdefault(key, []).append(layer_id)
    return [Block(name, tuple(ids), path) for (name, path), ids in found.items()]


def _of_groups(network: Network, tree: GroupTree, part: Block) -> bool:
    inside = [block for block in _divided(network, tree, part) if block.path]
    return 2 * sum(_weight(network, block) for block in inside) > _weight(network, part)


def _weight(network: Network, part: Block) -> int:
    return sum(1 for i in part.layers if kind(network[i].kind).learnable)


def _joined(network: Network, parts: Sequence[Block], most: int) -> tuple[Block, ...]:
    left = list(parts)
    weights = [_weight(network, part) for part in left]
    least = LEAST * sum(weights)
    while len(left) > 1:
        smallest = min(range(len(left)), key=weights.__getitem__)
        if len(left) <= most and weights[smallest] >= least and weights[smallest] > 0:
            break
        beside = [n for n in (smallest - 1, smallest + 1) if 0 <= n < len(left)]
        first = min(smallest, min(beside, key=weights.__getitem__))
        one, other = left[first], left[first + 1]
        left[first : first + 2] = [Block(one.name, one.layers + other.layers, one.path)]
        weights[first : first + 2] = [weights[first] + weights[first + 1]]
    return tuple(left)
