"""Finding layers by what a user calls them: name, id, or the group that they lie in."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from designer.errors import EditError
from designer.messages import tr
from designer.network.network import Connection, Network


def layer_ids(network: Network, given: Sequence[str]) -> tuple[str, ...]:
    """Ids of the layers of these names, ids or groups (a group's sub-groups included).

    Raises:
        EditError: there is none of that name.
    """
    found: dict[str, None] = {}
    for text in given:
        named = [layer.id for layer in network if text in (layer.name, layer.id)]
        ids = named or [x.id for x in network if f"{x.group}.".startswith(f"{text}.")]
        if not ids:
            raise _unknown(tr("There is no layer or group '{name}'.", name=text), text, network, groups=True)
        found.update(dict.fromkeys(ids))
    return tuple(found)


def layer_id(network: Network, given: str) -> str:
    """Id of the layer of that name, or of that id where no layer is called so.

    Raises:
        EditError: there is none.
    """
    for layer in network:
        if layer.name == given:
            return layer.id
    if given in network:
        return given
    raise _unknown(tr("There is no layer '{name}'.", name=given), given, network, groups=False)


def connection(
    network: Network, source: str | None, target: str | None, number: int | None = None
) -> Connection:
    """The one connection between two layers, given by name or id; None leaves one of them open.

    `number` is that of the target's input, from 0; None for any.

    Raises:
        EditError: there is none, or several.
    """
    ends = [None if one is None else layer_id(network, one) for one in (source, target)]
    found = [
        c
        for c in network.connections
        if ends[0] in (None, c.source) and ends[1] in (None, c.target) and number in (None, c.input)
    ]
    what = tr("from {source} to {target}", source=source or tr("any layer"), target=target or tr("any layer"))
    if not found:
        raise EditError(
            tr("There is no connection {what}.", what=what),
            tr("The network '{name}' has {count} others.", name=network.name, count=len(network.connections)),
            tr("Choose two layers of which one feeds the other."),
        )
    if len(found) > 1:
        raise EditError(
            tr("There are {count} connections {what}.", count=len(found), what=what),
            tr("It cannot be told which one is meant."),
            tr("Say 'from', 'to', and the number of the input."),
        )
    return found[0]


def _unknown(what: str, text: str, network: Network, *, groups: bool) -> EditError:
    names: Iterable[str] = network.names
    if groups:
        names = {*network.names, *(layer.group for layer in network)}
    near = difflib.get_close_matches(text, names, 3)
    return EditError(
        what,
        tr("Nearest: {names}.", names=", ".join(near)) if near else tr("No name is like it."),
        tr("Choose one that 'netgraft inspect' lists."),
    )
