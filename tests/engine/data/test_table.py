"""Reading a table of several labels: both forms, every fault, and a split that keeps the labels even."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from designer.engine.data import read_folder, resplit
from designer.engine.data.splitting import split
from designer.errors import Cancelled, DataError
from designer.progress import Recording, Silent

from ...shapes import NAMES, make_shapes, write_table


def read(folder, validation=0.2, seed=0, validation_folder=None, progress=None):
    return read_folder(folder, validation, seed, validation_folder, progress or Silent())


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (6, 6), (10, 20, 30)).save(path)


@pytest.fixture
def folder(tmp_path):
    for number in range(6):
        picture(tmp_path / f"{number}.png")
    return tmp_path


def table(folder, text, encoding="utf-8"):
    (folder / "labels.csv").write_bytes(text.encode(encoding))
    return folder


def shown(data):
    return {p.path.name: tuple(data.classes[label] for label in p.labels) for p in data.pictures}


LIST = "file,labels\n0.png,dog;cat\n1.png,cat\n2.png,\n3.png, dog ; cat \n4.png,dog\n5.png,cat\n"
COLUMNS = "file,dog,cat\n0.png,1,1\n1.png,0,1\n2.png,0,0\n3.png,1,1\n4.png,1,0\n5.png,0,1\n"


@pytest.mark.parametrize(
    "text", [LIST, COLUMNS, "\ufeff" + LIST, LIST.replace("\n", "\r\n"), COLUMNS + "\n,,\n"]
)
def test_both_forms_say_the_same(folder, text):
    data = read(table(folder, text))
    assert data.multilabel
    assert data.classes == ("cat", "dog")
    assert shown(data) == {
        "0.png": ("cat", "dog"),
        "1.png": ("cat",),
        "2.png": (),
        "3.png": ("cat", "dog"),
        "4.png": ("dog",),
        "5.png": ("cat",),
    }
    assert data.unreadable == ()
    assert data.counts() == (4, 3)
    assert "One picture shows none of the classes." in data.remarks
    assert [p.path for p in data.pictures] == sorted(folder.glob("*.png"))


def test_names_of_any_sort(folder):
    picture(folder / "deep" / "er" / "a, b.jpeg")
    text = 'file,labels\n"deep\\er\\a, b.jpeg",Ärzte ;"q"\n./1.png,"x ""y"""\n2.png,q\n'
    data = read(table(folder, text))
    assert data.classes == ('"q"', "q", 'x "y"', "Ärzte")
    assert shown(data)["a, b.jpeg"] == ('"q"', "Ärzte")
    assert data.pictures[0].path == folder / "1.png"
    assert {file.path.name for file in data.unreadable} == {"0.png", "3.png", "4.png", "5.png"}


def test_what_is_left_out_is_listed(folder):
    (folder / "2.png").write_text("text")
    picture(folder / "inner" / "extra.png")
    (folder / "phone.heic").write_bytes(b"x")
    first, *rest = COLUMNS.splitlines()
    more = ["gone.png,1,0", "phone.heic,1,1", "../outside.png,1,0", "2.png/x.png,0,0", "n" * 300 + ",1,0"]
    text = "\n".join([first + ",owl", *(line + ",0" for line in (*rest, *more))])
    picture(folder.parent / "outside.png")
    data = read(table(folder, text))
    reasons = {file.path.name: file.reason for file in data.unreadable}
    assert data.classes == ("cat", "dog")
    assert sorted(shown(data)) == ["0.png", "1.png", "3.png", "4.png", "5.png"]
    assert "not a picture" in reasons["2.png"]
    assert reasons["extra.png"] == "labels.csv does not name it."
    assert "not there" in reasons["gone.png"]
    assert "Line 8" in reasons["gone.png"]
    assert "not there" in reasons["x.png"]
    assert "not there" in reasons["n" * 300]
    assert "format" in reasons["phone.heic"]
    assert "outside" in reasons["outside.png"]
    assert "'owl'" in reasons["labels.csv"]
    assert len(data.unreadable) == 8


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("", "It is empty", "file,labels"),
        ("file\n0.png\n", "first line is 'file'", "file,labels"),
        ("picture,labels\n0.png,a\n", "'picture,labels'", "file,labels"),
        ("file;labels\n0.png;a\n", "'file;labels'", "file,labels"),
        ("file,labels,cat\n0.png,a,1\n", "unknown columns: 'cat'", "one column for each class"),
        ("file,cat,cat\n0.png,1,1\n", "title 'cat'", "Rename"),
        ("file,cat,\n0.png,1,1\n", "Column 3", "one column for each class"),
        ("file,cat,dog\n0.png,1,2\n", "Line 2 has '2' in the column 'dog'", "Write 1"),
        ("file,cat,dog\n0.png,1,0\n1.png,,0\n", "Line 3 has '' in the column 'cat'", "Write 1"),
        ("file,labels\n0.png,a,b\n", "Line 2 has 3 columns", "quotation marks"),
        ("file,labels\n,a\n", "Line 2 names no picture", "Complete"),
        ("file,labels\n0.png,a\n1.png,b\n./0.png,b\n", "Lines 2 and 4", "one line for each"),
        ('file,labels\n0.png,"a\n', "Line 2 cannot be read", "Correct"),
        ("file,labels\n0.png,a\n1.png,a\n", "one class only: 'a'", "another class"),
        ("file,cat\n0.png,1\n1.png,0\n", "one class only: 'cat'", "another class"),
        ("file,labels\n0.png,\n1.png,;\n", "no class at all", "another class"),
        ("file,labels\n8.png,a\n9.png,b\n", "no picture that can be read", "folder of the table"),
        ("file,labels\n", "no picture that can be read", "folder of the table"),
    ],
)
def test_a_table_that_will_not_do(folder, text, why, remedy):
    with pytest.raises(DataError, match=r"labels\.csv' cannot be used") as caught:
        read(table(folder, text))
    assert why in caught.value.why
    assert remedy in caught.value.remedy


def test_a_table_that_is_no_utf_8(folder):
    table(folder, LIST.replace("dog", "Bär"), "latin-1")
    with pytest.raises(DataError) as caught:
        read(folder)
    assert "not UTF-8 text: byte 20" in caught.value.why
    assert "UTF-8" in caught.value.remedy


def test_without_a_table_loose_pictures_are_told_of_it(folder):
    with pytest.raises(DataError, match="no classes") as caught:
        read(folder)
    assert "labels.csv" in caught.value.remedy


def test_a_validation_folder_is_labelled_in_the_same_way(tmp_path):
    make_shapes(tmp_path / "a", 12, 0)
    make_shapes(tmp_path / "b", 9, 1, columns=True)
    data = read(tmp_path / "a", validation_folder=tmp_path / "b")
    assert data.multilabel
    assert data.classes == NAMES
    assert (len(data.training), len(data.validation)) == (12, 9)
    assert all(data.pictures[i].path.parent.name == "b" for i in data.validation)
    for name in ("cat", "dog"):
        picture(tmp_path / "c" / name / "1.png")
    for one, other, why in (("a", "c", "it has none"), ("c", "a", "training folder has none")):
        with pytest.raises(DataError, match="not of the same sort") as caught:
            read(tmp_path / one, validation_folder=tmp_path / other)
        assert why in caught.value.why


def test_reading_can_be_cancelled(tmp_path):
    make_shapes(tmp_path, 12)
    with pytest.raises(Cancelled):
        read(tmp_path, progress=Recording(cancel_after=3))


def test_the_split_is_even_and_follows_from_the_seed(tmp_path):
    truth = make_shapes(tmp_path, 120)
    data = read(tmp_path, 0.25, 5)
    assert sorted((*data.training, *data.validation)) == list(range(120))
    assert len(data.validation) == 30
    for label, name in enumerate(data.classes):
        everywhere = sum(name in shown for shown in truth.values())
        assert abs(data.counts(data.validation)[label] - 0.25 * everywhere) <= 1
    assert resplit(data, 0.25, 5) == data
    assert resplit(data, 0.25, 6).validation != data.validation
    assert resplit(data, 0.0, 5).validation == ()
    # Both forms of the table give the same data.
    write_table(tmp_path, truth, columns=True)
    assert read(tmp_path, 0.25, 5) == data


@given(
    st.lists(st.sets(st.integers(0, 5)), min_size=2, max_size=60),
    st.floats(0, 0.99),
    st.integers(0, 2**63 - 1),
)
def test_every_picture_is_on_one_side_and_every_class_is_trained_on(sets, share, seed):
    labels = [tuple(sorted(one)) for one in sets]
    training, validation = split(labels, share, seed)
    assert sorted((*training, *validation)) == list(range(len(labels)))
    assert split(labels, share, seed) == (training, validation)
    for label in {label for shown in labels for label in shown}:
        assert any(label in labels[i] for i in training)


def test_rare_labels_are_shared_out_better_than_by_chance():
    chance = np.random.default_rng(3)
    likely = (0.02, 0.05, 0.1, 0.3, 0.6)
    labels = [tuple(n for n, p in enumerate(likely) if chance.random() < p) for _ in range(1000)]
    _, validation = split(labels, 0.2, 0)
    for label in range(len(likely)):
        there = sum(label in shown for shown in labels)
        held_out = sum(label in labels[i] for i in validation)
        assert abs(held_out - 0.2 * there) <= 1.5
    assert abs(len(validation) - 200) <= 2


@pytest.mark.parametrize("header", ["id,breed", '"image",labels', ""])
def test_a_table_of_something_else_leaves_the_sub_folders_the_classes(tmp_path, header):
    for name in ("cat", "dog"):
        for number in range(3):
            picture(tmp_path / name / f"{number}.png")
    table(tmp_path, f"{header}\n0,cat\n")
    data = read(tmp_path)
    assert (data.classes, data.multilabel, len(data.pictures)) == (("cat", "dog"), False, 6)
    (left_out,) = data.unreadable
    assert left_out.path == tmp_path / "labels.csv"
    assert "sub-folders" in left_out.reason
    # Titles may have quotes and capitals.
    table(tmp_path, '"File","Labels"\ncat/0.png,cat\ndog/0.png,cat;dog\n')
    assert read(tmp_path).multilabel
