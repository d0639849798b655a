"""Finding the pictures in a folder, and checking that each can be read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from designer.engine.data.decoding import FOREIGN, SUFFIXES, check_picture
from designer.errors import DataError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.data import Label, UnreadableFile

PAUSE = 0.05
"""Seconds between two pieces of news."""
CHOOSE = "Choose a folder that holds one sub-folder of pictures for each class."
"""What to do where a folder is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in a folder.

    Attributes:
        classes: names, sorted.
        pictures: readable ones with what they show, in the order of `ImageData.pictures`.
        unreadable: what was left out.
        multilabel: see `ImageData`.
    """

    classes: tuple[str, ...]
    pictures: tuple[tuple[Path, Label], ...]
    unreadable: tuple[UnreadableFile, ...]
    multilabel: bool = False


def entries_of(folder: Path) -> list[Path]:
    """What lies in a folder itself, sorted.

    Raises:
        DataError: it is not there, no folder, or cannot be read.
    """
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        what, why = tr("There is no folder '{folder}'.", folder=folder), tr("It was moved, or is misspelt.")
        raise DataError(what, why, tr(CHOOSE)) from None
    except NotADirectoryError:
        what, why = tr("'{folder}' is not a folder.", folder=folder), tr("It is a file.")
        raise DataError(what, why, tr(CHOOSE)) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise DataError(
            tr("The folder '{folder}' cannot be read.", folder=folder), why, tr(CHOOSE)
        ) from error


def hidden(name: str) -> bool:
    """Whether a file or folder of that name is passed over."""
    return name.startswith(".") or name == "__MACOSX"


def pictures_below(folder: Path, left_out: list[UnreadableFile]) -> list[Path]:
    """Pictures in a folder and below, sorted; those of formats that cannot be read are left out."""
    files = sorted(_files_below(folder, left_out), key=lambda file: file.as_posix())
    left_out += [
        UnreadableFile(file, tr("Pictures of this format cannot be read; make them JPEG or PNG."))
        for file in files
        if file.suffix.lower() in FOREIGN
    ]
    return [file for file in files if file.suffix.lower() in SUFFIXES]


def _files_below(folder: Path, left_out: list[UnreadableFile]) -> Iterator[Path]:
    """All files in a folder and below; links are followed, each place is visited once."""
    seen: set[str] = set()

    def refused(error: OSError) -> None:
        left_out.append(UnreadableFile(Path(error.filename), error.strerror or str(error)))

    for place, inner, files in os.walk(folder, followlinks=True, onerror=refused):
        real = os.path.realpath(place)
        inner[:] = [] if real in seen else [name for name in inner if not hidden(name)]
        if real not in seen:
            yield from (Path(place, name) for name in files if not hidden(name))
        seen.add(real)


def readable(paths: Sequence[Path], left_out: list[UnreadableFile], progress: Progress) -> list[Path]:
    """Those of the pictures that can be read, in order; the others are left out.

    Raises:
        Cancelled: by the user.
    """
    told = 0.0
    good: list[Path] = []
    for done, path in enumerate(paths):
        progress.raise_if_cancelled()
        if monotonic() - told >= PAUSE:
            told = monotonic()
            progress.report(StepNews(tr("Checking {count} pictures", count=len(paths)), done / len(paths)))
        try:
            check_picture(path)
            good.append(path)
        except DataError as error:
            left_out.append(UnreadableFile(path, error.why))
    progress.report(StepNews(tr("Checked {count} pictures", count=len(paths)), 1.0))
    return good


def sorted_by_path(left_out: Sequence[UnreadableFile]) -> tuple[UnreadableFile, ...]:
    """Files that were left out, in the order in which they are listed."""
    return tuple(sorted(left_out, key=lambda file: file.path.as_posix()))


def check_names(*names: str) -> None:
    """Raise DataError where a name could not be kept in a project: Linux allows any bytes in one."""
    for text in names:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise DataError(
                tr("The folder '{folder}' cannot be used.", folder=ascii(text)),
                tr("Its name is not text: it has bytes that are no UTF-8."),
                tr("Rename it."),
            ) from error
