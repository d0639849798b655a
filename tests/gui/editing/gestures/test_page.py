"""Gestures on the whole page: what they ask for is done as one edit, and undone."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.gestures.drop import MIME
from designer.network.network import Connection, Port

from .conftest import middle, spot

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def sources(context, layer):
    return [port and port.layer for port in context.session.network.inputs[layer]]


def undone(page, qtbot, context, before):
    """One undo brings all of it back."""
    with qtbot.waitSignal(page.canvas.arranged):
        context.history.stack.undo()
    assert context.session.network == before
    assert set(page.canvas.picture.keys) == set(before.layers)


def test_connecting_rerouting_and_disconnecting(real_page, real_mouse, qtbot, context):
    page, mouse, before = real_page, real_mouse, context.session.network
    for start, end, found in (
        (("stem.bn", "out", 0), "block.add", ["block.conv", "stem.relu", "stem.bn"]),
        (("block.add", "in", 1), "pool", ["block.conv"]),
        (("block.add", "in", 0), "aside", ["stem.relu"]),
    ):
        goal = (page.canvas.picture.arrangement.width + 180, 500) if end == "aside" else middle(page, end)
        with qtbot.waitSignal(page.canvas.arranged):
            mouse.drag(spot(page, *start), goal)
        left = [source for source in sources(context, "block.add") if source]
        assert left == found
        assert context.history.stack.count() == 1
        undone(page, qtbot, context, before)


def test_moving_a_box_and_arranging_it_again(real_page, real_mouse, qtbot, context):
    page, mouse, before = real_page, real_mouse, context.session.network
    box = page.canvas.picture.rectangle("flatten")
    start = middle(page, "flatten")
    with qtbot.waitSignal(page.canvas.arranged):
        mouse.drag(start, (start[0] + 320, start[1]))
    assert set(context.session.network.places) == {"flatten"}
    moved, anchor = page.canvas.picture.rectangle("flatten"), page.canvas.picture.rectangle("pool")
    place = context.session.network.places["flatten"]
    assert (moved.x - anchor.x, moved.y - anchor.y) == (place.x, place.y)
    assert moved.x - anchor.x > box.x
    # It is still selected, and its ports are where it is now.
    assert page.selection.layers == ("flatten",)
    assert abs(spot(page, "flatten", "out")[1] - moved.bottom) < 1
    undone(page, qtbot, context, before)


def test_dropping_an_entry_into_a_connection(real_page, real_mouse, qtbot, context):
    page, before = real_page, context.session.network
    view, connection = page.canvas.view, Connection("drop", 0, "fc", 0)
    points = page.canvas.picture.arrangement.lines[view.wiring.line_of(connection)].points
    half = QPointF((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
    place = view.viewportTransform().map(half)
    data = QMimeData()
    data.setData(MIME, b"ReLU")
    for kind in (QDragEnterEvent, QDragMoveEvent):
        QApplication.sendEvent(view.viewport(), kind(place.toPoint(), COPY, data, LEFT, NONE))
    with qtbot.waitSignal(page.canvas.arranged):
        QApplication.sendEvent(view.viewport(), QDropEvent(place, COPY, data, LEFT, NONE))
    (new,) = set(context.session.network.layers) - set(before.layers)
    assert context.session.network[new].kind == "ReLU"
    assert sources(context, new) == ["drop"]
    assert sources(context, "fc") == [new]
    assert page.selection.layers == (new,)
    undone(page, qtbot, context, before)


def test_connecting_and_disconnecting_by_keys_alone(real_page, qtbot, context):
    page, before = real_page, context.session.network
    view = page.canvas.view
    page.activateWindow()
    view.setFocus()
    page.selection.select(["stem.bn"])
    for key in (Qt.Key.Key_C, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    with qtbot.waitSignal(page.canvas.arranged):
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert context.session.network.inputs["block.add"][-1] == Port("stem.bn", 0)
    page.selection.select(["block.add"])
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.accessibleName() == "Input 3 of 4, from stem.bn"
    with qtbot.waitSignal(page.canvas.arranged):
        QTest.keyClick(view, Qt.Key.Key_Delete)
    assert context.session.network.inputs == before.inputs
    assert "block.add" in context.session.network
    with qtbot.waitSignal(page.canvas.arranged):
        QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert set(context.session.network.places) == {"block.add"}


def test_enter_puts_the_focus_into_the_properties(real_page, context):
    page = real_page
    page.activateWindow()
    page.canvas.view.setFocus()
    page.selection.select(["fc"])
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Return)
    assert page.pane.isAncestorOf(QApplication.focusWidget()) or page.pane.hasFocus()
