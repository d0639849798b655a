"""Remedies for connections: empty inputs, too many or too few, cycles, layers that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from designer.catalog.actions import connect, delete_layers, disconnect, replace_kind
from designer.catalog.actions.connecting import outputs, surely_fits
from designer.catalog.actions.deleting import trimmed
from designer.catalog.actions.texts import short
from designer.catalog.fixes.fix import Fix, fix
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.messages import tr
from designer.network.network import Connection, Inputs, Network, Port
from designer.network.restructure import Restructure
from designer.session.results import Facts, Problem

_ENDS = ("Output", "AuxiliaryOutput")


def break_cycle(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Take away one connection of the cycle, that which leads back first."""
    ring = network.ring
    for number in range(min(len(ring), 3)):
        source, target = ring[number - 1], ring[number]
        chosen = [
            Connection(source, port.output, target, n)
            for n, port in enumerate(network.inputs[target])
            if port is not None and port.layer == source
        ]
        text = tr("Disconnect {a} from {b}", a=short(network[source].name), b=short(network[target].name))
        yield Fix(text, disconnect(network, chosen))


def fill_input(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Lead to the empty input what fits and lies nearest; do without the input, or without the layer."""
    layer = network[problem.layer]
    ports = network.inputs[layer.id]
    empty = [n for n, port in enumerate(ports) if port is None]
    if len(empty) == 1 and facts is not None:
        yield from _nearest(network, facts, layer.id, empty[0])
    left = trimmed(layer, tuple(None if p is None else p for p in ports), (Port(layer.id),) * len(ports))
    if None not in left:
        text = tr("Leave out the empty inputs of {name}", name=short(layer.name))
        yield fix(Restructure(text, inputs={layer.id: left}))
    yield from delete(network, facts, problem)


def delete(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Take the layer out; what fed it feeds what it fed."""
    try:
        yield fix(delete_layers(network, (problem.layer,), facts))
    except EditError:
        # The only input or output stays.
        return


def more_inputs(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Lead one output more to the layer, or take it out."""
    layer = network[problem.layer]
    count = len(network.inputs[layer.id])
    row = KINDS[layer.kind]
    if facts is not None and count + 1 == row.inputs[0]:
        yield from _nearest(network, facts, layer.id, count)
    yield from delete(network, facts, problem)


def fewer_inputs(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Keep the first inputs, those that are fed before the empty ones."""
    layer = network[problem.layer]
    most = KINDS[layer.kind].inputs[1] or 0
    ports = network.inputs[layer.id]
    fed = [port for port in ports if port is not None]
    kept: Inputs = tuple((*fed, *[None] * len(ports))[:most])
    text = tr("Keep {count} inputs of {name}", count=most, name=short(layer.name))
    yield fix(Restructure(text, inputs={layer.id: kept}))


def first_output(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Read the last output that the source has."""
    ports = list(network.inputs[problem.layer])
    for number, port in enumerate(ports):
        if port is not None and port.output >= outputs(network[port.layer]):
            ports[number] = Port(port.layer, outputs(network[port.layer]) - 1)
    text = tr("Connect {name} to an output that is there", name=short(network[problem.layer].name))
    yield fix(Restructure(text, inputs={problem.layer: tuple(ports)}))


def before_end(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Feed the layer by what feeds the end."""
    ports = list(network.inputs[problem.layer])
    for number, port in enumerate(ports):
        while port is not None and network[port.layer].kind in _ENDS:
            port = next(iter(network.inputs[port.layer]), None)
        ports[number] = port
    text = tr("Connect {name} to the layer before", name=short(network[problem.layer].name))
    yield fix(Restructure(text, inputs={problem.layer: tuple(ports)}))


def use(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Lead what the layer gives to an empty input that takes it; or take it out."""
    if facts is not None:
        port = Port(problem.layer)
        # Walking the network is put off until an input is found that it could be led to.
        before = cache(lambda: network.ancestors((port.layer,)))
        led = cache(lambda: network.ancestors(end.id for end in network.of_kind(*_ENDS)))
        for target, number in _empty(network):
            suits = surely_fits(network, facts, port, target, number)
            if suits and target not in before() and target in led():
                yield fix(connect(network, port, target, number))
                break
    yield from delete(network, facts, problem)


def delete_unused(network: Network, facts: Facts | None) -> Iterator[Fix]:
    """Take all layers out that lead to no output."""
    used = network.ancestors(end.id for end in network.of_kind(*_ENDS, "Input"))
    idle = [layer.id for layer in network if layer.id not in used]
    if len(idle) > 1:
        text = tr("Delete all {count} unused layers", count=len(idle))
        yield Fix(text, delete_layers(network, idle, facts))


def reach_output(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Lead what comes from the pictures to an empty input before the output."""
    if facts is None:
        return
    reached = network.descendants(layer.id for layer in network.of_kind("Input"))
    before = network.ancestors((problem.layer,))
    for target in network.order:
        if target not in before:
            continue
        for number, port in enumerate(network.inputs[target]):
            if port is None:
                found = list(_nearest(network, facts, target, number, reached))
                yield from found
                if found:
                    return


def replace_unknown(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """Something that lets values through, or nothing, in the place of a layer that is not known."""
    yield fix(replace_kind(network, problem.layer, "Identity", facts))
    yield from delete(network, facts, problem)


def _nearest(
    network: Network, facts: Facts, target: str, number: int, among: frozenset[str] | None = None
) -> Iterator[Fix]:
    """Lead the nearest output to an input that surely takes it, those first that feed nothing yet."""
    rank = {} if network.ring else network.rank
    after = cache(lambda: network.descendants((target,)))
    for layer_id in _by_distance(network, target):
        if among is not None and layer_id not in among:
            continue
        for port in (Port(layer_id, n) for n in range(outputs(network[layer_id]))):
            if port in network.inputs[target] or not surely_fits(network, facts, port, target, number):
                continue
            # What comes before it in the order closes no cycle: then nothing needs to be walked.
            if (rank and rank[layer_id] < rank[target]) or layer_id not in after():
                yield fix(connect(network, port, target, number))
                return


def _by_distance(network: Network, target: str) -> Iterator[str]:
    """All layers but the target, those first that feed nothing yet.

    What stands before the target in the file comes before what stands behind it, and what is near first.
    """
    ids = list(network.layers)
    place = ids.index(target)
    ordered = [*reversed(ids[:place]), *ids[place + 1 :]]
    consumers = network.consumers
    yield from (layer_id for layer_id in ordered if not consumers[layer_id])
    yield from (layer_id for layer_id in ordered if consumers[layer_id])


def _empty(network: Network) -> Iterator[tuple[str, int]]:
    """The inputs that nothing feeds."""
    for layer_id in network.layers:
        ports = network.inputs[layer_id]
        if None in ports:
            yield from ((layer_id, number) for number, port in enumerate(ports) if port is None)
