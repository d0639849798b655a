"""Whether a processor trains faster in mixed precision: found out by a few steps that leave no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from designer.engine.module import NetworkModule
from designer.engine.training.choosing import quicker

ALIKE = 0.02
"""Greatest difference of the two losses, as a share of the exact one."""


def gain_of_mixing(module: NetworkModule, loss: Callable[[], Tensor]) -> float:
    """How many times as fast a step of training is where bfloat16 does the multiplications.

    Args:
        module: what is trained, on the CPU. It is afterwards as it was, and so is torch's random state.
        loss: runs it on some pictures; their loss, with a gradient.

    Returns:
        0 where the loss is another then, or an operation does not exist in bfloat16.
    """
    losses: dict[bool, float] = {}

    def step(mixed: bool) -> None:
        # Dropout takes out the same in both.
        torch.default_generator.manual_seed(0)
        module.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        losses.setdefault(mixed, float(value.detach()))

    with _untouched(module):
        module.train()
        try:
            gain = quicker(lambda: step(False), lambda: step(True))
        except (RuntimeError, TypeError):  # an operation that does not exist in bfloat16
            return 0.0
    # Written so that what is not a number is not alike.
    return gain if abs(losses[True] - losses[False]) <= ALIKE * abs(losses[False]) else 0.0


@contextmanager
def _untouched(module: NetworkModule) -> Iterator[None]:
    """Put back buffers, mode and random state at the end, and drop gradients."""
    training = module.training
    kept = [(buffer, buffer.clone()) for buffer in module.buffers()]
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        for buffer, value in kept:
            buffer.copy_(value)
        module.zero_grad(set_to_none=True)
        module.train(training)
