"""How the texts of edits name what they are about: by the names that the user sees."""

from __future__ import annotations

from collections.abc import Sequence

from designer.messages import tr
from designer.network.network import Network

_LONG = 60


def short(name: str) -> str:
    """A name as it goes into a line of the undo list: its end, where it is long."""
    return name if len(name) <= _LONG else "..." + name[3 - _LONG :]


def what_of(network: Network, layer_ids: Sequence[str]) -> str:
    """The name of one layer, or how many they are. Raises EditError for one that is not there."""
    if len(layer_ids) == 1:
        return short(network[layer_ids[0]].name)
    return tr("{count} layers", count=len(layer_ids))
