"""Pictures by number, in batches: decoded once and kept in memory as bytes while they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

import torch
from torch import Tensor

from designer.engine.data.augmenting import Augmenting
from designer.engine.data.decoding import load_pixels, load_resized, normalise
from designer.engine.process import memory_budget
from designer.errors import DataError
from designer.network.preprocessing import Preprocessing

Key = tuple[int, int]
"""Number of a picture and its version: 0 as it is, 1 and above altered."""
UNALTERED = 0
PIECE = 8
"""Pictures that are made ready at a time where not in full precision."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pictures.

    Attributes:
        indices: numbers of the pictures that are here, in order.
        pixels: (N, 3, crop, crop), uint8, 0..255; the values of a pixel lie side by side in memory.
        versions: of each picture.
    """

    indices: tuple[int, ...]
    pixels: Tensor
    versions: tuple[int, ...]


class Pictures:
    """Picture files, read on demand. `broken` lists those that could not be read, with the reason.

    Several threads may read at the same time.

    Args:
        paths: the files.
        preprocessing: the network's recipe.
        budget: bytes of decoded pictures that may be kept; None for a share of the free memory.
        augmenting: makes altered versions; None where there are none.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        preprocessing: Preprocessing,
        budget: int | None = None,
        augmenting: Augmenting | None = None,
    ) -> None:
        self.paths = tuple(paths)
        self.preprocessing = preprocessing
        self.augmenting = augmenting
        self.broken: dict[int, str] = {}
        self._kept: dict[tuple[int, bool], Tensor] = {}
        self._room = memory_budget() if budget is None else budget
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        """Picture `index` as the network takes it. Shape: (3, crop, crop). Raises DataError."""
        return normalise(self.pixels(index), self.preprocessing)

    def pixels(self, index: int, *, keep: bool = True) -> Tensor:
        """Picture `index` as bytes. Shape: (3, crop, crop), uint8. Raises DataError."""
        return self._decoded(index, whole=False, keep=keep)

    def _decoded(self, index: int, *, whole: bool, keep: bool) -> Tensor:
        """A picture, cut or `whole`, which is what altered versions are made from."""
        found = self._kept.get((index, whole))
        if found is None:
            found = (load_resized if whole else load_pixels)(self.paths[index], self.preprocessing)
            if keep:
                with self._lock:
                    if found.nbytes <= self._room and (index, whole) not in self._kept:
                        self._kept[index, whole] = found
                        self._room -= found.nbytes
        return found

    def empty(self, count: int, *, pinned: bool = False) -> Tensor:
        """Room for so many pictures as bytes, in memory that a GPU can copy from while it computes."""
        crop = self.preprocessing.crop
        return torch.empty((count, crop, crop, 3), dtype=torch.uint8, pin_memory=pinned).permute(0, 3, 1, 2)

    def read(
        self, keys: Sequence[Key], into: Tensor, *, keep: bool = True, ended: Event | None = None
    ) -> list[bool]:
        """Read pictures into the rows of `into`; returns for each whether it could be read.

        Versions of one picture that come one after the other are made from one decoding. Once `ended` is
        set no further picture is read.
        """
        good = []
        last: tuple[int, Tensor] | None = None
        # numpy copies within the calling thread, torch would start threads of its own.
        rows = into.permute(0, 2, 3, 1).numpy()
        for row, (index, version) in zip(rows, keys, strict=True):
            if index in self.broken or (ended is not None and ended.is_set()):
                good.append(False)
                continue
            try:
                if version == UNALTERED:
                    found = self.pixels(index, keep=keep)
                else:
                    if last is None or last[0] != index:
                        last = (index, self._decoded(index, whole=True, keep=keep))
                    found = self._altered(last[1], index, version)
                row[:] = found.permute(1, 2, 0).numpy()
                good.append(True)
            except DataError as error:
                self.broken[index] = error.why
                good.append(False)
        return good

    def _altered(self, whole: Tensor, index: int, version: int) -> Tensor:
        if self.augmenting is None:
            raise ValueError(f"version {version} of a picture, but pictures are not altered")
        return self.augmenting.alter(whole, index, version)

    def batch(self, keys: Sequence[Key], *, keep: bool = True, ended: Event | None = None) -> Batch:
        """These pictures, read by the calling thread, without the broken ones. Shape: (N, 3, crop, crop).

        N may be 0. With `keep` they stay in memory for the next time, while they fit. Once `ended` is set
        no further picture is read.
        """
        pixels = self.empty(len(keys))
        return readable(keys, pixels, self.read(keys, pixels, keep=keep, ended=ended))

    def ready(self, batch: Batch, device: str, dtype: torch.dtype = torch.float32) -> Tensor:
        """A batch as the network takes it, on `device`. Shape: (N, 3, crop, crop)."""
        pixels = batch.pixels.to(device, non_blocking=True)
        if dtype == torch.float32:
            return normalise(pixels, self.preprocessing).contiguous(memory_format=torch.channels_last)
        made = torch.empty(pixels.shape, dtype=dtype, device=device, memory_format=torch.channels_last)
        # Some at a time: all of them in full precision take memory, and time until they are in it.
        for start in range(0, len(pixels), PIECE):
            made[start : start + PIECE] = normalise(pixels[start : start + PIECE], self.preprocessing)
        return made


def readable(keys: Sequence[Key], pixels: Tensor, good: Sequence[bool]) -> Batch:
    """A batch of those pictures that could be read."""
    if not all(good):
        pixels = pixels[torch.tensor(good, dtype=torch.bool)]
    there = [key for key, read in zip(keys, good, strict=True) if read]
    return Batch(tuple(index for index, _ in there), pixels, tuple(version for _, version in there))
