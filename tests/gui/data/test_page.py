from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from designer.catalog.actions import class_names, replace_head
from designer.errors import DataError
from designer.gui.data import page as room
from designer.gui.data.grid import PictureGrid
from designer.network.edits import SetPurpose
from designer.session.data import ImageData, Picture
from tests.gui.data.conftest import read


def rows(page) -> list[tuple[str, object]]:
    from designer.gui.data.classes import COUNTS

    model = page.bars.classes
    return [(model.data(model.index(r)), model.data(model.index(r), COUNTS)) for r in range(model.rowCount())]


@pytest.fixture
def read_page(page, context, folder, qtbot):
    """The page with the pictures read."""
    page.take_folder(folder)
    qtbot.waitUntil(lambda: context.session.data is not None)
    return page


def test_at_first_it_shows_how_to_get_pictures(page):
    assert page._body.currentIndex() == 0
    assert page.empty.folder.isVisible()
    assert page.choose.isHidden()
    assert page.need() == "Choose pictures"


def test_a_folder_is_asked_for_and_read(page, context, folder, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    qtbot.mouseClick(page.empty.folder, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.session.data is not None)
    assert context.session.data.folder == folder
    assert page._body.currentIndex() == 1
    assert page.need() == ""


def test_a_dialog_that_is_cancelled_changes_nothing(page, context, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    qtbot.mouseClick(page.empty.folder, Qt.MouseButton.LeftButton)
    assert not context.runner.busy()


def test_classes_are_counted(read_page):
    assert rows(read_page) == [
        ("All classes", (48, 12)),
        ("cat", (16, 4)),
        ("dog", (16, 4)),
        ("owl", (16, 4)),
    ]


def test_a_class_shows_its_pictures_alone(read_page):
    grid = read_page.grid.pictures
    assert grid.rowCount() == 60
    read_page.bars.setCurrentIndex(read_page.bars.classes.index(2))
    assert grid.rowCount() == 20
    assert {grid.data(grid.index(r)) for r in range(20)} == {"dog"}
    read_page.bars.setCurrentIndex(read_page.bars.classes.index(0))
    assert grid.rowCount() == 60


def test_pictures_in_sight_are_decoded_and_those_far_away_are_not(read_page, qtbot):
    grid = read_page.grid
    first, last = grid.in_sight()
    assert first == 0
    assert 10 < last < 59
    qtbot.waitUntil(lambda: not grid.pictures.missing(first, last))
    assert len(grid.pictures.missing(0, 59)) == 60 - (last + 1)
    small = grid.pictures.data(grid.pictures.index(0), Qt.ItemDataRole.DecorationRole)
    # the first cat is (200, 0, 0)
    assert small.toImage().pixelColor(5, 5).getRgb()[:3] == (200, 0, 0)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: not grid.pictures.missing(*grid.in_sight()))
    assert grid.in_sight()[1] == 59


def test_a_picture_that_vanished_is_marked_not_fatal(page, context, data, qtbot):
    data.pictures[0].path.unlink()
    context.session.set_data(data)
    model = page.grid.pictures
    qtbot.waitUntil(lambda: not model.missing(0, 5))
    assert model.data(model.index(0), Qt.ItemDataRole.DecorationRole).isNull()
    page.grab()


def test_the_share_is_changed_by_hand(read_page, context, qtbot):
    read_page.split.share.setValue(50)
    qtbot.waitUntil(lambda: context.session.data.validation_share == 0.5)
    assert read_page.split.slider.value() == 50
    assert rows(read_page)[1] == ("cat", (10, 10))
    read_page.split.slider.setValue(25)
    qtbot.waitUntil(lambda: context.session.data.validation_share == 0.25)
    assert read_page.split.share.value() == 25


def test_the_seed_is_changed_and_the_same_class_stays_chosen(read_page, context, qtbot):
    read_page.bars.setCurrentIndex(read_page.bars.classes.index(3))
    before = context.session.data.validation
    read_page.split.seed.setValue(7)
    qtbot.waitUntil(lambda: context.session.data.seed == 7)
    assert context.session.data.validation != before
    assert read_page.bars.label == 2
    assert read_page.grid.pictures.rowCount() == 20


def test_quick_changes_end_with_the_last(read_page, context, qtbot):
    for share in range(30, 71):
        read_page.split.share.setValue(share)
    qtbot.waitUntil(lambda: context.session.data.validation_share == 0.70)
    qtbot.waitUntil(lambda: not context.runner.busy("splitting"))
    assert context.session.data.validation_share == 0.70


def test_a_validation_folder_is_used_and_dropped_again(
    read_page, context, folder, tmp_path, qtbot, monkeypatch
):
    other = tmp_path / "held out"
    other.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other))
    qtbot.mouseClick(read_page.split.choose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.session.data.validation_folder == other)
    assert not read_page.split.share.isEnabled()
    assert "folder of their own" in read_page.split.share.toolTip()
    qtbot.waitUntil(lambda: read_page.split.choose.isEnabled())
    qtbot.mouseClick(read_page.split.choose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.session.data.validation_folder is None)
    assert read_page.split.share.isEnabled()


def test_files_that_were_left_out_are_listed_on_demand(read_page):
    assert read_page.unreadable.text() == "1 file was left out"
    assert read_page.files.isHidden()
    read_page.unreadable.click()
    assert read_page.files.isVisible()
    assert read_page.files.item(0).text() == "cat/bad.png: It is damaged."


def test_a_folder_that_cannot_be_used_is_told_and_the_former_pictures_stay(
    read_page, context, notices, qtbot, monkeypatch, tmp_path
):
    former = context.session.data

    def read_folder(*_):
        def step(progress):
            raise DataError("There are no pictures.", "The folder is empty.", "Choose another.")

        return step

    monkeypatch.setattr(room, "read_folder", read_folder)
    read_page.take_folder(tmp_path)
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].text == "There are no pictures."
    assert context.session.data is former
    assert rows(read_page)[1] == ("cat", (16, 4))


def test_the_head_is_replaced_for_the_pictures_by_one_edit(read_page, context, tiny_network, notices, qtbot):
    session = context.session
    session.open(replace(tiny_network, classes=("a", "b")), object(), data=session.data)
    assert read_page.head.isVisible()
    qtbot.mouseClick(read_page.head, Qt.MouseButton.LeftButton)
    assert session.network.classes == ("cat", "dog", "owl")
    assert session.last_change is not None
    undone = session.last_change.edit.inverse(session.last_change.before).apply(session.network)
    assert undone == session.last_change.before
    assert read_page.head.isHidden()
    assert "3 classes" in notices[0].text


def test_a_head_for_a_number_of_classes_takes_the_names_of_the_folders(
    page, context, tiny_network, folder, notices, qtbot
):
    unnamed = replace_head(tiny_network, class_names(3)).apply(tiny_network)
    context.session.open(unnamed, None)
    page.take_folder(folder)
    qtbot.waitUntil(lambda: context.session.network.classes == ("cat", "dog", "owl"))
    assert notices[-1].text == "The network's classes now have the names of the folders."
    assert page.head.isHidden()
    # Undoing it is heeded: the page then offers the names.
    context.history.stack.undo()
    assert context.session.network == unnamed
    assert page.head.isVisible()
    assert page.head.text() == page.head.accessibleName() == "Use the folders' names"
    qtbot.mouseClick(page.head, Qt.MouseButton.LeftButton)
    assert context.session.network == replace(unnamed, classes=("cat", "dog", "owl"))


def test_a_sample_is_used_by_one_button(page, context, data, qtbot, monkeypatch):
    asked = []

    def read_sample(key):
        asked.append(key)
        return lambda progress: data

    monkeypatch.setattr(room, "read_sample", read_sample)
    qtbot.mouseClick(page.empty.sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.session.data is data)
    assert asked == ["digits"]


def test_a_hundred_thousand_pictures_are_shown_at_once(context, qtbot):
    pictures = tuple(Picture(Path(f"/nowhere/{n}.png"), n // 50_000) for n in range(100_000))
    data = ImageData(
        Path("/nowhere"),
        ("a", "b"),
        pictures,
        (),
        tuple(range(80_000)),
        tuple(range(80_000, 100_000)),
        0.2,
        0,
    )
    grid = PictureGrid(context)
    grid.resize(900, 600)
    grid.show()
    began = time.perf_counter()
    grid.pictures.show(data, None)
    # Painting lays the tiles out.
    grid.grab()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    grid.grab()
    assert time.perf_counter() - began < 6
    first, last = grid.in_sight()
    assert 40_000 < first < last < 60_000
    assert last - first < 100
    qtbot.waitUntil(lambda: not grid.pictures.missing(first, last))


def test_small_pictures_come_though_another_page_was_shown_meanwhile(read_page, context, qtbot):
    grid = read_page.grid
    read_page.hide()
    # Nobody waits for what was asked for before.
    grid.pictures._small.clear()
    context.runner.start("Other pictures", lambda progress: None, "pictures")
    qtbot.waitUntil(lambda: not context.runner.busy("pictures"))
    assert grid.pictures.missing(0, 3)
    read_page.show()
    qtbot.waitUntil(lambda: not grid.pictures.missing(0, 3))


def test_a_table_of_labels(page, context, tiny_network, folder, notices, qtbot, monkeypatch):
    def labelled(folder, share, seed, validation_folder):
        data = read(folder, share, seed)
        pictures = tuple(
            replace(picture, label=((0, 1), (1,), ())[number % 3])
            for number, picture in enumerate(data.pictures)
        )
        return lambda progress: replace(data, pictures=pictures, multilabel=True)

    monkeypatch.setattr(room, "read_folder", labelled)
    context.session.open(tiny_network, None)
    page.take_folder(folder)
    qtbot.waitUntil(lambda: context.session.data is not None and context.session.network.multilabel)
    assert notices[-1].text == "The network now tells several labels for each picture."
    assert "Several labels for each picture." in page.header.line
    assert "20 pictures show none of the classes." in page.header.line
    assert page.grid.pictures.index(0).data() == "cat, dog"
    assert page.grid.pictures.index(2).data() == "none"
    page.bars.setCurrentIndex(page.bars.classes.index(2))
    assert page.grid.pictures.rowCount() == 40
    page.bars.setCurrentIndex(page.bars.classes.index(1))
    assert page.grid.pictures.rowCount() == 20
    # Undone, the page offers it again.
    context.session.apply(SetPurpose(multilabel=False))
    assert page.head.text() == "Allow several labels"
    page.head.click()
    assert context.session.network.multilabel
    assert not page.head.isVisible()
