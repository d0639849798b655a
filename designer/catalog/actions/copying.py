"""Copying: layers as a fragment with the way to their weights, duplicates and what is pasted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from designer.catalog.actions.putting import (
    additions,
    common_group,
    free_name,
    group_above,
    own_group,
    taken_groups,
)
from designer.catalog.actions.texts import short, what_of
from designer.catalog.kinds import kind
from designer.errors import DesignerError, EditError
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.fragment import Fragment, cut_out, settled
from designer.network.network import Layer, Network, Port, unused
from designer.network.restructure import Added, Restructure

_ENDS = ("Input", "Output")

LINEAGE = 8
"""So many former layers are remembered, nearest first, as those that weights may come from."""


def lineage(layer: Layer) -> tuple[str, ...]:
    """Where the weights of a copy of a layer, or of one in its place, come from."""
    return tuple(dict.fromkeys((layer.id, *layer.weights_from)))[:LINEAGE]


def copied(network: Network, layer_ids: Iterable[str]) -> Fragment:
    """Layers as a fragment; each will begin with the weights of the one that it is a copy of.

    Groups count from the innermost one around all of them; where they are the whole of it, it is kept.
    The network's own input and output are left out.

    Raises:
        EditError: a layer is not there, or there is nothing that could be copied.
    """
    asked = tuple(dict.fromkeys(layer_ids))
    chosen = tuple(i for i in asked if network[i].kind not in _ENDS)
    if not chosen:
        raise EditError(
            tr("Nothing here can be copied."),
            tr("A network has one input and one output.") if asked else tr("No layer is marked."),
            tr("Choose layers between them."),
        )
    fragment = cut_out(network, chosen, what_of(network, chosen))
    outer = _outer_group(network, fragment.layers)

    def moved(layer: Layer) -> Layer:
        group = layer.group[len(outer) :].removeprefix(".")
        return replace(layer, group=group, weights_from=lineage(layer))

    return replace(fragment, layers=tuple(map(moved, fragment.layers)))


def paste(network: Network, fragment: Fragment, near: str = "") -> Edit:
    """Put copied layers in, unconnected, behind the layer `near` in the order and in its group.

    A whole group comes beside itself, not into itself. Without `near`, or where it is not there, they
    come last, at the top.

    Raises:
        EditError: the fragment is empty, or has a layer that cannot be one of its kind: it may be
            anybody's.
    """
    if not fragment.layers:
        raise EditError(
            tr("There is nothing to paste."), tr("No layer was copied."), tr("Copy some layers first.")
        )
    for layer in fragment.layers:
        _check_kind(layer)
    anchor = near if near in network else ""
    if anchor and network[anchor].kind == "Output":
        anchor = next((p.layer for p in network.inputs[anchor] if p is not None), anchor)
    group = _outside_itself(fragment, network[anchor].group if anchor else "")
    new = settled(_with_free_group(fragment, network, group), network, group)
    after = anchor or (list(network.layers)[-1] if len(network) else "")
    rows = (
        additions(network, replace(new, entrances=()), None, after)
        if after
        else tuple(Added(layer, new.inputs[layer.id]) for layer in new.layers)
    )
    return Restructure(tr("Paste {what}", what=short(fragment.title)), (), rows)


def duplicate(network: Network, layer_ids: Iterable[str]) -> Edit:
    """A copy of each layer behind the last of them, fed by what feeds the original.

    Copies of layers that feed one another do so too; nothing is fed by the copies but copies.

    Raises:
        EditError: see `copied`.
    """
    fragment = copied(network, layer_ids)
    originals = [layer.id for layer in fragment.layers]
    group = _outer_group(network, fragment.layers, originals)
    new = settled(_with_free_group(fragment, network, group), network, group)
    twin = {old: layer.id for old, layer in zip(originals, new.layers, strict=True)}
    order = {layer_id: n for n, layer_id in enumerate(network.layers)}
    start = max(order[i] for i in originals) + 1

    def fed(port: Port | None) -> Port | None:
        return port if port is None else Port(twin.get(port.layer, port.layer), port.output)

    rows = tuple(
        Added(layer, tuple(fed(port) for port in network.inputs[old]), start + n)
        for n, (old, layer) in enumerate(zip(originals, new.layers, strict=True))
    )
    return Restructure(tr("Duplicate {what}", what=what_of(network, originals)), (), rows)


def _check_kind(layer: Layer) -> None:
    try:
        kind(layer.kind).complete(layer.settings)
    except DesignerError as error:
        raise EditError(
            tr("The copied layer '{name}' cannot be pasted.", name=short(layer.name)),
            f"{error.what} {error.why}".strip(),
            tr("Update Netgraft, or copy other layers."),
        ) from error


def _outer_group(network: Network, layers: tuple[Layer, ...], ids: list[str] | None = None) -> str:
    """The innermost group around these layers; the one around that, where they are the whole of it."""
    chosen = set(ids or [layer.id for layer in layers])
    groups = [network[i].group for i in chosen]
    found = groups[0]
    for group in groups[1:]:
        found = common_group(found, group)
    inside = [layer for layer in network if layer.group == found or layer.group.startswith(f"{found}.")]
    whole = bool(found) and len(inside) > 1 and all(layer.id in chosen for layer in inside)
    return found.rpartition(".")[0] if whole else found


def _outside_itself(fragment: Fragment, group: str) -> str:
    """The group that a fragment is put in: not the one that it is a copy of."""
    own, above = own_group(fragment), group_above(fragment)
    if not own or above is None:
        return group
    itself = f"{above}.{own}" if above else own
    return above if f"{group}.".startswith(f"{itself}.") else group


def _with_free_group(fragment: Fragment, network: Network, group: str) -> Fragment:
    """The fragment with another name for its one group, where the name is taken, or says nothing, there."""
    old = own_group(fragment)
    if not old:
        return fragment
    wanted, before = free_name(fragment, group)
    name = unused(wanted, taken_groups(network, group))

    def moved(layer: Layer) -> Layer:
        told = f"{name}.{layer.name.removeprefix(before)}" if wanted != old else layer.name
        return replace(layer, group=name + layer.group[len(old) :], name=told)

    return replace(fragment, layers=tuple(map(moved, fragment.layers)))
