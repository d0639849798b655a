"""Reading a folder with one sub-folder of pictures for each class."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from designer.engine.data.decoding import FOREIGN, SUFFIXES, check_picture
from designer.engine.data.splitting import split
from designer.errors import DataError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.data import ImageData, Picture, UnreadableFile

TRAINING_NAMES = ("train", "training")
VALIDATION_NAMES = ("val", "valid", "validation", "test", "testing")
PAUSE = 0.05
"""Seconds between two pieces of news."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What lies in a folder: readable pictures by class, and what was left out."""

    pictures: dict[str, tuple[Path, ...]]
    unreadable: tuple[UnreadableFile, ...]


def read_folder(
    folder: Path, validation: float, seed: int, validation_folder: Path | None, progress: Progress
) -> ImageData:
    """Read the pictures of a folder with one sub-folder for each class, and split them.

    Sub-folders' names, sorted, are the classes; pictures may lie deeper in them. Every picture is
    checked; what cannot be read is listed and left out. Hidden files and folders are passed over.

    Args:
        folder: the folder to read.
        validation: share of each class for validation, 0 to 1; not used with a validation folder.
        seed: of the split; the same seed and files give the same split.
        validation_folder: a folder with the same classes, for validation alone; or None.
        progress: hears `StepNews`.

    Raises:
        DataError: the folder cannot be used; it says why and what to do.
        Cancelled: by the user.
    """
    found = _read(Path(folder).absolute(), progress)
    classes = tuple(found.pictures)
    items = [(label, path, False) for label, name in enumerate(classes) for path in found.pictures[name]]
    unreadable = found.unreadable
    if validation_folder is not None:
        validation_folder = Path(validation_folder).absolute()
        if os.path.realpath(validation_folder) == os.path.realpath(folder):
            raise DataError(
                tr("Training and validation folder are the same: '{folder}'.", folder=folder),
                tr("Validation must use pictures that training has not seen."),
                tr("Choose another validation folder, or none to split the pictures."),
            )
        other = _read(validation_folder, progress)
        _check_same_classes(classes, tuple(other.pictures), validation_folder)
        items += [
            (classes.index(name), path, True) for name in other.pictures for path in other.pictures[name]
        ]
        items.sort(key=lambda item: item[0])
        unreadable += other.unreadable
    pictures = tuple(Picture(path, label) for label, path, _ in items)
    data = ImageData(
        Path(folder).absolute(), classes, pictures, unreadable, (), (), validation, seed, validation_folder
    )
    if validation_folder is None:
        return resplit(data, validation, seed)
    return replace(
        data,
        training=tuple(i for i, item in enumerate(items) if not item[2]),
        validation=tuple(i for i, item in enumerate(items) if item[2]),
    )


def resplit(data: ImageData, validation: float, seed: int) -> ImageData:
    """The same pictures, split anew.

    Raises:
        DataError: the share or the seed is out of bounds, or validation has a folder of its own.
    """
    if data.validation_folder is not None:
        raise DataError(
            tr("These pictures cannot be split anew."),
            tr("The validation pictures come from '{folder}'.", folder=data.validation_folder),
            tr("Read the folder again without a validation folder."),
        )
    training, held_out = split([picture.label for picture in data.pictures], validation, seed)
    return replace(
        data, training=training, validation=held_out, validation_share=float(validation), seed=seed
    )


def _read(folder: Path, progress: Progress) -> _Found:
    progress.report(StepNews(tr("Looking for pictures")))
    _check_names(str(folder))
    names = _class_folders(folder)
    _check_names(*names)
    candidates: dict[str, list[Path]] = {}
    left_out: list[UnreadableFile] = []
    for name in names:
        progress.raise_if_cancelled()
        files = sorted(_files_below(folder / name, left_out), key=lambda file: file.as_posix())
        candidates[name] = [file for file in files if file.suffix.lower() in SUFFIXES]
        left_out += [
            UnreadableFile(file, tr("Pictures of this format cannot be read; make them JPEG or PNG."))
            for file in files
            if file.suffix.lower() in FOREIGN
        ]
    _check_layout(folder, candidates)
    pictures = _readable(candidates, left_out, progress)
    for name in names:
        if name not in pictures:
            left_out.append(
                UnreadableFile(
                    folder / name, tr("The folder has no readable picture: it is not taken as a class.")
                )
            )
    _check_classes(folder, pictures, left_out)
    return _Found(pictures, tuple(sorted(left_out, key=lambda file: file.path.as_posix())))


def _readable(
    candidates: dict[str, list[Path]], left_out: list[UnreadableFile], progress: Progress
) -> dict[str, tuple[Path, ...]]:
    total = sum(len(paths) for paths in candidates.values())
    done, told = 0, 0.0
    pictures: dict[str, tuple[Path, ...]] = {}
    for name, paths in candidates.items():
        good: list[Path] = []
        for path in paths:
            progress.raise_if_cancelled()
            if monotonic() - told >= PAUSE:
                told = monotonic()
                progress.report(StepNews(tr("Checking {count} pictures", count=total), done / total))
            try:
                check_picture(path)
                good.append(path)
            except DataError as error:
                left_out.append(UnreadableFile(path, error.why))
            done += 1
        if good:
            pictures[name] = tuple(good)
    progress.report(StepNews(tr("Checked {count} pictures", count=total), 1.0))
    return pictures


def _check_names(*names: str) -> None:
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


def _class_folders(folder: Path) -> list[str]:
    choose = tr("Choose a folder that holds one sub-folder of pictures for each class.")
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        raise DataError(
            tr("There is no folder '{folder}'.", folder=folder), tr("It was moved, or is misspelt."), choose
        ) from None
    except NotADirectoryError:
        raise DataError(
            tr("'{folder}' is not a folder.", folder=folder), tr("It is a file."), choose
        ) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise DataError(tr("The folder '{folder}' cannot be read.", folder=folder), why, choose) from error
    names = [entry.name for entry in entries if entry.is_dir() and not _hidden(entry.name)]
    if not names:
        loose = sum(entry.suffix.lower() in SUFFIXES for entry in entries)
        what = tr("The folder '{folder}' has no classes.", folder=folder)
        if loose:
            why = tr("Its {count} pictures lie in the folder itself.", count=loose)
            raise DataError(what, why, tr("Sort them into one sub-folder for each class."))
        why = tr("It has no sub-folders.") if entries else tr("It is empty.")
        raise DataError(what, why, choose)
    return names


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _files_below(folder: Path, left_out: list[UnreadableFile]) -> Iterator[Path]:
    """All files in a folder and below; links are followed, each place is visited once."""
    seen: set[str] = set()

    def refused(error: OSError) -> None:
        left_out.append(UnreadableFile(Path(error.filename), error.strerror or str(error)))

    for place, inner, files in os.walk(folder, followlinks=True, onerror=refused):
        real = os.path.realpath(place)
        inner[:] = [] if real in seen else [name for name in inner if not _hidden(name)]
        if real not in seen:
            yield from (Path(place, name) for name in files if not _hidden(name))
        seen.add(real)


def _check_layout(folder: Path, candidates: dict[str, list[Path]]) -> None:
    """Refuse folders that hold a training and a validation folder instead of classes."""
    names = {name.lower(): name for name in candidates}
    known = {*TRAINING_NAMES, *VALIDATION_NAMES}
    training = [names[name] for name in TRAINING_NAMES if name in names]
    if not training or not set(names) <= known:
        return
    what = tr("'{folder}' holds no classes but parts of a data set.", folder=folder)
    why = tr("Its sub-folders are {names}.", names=", ".join(sorted(candidates)))
    held_out = [names[name] for name in VALIDATION_NAMES if name in names]
    if held_out:
        remedy = tr(
            "Choose '{training}' as the folder and '{validation}' as the validation folder.",
            training=folder / training[0],
            validation=folder / held_out[0],
        )
    else:
        remedy = tr("Choose '{training}' as the folder.", training=folder / training[0])
    raise DataError(what, why, remedy)


def _check_classes(
    folder: Path, pictures: dict[str, tuple[Path, ...]], left_out: list[UnreadableFile]
) -> None:
    if len(pictures) >= 2:
        return
    if not pictures:
        why = tr("Its sub-folders hold no picture that can be read.")
        if left_out:
            first = left_out[0]
            why += " " + tr("The first problem: '{path}': {reason}", path=first.path, reason=first.reason)
        what = tr("There are no pictures in '{folder}'.", folder=folder)
        raise DataError(what, why, tr("Choose a folder with JPEG, PNG, WebP, BMP, GIF or TIFF pictures."))
    (name,) = pictures
    inner = {
        path.relative_to(folder / name).parts[0] for path in pictures[name] if path.parent != folder / name
    }
    if len(inner) >= 2:
        remedy = tr("Choose '{folder}', which holds {count} folders.", folder=folder / name, count=len(inner))
    else:
        remedy = tr("Add a second sub-folder with pictures of another class.")
    what = tr("'{folder}' has one class only: '{name}'.", folder=folder, name=name)
    raise DataError(what, tr("A network learns to tell classes apart: it needs two or more."), remedy)


def _check_same_classes(classes: tuple[str, ...], others: tuple[str, ...], folder: Path) -> None:
    missing = [name for name in classes if name not in others]
    extra = [name for name in others if name not in classes]
    if not missing and not extra:
        return
    why = []
    if missing:
        why.append(tr("It lacks: {names}.", names=", ".join(missing)))
    if extra:
        why.append(tr("It has, and the training folder has not: {names}.", names=", ".join(extra)))
    raise DataError(
        tr("The classes of the validation folder '{folder}' do not match.", folder=folder),
        " ".join(why),
        tr("Give both folders the same sub-folders."),
    )
