"""A running mean of the weights, which often answers better than the last weights themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """Exponential moving average of the parameters that are trained.

    The share that is kept rises from 2 / 11 to `keep`, (1 + steps) / (10 + steps) at first, so that the
    first weights are soon forgotten. Buffers, such as batch normalization's, are those of training.

    Args:
        parameters: what is trained.
        keep: share of the mean that each step keeps, below 1.

    Source: Polyak and Juditsky, 1992; the rising share is TensorFlow's.
    """

    def __init__(self, parameters: Iterable[Tensor], keep: float) -> None:
        self._parameters = list(parameters)
        self._keep = keep
        self.steps = 0
        self.means = [parameter.detach().clone() for parameter in self._parameters]

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights after a step."""
        self.steps += 1
        keep = min(self._keep, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.means, [p.detach() for p in self._parameters], 1 - keep)

    def names(self, modules: Mapping[str, nn.Module]) -> list[tuple[str, str]]:
        """Where each mean belongs, in their order: the layer's id and the parameter's name in its module.

        Empty before the first step: nothing has been averaged yet.
        """
        if not self.steps:
            return []
        places = {
            id(parameter): (layer_id, name)
            for layer_id, module in modules.items()
            for name, parameter in module.named_parameters()
        }
        return [places[id(parameter)] for parameter in self._parameters]

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The network holds the means within, and what is trained again afterwards."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    @torch.no_grad()
    def load(self, steps: int, means: Iterable[Tensor]) -> None:
        """Go on from means of before. Raises ValueError when they are not of these parameters."""
        self.steps = steps
        for own, given in zip(self.means, means, strict=True):
            own.copy_(given)

    @torch.no_grad()
    def _exchange(self) -> None:
        for parameter, mean in zip(self._parameters, self.means, strict=True):
            held = parameter.detach().clone()
            parameter.copy_(mean)
            mean.copy_(held)
