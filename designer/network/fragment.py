"""A part of a network by itself: layers that were copied, or a ready-made block of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import msgspec

from designer.network.network import Inputs, Layer, Network, Port, fresh_id, unused


class Entrance(NamedTuple):
    """An input of a layer of a fragment that is fed from outside."""

    layer: str
    input: Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True)
class Fragment:
    """Layers with the connections between them.

    Attributes:
        title: what it is, such as 'Residual block' or '3 layers'.
        layers: with ids that hold within the fragment alone, in order; groups count from the place where
            it is put in.
        inputs: for each layer id; a port names a layer of the fragment, None is open to the outside.
        entrances: the open inputs that the layer before the fragment feeds, all by its one output.
        exit: the output that feeds what comes after; None when nothing does.
    """

    title: str
    layers: tuple[Layer, ...]
    inputs: Mapping[str, Inputs]
    entrances: tuple[Entrance, ...] = ()
    exit: Port | None = None


def cut_out(network: Network, layer_ids: tuple[str, ...], title: str) -> Fragment:
    """These layers as a fragment, in file order; connections to other layers are left open.

    Entrances are the open inputs, if one output fed them all; the exit is the one output that fed
    layers outside, if there was one.
    """
    inside = set(layer_ids)
    layers = tuple(layer for layer in network if layer.id in inside)
    inputs = {
        layer.id: tuple(
            port if port is not None and port.layer in inside else None for port in network.inputs[layer.id]
        )
        for layer in layers
    }
    outer = {
        Entrance(layer.id, number): port
        for layer in layers
        for number, port in enumerate(network.inputs[layer.id])
        if port is not None and port.layer not in inside
    }
    left = {
        Port(c.source, c.output)
        for layer in layers
        for c in network.consumers[layer.id]
        if c.target not in inside
    }
    ends = [layer.id for layer in layers if not any(c.target in inside for c in network.consumers[layer.id])]
    if not left and len(ends) == 1:
        left = {Port(ends[0])}
    entrances = tuple(outer) if len(set(outer.values())) == 1 else ()
    return Fragment(title, layers, inputs, entrances, next(iter(left)) if len(left) == 1 else None)


def settled(fragment: Fragment, network: Network, group: str) -> Fragment:
    """The fragment with ids, names and groups that fit into a network, under the group at `group`."""
    taken, names = set(network.layers), set(network.names)
    ids: dict[str, str] = {}
    layers = []
    for layer in fragment.layers:
        ids[layer.id] = new = fresh_id(taken, layer.id)
        taken.add(new)
        name = unused(layer.name, names)
        names.add(name)
        inner = ".".join(part for part in (group, layer.group) if part)
        layers.append(
            Layer(
                new,
                name,
                layer.kind,
                layer.settings,
                inner,
                layer.frozen,
                layer.weight_rate,
                layer.bias_rate,
                layer.weights_from,
            )
        )

    def moved(port: Port | None) -> Port | None:
        return None if port is None else Port(ids[port.layer], port.output)

    return Fragment(
        fragment.title,
        tuple(layers),
        {ids[i]: tuple(moved(port) for port in ports) for i, ports in fragment.inputs.items()},
        tuple(Entrance(ids[e.layer], e.input) for e in fragment.entrances),
        moved(fragment.exit),
    )
