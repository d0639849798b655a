"""From a network and its facts to the rows of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designer.catalog.kinds import KINDS
from designer.catalog.memory import activation_bytes
from designer.catalog.summary import Summary, summary
from designer.network.network import Network, Port
from designer.session.results import Facts, Problem

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Times that were measured on this computer.

    Attributes:
        seconds: for the whole batch, by layer id.
        batch_size: pictures in the batch.
        device: where, as shown to the user.
    """

    seconds: Mapping[str, float]
    batch_size: int = 1
    device: str = ""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """What is said of one layer.

    Attributes:
        layer_id, name, group: as in the network.
        kind: title of its kind, `key` that kind's key, `category` the heading of it.
        inputs: names of what feeds it; '' where nothing does.
        input_shapes: shapes of what feeds it, without the batch; None where one is not known.
        output_shapes: shape of each output, without the batch; empty when they are not known.
        parameters: learnable values; `trainable`: those of them that training changes.
        macs: multiplications for one picture.
        activation_bytes: memory of what it makes for one picture.
        seconds: measured time for one batch; None where it was not measured.
        frozen: it stays as it is.
        problems: what is wrong with it.
    """

    layer_id: str
    name: str
    group: str
    kind: str
    key: str
    category: str
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape | None, ...]
    output_shapes: tuple[Shape, ...]
    parameters: int
    trainable: int
    macs: int
    activation_bytes: int
    seconds: float | None
    frozen: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """A whole network.

    Attributes:
        name: of the network.
        origin: id of the pretrained model that it began as, or ''.
        classes: how many classes it has.
        rows: one for each layer, in the order of the network.
        summary: the figures of all.
        problems: what is wrong, those of single layers among them.
        measured: times, or None.
    """

    name: str
    origin: str
    classes: int
    rows: tuple[LayerRow, ...]
    summary: Summary
    problems: tuple[Problem, ...] = ()
    measured: Measured | None = field(default=None)

    @property
    def seconds(self) -> float | None:
        """Measured time of all layers together; None when they were not measured."""
        return None if self.measured is None else sum(self.measured.seconds.values())


def analyse(
    network: Network,
    facts: Facts,
    batch_size: int = 32,
    optimizer: str = "AdamW",
    measured: Measured | None = None,
) -> Analysis:
    """Everything that a report says of a network; memory is that of training with these choices.

    Raises:
        TrainingError: there is no such optimizer.
        NetworkError: a layer is of an unknown kind.
    """
    memory = activation_bytes(network, facts)
    problems: dict[str, list[Problem]] = {}
    for problem in facts.problems:
        problems.setdefault(problem.layer, []).append(problem)
    rows = tuple(
        _row(network, facts, layer_id, memory[layer_id], measured, tuple(problems.get(layer_id, ())))
        for layer_id in network.layers
    )
    return Analysis(
        network.name,
        network.origin,
        len(network.classes),
        rows,
        summary(network, facts, batch_size, optimizer),
        facts.problems,
        measured,
    )


def _row(
    network: Network,
    facts: Facts,
    layer_id: str,
    memory: int,
    measured: Measured | None,
    problems: tuple[Problem, ...],
) -> LayerRow:
    layer = network[layer_id]
    row = KINDS.get(layer.kind)
    known = facts.layers.get(layer_id)
    parameters = known.parameters if known is not None else 0
    return LayerRow(
        layer_id,
        layer.name,
        layer.group,
        row.title if row is not None else layer.kind,
        layer.kind,
        row.category if row is not None else "",
        tuple("" if port is None else network[port.layer].name for port in network.inputs[layer_id]),
        tuple(_shape(facts, port) for port in network.inputs[layer_id]),
        known.shapes if known is not None else (),
        parameters,
        0 if layer.frozen else parameters,
        known.macs if known is not None else 0,
        memory,
        measured.seconds.get(layer_id) if measured is not None else None,
        layer.frozen,
        problems,
    )


def _shape(facts: Facts, port: Port | None) -> Shape | None:
    known = facts.layers.get(port.layer) if port is not None else None
    if port is None or known is None or port.output >= len(known.shapes):
        return None
    return known.shapes[port.output]
