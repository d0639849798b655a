"""The frozen prefix on its own: what it hands on, and ways to run it that take less time."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from designer.engine.module import NetworkModule, frozen_prefix
from designer.engine.shapes import infer
from designer.engine.training.batches import Portion
from designer.engine.training.optimizing import Precision
from designer.network.network import Network, Port

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
NORMALIZATIONS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@dataclass(frozen=True, slots=True)
class How:
    """How features are computed and kept: what their bits depend on besides network and pictures.

    Attributes:
        precision: 'float32', 'bfloat16' (all of the prefix), or 'mixed bfloat16' and 'mixed float16'
            (as the rest of the network is trained).
        stored: '' as they were computed, or 'float16' for floats rounded to half their size.
        folded: batch normalizations that were folded into the convolutions before them.
    """

    precision: str = "float32"
    stored: str = ""
    folded: int = 0

    @property
    def name(self) -> str:
        """As a part of a file's name."""
        parts = [self.precision.replace(" ", "-"), f"{self.folded}-folded"]
        return "-".join([*parts, f"as-{self.stored}"] if self.stored else parts)

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> How:
        """What `to_json` gave. Raises KeyError, TypeError or ValueError."""
        return cls(str(value["precision"]), str(value["stored"]), int(value["folded"]))


class Prefix:
    """The frozen prefix of a module, as it is or with batch normalization folded into convolutions.

    Args:
        module: with evaluation mode on.
        ports: what the prefix hands on.
        precision: of training.
    """

    def __init__(self, module: NetworkModule, ports: tuple[Port, ...], precision: Precision) -> None:
        self.ports = ports
        self.module, self.folded = folded(module, ports)
        self._precision = precision
        self._half: NetworkModule | None = None

    def run(self, portion: Portion, *, half: bool = False) -> list[Tensor]:
        """What is handed on of some pictures, without autograd; with `half` computed in bfloat16.

        Inference tensors are returned: copy them into others before anything is learned from them.
        """
        with torch.inference_mode():
            if half:
                known = {port: value.to(torch.bfloat16) for port, value in portion.known.items()}
                return self._in_half().run(known, self.ports)
            with self._precision.autocast():
                return self.module.run(portion.known, self.ports)

    def settle(self, *, half: bool) -> None:
        """From now on it is run in this way alone: what the other one needs is given up."""
        if half:
            self.module = self._in_half()
        else:
            self._half = None

    def _in_half(self) -> NetworkModule:
        if self._half is None:
            needed = self.module.network.ancestors([port.layer for port in self.ports])
            modules = {
                layer_id: copy.deepcopy(module).to(torch.bfloat16) if layer_id in needed else module
                for layer_id, module in self.module.layer_modules().items()
            }
            self._half = NetworkModule(self.module.network, modules).eval()
        return self._half


def needed_ports(module: NetworkModule, outputs: tuple[Port, ...]) -> tuple[Port, ...]:
    """Boundary values that lead to `outputs`; empty when no layer with parameters lies before them."""
    network = module.network
    prefix = frozen_prefix(network)
    before = network.ancestors([port.layer for port in outputs])
    if not any(list(module.layer_module(i).parameters()) for i in prefix & before):
        return ()
    read = {
        Port(c.source, c.output) for c in network.connections if c.target in before and c.target not in prefix
    }
    return tuple(port for port in module.boundary() if port in read or port in outputs)


def folded(module: NetworkModule, ports: tuple[Port, ...]) -> tuple[NetworkModule, int]:
    """The module with batch normalizations folded into the convolutions before them, and how many.

    Only within the frozen prefix, where nothing else reads the convolution. The given module keeps its
    weights; those of all other layers are shared.
    """
    network, modules = module.network, dict(module.layer_modules())
    prefix = frozen_prefix(network)
    readers: dict[Port, int] = {}
    for connection in network.connections:
        port = Port(connection.source, connection.output)
        readers[port] = readers.get(port, 0) + 1
    count = 0
    for layer_id in network.order:
        source = network.inputs[layer_id][0] if len(network.inputs[layer_id]) == 1 else None
        if layer_id not in prefix or source is None or source in ports or readers[source] != 1:
            continue
        norm, convolution = modules[layer_id], modules[source.layer]
        # Exact types: a parametrized convolution (spectral normalization, say) computes its weight anew.
        if not isinstance(norm, NORMALIZATIONS) or not isinstance(convolution, CONVOLUTIONS):
            continue
        if type(norm) not in NORMALIZATIONS or type(convolution) not in CONVOLUTIONS:
            continue
        # Without running statistics those of the batch count.
        if norm.running_mean is None or norm.training or convolution.training:
            continue
        modules[source.layer] = fuse_conv_bn_eval(convolution, norm)
        modules[layer_id] = nn.Identity()
        count += 1
    if not count:
        return module, 0
    return NetworkModule(network, modules).eval(), count


def multiplications(network: Network, layer_ids: frozenset[str] | set[str]) -> int:
    """How many multiplications these layers take for one picture."""
    facts = infer(network).layers
    return sum(facts[i].macs for i in layer_ids if i in facts)
