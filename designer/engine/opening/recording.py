"""Recording: what a module computes, layer by layer, as it runs once on tensors without values.

Sizes are plain numbers in such a run, so no arithmetic with shapes is recorded. A tensor stands for
the latest layer that gave its value: in-place operations need no layers of their own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from designer.catalog.kind import LayerKind
from designer.engine.opening.calls import Call, Refused
from designer.engine.opening.functions import TRANSLATORS, function_name
from designer.engine.opening.leaves import plain
from designer.engine.same_shape import keeps_shape
from designer.errors import OpeningError
from designer.messages import tr
from designer.network.network import Port, unused


@dataclass
class Row:
    """One recorded layer.

    Attributes:
        group: module path that it was called in.
        path: the module that it is; None for a function.
        tensors: names of the module's tensors, by the layer's own names.
    """

    id: str
    kind: LayerKind
    settings: dict[str, Any]
    inputs: tuple[Port, ...]
    group: str
    path: str | None = None
    tensors: Mapping[str, str] = field(default_factory=dict)


class Recorder(TorchFunctionMode):
    """Takes down the layers of one run.

    Args:
        kinds: the table of layer kinds.
        taken: names that functions' layers must not get: paths of modules and parameters.
        named: parameters and buffers by name, by identity of the tensor.
        training: the run is in training mode.
    """

    def __init__(
        self,
        kinds: Mapping[str, LayerKind],
        taken: frozenset[str],
        named: Mapping[int, tuple[str, bool]],
        training: bool,
    ) -> None:
        super().__init__()
        self.rows: dict[str, Row] = {}
        self.failed = ""
        self._kinds, self._taken, self._named, self._training = kinds, taken, named, training
        self._known: dict[int, tuple[Tensor, Port, int]] = {}
        self._batched: Port | None = None
        self._batch = 0
        self._scopes: list[str] = []
        self._silent = False
        self._before: dict[int, int] = {}

    @property
    def scope(self) -> str:
        """Path of the module that is being run."""
        return self._scopes[-1] if self._scopes else ""

    @contextmanager
    def within(self, path: str) -> Iterator[None]:
        """Record as called by the module at `path`."""
        self._scopes.append(path)
        try:
            yield
        except Exception:
            self.failed = self.failed or path
            raise
        finally:
            self._scopes.pop()

    def begin(self, pictures: Tensor, shape: Sequence[int]) -> None:
        """Put down the input layer, which gives `pictures`."""
        self._batch = pictures.shape[0]
        layer_id = self._put("Input", {"shape": list(shape)}, (), "input")
        self._bind(pictures, Port(layer_id))

    def finish(self, kind: str, settings: dict[str, Any], tensor: object, name: str) -> str:
        """Put down a layer that takes `tensor` out; returns its id."""
        if not isinstance(tensor, Tensor):
            raise self._refusal(
                name, tr("It gives {type} instead of one tensor.", type=type(tensor).__name__)
            )
        return self._put(kind, settings, (self.port(tensor, name),), name)

    def leaf(
        self, row: LayerKind, settings: dict[str, Any], module: nn.Module, path: str, run: Callable[..., Any]
    ) -> Callable[..., Any]:
        """`run`, the forward function of a module that is one layer, so that it is recorded."""
        tensors = {name: f"{path}.{name}" if path else name for name in module.state_dict()}

        def forward(*args: Any, **kwargs: Any) -> Any:
            inputs = self._leaf_inputs(row, run, args, kwargs, path)
            if path in self.rows and tensors:
                raise self._refusal(path, tr("It is called twice, and both calls share its weights."))
            ports = tuple(self.port(x, path) for x in inputs)
            was, self._silent = self._silent, True
            try:
                found = _quick_result(row, module, inputs)
                if found is None:
                    found = run(*args, **kwargs)
            except Exception:
                self.failed = self.failed or path
                raise
            finally:
                self._silent = was
            layer_id = path if path not in self.rows else unused(path, self._taken | self.rows.keys())
            self.rows[layer_id] = Row(layer_id, row, settings, ports, path.rpartition(".")[0], path, tensors)
            if isinstance(found, tuple):
                return (self._result(found[0], inputs, Port(layer_id)), *(None for _ in found[1:]))
            return self._result(found, inputs, Port(layer_id))

        return forward

    def port(self, tensor: Tensor, what: str) -> Port:
        """The layer output that a tensor is. Raises OpeningError when it is none."""
        if id(tensor) in self._known:
            _, port, version = self._known[id(tensor)]
            if self._before.get(id(tensor), tensor._version) != version:
                raise self._refusal(what, tr("Its input was changed in place through another tensor."))
            return port
        name, learned = self._named.get(id(tensor), ("", False))
        if not learned:
            why = (
                tr("It uses the fixed tensor '{name}'.", name=name) if name else tr("It uses a fixed tensor.")
            )
            raise self._refusal(what, why)
        row = Row(
            name,
            self._kinds["Parameter"],
            {"shape": list(tensor.shape)},
            (),
            name.rpartition(".")[0],
            tensors={"value": name},
        )
        self.rows[name] = row
        self._bind(tensor, Port(name))
        return Port(name)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run a function of torch, and record it where its result is a tensor that depends on the input."""
        if self._silent:
            return func(*args, **(kwargs or {}))
        inputs = list(_tensors((args, kwargs)))
        # An operation in place moves its own input on: what counts is the state before it.
        self._before = {id(x): x._version for x in inputs}
        found = func(*args, **(kwargs or {}))
        results = found if isinstance(found, tuple | list) else (found,)
        if not any(isinstance(x, Tensor) for x in results):
            return found
        if not any(id(x) in self._known or self._named.get(id(x), ("", False))[1] for x in inputs):
            return found
        name = function_name(func)
        if name not in TRANSLATORS:
            raise self._refusal(name, tr("There is no layer kind for this operation."))
        try:
            call = TRANSLATORS[name](found, *args, **(kwargs or {}))
        except (Refused, TypeError) as error:
            raise self._refusal(
                name, tr("As it is called, no layer kind stands for it: {why}.", why=error)
            ) from error
        found = self._record(call, name, found, inputs)
        self._before = {}
        return found

    def _record(self, call: Call | list[Call] | None, name: str, found: Any, inputs: list[Tensor]) -> Any:
        if call is None:
            return self._result(found, inputs, self.port(inputs[0], name))
        if isinstance(call, list):
            ports = [self._put_call(part, name) for part in call]
            return type(found)(self._result(x, inputs, port) for x, port in zip(found, ports, strict=True))
        port = self._put_call(call, name)
        if isinstance(found, Tensor):
            return self._result(found, inputs, port)
        return tuple(self._result(x, inputs, Port(port.layer, n)) for n, x in enumerate(found))

    def _put_call(self, call: Call, name: str) -> Port:
        if call.active is not None and call.active != self._training:
            raise self._refusal(name, tr("It does not follow the training mode of the network."))
        ports = tuple(
            self._put_call(x, x.kind.lower()) if isinstance(x, Call) else self.port(x, name)
            for x in call.inputs
        )
        if call.kind == "ExpandBatch":
            if self._batched is None:
                raise self._refusal(name, tr("Nothing before it has a batch."))
            ports = (*ports, self._batched)
        stem = f"{self.scope}.{name}" if self.scope else name
        return Port(self._put(call.kind, call.settings, ports, stem))

    def _put(self, kind: str, settings: dict[str, Any], ports: tuple[Port, ...], stem: str) -> str:
        row = self._kinds[kind]
        layer_id = unused(stem, self._taken | self.rows.keys())
        held = {name: plain(value, row.setting(name).type) for name, value in settings.items()}
        shorter = {
            name: value
            for name, value in held.items()
            if row.setting(name).required or row.setting(name).default != value
        }
        self.rows[layer_id] = Row(layer_id, row, shorter, ports, self.scope)
        return layer_id

    def _result(self, tensor: Tensor, inputs: Sequence[Tensor], port: Port) -> Tensor:
        """Remember what `tensor` is. One that is an input, unchanged, gets a body of its own."""
        if any(tensor is x and self._unchanged(x) for x in inputs):
            was, self._silent = self._silent, True
            try:
                tensor = tensor.view_as(tensor)
            finally:
                self._silent = was
        self._bind(tensor, port)
        return tensor

    def _unchanged(self, tensor: Tensor) -> bool:
        return id(tensor) in self._known and self._known[id(tensor)][2] == tensor._version

    def _bind(self, tensor: Tensor, port: Port) -> None:
        self._known[id(tensor)] = (tensor, port, tensor._version)
        if tensor.dim() and tensor.shape[0] == self._batch:
            self._batched = port

    def _leaf_inputs(
        self,
        row: LayerKind,
        run: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        path: str,
    ) -> list[Tensor]:
        if not kwargs and len(args) == row.inputs[0] and all(isinstance(x, Tensor) for x in args):
            return list(args)
        inputs: list[Tensor] = []
        for name, value in inspect.signature(run).bind(*args, **kwargs).arguments.items():
            if isinstance(value, Tensor) and len(inputs) < row.inputs[0]:
                inputs.append(value)
            elif value is not None and name not in ("need_weights", "average_attn_weights"):
                raise self._refusal(path, tr("It is called with '{name}'.", name=name))
        return inputs

    def _refusal(self, what: str, why: str) -> OpeningError:
        where = self.scope or tr("the network itself")
        return OpeningError(
            tr(
                "This network cannot be opened: '{what}' in '{where}' cannot be a layer.",
                what=what,
                where=where,
            ),
            why,
            tr("Write this part with modules of torch.nn, or open another network."),
        )


def _quick_result(row: LayerKind, module: nn.Module, inputs: Sequence[Tensor]) -> Tensor | None:
    """What a layer that keeps its input's shape gives, in place where it works there; None for others."""
    if row.key == "Identity" or len(inputs) != 1 or not keeps_shape(row.key, vars(module), inputs[0].shape):
        return None
    return inputs[0].zero_() if getattr(module, "inplace", False) else torch.empty_like(inputs[0])


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _tensors(part)
