"""Whether a processor trains faster in mixed precision: found out by a few steps that leave no trace."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from designer.engine.module import NetworkModule
from designer.engine.training.choosing import quicker
from designer.messages import tr

ALIKE = 0.02
"""Greatest difference of the two losses, as a share of what the loss is where nothing is known.

Not of the loss itself, of which little is left once a network has learned: in a MobileNetV3-Small that tells
all pictures apart, bfloat16 made 0.126 of 0.120."""


def gain_of_mixing(
    module: NetworkModule, answers: Callable[[], Sequence[Tensor]], loss: Callable[[Sequence[Tensor]], Tensor]
) -> float:
    """How many times as fast a step of training is where bfloat16 does the multiplications.

    Args:
        module: what is trained, on the CPU. It is afterwards as it was, and so is torch's random state.
        answers: runs it on some pictures of all classes; outputs, (N, ...) each, with a gradient.
        loss: of such outputs, a scalar.

    Returns:
        0 where the loss is another then, or an operation does not exist in bfloat16.
    """
    losses: dict[bool, float] = {}
    unknowing: list[Tensor] = []

    def step(mixed: bool) -> None:
        # Dropout takes out the same in both.
        torch.default_generator.manual_seed(0)
        module.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            found = answers()
            value = loss(found)
        value.backward()  # type: ignore[no-untyped-call]
        if mixed not in losses:
            losses[mixed] = float(value.detach())
            if not mixed:
                unknowing.extend(one.detach().mean(0, keepdim=True).expand_as(one) for one in found)

    with _untouched(module):
        module.train()
        try:
            gain = quicker(lambda: step(False), lambda: step(True))
        except (RuntimeError, TypeError):  # an operation that does not exist in bfloat16
            return 0.0
        with torch.no_grad():
            most = float(loss(unknowing))
    exact, rough = losses[False], losses[True]
    # Written so that what is not a number is not alike.
    alike = math.isfinite(rough) and abs(rough - exact) <= ALIKE * max(abs(exact), abs(most))
    return gain if alike else 0.0


def gain_text(gain: float) -> str:
    """What the user is told where it is used."""
    return tr(
        "Mixed precision is used: a step of training took {gain} times as long without it.",
        gain=f"{gain:.1f}",
    )


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
