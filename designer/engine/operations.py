"""Layer kinds that torch has as functions, as modules: so that every layer is built the same way."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


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


class Reshape(nn.Module):
    """`x.reshape(shape)`; -1 stands for the size that follows from the others."""

    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to `shape`."""
        return x.reshape(self.shape)


class Permute(nn.Module):
    """`x.permute(dims)`."""

    def __init__(self, dims: list[int]) -> None:
        super().__init__()
        self.dims = tuple(dims)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same sizes in another order."""
        return x.permute(self.dims)


class Transpose(nn.Module):
    """`x.transpose(dim0, dim1)`."""

    def __init__(self, dim0: int = 1, dim1: int = 2) -> None:
        super().__init__()
        self.dim0, self.dim1 = dim0, dim1

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same with two sizes swapped."""
        return x.transpose(self.dim0, self.dim1)


class Contiguous(nn.Module):
    """`x.contiguous()`."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        return x.contiguous()


class Unsqueeze(nn.Module):
    """`x.unsqueeze(dim)`."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same with a 1 more."""
        return x.unsqueeze(self.dim)


class Pad(nn.Module):
    """A constant border; `pad` as in `torch.nn.functional.pad`: last dimension first."""

    def __init__(self, pad: list[int], value: float = 0.0) -> None:
        super().__init__()
        self.pad, self.value = tuple(pad), value

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same with larger last sizes."""
        return functional.pad(x, self.pad, value=self.value)


class Select(nn.Module):
    """`x.select(dim, index)`."""

    def __init__(self, dim: int = 1, index: int = 0) -> None:
        super().__init__()
        self.dim, self.index = dim, index

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same without `dim`."""
        return x.select(self.dim, self.index)


class Slice(nn.Module):
    """Entries `start:stop:step` of dimension `dim`."""

    def __init__(self, dim: int = 1, start: int = 0, stop: int | None = None, step: int = 1) -> None:
        super().__init__()
        self.dim, self.range = dim, slice(start, stop, step)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same with a smaller `dim`."""
        before = self.dim if self.dim >= 0 else x.dim() + self.dim
        return x[(slice(None),) * before + (self.range,)]


class Chunk(nn.Module):
    """`x.chunk(chunks, dim)`: as many outputs."""

    def __init__(self, chunks: int = 2, dim: int = 1) -> None:
        super().__init__()
        self.chunks, self.dim = chunks, dim

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Shape: any to `chunks` with `dim` divided."""
        return torch.chunk(x, self.chunks, self.dim)


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


class Parameter(nn.Module):
    """A learned tensor, without an input. Starts as normal noise of deviation 0.02."""

    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.empty(tuple(shape)).normal_(std=0.02))

    def forward(self) -> Tensor:
        """Shape: `shape`; there is no batch."""
        return self.value


class ExpandBatch(nn.Module):
    """Repeats the first input along its first dimension to the batch size of the second."""

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        """Shape: (1, ...) and (N, ...) to (N, ...)."""
        return x.expand(like.shape[0], *x.shape[1:])


class Attention(nn.MultiheadAttention):
    """Multi-head attention that returns its output alone, not the attention weights."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:  # type: ignore[override]
        """Shape: (N, L, E), (N, S, E), (N, S, E) to (N, L, E) with `batch_first`."""
        return super().forward(query, key, value, need_weights=False)[0]
