"""Where batches come from: picture files, or values that were computed before."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from designer.engine.data import UNALTERED, Batch, Key, Loader, Pictures
from designer.engine.module import NetworkModule
from designer.engine.training.team import Team
from designer.network.network import Port

AS_THEY_ARE = 0
"""The epoch that no picture is altered in."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Portion:
    """What the network is run on at once.

    Attributes:
        known: values that the network begins from, N pictures each.
        labels: (N,), int64: numbers of the classes; or (N, classes), 1 and 0; see `Labelling`.
        indices: numbers of the pictures, in order.
        versions: of each picture: 0 as it is, 1 and above altered.
    """

    known: Mapping[Port, Tensor]
    labels: Tensor
    indices: tuple[int, ...]
    versions: tuple[int, ...]

    def first(self, count: int) -> Portion:
        """The first so many of the pictures."""
        known = {port: values[:count] for port, values in self.known.items()}
        return Portion(known, self.labels[:count], self.indices[:count], self.versions[:count])


class Source(Protocol):
    """Gives pictures by their numbers, on the device of training."""

    def batches(
        self, wanted: Sequence[Sequence[int]], epoch: int = AS_THEY_ARE
    ) -> Generator[Portion, None, None]:
        """One portion for each group of numbers; pictures that cannot be read are missing in it.

        Args:
            wanted: groups of numbers.
            epoch: in whose versions the pictures come, where training pictures are altered; 0 for the
                pictures as they are, which is what validation takes.
        """

    def share(
        self, batch: Sequence[int], team: Team, epoch: int = AS_THEY_ARE, least: int = 1
    ) -> Sequence[int]:
        """The pictures of a batch that this process works on; all processes of the team have all of them.

        Args:
            batch: numbers of the pictures.
            team: of this process.
            epoch: see `batches`.
            least: so many at once are needed, or none.
        """

    def blank(self, count: int) -> Portion:
        """So many pictures of nothing: for a process that has none, and must go along with the others."""


def _none_of(labels: Tensor, count: int) -> Tensor:
    return labels.new_zeros((count, *labels.shape[1:]))


def groups(indices: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """`indices` in groups of `size`; a last one of a single picture joins the one before it.

    Batch normalization cannot train on a single value for each channel.
    """
    found = [indices[start : start + size] for start in range(0, len(indices), size)]
    if size > 1 and len(found) > 1 and len(found[-1]) == 1:
        found[-2:] = [[*found[-2], *found[-1]]]
    return found


class PictureSource:
    """Portions from picture files; the next ones are read while the network works on this one."""

    def __init__(self, pictures: Pictures, labels: Sequence[Any], module: NetworkModule, device: str) -> None:
        self.pictures = pictures
        self.labels = torch.tensor(labels)
        self.device = device
        self.ports = tuple(Port(layer.id) for layer in module.network.of_kind("Input"))
        self._loader = Loader(pictures, pinned=device == "cuda")

    def batches(
        self, wanted: Sequence[Sequence[int]], epoch: int = AS_THEY_ARE
    ) -> Generator[Portion, None, None]:
        """See `Source.batches`."""
        yield from self.portions([[(i, self.version(i, epoch)) for i in group] for group in wanted])

    def share(
        self, batch: Sequence[int], team: Team, epoch: int = AS_THEY_ARE, least: int = 1
    ) -> Sequence[int]:
        """See `Source.share`: even shares."""
        return team.cut(batch, least)

    def blank(self, count: int) -> Portion:
        """See `Source.blank`."""
        crop = self.pictures.preprocessing.crop
        x = torch.zeros(count, 3, crop, crop, device=self.device)
        return Portion(dict.fromkeys(self.ports, x), _none_of(self.labels, count).to(self.device), (), ())

    def portions(
        self, wanted: Sequence[Sequence[Key]], *, keep: bool = True
    ) -> Generator[Portion, None, None]:
        """One portion for each group of keys; without `keep` decoded pictures are not kept."""
        with closing(self._loader.batches(wanted, keep=keep)) as batches:
            for batch in batches:
                yield self.portion(batch)

    def version(self, index: int, epoch: int) -> int:
        """The version of a picture that an epoch shows."""
        augmenting = self.pictures.augmenting
        return augmenting.version(index, epoch) if augmenting and epoch else UNALTERED

    def keys(self, training: Sequence[int], validation: Sequence[int]) -> list[Key]:
        """All versions that a run will ever show, those of a picture together; none where they never end."""
        augmenting = self.pictures.augmenting
        versions: Sequence[int] = (UNALTERED,)
        if augmenting is not None:
            versions = range(1, augmenting.options.variants + 1)
        if not versions:
            return []
        return [(i, v) for i in training for v in versions] + [(i, UNALTERED) for i in validation]

    def portion(self, batch: Batch, dtype: torch.dtype = torch.float32) -> Portion:
        """A batch as the network takes it."""
        x = self.pictures.ready(batch, self.device, dtype)
        labels = self.labels[list(batch.indices)].to(self.device)
        return Portion(dict.fromkeys(self.ports, x), labels, batch.indices, batch.versions)


class FeatureSource:
    """Portions of values that were computed before.

    In a team each process holds those of other pictures, and works on these alone. So a batch is cut by
    what each holds, about evenly by chance: nothing has to be sent from one to another.

    Args:
        rows: for the number and version of a picture its row in `values` and `labels`.
        values: what is known of all pictures.
        labels: of the rows, on the device of training; the values may lie elsewhere.
        version: from the number of a picture and an epoch to the version that the epoch shows.
        full: floats that are kept in half their size are given in full.
    """

    def __init__(
        self,
        rows: Mapping[Key, int],
        values: Mapping[Port, Tensor],
        labels: Tensor,
        version: Callable[[int, int], int],
        *,
        full: bool = False,
    ) -> None:
        self.version = version
        self.rows = rows
        self.values = values
        self.labels = labels
        self._full = full

    def batches(
        self, wanted: Sequence[Sequence[int]], epoch: int = AS_THEY_ARE
    ) -> Generator[Portion, None, None]:
        """See `Source.batches`."""
        for group in wanted:
            there = [key for key in ((i, self.version(i, epoch)) for i in group) if key in self.rows]
            rows = torch.tensor([self.rows[key] for key in there], dtype=torch.int64)
            known = {port: self._taken(value, rows) for port, value in self.values.items()}
            labels = self.labels[rows.to(self.labels.device)]
            yield Portion(known, labels, tuple(i for i, _ in there), tuple(v for _, v in there))

    def share(
        self, batch: Sequence[int], team: Team, epoch: int = AS_THEY_ARE, least: int = 1
    ) -> Sequence[int]:
        """See `Source.share`: those that are here."""
        if team.size == 1:
            return batch
        return [i for i in batch if (i, self.version(i, epoch)) in self.rows]

    def blank(self, count: int) -> Portion:
        """See `Source.blank`."""
        known = {
            port: self._taken(value[:1], torch.zeros(count, dtype=torch.int64)).zero_()
            for port, value in self.values.items()
        }
        return Portion(known, _none_of(self.labels, count), (), ())

    def _taken(self, value: Tensor, rows: Tensor) -> Tensor:
        taken = value[rows.to(value.device)].to(self.labels.device)
        return taken.float() if self._full and taken.is_floating_point() else taken
