"""How much memory a network's values take: while it runs, and while it learns.

Everything is worked out from shapes, for values of `VALUE` bytes. Layers that only hand a value on, or
look at it in another shape, take none of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from designer.catalog.actions import trainable_layers
from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.errors import NetworkError
from designer.network.network import Layer, Network, Port
from designer.session.results import Facts

VALUE = 4
"""Bytes of a float32."""

HANDED_ON = frozenset(
    {"Input", "Output", "AuxiliaryOutput", "Identity", "Unsqueeze", "Squeeze", "ExpandBatch"}
)
"""Kinds that give the very value they get (an input: the picture, which is counted as its own)."""
REORDERED = frozenset({"Permute", "Transpose", "Select", "Slice", "Chunk"})
"""Kinds that give a view whose values do not lie in order."""
IN_ORDER = frozenset({"Flatten", "Unflatten", "Reshape", "Contiguous"})
"""Kinds that give a view of what lies in order, and a copy of what does not."""
HELD = frozenset({"Parameter", "Constant"})
"""Kinds whose value lies with the parameters and buffers already."""

KEPT_OUTPUT = frozenset({"ReLU", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "Softmin"})
"""Kinds whose backward pass needs what they gave; that of most others needs what they got."""
KEPT_NOTHING = frozenset(
    {
        *("Add", "Subtract", "Concat", "Stack", "Scale", "Mean", "Sum", "Positions", "Upsample"),
        *("PixelShuffle", "PixelUnshuffle", "ChannelShuffle", "Pad", "ZeroPad2d", "ZeroPad1d"),
        *("ConstantPad2d", "ConstantPad1d", "CircularPad2d", "CircularPad1d"),
    }
)
"""Kinds whose backward pass needs no values at all."""
_NOTHING = HANDED_ON | REORDERED | IN_ORDER | HELD | KEPT_NOTHING
PRODUCTS = frozenset({"Multiply", "Divide", "MatrixProduct"})
"""Kinds whose gradient for one input needs the others."""
PER_CHANNEL = frozenset({"StochasticDepth", "Dropout1d", "Dropout2d", "FeatureAlphaDropout"})
"""Random layers that draw a number for each channel or picture, not for each value."""
KEPT_INPUTS: Mapping[str, float] = {"LPPool2d": 2.0, "LPPool1d": 2.0, "LocalResponseNorm": 3.1}
"""What is kept inside besides, in inputs: powers, sums of neighbours."""
KEPT_OUTPUTS: Mapping[str, float] = {
    **dict.fromkeys(("MaxPool2d", "AdaptiveMaxPool2d", "MaxPool1d", "AdaptiveMaxPool1d"), 2.0),
    **dict.fromkeys(("RMSNorm", "LogSigmoid", "Softsign"), 1.0),
    "MultiheadAttention": 4.0,
    "ShiftedWindowAttention": 5.5,
    "ShiftedWindowAttentionV2": 11.5,
    "RelativePositionalMultiHeadAttention": 6.0,
}
"""What is kept inside besides, in outputs: 8-byte places of maxima; queries, keys, values, products."""


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """A piece of memory that one or more values lie in. `layer`: which made it; `size`: bytes."""

    layer: str
    output: int
    size: int


@dataclass(frozen=True)
class Stores:
    """Where each value of a network lies, for one picture.

    Attributes:
        of: the memory of each output; outputs of unknown shape are left out.
        in_order: outputs whose values lie in memory as in the shape.
    """

    of: Mapping[Port, Store]
    in_order: frozenset[Port]


def ordered(network: Network) -> tuple[str, ...]:
    """The order in which layers run; that of the file where there is a cycle."""
    try:
        return network.order
    except NetworkError:
        return tuple(network.layers)


def stores(network: Network, facts: Facts, *, training: bool = False) -> Stores:
    """Where each value lies; `training`: dropout and its like make a value of their own."""
    of: dict[Port, Store] = {}
    straight: set[Port] = set()
    for layer_id in ordered(network):
        layer = network.layers[layer_id]
        known = facts.layers.get(layer_id)
        if known is None or not known.shapes:
            continue
        source = next((port for port in network.inputs[layer_id] if port is not None), None)
        shared, orderly = _shared(layer, source, straight, training)
        for number, shape in enumerate(known.shapes):
            port = Port(layer_id, number)
            if shared and source in of:
                of[port] = of[source]
            else:
                # What is held is counted among the parameters.
                size = 0 if layer.kind in HELD else VALUE * math.prod(shape)
                of[port] = Store(layer_id, number, size)
            if orderly:
                straight.add(port)
    return Stores(of, frozenset(straight))


def _shared(layer: Layer, source: Port | None, straight: set[Port], training: bool) -> tuple[bool, bool]:
    """Whether a layer's output lies where its input lies, and whether in order."""
    if layer.kind in HANDED_ON or (_random(layer) and not (training and _acts(layer))):
        return source is not None, source is None or source in straight
    if layer.kind in REORDERED:
        return True, False
    return layer.kind in IN_ORDER and source in straight, True


def activation_bytes(network: Network, facts: Facts, known: Stores | None = None) -> dict[str, int]:
    """Bytes of the values that each layer makes for one picture, the picture itself among them.

    `known`: what `stores` gives, where it has been worked out already.
    """
    found = dict.fromkeys(network.layers, 0)
    for store in set((known or stores(network, facts)).of.values()):
        found[store.layer] += store.size
    return found


def peak_bytes(network: Network, facts: Facts, known: Stores | None = None) -> int:
    """Bytes of values alive at the worst moment of one picture's way to the main output.

    Layers run in order; a value is freed once nothing that is still to run needs it. The picture stays.
    `known`: see `activation_bytes`.
    """
    found = (known or stores(network, facts)).of
    ends = [layer.id for layer in network.of_kind("Output")]
    needed = network.ancestors(ends) if ends else frozenset(network.layers)
    order = [layer_id for layer_id in ordered(network) if layer_id in needed]
    kept = {found[Port(i)] for i in ends if Port(i) in found}
    kept |= {found[Port(layer.id)] for layer in network.of_kind("Input") if Port(layer.id) in found}
    last: dict[Store, int] = {}
    made: dict[str, list[Store]] = {}
    for number, layer_id in enumerate(order):
        for port in network.inputs[layer_id]:
            if port is not None and port in found:
                last[found[port]] = number
    for port, store in found.items():
        if store.layer == port.layer and store not in made.setdefault(port.layer, []):
            made[port.layer].append(store)
    alive: set[Store] = set()
    now = peak = 0
    for number, layer_id in enumerate(order):
        new = made.get(layer_id, ())
        alive.update(new)
        now += sum(store.size for store in new)
        peak = max(peak, now)
        read = {found[port] for port in network.inputs[layer_id] if port is not None and port in found}
        # What nobody reads goes at once.
        for store in (read | set(new)) & alive:
            if store not in kept and last.get(store, number) == number:
                alive.remove(store)
                now -= store.size
    return peak


def kept_bytes(network: Network, facts: Facts) -> int:
    """Bytes of values of one picture that the backward pass needs: from the first trainable layer on."""
    found = stores(network, facts, training=True).of
    learning = network.descendants(trainable_layers(network))
    kept: set[Store] = set()
    inside = 0.0
    for layer_id in learning:
        layer = network.layers[layer_id]
        inputs, own, more = _kept_of(layer, network, learning)
        kept.update(found[port] for port in inputs if port in found)
        known = facts.layers.get(layer_id)
        if own and known is not None:
            ports = (Port(layer_id, number) for number in range(len(known.shapes)))
            kept.update(found[port] for port in ports if port in found)
        if more and known is not None and known.shapes:
            inside += more * VALUE * math.prod(known.shapes[0])
        if layer.kind in KEPT_INPUTS and inputs and inputs[0] in found:
            inside += KEPT_INPUTS[layer.kind] * found[inputs[0]].size
    return sum(store.size for store in kept) + round(inside)


def _kept_of(layer: Layer, network: Network, learning: Iterable[str]) -> tuple[tuple[Port, ...], bool, float]:
    """Inputs that a layer keeps, whether it keeps its outputs, and what it keeps besides (in outputs)."""
    ports = tuple(port for port in network.inputs[layer.id] if port is not None)
    if layer.kind in _NOTHING or _is_global_mean(layer):
        return (), False, 0.0
    if _random(layer):
        # A mask of one number for each value.
        masked = _acts(layer) and layer.kind not in PER_CHANNEL
        return (), False, 1.0 if masked else 0.0
    if layer.kind in KEPT_OUTPUT:
        return (), True, 0.0
    if layer.kind in PRODUCTS:
        needed = [p.layer in learning for p in ports]
        return tuple(p for n, p in enumerate(ports) if any(needed[:n] + needed[n + 1 :])), False, 0.0
    row = KINDS.get(layer.kind)
    if row is not None and row.category in ("Convolution", "Linear") and layer.frozen:
        # What came in is needed for the gradient of the weights alone.
        return (), False, 0.0
    return ports, False, KEPT_OUTPUTS.get(layer.kind, 0.0)


def _is_global_mean(layer: Layer) -> bool:
    """Global average pooling: torch takes the mean, whose gradient needs no values."""
    return layer.kind.startswith("AdaptiveAvgPool") and set(
        _listed(layer.settings.get("output_size", 1))
    ) == {1}


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _random(layer: Layer) -> bool:
    row: LayerKind | None = KINDS.get(layer.kind)
    return row is not None and row.category == "Regularization"


def _acts(layer: Layer) -> bool:
    """Whether a random layer does anything in training."""
    return not layer.frozen and layer.settings.get("p", 0.5) != 0
