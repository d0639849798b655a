"""Learned tensors, constants, positions and attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Parameter(nn.Module):
    """A learned tensor, without an input. Starts as normal noise of deviation 0.02."""

    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.empty(tuple(shape)).normal_(std=0.02))

    def forward(self) -> Tensor:
        """Shape: `shape`; there is no batch."""
        return self.value


class Constant(nn.Module):
    """A tensor of one number, without an input. It is no weight: the settings say what it is."""

    tensor: Tensor

    def __init__(self, shape: list[int], value: float = 0.0) -> None:
        super().__init__()
        self.register_buffer("tensor", torch.full(tuple(shape), value), persistent=False)

    def forward(self) -> Tensor:
        """Shape: `shape`; there is no batch."""
        return self.tensor


class Positions(nn.Module):
    """The numbers 0, 1, 2 ... along dimension `dim` of the input, as 32-bit floats, which hold them."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to (size of `dim`,); there is no batch."""
        return torch.arange(x.shape[self.dim], device=x.device).float()


class Embedding(nn.Embedding):
    """`torch.nn.Embedding` of values that are whole numbers held as floats, rounded to the nearest."""

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        super().__init__(num_embeddings, embedding_dim)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any to the same with `embedding_dim` added at the end.

        Raises:
            IndexError: a number is below 0 or not below `num_embeddings`.
        """
        numbers = x.round().long()
        # On a GPU torch would end the process's use of it, without a word on which layer it was.
        if numbers.is_cuda and numbers.numel():
            least, most = (int(n) for n in torch.aminmax(numbers))
            if least < 0 or most >= self.num_embeddings:
                raise IndexError(
                    f"numbers from {least} to {most} are not in a table of {self.num_embeddings}"
                )
        return super().forward(numbers)


class Attention(nn.MultiheadAttention):
    """Multi-head attention that returns its output alone, not the attention weights."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:  # type: ignore[override]
        """Shape: (N, L, E), (N, S, E), (N, S, E) to (N, L, E) with `batch_first`."""
        return super().forward(query, key, value, need_weights=False)[0]


class Normalize(nn.Module):
    """`torch.nn.functional.normalize`: vectors along `dim` divided by their length of exponent `p`."""

    def __init__(self, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> None:
        super().__init__()
        self.p, self.dim, self.eps = p, dim, eps

    def forward(self, x: Tensor) -> Tensor:
        """Shape: any, kept."""
        return functional.normalize(x, self.p, self.dim, self.eps)
