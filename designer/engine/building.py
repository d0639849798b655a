"""Building: from a network document and its weights to an `nn.Module`, and back to weights."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from designer.catalog.kinds import kind
from designer.engine.module import NetworkModule
from designer.engine.weights import Weights
from designer.errors import DesignerError, NetworkError
from designer.messages import tr
from designer.network.network import Layer, Network


@dataclass(frozen=True, slots=True)
class Misfit:
    """A layer whose kept weights no longer fit, so that it starts anew."""

    layer: str
    reason: str


def build(network: Network, weights: Weights | None = None, *, seed: int = 0) -> NetworkModule:
    """The network as a module in evaluation mode, on the CPU.

    Layers that `weights` lacks, or whose shapes no longer fit, start with torch's own initial values,
    drawn from a generator seeded with `seed`; torch's global random state is left as it was. The
    tensors of `weights` are copied, never shared.

    Raises:
        NetworkError: a layer cannot be built, or the network has a cycle or not one output.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        modules = {layer.id: _filled(layer, weights) or layer_module(layer) for layer in network}
    return NetworkModule(network, modules).eval()


def _filled(layer: Layer, weights: Weights | None) -> nn.Module | None:
    """The layer's module with a copy of its weights, never initialised; None when they do not do."""
    if weights is None or layer.id not in weights:
        return None
    tensors = weights[layer.id]
    with torch.device("meta"):
        module = layer_module(layer)
    if fits(module, tensors) is not None:
        return None
    copies = {
        name: tensors[name].to(own.dtype, copy=True, memory_format=torch.contiguous_format)
        for name, own in module.state_dict().items()
    }
    module.load_state_dict(copies, assign=True)
    # A tensor that is not in the state dict would have no values.
    empty = any(tensor.is_meta for tensor in (*module.parameters(), *module.buffers()))
    return None if empty else module


def layer_module(layer: Layer) -> nn.Module:
    """The module of one layer, freshly initialised on torch's default device.

    Raises:
        NetworkError: the kind is unknown or the settings do not go together; it names the layer.
    """
    row = kind(layer.kind)
    package, name = row.target.rsplit(".", 1)
    try:
        settings = row.complete(layer.settings)
        module: nn.Module = getattr(importlib.import_module(package), name)(**settings)
    except (
        DesignerError,
        ArithmeticError,
        ValueError,
        TypeError,
        LookupError,
        RuntimeError,
        AssertionError,
    ) as error:
        raise NetworkError(
            tr("Layer '{name}' ({kind}) cannot be built.", name=layer.name, kind=row.title),
            str(error),
            tr("Change its settings, or replace the layer."),
        ) from error
    return module


def fits(module: nn.Module, tensors: Mapping[str, torch.Tensor]) -> str | None:
    """None when `tensors` are just those that `module` holds, else what differs."""
    own = module.state_dict()
    for name in own:
        if name not in tensors:
            return tr("'{name}' is missing", name=name)
        if own[name].shape != tensors[name].shape:
            shapes = (tuple(tensors[name].shape), tuple(own[name].shape))
            return tr("'{name}' has shape {its}, not {wanted}", name=name, its=shapes[0], wanted=shapes[1])
    extra = sorted(set(tensors) - set(own))
    return tr("'{name}' is not expected", name=extra[0]) if extra else None


def misfits(network: Network, weights: Weights) -> tuple[Misfit, ...]:
    """Layers whose kept weights no longer fit their settings."""
    found = []
    with torch.device("meta"):
        for layer in network:
            if layer.id in weights:
                reason = fits(layer_module(layer), weights[layer.id])
                if reason is not None:
                    found.append(Misfit(layer.id, reason))
    return tuple(found)


def weights_of(module: NetworkModule) -> Weights:
    """A copy of all parameters and buffers of a module, on the CPU."""
    return Weights(
        {
            layer_id: {name: t.detach().to("cpu", copy=True) for name, t in part.state_dict().items()}
            for layer_id, part in module.layer_modules().items()
        }
    )
