"""The sample: scikit-learn's digits as ordinary files, all of them or none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from designer.catalog.samples import SAMPLES, sample
from designer.engine.data import read_folder
from designer.engine.samples import make_sample
from designer.errors import Cancelled, DataError
from designer.progress import Recording, Silent


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    return make_sample("digits", folder, Silent())


def test_all_digits_are_there(digits):
    data = read_folder(digits, 0.2, 0, None, Silent())
    row = sample("digits")
    assert data.classes == row.classes == tuple("0123456789")
    assert len(data.pictures) == row.pictures == 1797
    source = load_digits()
    assert data.counts() == tuple(np.bincount(source.target).tolist())
    for picture in data.pictures[::97]:
        image = Image.open(picture.path)
        assert (image.mode, image.size) == ("L", (64, 64))
        small = np.asarray(image.resize((8, 8), Image.Resampling.BOX)) / 255 * 16
        # Smooth enlarging keeps every cell's mean within a grey level or two.
        assert np.abs(small - source.images[int(picture.path.stem)]).mean() < 1.2
        assert source.target[int(picture.path.stem)] == picture.label


def test_licence_and_source_lie_beside(digits):
    text = (digits / "README.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text
    assert "10.24432/C50P49" in text


def test_once_made_it_stays(digits):
    before = {path: path.stat().st_mtime_ns for path in digits.rglob("*")}
    assert make_sample("digits", digits.parent, Silent()) == digits
    assert {path: path.stat().st_mtime_ns for path in digits.rglob("*")} == before


def test_cancelling_leaves_nothing(tmp_path):
    with pytest.raises(Cancelled):
        make_sample("digits", tmp_path, Recording(cancel_after=100))
    assert list(tmp_path.iterdir()) == []


def test_a_changed_folder_is_not_touched(tmp_path):
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="have been changed"):
        make_sample("digits", tmp_path, Silent())
    assert (tmp_path / "digits" / "mine.txt").read_text() == "mine"


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot be written"):
        make_sample("digits", tmp_path / "file", Silent())


def test_an_unknown_sample():
    with pytest.raises(DataError, match="digits"):
        sample("flowers")
    assert all(key == row.key for key, row in SAMPLES.items())
