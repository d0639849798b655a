"""The network page by keyboard alone: real keys, and what screen readers are told of them."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas import mirror

from ...keyboard import Keyboard, focused, heard


@pytest.fixture
def keys(page, qtbot) -> Keyboard:
    """A keyboard on the canvas."""
    page.activateWindow()
    page.canvas.view.setFocus()
    qtbot.waitUntil(page.canvas.view.hasFocus)
    return Keyboard()


@pytest.fixture
def settle(page, qtbot):
    """Waits until what is drawn is the network as it is."""

    def wait() -> None:
        qtbot.waitUntil(lambda: page.canvas.mirror.settled and not page.context.runner.running())

    return wait


@pytest.fixture
def slow_drawing(monkeypatch):
    """Until it is set, no drawing comes."""
    go_on, quick = threading.Event(), mirror.pictured

    def slow(*given):
        step = quick(*given)
        return lambda progress: step(progress) if go_on.wait(60) else None

    monkeypatch.setattr(mirror, "pictured", slow)
    yield go_on
    go_on.set()


def names(page) -> set[str]:
    return {layer.name for layer in page.context.session.network}


def current(page) -> str:
    """Name of the layer whose box the keyboard is on."""
    network, key = page.context.session.network, page.canvas.pointing.current
    return network[key].name if key in network else key


def test_a_copy_that_is_renamed_keeps_the_keyboard(page, keys, settle):
    keys.press("Home", "Down", "Down", "Ctrl+D")
    settle()
    assert current(page) == "stem.bn_2"
    keys.press("F2")
    keys.type("twin")
    keys.press("Return")
    assert "twin" in names(page)
    assert focused() is page.canvas.view
    assert current(page) == "twin"
    assert page.canvas.gestures.keys.spot is None
    assert "twin" in heard()
    assert "twin" in page.canvas.view.accessibleName()


@pytest.mark.parametrize(
    ("end", "name"), [("Return", "new"), ("Tab", "new"), ("Shift+Tab", "new"), ("Esc", "fc")]
)
def test_the_field_of_a_name_gives_the_keyboard_back(page, keys, end, name):
    page.selection.select(["fc"])
    keys.press("F2")
    keys.type("new")
    keys.press(end)
    assert name in names(page)
    assert focused() is page.canvas.view
    assert current(page) == name
    assert page.canvas.gestures.keys.spot is None


def test_a_name_can_be_typed_before_the_copy_is_drawn(page, keys, settle, slow_drawing):
    keys.press("Home", "Down", "Ctrl+D", "F2")
    keys.type("cfm ")
    assert not page.canvas.mirror.settled
    assert page.renaming.field.text() == "cfm "
    slow_drawing.set()
    settle()
    box = page.canvas.picture.rectangle(page.selection.layers[0])
    corner = page.canvas.view.viewportTransform().map(box.x, box.y)
    assert (page.renaming.field.x(), page.renaming.field.y()) == pytest.approx(corner, abs=1)
    keys.press("Return")
    assert "cfm" in names(page)


def test_tab_leaves_what_stands_over_the_drawing(page, keys):
    page.selection.select(["fc"])
    page.canvas.furniture.minimap.setFocus()
    keys.press("Tab")
    assert focused() is not page.canvas.furniture.minimap
    assert page.canvas.gestures.keys.spot is None
    assert QApplication.focusWidget() is not page.canvas.view
