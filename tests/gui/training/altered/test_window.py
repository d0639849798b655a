"""The window of altered pictures: the very pictures of training, in step with the options."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from designer.engine.data.augmenting import Augmenting
from designer.engine.data.decoding import load_pixels, load_resized
from designer.errors import DesignerError
from designer.gui.training.altered.grid import PictureTile
from designer.gui.training.altered.window import LANE, PATIENCE, AlteredWindow
from designer.gui.training.page import TrainingPage
from designer.jobs import training
from designer.session.data import ImageData, Picture
from designer.session.options import TrainingOptions
from designer.session.results import Example

ALTERED = TrainingOptions(flip=True, crop=0.5, rotation=20, colour=0.3, variants=0, seed=8)


@pytest.fixture
def noise(tmp_path):
    """Nine pictures of three classes, each of noise of its own; two more are held out."""
    chance = np.random.default_rng(6)
    pictures = []
    for number in range(11):
        path = tmp_path / f"{number}.png"
        Image.fromarray(chance.integers(0, 256, (30, 40, 3), dtype=np.uint8)).save(path)
        pictures.append(Picture(path, number % 3))
    classes = ("cat", "dog", "owl")
    return ImageData(tmp_path, classes, tuple(pictures), (), tuple(range(9)), (9, 10), 0.2, 0)


@pytest.fixture
def opened(context, tiny_network, noise):
    context.session.open(tiny_network, None, data=noise)
    context.session.set_options(training=ALTERED)
    return context


@pytest.fixture
def make(opened, qtbot):
    def make(*, wait=True) -> AlteredWindow:
        window = AlteredWindow(opened)
        window.show()
        if wait:
            qtbot.waitUntil(lambda: window.shown is not None)
        return window

    return make


@pytest.fixture
def window(make):
    return make()


def change(context, **options):
    context.session.set_options(training=replace(context.session.training_options, **options))


def pixels_of(tile):
    """Shape: (H, W, 3)."""
    image = tile.image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def wanted_pixels(context, index, epoch):
    """What training makes of a picture in an epoch, 0 for as it is, worked out without the window's step."""
    session = context.session
    recipe, path = session.network.preprocessing, session.data.pictures[index].path
    if not epoch:
        return load_pixels(path, recipe).permute(1, 2, 0).numpy()
    altering = Augmenting(session.training_options, recipe)
    altered = altering.alter(load_resized(path, recipe), index, altering.version(index, epoch))
    return altered.permute(1, 2, 0).numpy()


def indices_of(window):
    """Numbers of the pictures of the rows, by the names of their files, which the tiles tell."""
    return [int(row[0].accessibleName().split(", ")[1].removesuffix(".png")) for row in window.grid.tiles]


def check(window, context):
    """Every tile shows what training makes of its picture."""
    assert [label.text() for label in window.grid.titles] == [
        "Unaltered",
        *(f"Epoch {epoch}" for epoch in window.shown.epochs),
    ]
    for index, tiles in zip(indices_of(window), window.grid.tiles, strict=True):
        for epoch, tile in zip((0, *window.shown.epochs), tiles, strict=True):
            assert np.array_equal(pixels_of(tile), wanted_pixels(context, index, epoch))


def test_it_shows_what_training_makes_of_pictures_of_several_classes(window, opened, noise):
    check(window, opened)
    assert window.shown.epochs == (1, 2, 3, 4, 5)
    labels = [noise.pictures[index].label for index in indices_of(window)]
    assert sorted(labels) == [0, 1, 2]
    assert [name.text() for name in window.grid.names] == [noise.classes[label] for label in labels]
    # Not one row of copies.
    assert len({pixels_of(tile).tobytes() for tile in window.grid.tiles[0]}) == 6


@pytest.mark.parametrize(
    "options", [{"flip": False}, {"crop": 0.9}, {"rotation": 90.0}, {"colour": 0.0}, {"seed": 9}]
)
def test_it_follows_the_options(window, opened, qtbot, options):
    before = [pixels_of(tile).tobytes() for row in window.grid.tiles for tile in row]
    change(opened, **options)
    qtbot.waitUntil(lambda: all(getattr(window.shown.options, k) == v for k, v in options.items()))
    check(window, opened)
    after = [pixels_of(tile).tobytes() for row in window.grid.tiles for tile in row]
    assert after[::6] == before[::6]
    assert after != before


def test_it_follows_another_network_and_other_pictures(window, opened, qtbot, noise, tiny_network):
    recipe = replace(tiny_network.preprocessing, resize=24, crop=20)
    opened.session.open(replace(tiny_network, preprocessing=recipe), None, data=noise)
    opened.session.set_options(training=ALTERED)
    qtbot.waitUntil(lambda: window.shown is not None and window.shown.preprocessing == recipe)
    check(window, opened)
    assert window.grid.tiles[0][0].image.width() == 20
    few = replace(noise, training=(4, 7))
    opened.session.set_data(few)
    qtbot.waitUntil(lambda: window.shown is not None and window.shown.data is few)
    assert [row[0].isVisible() for row in window.grid.tiles] == [True, True, False]
    assert not window.grid.names[2].isVisible()


class Steps:
    """Stands in for the step: tells what was asked, where it ran, and can be held."""

    def __init__(self, monkeypatch):
        self.asked = []
        self.threads = set()
        self.go_on = threading.Event()
        self.go_on.set()
        self.fails = False
        monkeypatch.setattr(training, "examples", self.examples)

    def examples(self, data, turn, count, epochs, options, preprocessing):
        self.asked.append(options)

        def step(progress):
            self.threads.add(threading.get_ident())
            self.go_on.wait(20)
            if self.fails:
                raise DesignerError("The pictures could not be altered.", "It is a test.")
            # One that hears nothing of being given up.
            pixels = bytes((round(255 * options.colour), 0, 0)) * 4
            return tuple(Example(index, 2, (pixels,) * 6) for index in range(count))

        return step


@pytest.fixture
def steps(monkeypatch):
    return Steps(monkeypatch)


def red(window):
    return window.grid.tiles[0][1].image.pixelColor(0, 0).red()


def test_only_the_newest_wish_is_shown_and_the_window_answers_meanwhile(
    make, steps, opened, qtbot, monkeypatch
):
    window = make()
    assert red(window) == round(255 * 0.3)
    seen = []
    show = window.grid.show_examples
    monkeypatch.setattr(window.grid, "show_examples", lambda *given: (show(*given), seen.append(red(window))))
    steps.go_on.clear()
    change(opened, colour=0.6)
    qtbot.waitUntil(lambda: len(steps.asked) == 2)
    # While that goes on, several changes follow one another; they are asked for together.
    for colour in (0.7, 0.8, 0.9, 1.0):
        change(opened, colour=colour)
    qtbot.waitUntil(lambda: len(steps.asked) == 3)
    assert steps.asked[-1].colour == 1.0
    assert red(window) == round(255 * 0.3)
    steps.go_on.set()
    qtbot.waitUntil(lambda: red(window) == 255 and not opened.runner.busy(LANE))
    assert seen == [255]
    assert threading.get_ident() not in steps.threads


def test_what_alters_nothing_is_not_worked_out_anew(make, steps, opened, qtbot):
    window = make()
    change(opened, learning_rate=5e-3)
    assert window._pause.isActive()
    qtbot.waitUntil(lambda: not window._pause.isActive())
    assert len(steps.asked) == 1
    change(opened, rotation=45.0)
    qtbot.waitUntil(lambda: len(steps.asked) == 2 and not opened.runner.busy(LANE))


def test_it_says_so_when_it_takes_long(make, steps, qtbot):
    steps.go_on.clear()
    window = make(wait=False)
    assert not window.progress.isVisible()
    qtbot.waitUntil(window.progress.isVisible, timeout=20 * PATIENCE)
    steps.go_on.set()
    qtbot.waitUntil(lambda: window.shown is not None)
    assert not window.progress.isVisible()


def test_a_failure_is_told_and_the_next_change_tries_again(make, steps, opened, qtbot):
    steps.fails = True
    window = make(wait=False)
    qtbot.waitUntil(window.notices.isVisible)
    assert window.shown is None
    steps.fails = False
    change(opened, colour=0.5)
    qtbot.waitUntil(lambda: window.shown is not None)
    assert red(window) == round(255 * 0.5)


def test_why_there_is_nothing_to_see(context, qtbot, tiny_network, noise):
    window = AlteredWindow(context)
    window.show()
    assert "Open a network" in window.reason.text()
    assert window.reason.isVisible()
    assert not window.others.isEnabled()
    context.session.open(tiny_network, None)
    qtbot.waitUntil(lambda: "Choose pictures" in window.reason.text())
    context.session.set_data(noise)
    qtbot.waitUntil(lambda: "Nothing is altered" in window.reason.text())
    assert not window.text.isVisible()
    change(context, flip=True)
    qtbot.waitUntil(lambda: window.shown is not None)
    assert window.others.isEnabled()
    assert window.grid.isVisible()
    assert not window.reason.isVisible()
    change(context, flip=False)
    qtbot.waitUntil(window.reason.isVisible)
    assert window.shown is None
    assert "Nothing is altered" in window.reason.text()


def test_a_picture_that_cannot_be_read_says_so_beside_the_others(make, noise):
    noise.pictures[indices_of(make())[1]].path.write_bytes(b"no picture")
    window = make()
    broken, good = window.grid.tiles[1], window.grid.tiles[0]
    for tile in broken:
        assert tile.image.isNull()
        assert tile.text == "Not readable"
        assert ".png" in tile.accessibleName()
        assert len(tile.accessibleName().split(": ", 1)[1]) > 10
    assert not good[1].image.isNull()


def test_others_by_keyboard(window, opened, qtbot):
    first = indices_of(window)
    window.others.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.shown.turn == 1)
    check(window, opened)
    assert window.shown.epochs == (6, 7, 8, 9, 10)
    assert not set(first) & set(indices_of(window))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(window))


def test_closing_gives_up_and_listens_no_more(make, steps, opened, qtbot):
    steps.go_on.clear()
    window = make(wait=False)
    qtbot.waitUntil(lambda: bool(steps.threads))
    window.close()
    steps.go_on.set()
    qtbot.waitUntil(lambda: not opened.runner.busy(LANE) and not isValid(window))
    change(opened, colour=0.9)
    QApplication.processEvents()
    assert len(steps.asked) == 1


def test_the_button_among_the_options_opens_it_once(opened, qtbot):
    page = TrainingPage(opened)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    button, opener = page.options.altered_button, page.options.altered
    assert button.accessibleName()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    button.click()
    window = opener.window
    assert window.isVisible()
    assert not window.isModal()
    button.click()
    assert opener.window is window
    qtbot.waitUntil(lambda: window.shown is not None)
    # What is set beside it is seen in it.
    page.options.editor("rotation").setValue(75.0)
    qtbot.waitUntil(lambda: window.shown.options.rotation == 75.0)
    check(window, opened)
    window.close()
    qtbot.waitUntil(lambda: not isValid(window))
    button.click()
    qtbot.waitUntil(lambda: opener.window.shown is not None)


def test_each_picture_has_a_name_for_those_who_hear_it(window, noise):
    index = indices_of(window)[2]
    told = [tile.accessibleName() for tile in window.grid.tiles[2]]
    start = f"{noise.classes[noise.pictures[index].label]}, {index}.png"
    assert told == [f"{start}, Unaltered", *(f"{start}, Epoch {epoch}" for epoch in range(1, 6))]
    assert window.grid.tiles[2][0].toolTip() == told[0]


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_few_pixels_are_shown_as_squares(make_context, qtbot, appearance):
    tile = PictureTile(make_context(appearance).look)
    qtbot.addWidget(tile)
    image = QImage(2, 2, QImage.Format.Format_RGB888)
    colours = [["#ff0000", "#00ff00"], ["#0000ff", "#ffffff"]]
    for y, row in enumerate(colours):
        for x, colour in enumerate(row):
            image.setPixelColor(x, y, QColor(colour))
    tile.show_picture(image, "")
    tile.resize(160, 100)
    tile.show()
    shot = tile.grab().toImage()
    # 100 x 100 in the middle of 160 x 100.
    for y, row in enumerate(colours):
        for x, colour in enumerate(row):
            for inset in (12, 48):
                place = (30 + (inset if x == 0 else 99 - inset), inset if y == 0 else 99 - inset)
                assert shot.pixelColor(*place).name() == colour
    assert shot.pixelColor(5, 50) == shot.pixelColor(155, 50)
