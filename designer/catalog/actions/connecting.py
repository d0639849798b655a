"""Connecting: which outputs may feed which inputs, and the edits that connect and disconnect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from designer.catalog.actions.deleting import trimmed
from designer.catalog.actions.shapes import misfit, shape_of
from designer.catalog.actions.texts import short
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Connection, Inputs, Layer, Network, Port
from designer.network.restructure import Restructure
from designer.session.results import Facts

_ENDS = ("Output", "AuxiliaryOutput")


@dataclass(frozen=True, slots=True)
class Target:
    """Whether an input may be connected.

    Attributes:
        allowed: the connection can be made.
        reason: why it cannot; or, of an allowed one, what does not fit and settings could mend; or ''.
    """

    allowed: bool
    reason: str = ""


FITS = Target(True)


def targets(network: Network, facts: Facts | None, source: Port) -> Mapping[tuple[str, int], Target]:
    """For every input that an output could be led to, by layer id and number, whether it may.

    A layer that takes more inputs than it has, has one more here; one that takes none has input 0.
    """
    refused = _unfit_source(network, source)
    before = network.ancestors((source.layer,))
    given = shape_of(facts, source)
    found = {}
    for layer in network:
        count = slots(network, layer)
        for number in range(max(count, 1)):
            if refused:
                target = Target(False, refused)
            elif number >= count:
                target = Target(False, _no_input(layer))
            else:
                target = _target(network, facts, source, given, layer, number, layer.id in before)
            found[layer.id, number] = target
    return found


def sources(network: Network, facts: Facts | None, target: str, number: int) -> Mapping[Port, Target]:
    """For every output of the network, whether it may be led to this input."""
    layer = network[target]
    after = network.descendants((target,))
    full = _no_input(layer) if number >= slots(network, layer) else ""
    found = {}
    for other in network:
        for output in range(outputs(other)):
            port = Port(other.id, output)
            refused = full or _unfit_source(network, port)
            if refused:
                found[port] = Target(False, refused)
            else:
                given = shape_of(facts, port)
                found[port] = _target(network, facts, port, given, layer, number, other.id in after)
    return found


def surely_fits(network: Network, facts: Facts, source: Port, target: str, number: int) -> bool:
    """Whether an output whose shape is known suits an input, so that nothing would need mending.

    It is what `sources` says, but for cycles: those are left to the caller.
    """
    layer, given = network[target], shape_of(facts, source)
    if given is None or number >= slots(network, layer) or _unfit_source(network, source):
        return False
    return _target(network, facts, source, given, layer, number, cycle=False) == FITS


def connect(network: Network, source: Port, target: str, number: int) -> Edit:
    """Lead an output to an input; what fed it before is led away.

    `number` may be that of the last input and one, where the layer takes more.

    Raises:
        EditError: the layer has no such input, the source no such output, the connection is there
            already, or would close a cycle.
    """
    network[source.layer]
    layer = network[target]
    if not 0 <= source.output < outputs(network[source.layer]):
        raise EditError(
            tr("'{name}' has no output {n}.", name=network[source.layer].name, n=source.output + 1),
            tr("It has {count}.", count=outputs(network[source.layer])),
            tr("Connect another output."),
        )
    reason = _unfit_source(network, source)
    if not reason and not 0 <= number < slots(network, layer):
        reason = _no_input(layer)
    if not reason:
        cycle = network.feeds(target, source.layer)
        verdict = _target(network, None, source, None, layer, number, cycle)
        reason = "" if verdict.allowed else verdict.reason
    if reason:
        what = tr("'{a}' cannot feed '{b}'.", a=network[source.layer].name, b=layer.name)
        raise EditError(what, reason, tr("Choose another output or another input."))
    ports = [*network.inputs[target], *[None] * (number + 1 - len(network.inputs[target]))]
    ports[number] = source
    text = tr("Connect {a} to {b}", a=short(network[source.layer].name), b=short(layer.name))
    return Restructure(text, inputs={target: tuple(ports)})


def disconnect(network: Network, connections: Iterable[Connection]) -> Edit:
    """Take connections away. The inputs are left empty, or go where a layer can do with fewer.

    Raises:
        EditError: none is given, or one is not there.
    """
    chosen = tuple(dict.fromkeys(connections))
    if not chosen:
        raise EditError(
            tr("Nothing is chosen."),
            tr("No connection is marked."),
            tr("Choose the connections to take away."),
        )
    emptied: dict[str, list[Port | None]] = {}
    for connection in chosen:
        check_connection(network, connection)
        ports = emptied.setdefault(connection.target, list(network.inputs[connection.target]))
        ports[connection.input] = None
    inputs: dict[str, Inputs] = {
        target: trimmed(network[target], tuple(ports), network.inputs[target])
        for target, ports in emptied.items()
    }
    text = tr("Disconnect {count} connections", count=len(chosen))
    if len(chosen) == 1:
        ends = (network[chosen[0].source].name, network[chosen[0].target].name)
        text = tr("Disconnect {a} from {b}", a=short(ends[0]), b=short(ends[1]))
    return Restructure(text, inputs=inputs)


def check_connection(network: Network, connection: Connection) -> None:
    """Raise EditError when the network has no such connection."""
    ports = network.inputs[network[connection.target].id]
    port = Port(connection.source, connection.output)
    if not 0 <= connection.input < len(ports) or ports[connection.input] != port:
        raise EditError(
            tr("There is no such connection."),
            tr(
                "Input {n} of '{name}' is fed otherwise.",
                n=connection.input + 1,
                name=network[connection.target].name,
            ),
            tr("Choose a connection that is there."),
        )


def slots(network: Network, layer: Layer) -> int:
    """How many inputs of a layer can be meant: those it has and needs, and one more where it takes more."""
    row = KINDS.get(layer.kind)
    there = len(network.inputs[layer.id])
    if row is None:
        return there
    least, most = row.inputs
    return max(there, least) if most is not None and there >= most else max(there + 1, least)


def outputs(layer: Layer) -> int:
    """How many outputs a layer has, as far as its settings tell."""
    row = KINDS.get(layer.kind)
    if row is None or not isinstance(row.outputs, str):
        return 1 if row is None else int(row.outputs)
    default = row.setting(row.outputs).default
    count = layer.settings.get(row.outputs, default)
    return count if isinstance(count, int) and count > 0 else 1


def _target(
    network: Network,
    facts: Facts | None,
    source: Port,
    given: tuple[int, ...] | None,
    layer: Layer,
    number: int,
    cycle: bool,
) -> Target:
    if layer.id == source.layer:
        return Target(False, tr("A layer cannot feed itself."))
    if cycle:
        text = "'{a}' comes before '{b}': the connection would close a cycle."
        return Target(False, tr(text, a=layer.name, b=network[source.layer].name))
    ports = network.inputs[layer.id]
    if number < len(ports) and ports[number] == source:
        return Target(False, tr("'{name}' feeds this input already.", name=network[source.layer].name))
    if given is None:
        return FITS
    shapes = [shape_of(facts, port) for n, port in enumerate(ports) if n != number]
    reason = misfit(layer, given, [shape for shape in shapes if shape is not None])
    return Target(True, reason) if reason else FITS


def _unfit_source(network: Network, source: Port) -> str:
    layer = network[source.layer]
    if layer.kind in _ENDS:
        return tr("'{name}' gives the answer out: nothing comes after it.", name=layer.name)
    return ""


def _no_input(layer: Layer) -> str:
    row = KINDS.get(layer.kind)
    most = row.inputs[1] if row is not None else None
    if most == 0:
        return tr("'{name}' takes no input.", name=layer.name)
    if most == 1:
        return tr("'{name}' takes one input.", name=layer.name)
    return tr("'{name}' takes {count} inputs.", name=layer.name, count=most)
