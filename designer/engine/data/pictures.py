"""Pictures by number, in batches: decoded once and kept in memory as bytes while they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from designer.engine.data.decoding import load_pixels, normalise
from designer.engine.process import memory_budget
from designer.errors import DataError
from designer.network.preprocessing import Preprocessing


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pictures.

    Attributes:
        indices: numbers of the pictures that are here, in order.
        pixels: (N, 3, crop, crop), uint8, 0..255.
    """

    indices: tuple[int, ...]
    pixels: Tensor


class Pictures:
    """Picture files, read on demand. `broken` lists those that could not be read, with the reason.

    Args:
        paths: the files.
        preprocessing: the network's recipe.
        budget: bytes of decoded pictures that may be kept; None for a share of the free memory.
    """

    def __init__(
        self, paths: Sequence[Path], preprocessing: Preprocessing, budget: int | None = None
    ) -> None:
        self.paths = tuple(paths)
        self.preprocessing = preprocessing
        self.broken: dict[int, str] = {}
        self._kept: dict[int, Tensor] = {}
        size = 3 * preprocessing.crop**2
        self._room = (memory_budget() if budget is None else budget) // size

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        """Picture `index` as the network takes it. Shape: (3, crop, crop). Raises DataError."""
        return normalise(self.pixels(index), self.preprocessing)

    def pixels(self, index: int, *, keep: bool = True) -> Tensor:
        """Picture `index` as bytes. Shape: (3, crop, crop), uint8. Raises DataError."""
        found = self._kept.get(index)
        if found is None:
            found = load_pixels(self.paths[index], self.preprocessing)
            if keep and len(self._kept) < self._room:
                self._kept[index] = found
        return found

    def batch(self, indices: Sequence[int], *, keep: bool = True) -> Batch:
        """These pictures, without the broken ones. Shape: (N, 3, crop, crop), N may be 0.

        With `keep` they stay in memory for the next time, while they fit.
        """
        good: list[int] = []
        found: list[Tensor] = []
        for index in indices:
            if index in self.broken:
                continue
            try:
                found.append(self.pixels(index, keep=keep))
                good.append(index)
            except DataError as error:
                self.broken[index] = error.why
        crop = self.preprocessing.crop
        pixels = torch.stack(found) if found else torch.empty((0, 3, crop, crop), dtype=torch.uint8)
        return Batch(tuple(good), pixels)

    def ready(self, batch: Batch, device: str) -> Tensor:
        """A batch as the network takes it, on `device`. Shape: (N, 3, crop, crop), float32."""
        return normalise(batch.pixels.to(device, non_blocking=True), self.preprocessing).contiguous(
            memory_format=torch.channels_last
        )
