"""What screen readers are told of the canvas: a list of boxes with names, places and states."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from shiboken6 import isValid

from designer.catalog.actions import freeze
from designer.network.edits import RemoveLayer
from designer.network.groups import GROUP


@pytest.fixture
def listed(page):
    """The canvas as Qt gives it to screen readers."""
    return lambda: QAccessible.queryAccessibleInterface(page.canvas.view)


def names(interface):
    return [interface.child(n).text(QAccessible.Text.Name) for n in range(interface.childCount())]


def test_each_layer_has_a_name(page, listed, context, tiny_network):
    whole = listed()
    assert whole.role() == QAccessible.Role.List
    found = names(whole)
    assert len(found) == len(tiny_network)
    assert found[1] == "Convolution 2-D stem.conv, 8 by 16 by 16"
    context.session.apply(freeze(tiny_network, ["stem.conv"], True))
    assert names(listed())[1] == "Convolution 2-D stem.conv, 8 by 16 by 16, frozen"
    assert "Arrow keys" in whole.text(QAccessible.Text.Description)


def test_boxes_know_their_place_parent_and_state(page, listed):
    view = page.canvas.view
    page.selection.select(["fc"])
    view.reveal(page.canvas.picture.rectangle("fc"))
    whole = listed()
    number = page.canvas.picture.keys.index("fc")
    fc = whole.child(number)
    assert whole.indexOfChild(fc) == number
    assert whole.childAt(fc.rect().center().x(), fc.rect().center().y()) is fc
    assert whole.childAt(view.viewport().mapToGlobal(QPoint(2, 2)).x(), -5) is None
    assert fc.parent() is whole
    assert fc.role() == QAccessible.Role.ListItem
    assert fc.state().selected
    assert not fc.state().offscreen
    assert not whole.child(0).state().selected
    size = page.canvas.picture.rectangle("fc")
    assert fc.rect().width() == pytest.approx(size.width * view.scale_now, abs=2)
    view.zoom_to(3.0)
    view.reveal(size)
    assert whole.child(0).state().offscreen
    assert whole.child(99) is None
    assert whole.child(-1) is None


def test_the_box_that_the_keyboard_is_on_has_the_focus(page, listed, qtbot):
    page.activateWindow()
    page.canvas.view.setFocus()
    qtbot.waitUntil(page.canvas.view.hasFocus)
    assert listed().focusChild() is None
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Home)
    assert listed().focusChild() is listed().child(0)
    assert listed().child(0).state().focused


def test_a_collapsed_group_is_one_of_the_list(page, qtbot, listed):
    before = [listed().child(n) for n in range(listed().childCount())]
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("stem")
    whole = listed()
    place = page.canvas.picture.keys.index(GROUP + "stem")
    group = whole.child(place)
    assert group.text(QAccessible.Text.Name).startswith("Group stem, 3 layers")
    assert group.state().collapsed
    # Qt has let those go that are inside it, and only those.
    alive = [box for box in before if isValid(box)]
    assert len(before) - len(alive) == 3
    assert whole.child(place + 1) in alive


def test_nothing_is_made_before_it_is_asked_for_and_nothing_is_left(page, qtbot, listed, context):
    boxes = page.canvas.gestures._listing.boxes
    assert len(boxes) == 0
    assert len(names(listed())) == len(boxes) == 11
    with qtbot.waitSignal(page.canvas.arranged):
        context.session.apply(RemoveLayer("drop"))
    assert len(boxes) == 10
    held = weakref.ref(page.canvas.view)
    kept = [listed().child(n) for n in range(10)]
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert not [box for box in kept if isValid(box)]
    assert len(boxes) == 0
    assert held() is None or not isValid(held())


def test_they_bear_being_asked_while_all_changes(page, qtbot, listed):
    for _ in range(3):
        for path in ("stem", "block"):
            with qtbot.waitSignal(page.canvas.arranged):
                page.canvas.toggle(path)
            whole = listed()
            for number in range(whole.childCount()):
                box = whole.child(number)
                assert box.isValid()
                assert box.text(QAccessible.Text.Name)
                assert box.parent() is whole
            gc.collect()


def test_an_empty_canvas_lists_nothing(page, listed):
    names(listed())
    page.canvas.open(None)
    assert listed().childCount() == 0
    assert listed().focusChild() is None
