"""Hiding layers that clutter a view: what flows through them is one line past them. Pure functions."""

from __future__ import annotations

from collections.abc import Collection

from designer.network.groups import Box, Edge, Frame, View
from designer.network.network import Network


def hide(network: Network, view: View, kinds: Collection[str], shown: Collection[str] = ()) -> View:
    """The view without the boxes of layers of these kinds.

    A layer is hidden only if nothing is lost by it: exactly one output feeds it, and something is fed by
    it. Layers in `shown` are not hidden. A hidden layer is stood for, in `View.shown`, by the box that
    feeds it, so its connections are those of the lines past it. A frame that would be empty goes too.
    """
    hidden = {
        box.key
        for box in view.boxes
        if not box.group and box.key not in shown and _passes(network, box.key, kinds)
    }
    if not hidden:
        return view
    hidden -= _endless(network, view, hidden)
    stands = dict(view.shown)
    for layer_id in network.layers:
        behind = [layer_id]
        while stands[behind[-1]] in hidden:
            behind.append(_feeder(network, behind[-1]))
        for passed in behind[:-1]:
            stands[passed] = stands[behind[-1]]
    boxes = tuple(box for box in view.boxes if box.key not in hidden)
    counts: dict[tuple[str, str], int] = {}
    for connection in network.connections:
        ends = (stands[connection.source], stands[connection.target])
        # What feeds a hidden layer is told by the lines that leave it.
        if ends[0] != ends[1] and connection.target not in hidden:
            counts[ends] = counts.get(ends, 0) + 1
    edges = tuple(Edge(source, target, count) for (source, target), count in counts.items())
    return View(boxes, _filled(view.frames, boxes), edges, stands)


def hidden_layers(view: View) -> tuple[str, ...]:
    """Ids of the layers that are hidden: not those in collapsed groups, which a box stands for."""
    there = {layer_id for box in view.boxes for layer_id in box.layers}
    return tuple(layer_id for layer_id in view.shown if layer_id not in there)


def could_hide(network: Network) -> dict[str, int]:
    """How many layers of each kind could be hidden, by kind."""
    counts: dict[str, int] = {}
    for layer in network:
        if _passes(network, layer.id, (layer.kind,)):
            counts[layer.kind] = counts.get(layer.kind, 0) + 1
    return counts


def _passes(network: Network, layer_id: str, kinds: Collection[str]) -> bool:
    """Whether a layer is of one of the kinds and has one input and something that it feeds."""
    inputs = network.inputs[layer_id]
    return (
        network.layers[layer_id].kind in kinds
        and len(inputs) == 1
        and inputs[0] is not None
        and bool(network.consumers[layer_id])
        and all(connection.output == 0 for connection in network.consumers[layer_id])
    )


def _feeder(network: Network, layer_id: str) -> str:
    port = network.inputs[layer_id][0]
    assert port is not None
    return port.layer


def _endless(network: Network, view: View, hidden: Collection[str]) -> set[str]:
    """Layers to hide from which one would walk back for ever: a cycle of such layers alone."""
    fine: set[str] = set()
    endless: set[str] = set()
    for key in hidden:
        way: list[str] = []
        on_way: set[str] = set()
        here = key
        while here in hidden and here not in fine and here not in endless and here not in on_way:
            way.append(here)
            on_way.add(here)
            here = _feeder(network, here)
        (endless if here in on_way or here in endless else fine).update(way)
    return endless


def _filled(frames: tuple[Frame, ...], boxes: tuple[Box, ...]) -> tuple[Frame, ...]:
    """The frames that still hold something."""
    around = {frame.path: frame.frame for frame in frames}
    kept: set[str] = set()
    for path in {box.frame for box in boxes}:
        while path and path not in kept:
            kept.add(path)
            path = around[path]
    return tuple(frame for frame in frames if frame.path in kept)
