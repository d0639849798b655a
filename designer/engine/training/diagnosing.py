"""Which layer is the first whose values are no numbers any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from designer.engine.module import NetworkModule
from designer.messages import tr
from designer.network.network import Port


@torch.no_grad()
def first_bad(module: NetworkModule, known: Mapping[Port, Tensor], outputs: tuple[Port, ...]) -> str:
    """In words: the first layer, as they run, whose weights, or else whose values, are not finite.

    The network is run once more on the batch, as it is: with dropout, where it trains. Running means of
    layers that train are passed over: they follow from the values.

    Args:
        module: after the step that failed.
        known: what the network begins from, in that step.
        outputs: what it was asked for.

    Returns:
        One sentence; '' when all is finite.
    """
    network = module.network
    for port, value in known.items():
        if not _finite(value):
            return tr("What comes out of layer '{name}' is no number.", name=network[port.layer].name)
    found: list[str] = []

    def look(layer_id: str, part: nn.Module, value: object) -> None:
        if found:
            return
        name = network[layer_id].name
        for tensor, held in _causes(part):
            if not _finite(held):
                found.append(_weight_text(tensor, name))
                return
        values = value if isinstance(value, tuple | list) else (value,)
        if any(isinstance(one, Tensor) and not _finite(one) for one in values):
            found.append(tr("The first layer whose values are no numbers is '{name}'.", name=name))

    hooks = [
        part.register_forward_hook(lambda held, _, value, i=i: look(i, held, value))
        for i, part in module.layer_modules().items()
    ]
    try:
        module.run(known, outputs)
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else ""


def bad_weight(module: NetworkModule) -> str:
    """In words: the first tensor of a layer that learns that is not finite; '' when all are."""
    parts = module.layer_modules()
    for layer in module.network:
        if not layer.frozen:
            for name, held in parts[layer.id].state_dict().items():
                if not _finite(held):
                    return _weight_text(name, layer.name)
    return ""


def _weight_text(tensor: str, layer: str) -> str:
    return tr("The first that is no number is '{tensor}' of layer '{name}'.", tensor=tensor, name=layer)


def _causes(part: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What a layer computes with."""
    yield from part.named_parameters()
    if not part.training:
        yield from part.named_buffers()


def _finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())
