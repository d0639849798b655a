"""The mouse on the real page: connect, reroute, disconnect, move, select, open and cancel.

Nothing here changes the document: the canvas asks, and these tests look at what it asks for.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from designer.gui.editing.canvas.gestures.sketch import NOTHING
from designer.gui.editing.canvas.picture import Hit
from designer.network.edits import RemoveLayer, Rename
from designer.network.groups import GROUP
from designer.network.network import Connection, Place, Port

from .conftest import LEFT, RIGHT, middle, spot

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SKIP = Connection("stem.relu", 0, "block.add", 1)


@pytest.fixture(autouse=True)
def unchanged(page, context, asked):
    """Gestures change nothing."""
    before = context.session.network
    history = context.history.stack.count()
    yield
    if context.history.stack.count() == history:
        assert context.session.network is before


def sketch(page):
    return page.canvas.gestures.layer.sketch


def aside(page):
    """A free place right of the drawing."""
    box = page.canvas.picture.rectangle("pool")
    return (page.canvas.picture.arrangement.width + 160, box.y + 20)


def line_point(page, connection, share=0.5):
    """A point on a line, that share of its longest part along it."""
    number = page.canvas.view.wiring.line_of(connection)
    points = page.canvas.picture.arrangement.lines[number].points
    (x, y), (other_x, other_y) = max(
        pairwise(points),
        key=lambda part: abs(part[0][0] - part[1][0]) + abs(part[0][1] - part[1][1]),
    )
    return (x + (other_x - x) * share, y + (other_y - y) * share)


def test_a_port_led_to_a_box_asks_to_connect(page, mouse, asked):
    mouse.press(spot(page, "stem.bn", "out"))
    mouse.move(middle(page, "block.add"))
    shown = sketch(page)
    assert shown.fits
    assert shown.snapped.key == "block.add"
    assert shown.targets.legal("fc", 0)
    assert not shown.targets.legal("stem.conv", 0)
    mouse.release()
    assert asked == [("connect_asked", Port("stem.bn", 0), "block.add", 2)]
    assert sketch(page) is NOTHING
    assert not page.canvas.gestures.busy


def test_a_port_led_to_what_it_may_not_feed_asks_nothing(page, mouse, asked):
    mouse.press(spot(page, "stem.relu", "out"))
    mouse.move(middle(page, "stem.conv"))
    assert sketch(page).wrong
    assert "would close a cycle" in sketch(page).label
    mouse.release()
    assert asked == []


def test_a_connection_is_taken_off_its_port_led_elsewhere_or_let_go(page, mouse, asked):
    mouse.drag(spot(page, "block.add", "in", 1), middle(page, "pool"))
    mouse.drag(spot(page, "block.add", "in", 1), aside(page))
    assert asked == [
        ("reroute_asked", SKIP, Port("stem.relu", 0), "pool", 0),
        ("disconnect_asked", (SKIP,)),
    ]


def test_a_press_on_a_port_without_a_drag_selects_the_box(page, mouse, asked):
    mouse.click(spot(page, "fc", "in"))
    assert page.selection.layers == ("fc",)
    assert page.canvas.gestures.keys.spot.key == "fc"
    # A jitter of the hand is no drag.
    mouse.press(spot(page, "fc", "in"))
    x, y = spot(page, "fc", "in")
    mouse.move((x + 2, y + 2), steps=1)
    assert not page.canvas.gestures.busy
    mouse.release()
    assert asked == []


def test_ports_are_shown_where_the_pointer_is_and_hit_at_a_readable_scale_alone(page, mouse):
    mouse.hover(middle(page, "fc"))
    assert page.canvas.pointing.hovered == "fc"
    assert page.canvas.view.hit(mouse.place(spot(page, "fc", "out"))) == Hit("port_out", "fc", 0)
    page.canvas.view.zoom_to(0.5)
    assert page.canvas.view.hit(mouse.place(spot(page, "fc", "out"))).part in ("box", "line")


def test_a_line_is_lit_selected_and_deleted(page, mouse, asked):
    at = line_point(page, SKIP)
    mouse.hover(at)
    number = page.canvas.view.wiring.line_of(SKIP)
    assert page.canvas.gestures.layer.hovered_line == number
    mouse.click(at)
    assert page.selection.connections == (SKIP,)
    assert page.selection.layers == ()
    assert page.canvas.view.item.marks.connections == {number}
    assert page.canvas.view.accessibleName() == "Connection stem.relu to block.add, input 2"
    mouse.click(line_point(page, Connection("drop", 0, "fc", 0)), CONTROL)
    assert len(page.selection.connections) == 2
    mouse.click(at, CONTROL)
    assert page.selection.connections == (Connection("drop", 0, "fc", 0),)
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Delete)
    assert asked == [("disconnect_asked", (Connection("drop", 0, "fc", 0),))]


def test_zoomed_out_a_line_is_too_thin_to_be_meant(page, mouse):
    at = line_point(page, SKIP)
    assert page.canvas.view.hit(mouse.place(at)).part == "line"
    page.canvas.view.zoom_to(0.3)
    assert page.canvas.view.hit(mouse.place(at)).part == ""


def test_a_box_is_moved_beside_the_one_that_feeds_it(page, mouse, asked):
    start = middle(page, "flatten")
    mouse.press(start)
    mouse.move((start[0] + 300, start[1] + 3))
    (ghost, title), *more = sketch(page).ghosts
    assert (title, more) == ("flatten", [])
    assert sketch(page).ties
    mouse.release()
    box, pool = page.canvas.picture.rectangle("flatten"), page.canvas.picture.rectangle("pool")
    (name, places) = asked[0]
    assert (name, set(places)) == ("move_asked", {"flatten"})
    assert places["flatten"] == Place("pool", ghost.x - pool.x, ghost.y - pool.y)
    assert ghost.x - box.x == pytest.approx(300, abs=8)
    # It stays level with where it was: its own row pulls no more than its neighbours' do.
    assert abs(ghost.y - box.y) <= 8


def test_all_selected_boxes_move_together_and_a_click_selects_the_one(page, mouse, asked):
    page.selection.select(["flatten", "drop"])
    start = middle(page, "drop")
    mouse.drag(start, (start[0] + 304, start[1]))
    assert set(asked[0][1]) == {"flatten", "drop"}
    assert set(page.selection.layers) == {"flatten", "drop"}
    mouse.click(start)
    assert page.selection.layers == ("drop",)


def test_a_frame_moves_all_that_is_in_it(page, mouse, asked):
    frame = page.canvas.picture.rectangle(GROUP + "stem")
    start = (frame.right - 70, frame.y + 8)
    mouse.drag(start, (start[0] + 400, start[1]))
    assert set(asked[0][1]) == {"stem.conv", "stem.bn", "stem.relu"}


def test_shift_moves_along_one_axis_and_alt_to_the_pixel(page, mouse, asked):
    start = middle(page, "fc")
    mouse.drag(start, (start[0] + 300, start[1] + 61), SHIFT)
    anchor = page.canvas.picture.rectangle("drop")
    box = page.canvas.picture.rectangle("fc")
    assert asked[0][1]["fc"].y == box.y - anchor.y
    mouse.drag(start, (start[0] + 301, start[1] + 61), Qt.KeyboardModifier.AltModifier)
    scale = page.canvas.view.scale_now
    assert asked[1][1]["fc"].x == pytest.approx(box.x - anchor.x + 301, abs=1 / scale)


def test_a_band_selects_and_shift_adds(page, mouse):
    bn, relu = (page.canvas.picture.rectangle(key) for key in ("stem.bn", "stem.relu"))
    corner = (bn.right + 200, bn.y - 10)
    mouse.press(corner)
    mouse.move((bn.right - 10, relu.bottom - 5))
    assert sketch(page).chosen == {"stem.bn", "stem.relu"}
    assert sketch(page).band is not None
    mouse.release()
    assert page.selection.layers == ("stem.bn", "stem.relu")
    fc = page.canvas.picture.rectangle("fc")
    mouse.drag((fc.right + 200, fc.y - 3), (fc.right - 10, fc.bottom - 5), SHIFT)
    assert page.selection.layers == ("stem.bn", "stem.relu", "fc")
    mouse.click((fc.right + 200, fc.y))
    assert page.selection.layers == ()


def test_the_middle_button_pans(page, mouse):
    page.canvas.view.zoom_to(1.5)
    before = page.canvas.view.seen
    start = middle(page, "stem.bn")
    mouse.press(start, button=Qt.MouseButton.MiddleButton)
    mouse.at += QPoint(30, 40).toPointF()
    mouse._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, Qt.MouseButton.MiddleButton, SHIFT)
    mouse.release(button=Qt.MouseButton.MiddleButton)
    assert page.canvas.view.seen.y == pytest.approx(before.y - 40 / 1.5, abs=1)
    assert page.selection.layers == ()


@pytest.mark.parametrize("end", ["escape", "right button", "focus", "hide"])
def test_a_gesture_is_cancelled(page, mouse, asked, end):
    view = page.canvas.view
    mouse.press(spot(page, "stem.bn", "out"))
    mouse.move(middle(page, "fc"))
    assert page.canvas.gestures.busy
    if end == "escape":
        QTest.keyClick(view, Qt.Key.Key_Escape)
    elif end == "right button":
        mouse._send(QEvent.Type.MouseButtonPress, RIGHT, LEFT | RIGHT, Qt.KeyboardModifier.NoModifier)
        place = mouse.at.toPoint()
        menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), menu)
    elif end == "focus":
        QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut))
    else:
        page.hide()
    assert not page.canvas.gestures.busy
    assert sketch(page) is NOTHING
    mouse.release()
    assert asked == []
    # Escape has ended the gesture alone: what was selected still is.
    assert page.selection.layers == ("stem.bn",)


@pytest.mark.parametrize("begin", ["port", "box", "band"])
def test_a_change_of_the_document_ends_a_gesture(page, qtbot, mouse, asked, context, begin):
    start = {
        "port": spot(page, "stem.bn", "out"),
        "box": middle(page, "stem.bn"),
        "band": aside(page),
    }[begin]
    mouse.press(start)
    mouse.move(middle(page, "fc"))
    assert page.canvas.gestures.busy
    with qtbot.waitSignal(page.canvas.arranged):
        context.session.apply(RemoveLayer("drop"))
        assert not page.canvas.gestures.busy
        assert sketch(page) is NOTHING
    mouse.move(middle(page, "pool"))
    mouse.release()
    assert asked == []
    mouse.drag(spot(page, "stem.bn", "out"), middle(page, "block.add"))
    assert asked == [("connect_asked", Port("stem.bn", 0), "block.add", 2)]


def test_an_undo_by_key_ends_a_gesture(page, mouse, asked, context):
    context.session.apply(Rename("fc", "classifier"))
    mouse.press(spot(page, "stem.bn", "out"))
    mouse.move(middle(page, "fc"))
    assert sketch(page).label.startswith("To classifier, in place of drop")
    context.history.stack.undo()
    assert not page.canvas.gestures.busy
    mouse.release()
    assert asked == []


def test_facts_that_come_meanwhile_do_not_end_a_gesture(page, mouse, asked, context, facts):
    mouse.press(spot(page, "stem.bn", "out"))
    mouse.move(middle(page, "fc"))
    context.session.set_facts(facts)
    assert page.canvas.gestures.busy
    mouse.release()
    assert asked == [("connect_asked", Port("stem.bn", 0), "fc", 0)]


def test_a_group_opens_under_a_line_that_rests_on_it(page, qtbot, mouse, asked):
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("block")
    key = GROUP + "block"
    mouse.press(spot(page, "input", "out"))
    box = page.canvas.picture.rectangle(key)
    mouse.move((box.x + 60, box.y + 30))
    assert sketch(page).label == "Rest here to open the group"
    with qtbot.waitSignal(page.canvas.arranged, timeout=3000):
        assert page.canvas.gestures.busy
    # The line goes on over the opened group.
    assert page.canvas.gestures.busy
    mouse.move(middle(page, "block.add"))
    mouse.release()
    assert asked == [("connect_asked", Port("input", 0), "block.add", 2)]


def test_a_group_stays_closed_when_the_line_goes_on(page, qtbot, mouse):
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("block")
    mouse.press(spot(page, "input", "out"))
    box = page.canvas.picture.rectangle(GROUP + "block")
    mouse.move((box.x + 60, box.y + 30))
    timer = page.canvas.gestures._spring.timer
    assert timer.isActive()
    mouse.move(middle(page, "fc"))
    assert not timer.isActive()
    mouse.release()


def test_the_view_scrolls_while_something_is_led_to_its_border(page, qtbot, mouse, asked):
    view = page.canvas.view
    view.zoom_to(1.5)
    view.reveal(page.canvas.picture.rectangle("input"))
    before = view.seen.y
    mouse.press(spot(page, "input", "out"))
    mouse.at = mouse.place(spot(page, "input", "out"))
    mouse.move((view.seen.x + 200, view.seen.bottom - 4))
    end = sketch(page).line[-1]
    qtbot.waitUntil(lambda: view.seen.y > before + 60)
    # The line's end stays under the pointer.
    assert sketch(page).line[-1][1] > end[1] + 50
    mouse.release()
    after = view.seen.y
    assert not page.canvas.gestures._scroll.running
    assert view.seen.y == after


def test_zooming_with_something_in_the_hand_keeps_it_under_the_pointer(page, mouse):
    mouse.press(spot(page, "stem.bn", "out"))
    mouse.move(aside(page))
    view = page.canvas.view
    wheel = QWheelEvent(
        mouse.at,
        view.viewport().mapToGlobal(mouse.at),
        QPoint(),
        QPoint(0, 120),
        LEFT,
        CONTROL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), wheel)
    here = view.scene_at(mouse.at)
    assert sketch(page).at == pytest.approx((here.x(), here.y()), abs=0.1)
    mouse.release()


def test_a_double_click_opens(page, qtbot, mouse, asked):
    mouse.double(middle(page, "fc"))
    assert ("open_asked", "fc") in asked
    assert page.selection.layers == ("fc",)


def context_menu(page, point):
    view = page.canvas.view
    place = view.viewportTransform().map(QPoint(*(round(v) for v in point)))
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse,
        place,
        view.viewport().mapToGlobal(place),
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_a_menu_is_for_what_lies_under_the_pointer(page, mouse, asked):
    mouse.click(middle(page, "fc"), button=RIGHT)
    context_menu(page, middle(page, "fc"))
    assert page.selection.layers == ("fc",)
    assert asked[-1][0] == "menu_asked"
    assert asked[-1][1] == Hit("box", "fc")
    # On one of several selected ones the selection stays.
    page.selection.select(["drop", "fc"])
    context_menu(page, middle(page, "fc"))
    assert page.selection.layers == ("drop", "fc")
    context_menu(page, line_point(page, SKIP))
    assert page.selection.connections == (SKIP,)
    assert asked[-1][1].part == "line"
    # On a tick box it does not freeze.
    context_menu(page, spot(page, "stem.conv", "in"))
    assert asked[-1][1] == Hit("box", "stem.conv")
    context_menu(page, aside(page))
    assert asked[-1][1] == Hit()
    assert page.selection.layers == page.selection.connections == ()


def test_the_menu_key_opens_the_menu_at_the_box(page, mouse, asked):
    view = page.canvas.view
    page.selection.select(["fc"])
    for key, held in ((Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, SHIFT)):
        QTest.keyClick(view, key, held)
        name, hit, place = asked[-1]
        assert (name, hit) == ("menu_asked", Hit("box", "fc"))
        box = page.canvas.picture.rectangle("fc")
        at = view.scene_at(view.viewport().mapFromGlobal(place).toPointF())
        assert box.x <= at.x() <= box.right
        assert box.y <= at.y() <= box.bottom
    assert len(asked) == 2


def test_tool_tips_tell_ports_lines_and_boxes_apart(page, mouse):
    view = page.canvas.view

    def tip(point):
        QToolTip.hideText()
        place = mouse.place(point).toPoint()
        event = QHelpEvent(QEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), event)
        return QToolTip.text() if QToolTip.isVisible() else ""

    assert tip(spot(page, "fc", "in")) == "Input 1 of 1, from drop"
    assert tip(line_point(page, SKIP)) == "stem.relu to block.add, input 2"
    assert tip(middle(page, "fc")).startswith("Linear fc")
    QToolTip.hideText()
