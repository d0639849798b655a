"""Where batches come from: picture files, or values that were computed before."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from designer.engine.data import Batch, Pictures
from designer.engine.module import NetworkModule
from designer.network.network import Port


@dataclass(frozen=True, slots=True)
class Portion:
    """What the network is run on at once.

    Attributes:
        known: values that the network begins from, N pictures each.
        labels: (N,), int64: numbers of the classes.
        indices: numbers of the pictures, in order.
    """

    known: Mapping[Port, Tensor]
    labels: Tensor
    indices: tuple[int, ...]


class Source(Protocol):
    """Gives pictures by their numbers, on the device of training."""

    def batches(self, wanted: Sequence[Sequence[int]]) -> Generator[Portion, None, None]:
        """One portion for each group of numbers; pictures that cannot be read are missing in it."""


def groups(indices: Sequence[int], size: int) -> list[Sequence[int]]:
    """`indices` in groups of `size`; a last one of a single picture joins the one before it.

    Batch normalization cannot train on a single value for each channel.
    """
    found = [indices[start : start + size] for start in range(0, len(indices), size)]
    if size > 1 and len(found) > 1 and len(found[-1]) == 1:
        found[-2:] = [[*found[-2], *found[-1]]]
    return found


class PictureSource:
    """Portions from picture files; the next one is decoded while the network works on this one."""

    def __init__(self, pictures: Pictures, labels: Sequence[int], module: NetworkModule, device: str) -> None:
        self.pictures = pictures
        self.labels = torch.tensor(labels)
        self.device = device
        self.ports = tuple(Port(layer.id) for layer in module.network.of_kind("Input"))

    def batches(self, wanted: Sequence[Sequence[int]]) -> Generator[Portion, None, None]:
        """See `Source.batches`."""
        yield from self.portions(wanted)

    def portions(
        self, wanted: Sequence[Sequence[int]], *, keep: bool = True
    ) -> Generator[Portion, None, None]:
        """As `batches`; without `keep` the decoded pictures are not kept for the next time."""
        with ThreadPoolExecutor(1, thread_name_prefix="pictures") as decoder:
            ahead = [decoder.submit(self.pictures.batch, group, keep=keep) for group in wanted[:1]]
            for following in range(1, len(wanted) + 1):
                batch = ahead.pop().result()
                if following < len(wanted):
                    ahead.append(decoder.submit(self.pictures.batch, wanted[following], keep=keep))
                yield self._portion(batch)

    def _portion(self, batch: Batch) -> Portion:
        x = self.pictures.ready(batch, self.device)
        labels = self.labels[list(batch.indices)].to(self.device)
        return Portion(dict.fromkeys(self.ports, x), labels, batch.indices)


class FeatureSource:
    """Portions of values that were computed before.

    Args:
        rows: for the number of a picture its row in `values` and `labels`.
        values: what is known of all pictures.
        labels: numbers of the classes, on the device of training; the values may lie elsewhere.
        full: floats that are kept in half their size are given in full.
    """

    def __init__(
        self,
        rows: Mapping[int, int],
        values: Mapping[Port, Tensor],
        labels: Tensor,
        *,
        full: bool = False,
    ) -> None:
        self.rows = rows
        self.values = values
        self.labels = labels
        self._full = full

    def batches(self, wanted: Sequence[Sequence[int]]) -> Generator[Portion, None, None]:
        """See `Source.batches`."""
        for group in wanted:
            there = tuple(i for i in group if i in self.rows)
            rows = torch.tensor([self.rows[i] for i in there], dtype=torch.int64, device=self.labels.device)
            known = {port: self._taken(value, rows) for port, value in self.values.items()}
            yield Portion(known, self.labels[rows], there)

    def _taken(self, value: Tensor, rows: Tensor) -> Tensor:
        taken = value[rows.to(value.device)].to(self.labels.device)
        return taken.float() if self._full and taken.is_floating_point() else taken
