"""Reading a folder: classes, what is left out, and a message for every folder that will not do."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from designer.engine.data import folder as folder_module
from designer.engine.data import read_folder, resplit
from designer.errors import Cancelled, DataError
from designer.progress import Recording, Silent, StepNews


def put(folder, name, count, suffix=".png"):
    (folder / name).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 256, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name / f"{number}{suffix}")


@pytest.fixture
def pets(tmp_path):
    folder = tmp_path / "pets"
    put(folder, "dog", 10)
    put(folder, "cat", 5, ".JPG")
    put(folder, "owl/young", 4)
    put(folder, "owl", 1)
    return folder


def read(folder, validation=0.2, seed=0, validation_folder=None, progress=None):
    return read_folder(folder, validation, seed, validation_folder, progress or Silent())


def test_sub_folders_are_the_classes(pets):
    (pets / "notes.txt").write_text("not a class")
    (pets / ".thumbnails").mkdir()
    (pets / "dog" / "Thumbs.db").write_bytes(b"x")
    (pets / "dog" / "._0.png").write_bytes(b"x")
    data = read(pets)
    assert data.classes == ("cat", "dog", "owl")
    assert data.counts() == (5, 10, 5)
    assert data.counts(data.validation) == (1, 2, 1)
    assert data.unreadable == ()
    keys = [(picture.label, picture.path.as_posix()) for picture in data.pictures]
    assert keys == sorted(keys)
    assert (data.folder, data.validation_share, data.seed) == (pets, 0.2, 0)


def test_unreadable_files_are_listed_and_left_out(pets):
    (pets / "dog" / "text.png").write_text("text")
    (pets / "dog" / "cut.png").write_bytes((pets / "dog" / "0.png").read_bytes()[:60])
    (pets / "cat" / "phone.HEIC").write_bytes(b"x")
    (pets / "fox").mkdir()
    data = read(pets)
    assert data.counts() == (5, 10, 5)
    assert [file.path.name for file in data.unreadable] == ["phone.HEIC", "cut.png", "text.png", "fox"]
    assert all(file.reason for file in data.unreadable)
    assert data.remarks == ("4 files were left out.",)


def test_the_split_depends_on_the_seed_alone(pets, tmp_path, monkeypatch):
    first = read(pets, seed=3)
    shutil.copytree(pets, tmp_path / "moved")
    listing = os.scandir

    class Backwards:
        def __init__(self, place):
            self.entries = iter(sorted(listing(place), key=lambda entry: entry.name, reverse=True))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def __iter__(self):
            return self

        def __next__(self):
            return next(self.entries)

        def close(self):
            pass

    monkeypatch.setattr(os, "scandir", Backwards)
    second = read(tmp_path / "moved", seed=3)
    names = [[d.pictures[i].path.relative_to(d.folder) for i in d.validation] for d in (first, second)]
    assert names[0] == names[1]
    assert read(pets, seed=4).validation != first.validation


def test_resplit_keeps_the_pictures(pets):
    data = read(pets)
    again = resplit(data, 0.5, 9)
    assert again.pictures is data.pictures
    assert again.counts(again.validation) == (3, 5, 3)
    assert (again.validation_share, again.seed) == (0.5, 9)
    assert resplit(again, 0.2, 0) == data


def test_a_single_picture_goes_to_training_and_the_user_is_told(pets):
    put(pets, "yak", 1)
    data = read(pets)
    assert data.counts(data.training)[3] == 1
    assert data.remarks == ("Class 'yak' has a single picture: it is used for training alone.",)
    assert read(pets, validation=0).remarks == ("There are no pictures for validation.",)


def test_a_validation_folder(pets, tmp_path):
    for name in ("cat", "dog", "owl"):
        put(tmp_path / "held", name, 2)
    data = read(pets, validation_folder=tmp_path / "held")
    assert data.validation_folder == tmp_path / "held"
    assert data.counts(data.training) == (5, 10, 5)
    assert data.counts(data.validation) == (2, 2, 2)
    assert all(data.pictures[i].path.is_relative_to(tmp_path / "held") for i in data.validation)
    assert [picture.label for picture in data.pictures] == sorted(p.label for p in data.pictures)
    with pytest.raises(DataError, match="validation folder"):
        resplit(data, 0.3, 0)


def test_a_validation_folder_with_other_classes(pets, tmp_path):
    for name in ("cat", "dog", "yak"):
        put(tmp_path / "held", name, 1)
    with pytest.raises(DataError) as caught:
        read(pets, validation_folder=tmp_path / "held")
    assert "lacks: owl" in str(caught.value)
    assert "yak" in caught.value.why
    with pytest.raises(DataError, match="are the same"):
        read(pets, validation_folder=pets)


def message(folder, **options):
    with pytest.raises(DataError) as caught:
        read(folder, **options)
    assert caught.value.remedy
    return str(caught.value)


def test_folders_that_will_not_do(tmp_path):
    assert "no folder" in message(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    assert "not a folder" in message(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert "It is empty" in message(tmp_path / "empty")
    put(tmp_path, "loose", 3)
    assert "Its 3 pictures lie in the folder itself" in message(tmp_path / "loose")
    (tmp_path / "bare" / "a").mkdir(parents=True)
    (tmp_path / "bare" / "b").mkdir()
    assert "no pictures" in message(tmp_path / "bare")
    (tmp_path / "bare" / "a" / "x.png").write_text("x")
    assert "x.png" in message(tmp_path / "bare")
    put(tmp_path / "one", "cat", 3)
    assert "one class only: 'cat'" in message(tmp_path / "one")


def test_layouts_of_other_programs_are_recognised(pets, tmp_path):
    shutil.copytree(pets, tmp_path / "set" / "train")
    assert f"Choose '{tmp_path / 'set' / 'train'}' as the folder." in message(tmp_path / "set")
    shutil.copytree(pets, tmp_path / "set" / "val")
    found = message(tmp_path / "set")
    assert f"'{tmp_path / 'set' / 'val'}' as the validation folder" in found
    shutil.copytree(pets, tmp_path / "outer" / "inner")
    assert f"Choose '{tmp_path / 'outer' / 'inner'}', which holds 3 folders" in message(tmp_path / "outer")


def test_links_in_a_circle_end(pets):
    (pets / "dog" / "self").symlink_to(pets / "dog")
    assert read(pets).counts() == (5, 10, 5)


def test_progress_and_cancelling(pets):
    recording = Recording()
    read(pets, progress=recording)
    shares = [news.done for news in recording.news if isinstance(news, StepNews) and news.done is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with pytest.raises(Cancelled):
        read(pets, progress=Recording(cancel_after=9))


@pytest.mark.parametrize("inner", [True, False])
def test_a_name_that_no_project_could_keep_is_refused_at_once(pets, monkeypatch, inner):
    # What Linux gives for a name with bytes that are no UTF-8; not every disk takes one.
    odd = "caf\udce9"
    if inner:
        monkeypatch.setattr(folder_module, "_class_folders", lambda folder: ["cat", odd])
    with pytest.raises(DataError, match="not text") as caught:
        read(pets if inner else pets / odd)
    assert "Rename" in caught.value.remedy
    str(caught.value).encode()
