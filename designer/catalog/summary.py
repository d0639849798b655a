"""A network in a few figures: size, work, depth, and the memory that running and training it takes."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.actions import frozen_and_trainable
from designer.catalog.kinds import KINDS
from designer.catalog.memory import VALUE, activation_bytes, kept_bytes, peak_bytes, stores
from designer.catalog.optimizers import optimizer as optimizer_row
from designer.errors import NetworkError
from designer.network.network import Layer, Network
from designer.session.results import Facts

DEEP = ("Convolution", "Linear", "Attention")
"""Categories of the layers that depth counts: those that multiply by weights."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a network is, in figures. Bytes are those of float32 values; figures are for one picture.

    Attributes:
        layers, connections: how many.
        parameters: learnable values, the sum of `trainable` and `frozen`.
        macs: multiplications with accumulation.
        depth: the most convolutions, linear layers and attentions on any one way from an input to the
            main output; 0 where there is a cycle.
        parameter_bytes: all parameters; buffers such as running statistics are not counted.
        activation_bytes: all values that layers make, as if none were freed.
        peak_activation_bytes: values alive at the worst moment, each freed after its last use.
        training_bytes: parameters, gradients and the optimizer's state of the trainable ones, and the
            values that the backward pass needs of `batch_size` pictures, from the first trainable layer
            on. Gradients of values and working memory of single operations come on top.
        batch_size: pictures for each step of training.
        inputs, outputs, auxiliary_outputs: shapes without the batch; auxiliary ones only training uses.
        complete: the shape of every layer is known; else the figures are the least that it will be.
    """

    layers: int
    connections: int
    parameters: int
    trainable: int
    frozen: int
    macs: int
    depth: int
    parameter_bytes: int
    activation_bytes: int
    peak_activation_bytes: int
    training_bytes: int
    batch_size: int
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    auxiliary_outputs: tuple[tuple[int, ...], ...]
    complete: bool


def summary(network: Network, facts: Facts, batch_size: int = 32, optimizer: str = "AdamW") -> Summary:
    """The figures of a network.

    Args:
        network: the document.
        facts: what was inferred of it; layers that it lacks count as if they were empty.
        batch_size: pictures for each step of training.
        optimizer: key of the table of optimizers.

    Raises:
        TrainingError: there is no such optimizer.
        NetworkError: a layer is of an unknown kind.
    """
    frozen, trainable = frozen_and_trainable(network, facts)
    parameters = frozen + trainable
    state = 1 + optimizer_row(optimizer).state
    known = stores(network, facts)
    return Summary(
        layers=len(network),
        connections=len(network.connections),
        parameters=parameters,
        trainable=trainable,
        frozen=frozen,
        macs=sum(facts.layers[i].macs for i in network.layers if i in facts.layers),
        depth=depth(network),
        parameter_bytes=VALUE * parameters,
        activation_bytes=sum(activation_bytes(network, facts, known).values()),
        peak_activation_bytes=peak_bytes(network, facts, known),
        training_bytes=VALUE * (parameters + state * trainable) + batch_size * kept_bytes(network, facts),
        batch_size=batch_size,
        inputs=_shapes(network, facts, "Input"),
        outputs=_shapes(network, facts, "Output"),
        auxiliary_outputs=_shapes(network, facts, "AuxiliaryOutput"),
        complete=all(i in facts.layers and facts.layers[i].shapes for i in network.layers),
    )


def depth(network: Network) -> int:
    """See `Summary.depth`. Without a main output any end counts."""
    try:
        order = network.order
    except NetworkError:
        return 0
    ends = [layer.id for layer in network.of_kind("Output")] or list(network.layers)
    deepest: dict[str, int] = {}
    for layer_id in order:
        before = [deepest[port.layer] for port in network.inputs[layer_id] if port is not None]
        deepest[layer_id] = max(before, default=0) + _is_deep(network[layer_id])
    return max((deepest[layer_id] for layer_id in ends), default=0)


def _is_deep(layer: Layer) -> bool:
    row = KINDS.get(layer.kind)
    return row is not None and row.category in DEEP


def _shapes(network: Network, facts: Facts, kind: str) -> tuple[tuple[int, ...], ...]:
    return tuple(
        facts.layers[layer.id].shapes[0]
        for layer in network.of_kind(kind)
        if layer.id in facts.layers and facts.layers[layer.id].shapes
    )
