"""Ports and connections in words, for labels, tool tips and screen readers."""

from __future__ import annotations

from designer.catalog.actions.connecting import outputs, slots
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.gui.editing.canvas.picture import Hit
from designer.messages import tr
from designer.network.network import Connection, Network, Port


def input_text(network: Network, layer_id: str, number: int) -> str:
    """An input in words: the layer's name, and the number where there are several."""
    layer = network[layer_id]
    several = max(slots(network, layer), number + 1) > 1
    return tr("{name}, input {n}", name=layer.name, n=number + 1) if several else layer.name


def output_text(network: Network, port: Port) -> str:
    """An output in words: the layer's name, and the number where there are several."""
    layer = network[port.layer]
    several = max(outputs(layer), port.output + 1) > 1
    return tr("{name}, output {n}", name=layer.name, n=port.output + 1) if several else layer.name


def connection_text(network: Network, connection: Connection) -> str:
    """A connection in words."""
    source = output_text(network, Port(connection.source, connection.output))
    target = input_text(network, connection.target, connection.input)
    return tr("{source} to {target}", source=source, target=target)


def spoken(wiring: Wiring, spot: Spot) -> str:
    """What a port is and what is connected there, in words."""
    ports, network = wiring.ports(spot.key), wiring.network
    if spot.side == "in":
        at = tr("Input {n} of {count}", n=spot.number + 1, count=len(ports.inputs))
        names = [output_text(network, Port(c.source, c.output)) for c in wiring.connections_at(spot)]
        text = tr("{port}, from {names}", port=at, names=", ".join(dict.fromkeys(names)))
    else:
        at = tr("Output {n} of {count}", n=spot.number + 1, count=len(ports.outputs))
        names = [input_text(network, c.target, c.input) for c in wiring.connections_at(spot)]
        text = tr("{port}, to {names}", port=at, names=", ".join(names))
    return text if names else tr("{port}, open", port=at)


def tip_of(wiring: Wiring | None, hit: Hit) -> str:
    """What a tool tip says of a port or a line, '' when it is neither."""
    if wiring is None:
        return ""
    if hit.part.startswith("port"):
        spot = wiring.spot(hit.key, hit.part[5:], hit.number)
        return spoken(wiring, spot) if spot is not None else ""
    found = wiring.connections(hit.number) if hit.part == "line" else ()
    if len(found) > 1:
        return tr("{count} connections", count=len(found))
    return connection_text(wiring.network, found[0]) if found else ""
