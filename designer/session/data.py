"""The pictures that a network is trained on, as the engine's data step found them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from designer.messages import tr

Label = int | tuple[int, ...]
"""Number of a picture's class; or numbers of all its classes, where it may show any number of them."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file and what it shows.

    Attributes:
        path: the file.
        label: number of its class; or the numbers of all its classes, sorted, where `ImageData.multilabel`.
    """

    path: Path
    label: Label

    @property
    def labels(self) -> tuple[int, ...]:
        """Numbers of all its classes: exactly one where pictures have one class each."""
        return self.label if isinstance(self.label, tuple) else (self.label,)


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that was left out, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class ImageData:
    """Pictures of known classes, and how they are split.

    Attributes:
        folder: the folder that was read.
        classes: names of the classes, sorted: the sub-folders' names, or those in the table of labels.
        pictures: all readable pictures, sorted by class and path; by path where they have several labels.
        unreadable: files that were left out.
        training, validation: indices into `pictures`, disjoint.
        validation_share: share of each class that was asked for validation, 0 to 1.
        seed: of the split.
        validation_folder: where the validation pictures come from when not split off; else None.
        multilabel: a picture may show any number of the classes, as a table in the folder says.
    """

    folder: Path
    classes: tuple[str, ...]
    pictures: tuple[Picture, ...]
    unreadable: tuple[UnreadableFile, ...]
    training: tuple[int, ...]
    validation: tuple[int, ...]
    validation_share: float
    seed: int
    validation_folder: Path | None = None
    multilabel: bool = False

    def counts(self, indices: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """Number of pictures that show each class, among all or among those at `indices`."""
        chosen = self.pictures if indices is None else [self.pictures[i] for i in indices]
        found = Counter(label for picture in chosen for label in picture.labels)
        return tuple(found[label] for label in range(len(self.classes)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user should know of these pictures and their split, one sentence each."""
        found = []
        if self.unreadable:
            count = len(self.unreadable)
            one = tr("One file was left out.")
            found.append(one if count == 1 else tr("{count} files were left out.", count=count))
        bare = sum(not picture.labels for picture in self.pictures)
        if bare:
            one = tr("One picture shows none of the classes.")
            found.append(one if bare == 1 else tr("{count} pictures show none of the classes.", count=bare))
        if not self.validation:
            return (*found, tr("There are no pictures for validation."))
        sides = self.counts(self.training), self.counts(self.validation)
        for name, training, validation in zip(self.classes, *sides, strict=True):
            if not training:
                found.append(tr("Class '{name}' has no picture for training.", name=name))
            elif not validation and training > 1:
                found.append(tr("Class '{name}' has no picture for validation.", name=name))
            elif not validation:
                text = tr("Class '{name}' has a single picture: it is used for training alone.", name=name)
                found.append(text)
        return tuple(found)
