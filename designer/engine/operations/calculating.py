"""Layers that calculate: over dimensions, of several inputs, and with fixed numbers."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Mean(nn.Module):
    """`x.mean(dims, keepdim)`."""

    def __init__(self, dims: list[int], keepdim: bool = False) -> None:
        super().__init__()
        self.dims, self.keepdim = list(dims), keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same without `dims`, or with 1 there."""
        return x.mean(self.dims, keepdim=self.keepdim)


class Sum(nn.Module):
    """`x.sum(dims, keepdim)`."""

    def __init__(self, dims: list[int], keepdim: bool = False) -> None:
        super().__init__()
        self.dims, self.keepdim = list(dims), keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same without `dims`, or with 1 there."""
        return x.sum(self.dims, keepdim=self.keepdim)


class Max(nn.Module):
    """`x.amax(dims, keepdim)`."""

    def __init__(self, dims: list[int], keepdim: bool = False) -> None:
        super().__init__()
        self.dims, self.keepdim = list(dims), keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same without `dims`, or with 1 there."""
        return x.amax(self.dims, keepdim=self.keepdim)


class Add(nn.Module):
    """Sum of all inputs."""

    def forward(self, first: Tensor, *more: Tensor) -> Tensor:
        """Shape: shapes that broadcast to that of the output."""
        for x in more:
            first = first + x
        return first


class Multiply(nn.Module):
    """Product of all inputs."""

    def forward(self, first: Tensor, *more: Tensor) -> Tensor:
        """Shape: shapes that broadcast to that of the output."""
        for x in more:
            first = first * x
        return first


class Subtract(nn.Module):
    """First input less the second."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Shape: shapes that broadcast to that of the output."""
        return first - second


class Divide(nn.Module):
    """First input divided by the second."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Shape: shapes that broadcast to that of the output."""
        return first / second


class Maximum(nn.Module):
    """Largest of all inputs, value by value."""

    def forward(self, first: Tensor, *more: Tensor) -> Tensor:
        """Shape: shapes that broadcast to that of the output."""
        for x in more:
            first = torch.maximum(first, x)
        return first


class Minimum(nn.Module):
    """Least of all inputs, value by value."""

    def forward(self, first: Tensor, *more: Tensor) -> Tensor:
        """Shape: shapes that broadcast to that of the output."""
        for x in more:
            first = torch.minimum(first, x)
        return first


class MatrixProduct(nn.Module):
    """`torch.matmul` of the two inputs."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Shape: (..., L, M) and (..., M, N) to (..., L, N)."""
        return torch.matmul(first, second)


class Concat(nn.Module):
    """All inputs one after the other along `dim`."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *xs: Tensor) -> Tensor:
        """Shape: equal but for `dim`, which adds up."""
        return torch.cat(xs, self.dim)


class Stack(nn.Module):
    """All inputs one after the other along a new dimension `dim`."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *xs: Tensor) -> Tensor:
        """Shape: equal ones, with the number of inputs put in at `dim`."""
        return torch.stack(xs, self.dim)


class Scale(nn.Module):
    """`x * factor / divisor + offset`; a factor or divisor of 1 or an offset of 0 costs no operation.

    A division is not the multiplication with the reciprocal: the last bit may differ.
    """

    def __init__(self, factor: float = 1.0, divisor: float = 1.0, offset: float = 0.0) -> None:
        super().__init__()
        if divisor == 0.0:
            raise ValueError("the divisor is 0")
        self.factor, self.divisor, self.offset = factor, divisor, offset

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        if self.factor != 1.0:
            x = x * self.factor
        if self.divisor != 1.0:
            x = x / self.divisor
        return x + self.offset if self.offset != 0.0 else x


class Power(nn.Module):
    """`x ** exponent`."""

    def __init__(self, exponent: float = 2.0) -> None:
        super().__init__()
        self.exponent = exponent

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        return x.pow(self.exponent)


class Absolute(nn.Module):
    """`x.abs()`."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        return x.abs()


class Exponential(nn.Module):
    """`x.exp()`."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        return x.exp()


class Logarithm(nn.Module):
    """`x.log()`."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        return x.log()
