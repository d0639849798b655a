"""A folder of real pictures, and the page with steps that read it without torch."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from designer.gui.data import page as room
from designer.gui.data.page import DataPage
from designer.session.data import ImageData, Picture, UnreadableFile

CLASSES = ("cat", "dog", "owl")
EACH = 20


@pytest.fixture
def folder(tmp_path) -> Path:
    """Twenty pictures of each class, all of one colour."""
    for label, name in enumerate(CLASSES):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(EACH):
            colour = tuple(200 if label == channel else 10 * number for channel in range(3))
            Image.new("RGB", (40, 20), colour).save(tmp_path / "pictures" / name / f"{number:02}.png")
    return tmp_path / "pictures"


def read(folder: Path, share: float = 0.2, seed: int = 0, validation_folder=None) -> ImageData:
    """What the engine would make of it: the first share of each class is held out."""
    files = [Picture(f, label) for label, n in enumerate(CLASSES) for f in sorted((folder / n).glob("*.png"))]
    held = round(share * EACH)
    validation = tuple(i for i in range(len(files)) if (i - seed) % EACH < held)
    training = tuple(i for i in range(len(files)) if i not in validation)
    bad = (UnreadableFile(folder / "cat" / "bad.png", "It is damaged."),)
    return ImageData(folder, CLASSES, tuple(files), bad, training, validation, share, seed, validation_folder)


@pytest.fixture
def data(folder) -> ImageData:
    """See `read`."""
    return read(folder)


@pytest.fixture
def page(context, qtbot, monkeypatch):
    """The page, 1064 x 640."""

    def read_folder(folder, share, seed, validation_folder):
        return lambda progress: read(folder, share, seed, validation_folder)

    def resplit(data, share, seed):
        return lambda progress: read(data.folder, share, seed)

    monkeypatch.setattr(room, "read_folder", read_folder)
    monkeypatch.setattr(room, "resplit", resplit)
    made = DataPage(context)
    made.resize(1064, 640)
    made.show()
    return made
