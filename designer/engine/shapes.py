"""Shapes: what each layer of a network gives, how much it holds and costs, and what does not fit.

Each layer is run on tensors without values at two batch sizes, so that what follows the batch is
known and not guessed. Results are kept by kind, settings and input shapes: after an edit only layers
that the edit reaches are run again.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS, kind
from designer.engine.building import layer_module
from designer.engine.macs import Shape, macs
from designer.engine.mismatch import MismatchError, Source, explain, mixed
from designer.engine.same_shape import keeps_shape
from designer.engine.structure import output_problems, structural_problems, used_layers
from designer.errors import DesignerError, NetworkError
from designer.messages import tr
from designer.network.network import Layer, Network, Port
from designer.session import problems as codes
from designer.session.results import Facts, LayerFacts, Problem

_BATCHES = (2, 3)

Value = tuple[Shape, Shape]
"""Shapes of one value at the two batch sizes."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """What running one layer without values has shown; `error` is torch's own text, '' when it ran."""

    values: tuple[Value, ...]
    macs: int
    error: str = ""


def infer(network: Network) -> Facts:
    """Shapes, parameters, multiplications and problems of a network. Never raises for a wrong one.

    Shapes are without the batch; a value that has no batch, such as a bare parameter, has its whole
    shape. Where a first dimension holds several entries for each picture (windows), that number stays.
    Layers behind a wrong one have no shapes and no problems of their own.
    """
    used = used_layers(network)
    problems = list(structural_problems(network, used))
    facts: dict[str, LayerFacts] = {}
    values: dict[Port, Value] = {}
    # With a cycle, which is among the problems, file order does for the layers before it.
    order = tuple(network.layers) if network.ring else network.order
    for layer_id in order:
        layer = network[layer_id]
        try:
            facts[layer_id] = _infer_layer(network, layer, values)
        except DesignerError as error:
            problems.append(_problem(layer, error, layer_id in used))
            facts[layer_id] = LayerFacts(parameters=_parameters(layer))
    shapes = {i: known.shapes[0] for i, known in facts.items() if known.shapes}
    followed = {i for i in shapes if _follows_batch(values[Port(i)])}
    problems.extend(output_problems(network, shapes, followed))
    return Facts({i: facts[i] for i in network.layers if i in facts}, tuple(problems))


def _problem(layer: Layer, error: DesignerError, used: bool) -> Problem:
    if isinstance(error, MismatchError):
        # What no output needs is never run.
        return Problem("error" if used else "warning", layer.id, str(error), error.code)
    code = codes.SETTINGS if layer.kind in KINDS else codes.UNKNOWN_KIND
    return Problem("error", layer.id, str(error), code)


def strip(value: Value) -> Shape:
    """The shape of a value without the batch."""
    first, second = value
    if first == second or len(first) != len(second):
        return first
    found = []
    for one, other in zip(first, second, strict=True):
        if one == other:
            found.append(one)
        elif one != _BATCHES[0]:
            found.append(one // _BATCHES[0])
    return tuple(found)


def _follows_batch(value: Value) -> bool:
    return tuple(shape[0] if shape else 0 for shape in value) == _BATCHES


def _mixes(value: Value) -> bool:
    """Whether the batch is in it twice: each picture's values hang on all others of its batch."""
    return sum(pair == _BATCHES for pair in zip(*value, strict=False)) > 1


def _infer_layer(network: Network, layer: Layer, values: dict[Port, Value]) -> LayerFacts:
    row = kind(layer.kind)
    text = _completed(row, layer)
    count = _counted(row.key, text, layer.name)
    ports = network.inputs[layer.id]
    if any(port not in values for port in ports) or not _right_number(row, ports):
        return LayerFacts(parameters=count)
    given = tuple(values[port] for port in ports if port is not None)
    found = _run(row.key, text, given)
    if found.error:
        sources = [
            Source(network[port.layer].name, strip(values[port]), values[port][0])
            for port in ports
            if port is not None
        ]
        raise explain(layer.name, row, json.loads(text), sources, found.error)
    if any(_mixes(value) for value in found.values):
        names = [network[port.layer].name for port in ports if port is not None]
        given_shapes = [strip(values[port]) for port in ports if port is not None]
        raise mixed(layer.name, names, given_shapes)
    for number, value in enumerate(found.values):
        values[Port(layer.id, number)] = value
    return _facts(found.values, count, found.macs)


@functools.lru_cache(maxsize=16384)
def _facts(values: tuple[Value, ...], parameters: int, macs: int) -> LayerFacts:
    return LayerFacts(tuple(strip(value) for value in values), parameters, macs)


def _completed(row: LayerKind, layer: Layer) -> str:
    """All settings of a layer, checked, as JSON; EditError where one does not fit."""
    try:
        given = json.dumps(layer.settings)
    except (TypeError, ValueError):
        # Something that JSON cannot hold; the check says so in its own words.
        return json.dumps(row.complete(layer.settings))
    return _checked(row.key, given)


@functools.lru_cache(maxsize=16384)
def _checked(kind_key: str, given: str) -> str:
    return json.dumps(kind(kind_key).complete(json.loads(given)))


def _right_number(row: LayerKind, ports: Sequence[Port | None]) -> bool:
    least, most = row.inputs
    return least <= len(ports) and (most is None or len(ports) <= most)


def _parameters(layer: Layer) -> int:
    try:
        row = kind(layer.kind)
        return _counted(row.key, _completed(row, layer), layer.name)
    except DesignerError:
        # The layer cannot be built at all; its problem is told where that was found.
        return 0


@functools.lru_cache(maxsize=4096)
def _module(kind_key: str, settings: str, name: str = "") -> nn.Module:
    with torch.device("meta"):
        module = layer_module(Layer(name, name, kind_key, json.loads(settings)))
    # Attention has a faster way in evaluation that knows no tensors without values.
    return module.train(kind_key == "MultiheadAttention")


def _counted(kind_key: str, settings: str, name: str) -> int:
    try:
        return _count(kind_key, settings)
    except NetworkError:
        # Once more with the layer's name, for the text.
        _module(kind_key, settings, name)
        raise


@functools.lru_cache(maxsize=4096)
def _count(kind_key: str, settings: str) -> int:
    return sum(parameter.numel() for parameter in _module(kind_key, settings).parameters())


@functools.lru_cache(maxsize=16384)
def _run(kind_key: str, settings: str, given: tuple[Value, ...]) -> Inferred:
    held: Mapping[str, Any] = json.loads(settings)
    if len(given) == 1 and all(keeps_shape(kind_key, held, shape) for shape in given[0]):
        return Inferred(given, 0)
    row = kind(kind_key)
    if row.ranks and any(len(shape) not in row.ranks for value in given for shape in value):
        # Torch would take the pictures of the batch for channels.
        return Inferred((), 0, tr("the number of dimensions does not fit"))
    if kind_key.startswith("ConvTranspose") and given[0][0][1] != held[row.input_width]:
        # On tensors without values torch does not look.
        return Inferred((), 0, tr("the number of channels does not fit"))
    module = _module(kind_key, settings)
    shapes: list[list[Shape]] = []
    costs = []
    for number, batch in enumerate(_BATCHES):
        inputs = [value[number] for value in given]
        if kind_key == "Input":
            inputs = [(batch, *held["shape"])]
        try:
            with torch.no_grad():
                found = module(*(torch.empty(shape, device="meta") for shape in inputs))
        except (RuntimeError, ValueError, TypeError, IndexError, AssertionError) as error:
            return Inferred((), 0, str(error).strip() or type(error).__name__)
        results = (found,) if isinstance(found, Tensor) else tuple(found)
        shapes.append([tuple(x.shape) for x in results])
        costs.append(macs(kind_key, held, inputs, shapes[-1][0]))
    if len(shapes[0]) != len(shapes[1]):
        return Inferred((), 0, tr("the number of its outputs follows the batch"))
    return Inferred(tuple(zip(*shapes, strict=True)), costs[1] - costs[0])
