"""Taking layers out, and closing the gap where what is left fits together."""

from __future__ import annotations

from collections.abc import Iterable

from designer.catalog.actions.shapes import shape_of
from designer.catalog.actions.texts import what_of
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Inputs, Layer, Network, Port
from designer.network.restructure import Restructure
from designer.session.results import Facts


def delete_layers(network: Network, layer_ids: Iterable[str], facts: Facts | None = None) -> Edit:
    """Take layers out. What they fed is then fed by the one output left that fed them, by whatever ways.

    That is done where the shape that the deleted layers took is the one that they gave, or where
    `facts` do not know them. Where it is not, or several outputs fed them, or none, or a layer on the
    way has several outputs, the inputs that they fed are left empty; one that takes any number of inputs
    has one less.

    Raises:
        EditError: nothing is given, a layer is not there, or it is the only input or main output.
    """
    chosen = tuple(dict.fromkeys(layer_ids))
    if not chosen:
        raise EditError(
            tr("Nothing is chosen."), tr("No layer is marked."), tr("Choose the layers to delete.")
        )
    gone = set(chosen)
    for layer_id in chosen:
        layer = network[layer_id]
        if layer.kind in ("Input", "Output") and all(
            other.id in gone for other in network.of_kind(layer.kind)
        ):
            raise EditError(
                tr("'{name}' cannot be deleted.", name=layer.name),
                tr("A network needs its input and its output."),
                tr("Delete the layers between them."),
            )
    fed = {c.target: None for i in chosen for c in network.consumers[i] if c.target not in gone}
    inputs = {
        target: trimmed(
            network[target],
            tuple(_bridged(network, gone, port, facts) for port in network.inputs[target]),
            network.inputs[target],
        )
        for target in fed
    }
    return Restructure(tr("Delete {what}", what=what_of(network, chosen)), chosen, (), inputs)


def trimmed(layer: Layer, ports: Inputs, before: Inputs) -> Inputs:
    """`ports` without those that have become empty, as far as the layer can do with fewer inputs."""
    row = KINDS.get(layer.kind)
    if row is None or row.inputs[1] == row.inputs[0]:
        return ports
    spare = len(ports) - row.inputs[0]
    kept: list[Port | None] = []
    for port, former in zip(ports, before, strict=True):
        if port is None and former is not None and spare > 0:
            spare -= 1
        else:
            kept.append(port)
    return tuple(kept)


def _bridged(network: Network, gone: set[str], port: Port | None, facts: Facts | None) -> Port | None:
    """What feeds an input once the layers in `gone` are taken out."""
    given = shape_of(facts, port)
    port = _source(network, gone, port)
    taken = shape_of(facts, port)
    return None if given is not None and taken is not None and given != taken else port


def _source(network: Network, gone: set[str], port: Port | None) -> Port | None:
    """The one output outside `gone` that `port` comes from; None where there are several, or none."""
    found: set[Port] = set()
    ahead, met = [port] if port is not None else [], set()
    while ahead:
        here = ahead.pop()
        if here.layer not in gone:
            found.add(here)
        elif here.layer not in met:
            met.add(here.layer)
            row = KINDS.get(network[here.layer].kind)
            if row is None or row.outputs != 1:
                return None
            ahead += [source for source in network.inputs[here.layer] if source is not None]
    return next(iter(found)) if len(found) == 1 else None
