"""Putting layers in: into a connection, after a layer, or by themselves."""

from __future__ import annotations

import re
from dataclasses import replace

from designer.catalog.actions.connecting import check_connection
from designer.catalog.actions.texts import short
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import AddLayer, Compound, Edit, RemoveLayer, SetPlaces
from designer.network.fragment import Fragment, settled
from designer.network.network import Connection, Layer, Network, Place, Port, unused
from designer.network.restructure import Added, Restructure, rerouted

STEP = 80.0
"""How far below one another the boxes of a fragment are put by hand, in pixels at 100 %."""


def insert(network: Network, connection: Connection, fragment: Fragment) -> Edit:
    """Put a fragment into a connection: it is fed by its source, and feeds its target.

    Raises:
        EditError: there is no such connection, or the fragment lets nothing through.
    """
    check_connection(network, connection)
    _check_passage(fragment)
    source, target = network[connection.source], network[connection.target]
    new = fitted(fragment, network, common_group(source.group, target.group))
    ports = list(network.inputs[target.id])
    ports[connection.input] = new.exit
    port = Port(connection.source, connection.output)
    text = tr("Insert {what} after {name}", what=_title(fragment), name=short(source.name))
    return Restructure(text, (), additions(network, new, port, source.id), {target.id: tuple(ports)})


def append(network: Network, after: str, fragment: Fragment) -> Edit:
    """Put a fragment after a layer: what its first output fed is now fed by the fragment.

    Raises:
        EditError: the layer is not there or gives nothing, or the fragment lets nothing through.
    """
    source = network[after]
    if source.kind in ("Output", "AuxiliaryOutput"):
        raise EditError(
            tr("Nothing can be put after '{name}'.", name=source.name),
            tr("It gives the answer out."),
            tr("Choose the layer before it."),
        )
    port = Port(after)
    fed = [c.target for c in network.consumers[after] if c.output == 0]
    if fed:
        _check_passage(fragment)
    elif not fragment.entrances:
        raise _no_entrance(fragment)
    group = source.group
    for target in fed:
        group = common_group(group, network[target].group)
    new = fitted(fragment, network, group)
    inputs = rerouted(network, {port: new.exit}) if fed else {}
    text = tr("Add {what} after {name}", what=_title(fragment), name=short(source.name))
    return Restructure(text, (), additions(network, new, port, after), inputs)


def add(network: Network, fragment: Fragment, place: Place | None = None) -> Edit:
    """Put a fragment in unconnected, its first box at `place`."""
    new = fitted(fragment, network, "")
    index = len(network)
    ends = [layer.kind in ("Output", "AuxiliaryOutput") for layer in network]
    while index and ends[index - 1]:
        index -= 1
    rows = tuple(Added(layer, new.inputs[layer.id], index + n) for n, layer in enumerate(new.layers))
    edit = Restructure(tr("Add {what}", what=_title(fragment)), (), rows)
    if place is None:
        return edit
    first = new.layers[0].id
    places = {layer.id: Place(first, 0.0, n * STEP) if n else place for n, layer in enumerate(new.layers)}
    return Compound(edit.text, (edit, SetPlaces(places, edit.text)))


def additions(network: Network, new: Fragment, port: Port | None, after: str) -> tuple[Added, ...]:
    """The rows that put a settled fragment behind a layer in the order, its entrances fed by `port`."""
    fed: dict[str, list[Port | None]] = {i: list(ports) for i, ports in new.inputs.items()}
    for entrance in new.entrances:
        fed[entrance.layer][entrance.input] = port
    start = list(network.layers).index(after) + 1
    return tuple(Added(layer, tuple(fed[layer.id]), start + n) for n, layer in enumerate(new.layers))


def fitted(fragment: Fragment, network: Network, group: str) -> Fragment:
    """The fragment with ids, names and groups of its own in a network; a block has a group of its own."""
    if not fragment.layers:
        raise EditError(
            tr("There is nothing to put in."), tr("No layer is given."), tr("Choose one from the library.")
        )
    if len(fragment.layers) == 1:
        return settled(fragment, network, group)
    shared = own_group(fragment)
    wanted, before = free_name(fragment, group) if shared else (_stem(fragment.title), "")
    name = unused(wanted, taken_groups(network, group))

    def moved(layer: Layer) -> Layer:
        inner = layer.group.partition(".")[2] if shared else layer.group
        path = f"{name}.{inner}" if inner else name
        own = layer.name.removeprefix(before or f"{wanted}.")
        return replace(layer, group=path, name=f"{name}.{own}")

    return settled(replace(fragment, layers=tuple(map(moved, fragment.layers))), network, group)


def own_group(fragment: Fragment) -> str:
    """The one group that all of a fragment lies in, '' where there is none."""
    tops = {layer.group.partition(".")[0] for layer in fragment.layers}
    return next(iter(tops)) if len(tops) == 1 else ""


def group_above(fragment: Fragment) -> str | None:
    """What the one group of a fragment lay in, as the names of its layers tell; None where they do not."""
    above = set()
    for layer in fragment.layers:
        path = f".{layer.name.rpartition('.')[0]}"
        above.add(path.removesuffix(f".{layer.group}") if path.endswith(f".{layer.group}") else None)
    found = above.pop() if len(above) == 1 else None
    return None if found is None else found.removeprefix(".")


def free_name(fragment: Fragment, group: str) -> tuple[str, str]:
    """What the one group of a fragment is called within another, and what its layers' names begin with.

    A number says nothing away from where it counts: '0' of 'layer1' is 'layer1_0' elsewhere. The second is
    '' where the names do not tell where the fragment comes from.
    """
    own, above = own_group(fragment), group_above(fragment)
    if above is None:
        return own, ""
    away = own.isdigit() and above not in ("", group)
    return f"{above.replace('.', '_')}_{own}" if away else own, f"{above}.{own}." if above else f"{own}."


def taken_groups(network: Network, group: str) -> frozenset[str]:
    """Names of the groups that lie directly in a group."""
    inside = f"{group}." if group else ""
    return frozenset(
        layer.group[len(inside) :].partition(".")[0] for layer in network if layer.group.startswith(inside)
    )


def common_group(one: str, other: str) -> str:
    """The innermost group that two groups lie in, '' at the top."""
    shared = []
    for a, b in zip(one.split("."), other.split("."), strict=False):
        if a != b:
            break
        shared.append(a)
    return ".".join(shared)


def new_ids(edit: Edit) -> tuple[str, ...]:
    """Ids of the layers that an edit adds, in their order."""
    found: dict[str, None] = {}
    ahead: list[Edit] = [edit]
    while ahead:
        part = ahead.pop(0)
        if isinstance(part, Compound):
            ahead[:0] = part.parts
        elif isinstance(part, AddLayer):
            found[part.layer.id] = None
        elif isinstance(part, RemoveLayer):
            found.pop(part.layer_id, None)
        elif isinstance(part, Restructure):
            for layer_id in part.removed:
                found.pop(layer_id, None)
            found.update((added.layer.id, None) for added in part.added)
    return tuple(found)


def _title(fragment: Fragment) -> str:
    return short(fragment.title)


def _stem(title: str) -> str:
    return re.sub(r"\W+", "_", title.strip().lower()).strip("_") or "block"


def _check_passage(fragment: Fragment) -> None:
    if not fragment.entrances:
        raise _no_entrance(fragment)
    if fragment.exit is None:
        raise EditError(
            tr("'{title}' cannot stand between two layers.", title=fragment.title),
            tr("It has not one output that could feed what comes after."),
            tr("Add it by itself, and connect it."),
        )


def _no_entrance(fragment: Fragment) -> EditError:
    return EditError(
        tr("'{title}' cannot be put after a layer.", title=fragment.title),
        tr("It has no input that one layer could feed."),
        tr("Add it by itself, and connect it."),
    )
