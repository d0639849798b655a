"""Building: from a network document and its weights to an `nn.Module`, and back to weights."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from designer.catalog.kinds import kind
from designer.engine.module import NetworkModule
from designer.engine.weights import LayerWeights, Weights
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
    modules = {layer.id: _filled(layer, weights) for layer in network}
    fresh = [layer for layer in network if modules[layer.id] is None]
    # A run that trains in another thread draws from torch's global generator: it is left alone where
    # nothing has to be drawn.
    random = any(tensor_sizes(layer) for layer in fresh)
    with torch.random.fork_rng(devices=[], enabled=random):
        if random:
            torch.manual_seed(seed)
        made = {layer.id: modules[layer.id] or layer_module(layer) for layer in network}
    return NetworkModule(network, made).eval()


def _filled(layer: Layer, weights: Weights | None) -> nn.Module | None:
    """The layer's module with a copy of its weights, never initialised; None when there are none."""
    if weights is None or not any(i in weights for i in (layer.id, *layer.weights_from)):
        return None
    tensors = weights_for(weights, layer)
    if tensors is None:
        return None
    with torch.device("meta"):
        module = layer_module(layer)
    copies = {
        name: tensors[name].to(own.dtype, copy=True, memory_format=torch.contiguous_format)
        for name, own in module.state_dict().items()
    }
    module.load_state_dict(copies, assign=True)
    # A tensor that is not in the state dict would have no values.
    empty = any(tensor.is_meta for tensor in (*module.parameters(), *module.buffers()))
    return None if empty else module


def weights_for(weights: Weights, layer: Layer) -> LayerWeights | None:
    """The tensors that a layer begins with: its own where they fit, else those it was copied from.

    Tensors of another layer (`Layer.weights_from`) do when they hold all that this one needs; what they
    hold besides is left out. None where none fit, or the layer has no tensors.

    Raises:
        NetworkError: the layer cannot be built.
    """
    sources = [i for i in (layer.id, *layer.weights_from) if i in weights]
    if not sources:
        return None
    sizes = tensor_sizes(layer)
    for source in sources:
        held = weights[source]
        if source != layer.id:
            held = {name: held[name] for name in sizes if name in held}
        if held and _difference(sizes, held) is None:
            return held
    return None


def tensor_sizes(layer: Layer) -> Mapping[str, torch.Size]:
    """Sizes of all parameters and buffers of a layer by name. Raises NetworkError."""
    try:
        return _sizes(layer.kind, json.dumps(layer.settings))
    except NetworkError:
        # Once more with the layer's name, for the text.
        with torch.device("meta"):
            layer_module(layer)
        raise


@functools.lru_cache(maxsize=4096)
def _sizes(kind_key: str, settings: str) -> Mapping[str, torch.Size]:
    with torch.device("meta"):
        module = layer_module(Layer("", "", kind_key, json.loads(settings)))
    return {name: tensor.shape for name, tensor in module.state_dict().items()}


def owned(network: Network, weights: Weights) -> Weights:
    """The weights that the layers of `network` begin with, each under its own id; others left out.

    Layers that cannot be built, or that nothing fits, have none: they start anew.
    """
    kept = {}
    for layer in network:
        try:
            found = weights_for(weights, layer)
        except NetworkError:
            # Settings that do not go together yet: the document is kept as the user left it.
            continue
        if found is not None:
            kept[layer.id] = found
    return Weights(kept)


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
    return _difference({name: tensor.shape for name, tensor in module.state_dict().items()}, tensors)


def _difference(sizes: Mapping[str, torch.Size], tensors: Mapping[str, torch.Tensor]) -> str | None:
    for name, size in sizes.items():
        if name not in tensors:
            return tr("'{name}' is missing", name=name)
        if size != tensors[name].shape:
            shapes = (tuple(tensors[name].shape), tuple(size))
            return tr("'{name}' has shape {its}, not {wanted}", name=name, its=shapes[0], wanted=shapes[1])
    extra = sorted(set(tensors) - set(sizes))
    return tr("'{name}' is not expected", name=extra[0]) if extra else None


def misfits(network: Network, weights: Weights) -> tuple[Misfit, ...]:
    """Layers that have weights of their own or of a former layer, none of which fit their settings."""
    found = []
    for layer in network:
        reason = misfit_of(weights, layer)
        if reason:
            found.append(Misfit(layer.id, reason))
    return tuple(found)


def misfit_of(weights: Weights, layer: Layer) -> str:
    """Why none of the weights that there are for a layer fit; '' where some do, or there are none."""
    sources = [i for i in (layer.id, *layer.weights_from) if i in weights]
    if not sources:
        return ""
    sizes = tensor_sizes(layer)
    # Without tensors, a layer in another's place has lost nothing.
    if not sizes and sources[0] != layer.id:
        return ""
    if weights_for(weights, layer) is not None:
        return ""
    return _difference(sizes, weights[sources[0]]) or ""


def weights_of(module: NetworkModule) -> Weights:
    """A copy of all parameters and buffers of a module, on the CPU."""
    return Weights(
        {
            layer_id: {name: t.detach().to("cpu", copy=True) for name, t in part.state_dict().items()}
            for layer_id, part in module.layer_modules().items()
        }
    )
