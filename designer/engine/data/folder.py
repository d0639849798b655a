"""Reading a folder of pictures: one sub-folder for each class, or a table of labels beside them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from designer.engine.data.decoding import SUFFIXES
from designer.engine.data.finding import (
    CHOOSE,
    Found,
    check_names,
    entries_of,
    hidden,
    pictures_below,
    readable,
    sorted_by_path,
)
from designer.engine.data.splitting import split
from designer.engine.data.table import FILE, TABLE, names_files, read_table
from designer.errors import DataError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.data import ImageData, Picture, UnreadableFile

TRAINING_NAMES = ("train", "training")
VALIDATION_NAMES = ("val", "valid", "validation", "test", "testing")


def read_folder(
    folder: Path, validation: float, seed: int, validation_folder: Path | None, progress: Progress
) -> ImageData:
    """Read the pictures of a folder, and split them.

    The folder has one sub-folder for each class: their names, sorted, are the classes; pictures may lie
    deeper in them. Or it has a file 'labels.csv' that says of each picture which classes it shows, any
    number of them; see `read_table`. Every picture is checked; what cannot be read is listed and left
    out. Hidden files and folders are passed over.

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
    items = [(picture, False) for picture in found.pictures]
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
        _check_same_sort(found, other, validation_folder)
        _check_same_classes(found.classes, other.classes, validation_folder)
        # Both are sorted, and so the numbers of the classes are the same.
        items += [(picture, True) for picture in other.pictures]
        if not found.multilabel:
            items.sort(key=lambda item: item[0][1])
        unreadable += other.unreadable
    data = ImageData(
        Path(folder).absolute(),
        found.classes,
        tuple(Picture(path, label) for (path, label), _ in items),
        unreadable,
        (),
        (),
        validation,
        seed,
        validation_folder,
        found.multilabel,
    )
    if validation_folder is None:
        return resplit(data, validation, seed)
    return replace(
        data,
        training=tuple(i for i, (_, held_out) in enumerate(items) if not held_out),
        validation=tuple(i for i, (_, held_out) in enumerate(items) if held_out),
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


def _read(folder: Path, progress: Progress) -> Found:
    progress.report(StepNews(tr("Looking for pictures")))
    check_names(str(folder))
    table = folder / TABLE
    foreign = table.is_file() and not names_files(table) and any(path.is_dir() for path in folder.iterdir())
    if table.is_file() and not foreign:
        return read_table(folder, progress)
    names = _class_folders(folder)
    check_names(*names)
    candidates: dict[str, list[Path]] = {}
    left_out: list[UnreadableFile] = []
    if foreign:
        why = tr("Its first column is not '{file}': the sub-folders are taken for the classes.", file=FILE)
        left_out.append(UnreadableFile(table, why))
    for name in names:
        progress.raise_if_cancelled()
        candidates[name] = pictures_below(folder / name, left_out)
    _check_layout(folder, candidates)
    good = set(readable([path for paths in candidates.values() for path in paths], left_out, progress))
    pictures = {name: [path for path in paths if path in good] for name, paths in candidates.items()}
    for name in [name for name, paths in pictures.items() if not paths]:
        del pictures[name]
        left_out.append(
            UnreadableFile(
                folder / name, tr("The folder has no readable picture: it is not taken as a class.")
            )
        )
    _check_classes(folder, pictures, left_out)
    items = [(path, label) for label, paths in enumerate(pictures.values()) for path in paths]
    return Found(tuple(pictures), tuple(items), sorted_by_path(left_out))


def _class_folders(folder: Path) -> list[str]:
    entries = entries_of(folder)
    names = [entry.name for entry in entries if entry.is_dir() and not hidden(entry.name)]
    if not names:
        loose = sum(entry.suffix.lower() in SUFFIXES for entry in entries)
        what = tr("The folder '{folder}' has no classes.", folder=folder)
        if loose:
            why = tr("Its {count} pictures lie in the folder itself.", count=loose)
            remedy = tr(
                "Sort them into one sub-folder for each class, or add a table '{table}' of what each shows.",
                table=TABLE,
            )
            raise DataError(what, why, remedy)
        why = tr("It has no sub-folders.") if entries else tr("It is empty.")
        raise DataError(what, why, tr(CHOOSE))
    return names


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


def _check_classes(folder: Path, pictures: dict[str, list[Path]], left_out: list[UnreadableFile]) -> None:
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


def _check_same_sort(found: Found, other: Found, folder: Path) -> None:
    if found.multilabel == other.multilabel:
        return
    if found.multilabel:
        why = tr("The training folder has a table '{table}' of labels, and it has none.", table=TABLE)
    else:
        why = tr("It has a table '{table}' of labels, and the training folder has none.", table=TABLE)
    raise DataError(
        tr("The validation folder '{folder}' is not of the same sort.", folder=folder),
        why,
        tr("Give both folders a table, or both sub-folders for the classes."),
    )


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
        tr("Give both folders the same classes."),
    )
