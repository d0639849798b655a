"""Which layer is the first whose values are no numbers any more."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from designer.engine.module import NetworkModule
from designer.messages import tr
from designer.network.network import Port


@torch.no_grad()
def first_bad(module: NetworkModule, known: Mapping[Port, Tensor], outputs: tuple[Port, ...]) -> str:
    """In words: the first layer in the network's order whose weights, or else whose values, are not finite.

    The network is run once more on the batch, as it is: with dropout, where it trains.

    Args:
        module: after the step that failed.
        known: what the network begins from, in that step.
        outputs: what it was asked for.

    Returns:
        One sentence; '' when all is finite.
    """
    network = module.network
    for layer_id in network.order:
        for name, tensor in module.layer_module(layer_id).state_dict().items():
            if not _finite(tensor):
                return tr(
                    "The first that is no number is '{tensor}' of layer '{name}'.",
                    tensor=name,
                    name=network[layer_id].name,
                )
    for port, value in known.items():
        if not _finite(value):
            return tr("What comes out of layer '{name}' is no number.", name=network[port.layer].name)
    found: list[str] = []

    def look(layer_id: str, value: object) -> None:
        values = value if isinstance(value, tuple | list) else (value,)
        if not found and any(isinstance(part, Tensor) and not _finite(part) for part in values):
            found.append(layer_id)

    hooks = [
        part.register_forward_hook(lambda _, __, value, i=i: look(i, value))
        for i, part in module.layer_modules().items()
    ]
    try:
        module.run(known, outputs)
    finally:
        for hook in hooks:
            hook.remove()
    if not found:
        return ""
    return tr("The first layer whose values are no numbers is '{name}'.", name=network[found[0]].name)


def _finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())
