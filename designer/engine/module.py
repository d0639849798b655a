"""The `nn.Module` that a network is built into: its layers, run in the document's order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from designer.catalog.kinds import kind
from designer.errors import NetworkError
from designer.messages import tr
from designer.network.network import Network, Port


@dataclass(frozen=True, slots=True)
class Step:
    """One layer's turn: what it reads, and which values nobody needs after it."""

    layer: str
    sources: tuple[Port, ...]
    release: tuple[Port, ...]


class NetworkModule(nn.Module):
    """A network as torch runs it.

    Submodules lie at their layer ids, dots as levels, so the state dict of an unedited torchvision
    network has torchvision's own keys. Frozen layers keep `requires_grad=False` and evaluation mode
    through every `train()`, and the part of the network that only frozen layers feed runs without
    autograd, unless the pictures themselves require a gradient.

    `forward(x)` takes pictures of shape (N, C, H, W) and returns the main output; in training mode,
    where there are auxiliary outputs, a tuple of main and auxiliary outputs in file order.
    """

    def __init__(self, network: Network, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self._network = network
        self._modules_by_id = dict(modules)
        for layer_id, module in modules.items():
            _attach(self, layer_id, module, modules.keys())
        self._outputs = _only_output(network)
        self._auxiliary = tuple(layer.id for layer in network.of_kind("AuxiliaryOutput"))
        self._prefix = frozen_prefix(network)
        self._plans: dict[tuple[frozenset[Port], tuple[Port, ...]], tuple[Step, ...]] = {}
        for layer in network:
            if layer.frozen:
                modules[layer.id].requires_grad_(False)
        self.train(self.training)

    @property
    def network(self) -> Network:
        """The network that this was built from."""
        return self._network

    @property
    def auxiliary_weights(self) -> tuple[float, ...]:
        """Share of each auxiliary output in the training loss, in the order of `forward`."""
        row = kind("AuxiliaryOutput")
        settings = (row.complete(self._network[i].settings) for i in self._auxiliary)
        return tuple(float(held["loss_weight"]) for held in settings)

    def layer_module(self, layer_id: str) -> nn.Module:
        """The module of a layer. Raises KeyError."""
        return self._modules_by_id[layer_id]

    def layer_modules(self) -> Mapping[str, nn.Module]:
        """All layers' modules by layer id."""
        return self._modules_by_id

    def train(self, mode: bool = True) -> NetworkModule:
        """Training or evaluation mode; frozen layers stay in evaluation mode."""
        super().train(mode)
        for layer in self._network:
            if layer.frozen:
                self._modules_by_id[layer.id].eval()
        return self

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Run the network. Shape: (N, C, H, W) to (N, classes)."""
        wanted = (self._outputs, *(self._auxiliary if self.training else ()))
        known = {Port(layer.id): x for layer in self._network.of_kind("Input")}
        answers = self.run(known, [Port(i) for i in wanted])
        return answers[0] if len(answers) == 1 else tuple(answers)

    def run(self, known: Mapping[Port, Tensor], wanted: Iterable[Port]) -> list[Tensor]:
        """Compute the `wanted` values from `known` ones, running only the layers in between."""
        wanted = list(wanted)
        values = dict(known)
        # Whoever asks for the gradient of the pictures gets it, through frozen layers too.
        cut = torch.is_grad_enabled() and not any(value.requires_grad for value in values.values())
        for step in self._plan(frozenset(known), tuple(wanted)):
            inputs = [values[port] for port in step.sources]
            if cut and step.layer in self._prefix:
                with torch.no_grad():
                    found = self._modules_by_id[step.layer](*inputs)
            else:
                found = self._modules_by_id[step.layer](*inputs)
            if isinstance(found, Tensor):
                values[Port(step.layer)] = found
            else:
                values.update({Port(step.layer, n): value for n, value in enumerate(found)})
            for port in step.release:
                values.pop(port, None)
        return [values[port] for port in wanted]

    def boundary(self) -> tuple[Port, ...]:
        """Values that the frozen prefix hands to the rest, in file order.

        From them and any unfrozen layers' weights `run` computes the same as from the pictures. Where
        nothing is frozen this is about the picture itself.
        """
        network = self._network
        ports = {
            Port(c.source, c.output): None
            for c in network.connections
            if c.source in self._prefix and c.target not in self._prefix
        }
        ports.update({Port(i): None for i in (self._outputs, *self._auxiliary) if i in self._prefix})
        return tuple(ports)

    def plan(self, known: Iterable[Port], wanted: Iterable[Port]) -> None:
        """Work out how `run` goes from `known` to `wanted` values, before a compiler looks at it."""
        self._plan(frozenset(known), tuple(wanted))

    def _plan(self, known: frozenset[Port], wanted: tuple[Port, ...]) -> tuple[Step, ...]:
        key = (known, wanted)
        if key not in self._plans:
            self._plans[key] = _make_plan(self._network, known, wanted)
        return self._plans[key]


def frozen_prefix(network: Network) -> frozenset[str]:
    """Layers that only frozen or parameterless, deterministic layers feed, themselves included.

    A layer with something to learn, or with a randomness of its own (dropout, stochastic depth),
    belongs to the prefix when it is frozen; every other layer when all that feeds it does. What only
    leads on to the outputs without a frozen layer before it (the `Input`, say) counts too.
    """
    found: set[str] = set()
    for layer_id in network.order:
        layer = network[layer_id]
        row = kind(layer.kind)
        fixed = layer.frozen or not (row.learnable or row.category == "Regularization")
        fed = all(port is None or port.layer in found for port in network.inputs[layer_id])
        if fixed and fed:
            found.add(layer_id)
    return frozenset(found)


def _make_plan(network: Network, known: frozenset[Port], wanted: tuple[Port, ...]) -> tuple[Step, ...]:
    needed: set[str] = set()
    ahead = [port for port in wanted if port not in known]
    while ahead:
        port = ahead.pop()
        if port.layer in needed:
            continue
        needed.add(port.layer)
        for number, source in enumerate(network.inputs[port.layer]):
            if source is None:
                raise NetworkError(
                    tr("Input {n} of layer '{name}' is empty.", n=number + 1, name=network[port.layer].name),
                    tr("Nothing is connected to it."),
                    tr("Connect it, or delete the layer."),
                )
            if source not in known:
                ahead.append(source)
    steps = [(i, tuple(p for p in network.inputs[i] if p)) for i in network.order if i in needed]
    last: dict[Port, int] = {}
    for number, (_, sources) in enumerate(steps):
        for port in sources:
            last[port] = number
    kept = set(wanted)
    return tuple(
        Step(layer_id, sources, tuple(p for p in dict.fromkeys(sources) if last[p] == n and p not in kept))
        for n, (layer_id, sources) in enumerate(steps)
    )


def _only_output(network: Network) -> str:
    outputs = network.of_kind("Output")
    if len(outputs) != 1:
        raise NetworkError(
            tr("The network has {count} outputs.", count=len(outputs)),
            tr("It needs exactly one main output."),
            tr("Add or delete an Output layer."),
        )
    return outputs[0].id


def _attach(root: nn.Module, path: str, module: nn.Module, layer_ids: Collection[str]) -> None:
    """Make `module` a submodule at `path`, dots as levels; never inside another layer."""
    *parents, name = path.split(".")
    for number, parent in enumerate(parents):
        if ".".join(parents[: number + 1]) in layer_ids:
            name = "/".join((*parents[number:], name))
            break
        # Set directly: a layer may be called what nn.Module calls one of its methods.
        root = root._modules.setdefault(parent, nn.Module())  # type: ignore[assignment]
    root._modules[name] = module
