"""What changes the weights: parameter groups, the optimizer, the rate, mixed precision."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from designer.catalog.kinds import kind
from designer.catalog.optimizers import optimizer
from designer.engine.module import NetworkModule
from designer.errors import TrainingError
from designer.messages import tr
from designer.session.options import TrainingOptions


def parameter_groups(module: NetworkModule, weight_decay: float) -> list[dict[str, Any]]:
    """What is trained, in groups of one learning-rate factor and one weight decay.

    Frozen layers and factors of 0 are left out. Biases, normalization and other vectors do not decay.
    """
    found: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for layer in module.network:
        if layer.frozen:
            continue
        normalizes = kind(layer.kind).category == "Normalization"
        for name, parameter in module.layer_module(layer.id).named_parameters():
            bias = name.endswith("bias")
            factor = layer.bias_rate if bias else layer.weight_rate
            decays = not (bias or normalizes or parameter.dim() < 2)
            if parameter.requires_grad and factor > 0:
                found.setdefault((factor, decays), []).append(parameter)
    return [
        {"params": parameters, "factor": factor, "weight_decay": weight_decay if decays else 0.0}
        for (factor, decays), parameters in found.items()
    ]


def make_optimizer(module: NetworkModule, options: TrainingOptions) -> Optimizer:
    """The optimizer of the options, over the parameters that are trained.

    Raises:
        TrainingError: there is no such optimizer, or nothing to train.
    """
    row = optimizer(options.optimizer)
    found = parameter_groups(module, options.weight_decay)
    if not found:
        raise TrainingError(
            tr("There is nothing to train."),
            tr("Every layer with weights is frozen, or has the learning-rate factor 0."),
            tr("Unfreeze a layer, or replace the head."),
        )
    package, name = row.target.rsplit(".", 1)
    make = getattr(importlib.import_module(package), name)
    made: Optimizer = make(found, lr=options.learning_rate, **row.arguments(options))
    set_rate(made, options.learning_rate)
    return made


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Set the learning rate of each group: the base `rate` times the group's factor."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]


class Precision:
    """Full or mixed precision: bfloat16 where the device has it, else float16 with scaled gradients.

    Args:
        asked: 'auto' (mixed on CUDA), 'full' or 'mixed'.
        device: 'cpu', 'cuda' or 'mps'.

    Raises:
        TrainingError: `asked` is unknown, or mixed precision does not exist on the device.
    """

    def __init__(self, asked: str, device: str) -> None:
        if asked not in ("auto", "full", "mixed"):
            raise TrainingError(
                tr("There is no precision '{asked}'.", asked=asked),
                tr("Networks are trained in full or in mixed precision."),
                tr("Choose one of: {names}.", names="auto, full, mixed"),
            )
        if asked == "mixed" and device == "mps":
            raise TrainingError(
                tr("Mixed precision cannot be trained with on Apple GPUs."),
                tr("float16 gradients vanish there without scaling."),
                tr("Choose the precision 'auto' or 'full'."),
            )
        self.device = device
        self.dtype: torch.dtype | None = None
        if asked == "mixed" or (asked == "auto" and device == "cuda"):
            half = device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
            self.dtype = torch.float16 if half else torch.bfloat16
        self._scaler = torch.amp.GradScaler(device, enabled=self.dtype is torch.float16)

    def autocast(self) -> AbstractContextManager[Any]:
        """The context in which the network is run."""
        return nullcontext() if self.dtype is None else torch.autocast(self.device, dtype=self.dtype)

    def step(self, loss: Tensor, optimizer: Optimizer) -> None:
        """Change the weights by the gradient of `loss`. Outside of `autocast`."""
        optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self._scaler.step(optimizer)
        self._scaler.update()
