"""What whole journeys share: real pictures in folders, and the checks of the window's tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from sklearn.datasets import load_digits

from ..gui.conftest import make_window, nothing_left  # noqa: F401 - hold for journeys as well


@pytest.fixture
def digits_folder(tmp_path) -> Path:
    """Twelve real handwritten pictures of each of three digits, one folder for each."""
    digits = load_digits()
    folder = tmp_path / "digits"
    for label in (0, 1, 7):
        (folder / f"digit {label}").mkdir(parents=True)
        for number, values in enumerate(digits.images[digits.target == label][:12]):
            picture = Image.fromarray((values * 255 / 16).astype("uint8")).resize((64, 64))
            picture.convert("RGB").save(folder / f"digit {label}" / f"{number}.png")
    return folder
