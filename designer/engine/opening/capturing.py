"""Capture: from any `nn.Module` to a network document and its weights.

The module is run on tensors without values in training mode at two batch sizes, and once in
evaluation mode. What differs between the batch sizes is the batch; what differs between the modes are
auxiliary outputs, or cannot be held by a document.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.engine.building import build, fits, layer_module
from designer.engine.opening.calls import Refused
from designer.engine.opening.leaves import kind_of, settings_of
from designer.engine.opening.recording import Recorder, Row
from designer.engine.weights import LayerWeights, Weights
from designer.errors import DesignerError, OpeningError
from designer.messages import tr
from designer.network.network import Layer, Network, Port

_BATCHES = (5, 7)
"""Neither is 1, which broadcasts, nor a usual number of windows or channels."""


@dataclass(frozen=True)
class Opened:
    """A network and its weights."""

    network: Network
    weights: Weights


@dataclass(frozen=True)
class Captured:
    """A network, and for each layer with tensors their names in the module's state dict."""

    network: Network
    tensors: Mapping[str, Mapping[str, str]]


def capture(
    module: nn.Module, input_shape: Sequence[int], name: str, auxiliary_weight: float = 0.3
) -> Opened:
    """The network that `module` computes, with a copy of its weights. The module is left as it is.

    Args:
        module: what computes; it takes pictures alone and gives one tensor.
        name: name of the network.
        input_shape: channels, height and width of the pictures it takes.
        auxiliary_weight: share of each auxiliary output in the training loss.

    Raises:
        OpeningError: it has a part that no layer kind stands for, or depends on the values it gets;
            or the captured network does not compute exactly the same (compared on the CPU alone).
    """
    _check_types(module)
    captured = record(skeleton(module), input_shape, name, auxiliary_weight)
    state = module.state_dict()
    weights = Weights(
        {
            layer_id: {
                own: state[key].detach().to("cpu", copy=True).contiguous() for own, key in names.items()
            }
            for layer_id, names in captured.tensors.items()
        }
    )
    opened = Opened(captured.network, weights)
    _check_tensors(opened)
    _check_output(module, opened, input_shape)
    return opened


def skeleton(module: nn.Module) -> nn.Module:
    """A copy of a module whose tensors have no values. Raises OpeningError when it has no copy."""
    memo: dict[int, Any] = {}
    for tensor in (*module.parameters(), *module.buffers()):
        without = tensor.detach().to("meta")
        memo[id(tensor)] = nn.Parameter(without, False) if isinstance(tensor, nn.Parameter) else without
    try:
        return copy.deepcopy(module, memo)
    except (TypeError, RuntimeError, NotImplementedError, AttributeError) as error:
        raise OpeningError(
            tr("This network cannot be opened: a part of it cannot be copied."),
            f"{error}",
            tr("Build it from modules of torch.nn."),
        ) from error


def record(module: nn.Module, input_shape: Sequence[int], name: str, auxiliary_weight: float) -> Captured:
    """The network that a module without values computes; the module is used up.

    Raises:
        OpeningError: see `capture`.
    """
    _check_hooks(module)
    shape = tuple(int(size) for size in input_shape)
    parts = _parts(module)
    runs = [_run(parts, shape, batch, True, auxiliary_weight) for batch in _BATCHES]
    rows = _free_batch(runs[0], runs[1])
    evaluated = _needed(_run(parts, shape, _BATCHES[0], False, auxiliary_weight), ("Output",))
    _check_modes(_needed(runs[0], ("Output",)), evaluated)
    rows = _shortened(_needed(rows, ("Output", "AuxiliaryOutput")), module)
    layers = {row.id: Layer(row.id, row.id, row.kind.key, row.settings, row.group) for row in rows.values()}
    network = Network(name, layers, {row.id: row.inputs for row in rows.values()})
    return Captured(network, {row.id: row.tensors for row in rows.values() if row.tensors})


def _run(
    parts: Sequence[_Part], shape: Sequence[int], batch: int, training: bool, auxiliary_weight: float
) -> dict[str, Row]:
    """One recorded run of a module, the forward functions of its parts replaced for the time."""
    module = parts[0].module
    parameters = {id(p): (n, True) for n, p in module.named_parameters()}
    named = {id(b): (n, False) for n, b in module.named_buffers()} | parameters
    paths = {path: part for path, part in module.named_modules() if path}
    taken = frozenset({*paths, *(n for n, _ in named.values())})
    recorder = Recorder(KINDS, taken, named, training)
    module.train(training)
    _instrument(recorder, parts)
    pictures = torch.empty(batch, *shape, device="meta")
    recorder.begin(pictures, shape)
    try:
        with torch.no_grad(), recorder:
            found = module(pictures)
        (_, main), *others = _answers(found, training)
        recorder.finish("Output", {}, main, "output")
        for name, tensor in others:
            recorder.finish("AuxiliaryOutput", {"loss_weight": auxiliary_weight}, tensor, name)
    except DesignerError:
        raise
    except Exception as error:
        # Whatever a stranger's module raises: it is theirs, and the user is told where.
        raise OpeningError(
            tr(
                "This network cannot be opened: '{where}' does not run without values.",
                where=recorder.failed or type(module).__name__,
            ),
            f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}",
            tr("Its course may depend on the values it gets, or the input size may not fit."),
        ) from error
    finally:
        for part in parts:
            del part.module.forward
    return recorder.rows


@dataclass(frozen=True)
class _Part:
    """A part of a module: with a kind and settings when it is one layer."""

    path: str
    module: nn.Module
    kind: LayerKind | None
    settings: dict[str, Any]


def _parts(module: nn.Module) -> tuple[_Part, ...]:
    """All parts of a module but those inside of layers."""
    found: list[_Part] = []
    leaves: set[str] = set()
    for path, part in module.named_modules():
        if path and path.rpartition(".")[0] in leaves:
            leaves.add(path)
            continue
        row = kind_of(part)
        try:
            found.append(_Part(path, part, row, {} if row is None else settings_of(part, row)))
        except Refused as error:
            raise _refusal(path, row.title if row else "", str(error)) from error
        if row is not None:
            leaves.add(path)
    return tuple(found)


def _instrument(recorder: Recorder, parts: Iterable[_Part]) -> None:
    """Let every part tell the recorder when it runs."""
    for part in parts:
        module, run = part.module, part.module.forward
        if part.kind is None:
            module.forward = _scoped(recorder, run, part.path)
        else:
            # A layer's own mode changes no shape, but in-place dropout shows itself in training alone.
            module.train(not part.kind.key.startswith("BatchNorm"))
            module.forward = recorder.leaf(part.kind, part.settings, module, part.path, run)


def _scoped(recorder: Recorder, run: Any, path: str) -> Any:
    def forward(*args: Any, **kwargs: Any) -> Any:
        with recorder.within(path):
            return run(*args, **kwargs)

    return forward


def _answers(found: object, training: bool) -> list[tuple[str, object]]:
    """The main output, then the auxiliary ones, each with a name."""
    if not training or not isinstance(found, tuple):
        return [("output", found)]
    names = getattr(found, "_fields", tuple(f"auxiliary{n}" for n in range(len(found))))
    return [(n, x) for n, x in zip(names, found, strict=True) if x is not None]


def _needed(rows: Mapping[str, Row], ends: Iterable[str]) -> dict[str, Row]:
    """The rows that lead to layers of the kinds `ends`, in their order."""
    found: set[str] = set()
    ahead = [row.id for row in rows.values() if row.kind.key in ends]
    while ahead:
        layer_id = ahead.pop()
        if layer_id not in found:
            found.add(layer_id)
            ahead.extend(port.layer for port in rows[layer_id].inputs)
    return {i: row for i, row in rows.items() if i in found}


def _free_batch(first: Mapping[str, Row], second: Mapping[str, Row]) -> dict[str, Row]:
    """The rows of the first run, with -1 in place of sizes that follow the batch."""
    if list(first) != list(second):
        raise _refusal("", "", tr("Its layers depend on the number of pictures."))
    found = {}
    for one, other in zip(first.values(), second.values(), strict=True):
        if one.kind is not other.kind or one.inputs != other.inputs:
            raise _refusal(one.id, one.kind.title, tr("It depends on the number of pictures."))
        if one.settings != other.settings:
            one = replace(one, settings=_with_free_size(one, other))
        found[one.id] = one
    return found


def _with_free_size(one: Row, other: Row) -> dict[str, Any]:
    shapes = [row.settings.get("shape", []) for row in (one, other)]
    if one.kind.key == "Reshape" and len(shapes[0]) == len(shapes[1]):
        pairs = list(zip(*shapes, strict=True))
        free = [a * _BATCHES[1] == b * _BATCHES[0] for a, b in pairs]
        if sum(free) == 1 and all(f or a == b for f, (a, b) in zip(free, pairs, strict=True)):
            return {"shape": [-1 if f else a for f, (a, _) in zip(free, pairs, strict=True)]}
    raise _refusal(one.id, one.kind.title, tr("Its settings depend on the number of pictures."))


def _check_modes(training: Mapping[str, Row], evaluation: Mapping[str, Row]) -> None:
    """Refuse a network that takes another course in evaluation than in training."""
    for one, other in zip(training.values(), evaluation.values(), strict=False):
        if (one.id, one.kind, one.settings, one.inputs) != (
            other.id,
            other.kind,
            other.settings,
            other.inputs,
        ):
            raise _refusal(one.id, one.kind.title, tr("In evaluation another layer runs in its place."))
    if len(training) != len(evaluation):
        raise _refusal("", "", tr("It has other layers in evaluation than in training."))


def _shortened(rows: Mapping[str, Row], module: nn.Module) -> dict[str, Row]:
    """A module that did one single function is that layer, under the module's path."""
    members: dict[str, list[str]] = {}
    for row in rows.values():
        members.setdefault(row.group, []).append(row.id)
    alone = {path for path, part in module.named_modules() if path and not list(part.children())}
    new = {
        ids[0]: group
        for group, ids in members.items()
        if group in alone and len(ids) == 1 and rows[ids[0]].path is None and not rows[ids[0]].tensors
    }
    found = {}
    for row in rows.values():
        inputs = tuple(Port(new.get(port.layer, port.layer), port.output) for port in row.inputs)
        if row.id in new:
            path = new[row.id]
            row = replace(row, id=path, group=path.rpartition(".")[0])
        found[row.id] = replace(row, inputs=inputs)
    return found


def _check_types(module: nn.Module) -> None:
    for name, tensor in module.named_parameters():
        if tensor.dtype != torch.float32:
            raise OpeningError(
                tr("This network cannot be opened: its weights are not in single precision."),
                tr("'{name}' is of type {type}.", name=name, type=str(tensor.dtype).removeprefix("torch.")),
                tr("Convert it first, with module.float()."),
            )


def _check_hooks(module: nn.Module) -> None:
    for path, part in module.named_modules():
        if part._forward_hooks or part._forward_pre_hooks:
            raise _refusal(path, type(part).__name__, tr("It has hooks, which no layer kind holds."))


def _check_tensors(opened: Opened) -> None:
    held = frozenset(opened.weights)
    with torch.device("meta"):
        for layer in opened.network:
            own: LayerWeights = opened.weights[layer.id] if layer.id in held else {}
            reason = fits(layer_module(layer), own)
            if reason is not None:
                raise _refusal(
                    layer.id, layer.kind, tr("Its weights are of another form: {why}.", why=reason)
                )


def _check_output(module: nn.Module, opened: Opened, input_shape: Sequence[int]) -> None:
    """Run both on the same noise, in evaluation mode, and compare every bit."""
    modes = {part: part.training for part in module.modules()}
    place = next((p.device for p in module.parameters()), torch.device("cpu"))
    pictures = torch.randn(2, *input_shape, generator=torch.Generator().manual_seed(0))
    try:
        with torch.no_grad():
            wanted = module.eval()(pictures.to(place)).cpu()
            found = build(opened.network, opened.weights)(pictures)
    finally:
        for part, training in modes.items():
            part.training = training
    if place.type == "cpu" and not torch.equal(wanted, found):
        raise _refusal(
            "", "", tr("As layers it gives other values: {n} at most.", n=float((wanted - found).abs().max()))
        )


def _refusal(path: str, what: str, why: str) -> OpeningError:
    name = f"'{path}'" if path else tr("the network itself")
    return OpeningError(
        tr("This network cannot be opened: {name} ({kind}) cannot be a layer.", name=name, kind=what)
        if what
        else tr("This network cannot be opened: {name} cannot be written as layers.", name=name),
        why,
        tr("Write this part with modules of torch.nn, or open another network."),
    )
