"""Activations that write over what they read: less memory, and less time that goes by waiting for it."""

from __future__ import annotations

from collections.abc import Collection

from torch import nn

from designer.engine.module import NetworkModule, frozen_prefix
from designer.engine.operations import Add
from designer.network.network import Port

RECTIFIERS: tuple[type[nn.Module], ...] = (nn.ReLU, nn.ReLU6)
"""Their gradient is the same from what they give as from what they read."""
ACTIVATIONS: tuple[type[nn.Module], ...] = (
    *RECTIFIERS,
    nn.SiLU,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.LeakyReLU,
    nn.ELU,
)
_FRESH: tuple[type[nn.Module], ...] = (
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.BatchNorm3d,
    nn.Linear,
    Add,
)
"""What they give is theirs alone, and their gradient does not need it."""


def act_in_place(module: NetworkModule, outputs: Collection[Port]) -> None:
    """Let the activations of a module that trains write over what they read, where nobody else reads it.

    Args:
        module: what it computes and learns stays the same to the bit.
        outputs: what is asked of it.
    """
    network, parts = module.network, module.layer_modules()
    prefix, kept = frozen_prefix(network), {*module.boundary(), *outputs}
    readers: dict[Port, int] = {}
    for connection in network.connections:
        port = Port(connection.source, connection.output)
        readers[port] = readers.get(port, 0) + 1

    def alone(layer_id: str) -> bool:
        """Whether what the layer reads is read by it alone, and is made anew for it."""
        source = network.inputs[layer_id][0]
        if source is None or readers[source] != 1 or source in kept:
            return False
        # A sum of a single value is that value itself.
        made = type(parts[source.layer])
        return made in _FRESH and (made is not Add or len(network.inputs[source.layer]) > 1)

    for layer_id, part in parts.items():
        if type(part) in ACTIVATIONS:
            # The frozen prefix is run without gradients.
            part.inplace = (layer_id in prefix or type(part) in RECTIFIERS) and alone(layer_id)  # type: ignore[assignment]
