"""Putting an entry of the library behind an input by hand, without the program's own actions."""

from __future__ import annotations

from designer.catalog.library import ENTRIES, Around
from designer.network.edits import AddLayer
from designer.network.fragment import settled
from designer.network.network import Layer, Network, Port


def placed(key: str, shape: tuple[int, ...], classes: int = 3) -> tuple[Network, str]:
    """An input of that shape with the entry behind it; every open input is fed by it. And the exit."""
    start = Network("n", {"input": Layer("input", "input", "Input", {"shape": list(shape)})}, {"input": ()})
    made = settled(ENTRIES[key].make(Around(shape, classes)), start, "new")
    network = start
    for layer in made.layers:
        ports = tuple(port or Port("input") for port in made.inputs[layer.id])
        network = AddLayer(layer, ports).apply(network)
    return network, made.exit.layer if made.exit else ""
