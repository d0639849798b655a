"""What may learn in a stage besides what the network leaves free, by the names of its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from designer.catalog.recipes.blocks import Block, blocks
from designer.errors import DesignerError
from designer.messages import tr
from designer.network.network import Network
from designer.session.stages import ALL

FINE = 12
"""Blocks of the finer list."""

Learning = tuple[str, tuple[str, ...]]
"""A title, and the value of `Stage.unfrozen` that it stands for."""


def learning_choices(network: Network | None) -> tuple[Learning, ...]:
    """What a stage may unfreeze: nothing more, all from a block of the backbone on, or everything."""
    found: dict[frozenset[str], tuple[Block, tuple[str, ...]]] = {}
    if network is not None:
        for parts in _lists(network):
            open_ids: tuple[str, ...] = ()
            for block in reversed(parts[1:]):
                open_ids = block.layers + open_ids
                found.setdefault(frozenset(open_ids), (block, open_ids))
    titles = Counter(block.title for block, _ in found.values())
    between = [
        (tr("From {name} on", name=block.title if titles[block.title] == 1 else block.name), ids)
        for block, ids in sorted(found.values(), key=lambda choice: len(choice[1]))
    ]
    return ((tr("As in network"), ()), *between, (tr("Everything"), (ALL,)))


def _lists(network: Network) -> tuple[tuple[Block, ...], ...]:
    try:
        return blocks(network), blocks(network, FINE, whole=True)
    except DesignerError:
        # Without a head there is nothing before it.
        return ()


def learning_title(choices: Sequence[Learning], network: Network | None, unfrozen: Sequence[str]) -> str:
    """What `Stage.unfrozen` is called: the title of a choice, or how many layers it names."""
    wanted = frozenset((ALL,)) if ALL in unfrozen else frozenset(unfrozen)
    for title, held in choices:
        if frozenset(held) == wanted:
            return title
    gone = [layer_id for layer_id in unfrozen if network is None or layer_id not in network]
    if gone:
        return tr("{count} layers, {gone} of them gone", count=len(wanted), gone=len(gone))
    return tr("1 layer") if len(wanted) == 1 else tr("{count} layers", count=len(wanted))
