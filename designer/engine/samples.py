"""Making a sample data set: ordinary picture files in one folder for each class."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from designer.catalog.samples import Sample, sample
from designer.errors import DataError
from designer.messages import tr
from designer.progress import Progress, StepNews

README = """{title}

{description}

Source: {source}
Licence: {licence} (https://creativecommons.org/licenses/by/4.0/)
Changes: every digit was enlarged from 8 x 8 grey values of 0 to 16 to {side} x {side} pixels and
saved as a PNG file, in one folder for each class; the number in a file's name is its place in the source.
"""


def make_sample(name: str, folder: Path, progress: Progress) -> Path:
    """Write the sample `name` into `folder / name`, all of it or nothing; once made it stays as it is.

    Returns:
        The sample's folder, to be read with `read_folder`.

    Raises:
        DataError: there is no such sample, its folder has been changed, or it cannot be written.
        Cancelled: by the user; nothing is left behind.
    """
    row = sample(name)
    target = Path(folder).absolute() / name
    if _is_whole(target, row):
        return target
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
        _write_digits(row, temporary, progress)
        temporary.chmod(0o755)
        temporary.rename(target)
    except OSError as error:
        if not _is_whole(target, row):
            raise DataError(
                tr("The sample '{title}' cannot be written to '{folder}'.", title=row.title, folder=target),
                error.strerror or str(error),
                tr("Make room there, or choose another folder."),
            ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def _is_whole(target: Path, row: Sample) -> bool:
    """Whether the sample is there. Raises DataError when something else lies in its place."""
    if not os.path.lexists(target):
        return False
    if sum(len(list((target / name).glob("*.png"))) for name in row.classes) == row.pictures:
        return True
    raise DataError(
        tr("The sample '{title}' cannot be made again.", title=row.title),
        tr("'{folder}' is there, but its files have been changed.", folder=target),
        tr("Delete or rename that folder, then try again."),
    )


def _write_digits(row: Sample, folder: Path, progress: Progress) -> None:
    from sklearn.datasets import load_digits  # half a second, which only this needs

    progress.report(StepNews(tr("Making the sample '{title}'", title=row.title), 0.0))
    digits = load_digits()
    for name in row.classes:
        (folder / name).mkdir()
    for number, (values, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        progress.raise_if_cancelled()
        grey = Image.fromarray((values * (255 / 16)).round().astype(np.uint8))
        picture = grey.resize((row.side, row.side), Image.Resampling.BICUBIC)
        picture.save(folder / row.classes[label] / f"{number:04}.png")
        if number % 200 == 199:
            done = (number + 1) / row.pictures
            progress.report(StepNews(tr("Making the sample '{title}'", title=row.title), done))
    text = README.format(
        title=row.title, description=row.description, source=row.source, licence=row.licence, side=row.side
    )
    (folder / "README.txt").write_text(text, encoding="utf-8")
