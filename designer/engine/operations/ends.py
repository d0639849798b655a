"""Where a network begins and ends."""

from __future__ import annotations

from torch import Tensor, nn


class Input(nn.Module):
    """Takes the pictures in. `shape`: channels, height, width, of one picture."""

    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, x: Tensor) -> Tensor:
        """Return the batch as it is. Shape: any."""
        return x


class Output(nn.Module):
    """Gives the answer out."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the batch as it is. Shape: any."""
        return x


class AuxiliaryOutput(nn.Module):
    """Gives a second answer out, in training alone; its loss counts `loss_weight`."""

    def __init__(self, loss_weight: float = 0.3) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, x: Tensor) -> Tensor:
        """Return the batch as it is. Shape: any."""
        return x
