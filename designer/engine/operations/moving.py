"""Layers that move values: into another shape, to another place, or a part of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


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


class Squeeze(nn.Module):
    """Takes the dimension `dim`, whose size must be 1, out."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same without `dim`. Raises ValueError where its size is not 1."""
        if x.shape[self.dim] != 1:
            raise ValueError(f"dimension {self.dim} has size {x.shape[self.dim]}, not 1")
        return x.squeeze(self.dim)


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


class ExpandBatch(nn.Module):
    """Repeats the first input along its first dimension to the batch size of the second."""

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        """Shape: (1, ...) and (N, ...) to (N, ...)."""
        return x.expand(like.shape[0], *x.shape[1:])


class Upsample(nn.Upsample):
    """`torch.nn.Upsample` where one of size and factor always counts, and modes ignore what is not theirs."""

    def __init__(
        self,
        size: int | list[int] | None = None,
        scale_factor: float = 2.0,
        mode: str = "nearest",
        align_corners: bool = False,
    ) -> None:
        sides = tuple(size) if isinstance(size, list) else size
        corners = None if mode == "nearest" else align_corners
        super().__init__(sides, None if size is not None else scale_factor, mode, corners)
