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
from designer.engine.training.custom import Custom
from designer.errors import TrainingError
from designer.messages import tr
from designer.session.options import TrainingOptions


def parameter_groups(
    module: NetworkModule, weight_decay: float, *, spare_biases: bool = True
) -> list[dict[str, Any]]:
    """What is trained, in groups of one learning-rate factor and one weight decay.

    Frozen layers and factors of 0 are left out. With `spare_biases`, biases, normalization and other
    vectors do not decay.
    """
    found: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for layer in module.network:
        if layer.frozen:
            continue
        normalizes = kind(layer.kind).category == "Normalization"
        for name, parameter in module.layer_module(layer.id).named_parameters():
            bias = name.endswith("bias")
            factor = layer.bias_rate if bias else layer.weight_rate
            decays = not (spare_biases and (bias or normalizes or parameter.dim() < 2))
            if parameter.requires_grad and factor > 0:
                found.setdefault((factor, decays), []).append(parameter)
    return [
        {"params": parameters, "factor": factor, "weight_decay": weight_decay if decays else 0.0}
        for (factor, decays), parameters in found.items()
    ]


def make_optimizer(
    module: NetworkModule, options: TrainingOptions, device: str = "cpu", custom: Custom | None = None
) -> Optimizer:
    """The optimizer of the options, or of a `custom` file, over what is trained on `device`.

    Raises:
        TrainingError: there is no such optimizer, or nothing to train.
    """
    row = optimizer(options.optimizer)
    found = parameter_groups(module, options.weight_decay, spare_biases=options.spare_biases)
    if not found:
        raise TrainingError(
            tr("There is nothing to train."),
            tr("Every layer with weights is frozen, or has the learning-rate factor 0."),
            tr("Unfreeze a layer, or replace the head."),
            step="network",
        )
    if custom is not None and custom.optimizer is not None:
        return _custom_optimizer(custom, found, options)
    package, name = row.target.rsplit(".", 1)
    make = getattr(importlib.import_module(package), name)
    fused = {"fused": True} if row.fusable and device in ("cpu", "cuda") else {}
    made: Optimizer = make(found, lr=options.learning_rate, **row.arguments(options), **fused)
    set_rate(made, options.learning_rate)
    return made


def _custom_optimizer(custom: Custom, groups: list[dict[str, Any]], options: TrainingOptions) -> Optimizer:
    made = custom.call("optimizer", groups, options)
    if not isinstance(made, Optimizer) or not all("factor" in group for group in made.param_groups):
        raise TrainingError(
            tr("'{file}' does not give an optimizer that can be used.", file=custom.path.name),
            tr("'optimizer' gave {what}.", what=type(made).__name__)
            if not isinstance(made, Optimizer)
            else tr("Its parameter groups have lost their 'factor'."),
            tr("Give a torch.optim.Optimizer, made from the groups as they are."),
        )
    set_rate(made, options.learning_rate)
    return made


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Set the learning rate of each group: the base `rate` times the group's factor."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]


class Precision:
    """Full or mixed precision: bfloat16 where the device has it, else float16 with scaled gradients.

    Args:
        asked: 'auto' (mixed on CUDA; on the CPU full until `decide` says otherwise), 'full' or 'mixed'.
        device: 'cpu', 'cuda' or 'mps'.

    Attributes:
        dtype: what multiplications are done in; None for full precision.
        open: it is not decided yet.

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
        self.open = asked == "auto" and device == "cpu"
        if asked == "mixed" or (asked == "auto" and device == "cuda"):
            half = device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
            self.dtype = torch.float16 if half else torch.bfloat16
        self._scaler = torch.amp.GradScaler(device, enabled=self.dtype is torch.float16)

    def decide(self, mixed: bool) -> None:
        """Train in mixed precision from now on, or in full, where that is `open`."""
        if self.open:
            self.open, self.dtype = False, torch.bfloat16 if mixed else None

    def autocast(self) -> AbstractContextManager[Any]:
        """The context in which the network is run."""
        return nullcontext() if self.dtype is None else torch.autocast(self.device, dtype=self.dtype)

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of `loss` to those that are there. Outside of `autocast`."""
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]

    def step(self, optimizer: Optimizer, clip: float = 0.0) -> None:
        """Change the weights by the gradients, and drop these.

        Args:
            optimizer: over what is trained.
            clip: greatest norm of all gradients together; 0 for no limit.
        """
        if clip:
            self._scaler.unscale_(optimizer)
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            nn.utils.clip_grad_norm_(parameters, clip)
        self._scaler.step(optimizer)
        self._scaler.update()
        optimizer.zero_grad(set_to_none=True)

    @property
    def scale(self) -> float:
        """What gradients are multiplied by at the moment; reading it may wait for the device."""
        return float(self._scaler.get_scale())

    def state(self) -> dict[str, Any]:
        """What scaling has found out so far, JSON values."""
        return dict(self._scaler.state_dict())

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a state of before."""
        if state:
            self._scaler.load_state_dict(state)
