"""Where one looks: when the drawing turns, when groups close, and that nobody is left before emptiness."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.painting import READABLE
from designer.gui.editing.canvas.zoom_view import KEPT
from designer.gui.editing.canvas.zooming import drawn_nearer, first_view, kept_in
from designer.network.arranging import Rectangle
from designer.network.edits import SetPlaces
from designer.network.groups import GROUP
from designer.network.network import Place
from designer.session.results import Problem

from ..conftest import make_facts


def middle_of(canvas):
    seen = canvas.view.seen
    return (seen.x + seen.width / 2, seen.y + seen.height / 2)


def centre(canvas, key):
    box = canvas.picture.rectangle(key)
    return (box.x + box.width / 2, box.y + box.height / 2)


def turn(canvas, qtbot, direction):
    with qtbot.waitSignal(canvas.arranged):
        canvas.set_direction(direction)


def boxes_seen(canvas, least=0.0):
    seen, least = canvas.view.seen, least / canvas.view.scale_now
    inner = Rectangle(seen.x + least, seen.y + least, seen.width - 2 * least, seen.height - 2 * least)
    return list(canvas.picture.boxes_in(inner))


def test_all_stays_in_sight_when_the_drawing_turns(canvas, qtbot):
    canvas.view.fit()
    for direction in ("right", "down", "right"):
        turn(canvas, qtbot, direction)
        seen, whole = canvas.view.seen, canvas.picture.arrangement
        assert max(seen.x, seen.y) <= 0
        assert min(seen.right - whole.width, seen.bottom - whole.height) >= 0
        # As near as it can be seen, not only somewhere in a corner.
        assert canvas.view.scale_now == pytest.approx(
            min(
                1.0,
                (canvas.view.viewport().width() - 48) / whole.width,
                (canvas.view.viewport().height() - 48) / whole.height,
            )
        )
    canvas.view.zoom_to(1.0)
    assert boxes_seen(canvas)


@pytest.mark.parametrize("key", ["input", "block.conv", "fc"])
def test_the_box_in_the_middle_stays_there_when_the_drawing_turns(canvas, qtbot, key):
    canvas.view.zoom_to(2.0)
    viewport = QPointF(canvas.view.viewport().rect().center())
    canvas.view.bring(QPointF(*centre(canvas, key)), viewport)
    turn(canvas, qtbot, "right")
    assert middle_of(canvas) == pytest.approx(centre(canvas, key), abs=2)
    assert canvas.view.scale_now == 2.0


def test_one_who_looks_nowhere_yet_sees_the_beginning_of_a_drawing_to_the_right(
    make_canvas, qtbot, tiny_network
):
    canvas = make_canvas(tiny_network, size=(400, 400))
    canvas.view.show_first()
    turn(canvas, qtbot, "right")
    assert "input" in boxes_seen(canvas)


def test_the_first_sight_of_a_drawing_to_the_right_begins_at_the_left():
    scale, (x, y) = first_view(8000, 236, (648, 648), margin=24, direction="right")
    assert (scale, y) == (1.0, 118)
    assert 648 / 2 - x * scale == pytest.approx(24)


def test_what_closes_leaves_its_group_in_sight(canvas, qtbot):
    canvas.view.zoom_to(3.0)
    viewport = QPointF(canvas.view.viewport().rect().center())
    canvas.view.bring(QPointF(*centre(canvas, "block.conv")), viewport)
    assert not any(not key.startswith("block.") for key in boxes_seen(canvas))
    with qtbot.waitSignal(canvas.arranged):
        canvas.collapse_all()
    assert GROUP + "block" in boxes_seen(canvas)


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
def test_scrolling_never_loses_the_drawing(canvas, qtbot, direction, scale):
    canvas.view.zoom_to(scale)
    for _ in range(60):
        canvas.view.pan(direction)
        assert boxes_seen(canvas, KEPT - 2) or list(canvas.picture.frames_in(canvas.view.seen))
    for _ in range(60):
        qtbot.keyClick(canvas.view, Qt.Key.Key_Plus)
        assert boxes_seen(canvas)
    for _ in range(80):
        qtbot.keyClick(canvas.view, Qt.Key.Key_Minus)
        assert boxes_seen(canvas)


def test_panning_with_the_mouse_stops_where_the_drawing_would_be_lost(canvas, qtbot):
    view = canvas.view.viewport()
    for _ in range(5):
        qtbot.mousePress(view, Qt.MouseButton.MiddleButton, pos=QPoint(20, 20))
        qtbot.mouseMove(view, QPoint(600, 20))
        qtbot.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=QPoint(600, 20))
    assert boxes_seen(canvas, KEPT - 2)


def test_a_gap_between_far_boxes_can_be_crossed(canvas, qtbot, tiny_network):
    away = SetPlaces({"input": Place("", -6000.0, 0.0)}, "Move").apply(tiny_network)
    alone = away.with_inputs({"stem.conv": ()})
    with qtbot.waitSignal(canvas.arranged):
        canvas.update_network(alone, True)
    canvas.view.zoom_to(1.0)
    canvas.view.reveal(canvas.picture.rectangle("stem.conv"))
    viewport = QPointF(canvas.view.viewport().rect().center())
    canvas.view.bring(QPointF(middle_of(canvas)[0], centre(canvas, "input")[1]), viewport)
    for _ in range(60):
        canvas.view.pan("left")
    assert "input" in boxes_seen(canvas)


def test_a_layer_one_goes_to_from_afar_can_be_read(canvas):
    canvas.view.zoom_to(0.1)
    canvas.show_layer("fc")
    assert canvas.view.scale_now == READABLE
    assert middle_of(canvas) == pytest.approx(centre(canvas, "fc"), abs=3)
    # Where names are seen, one is not drawn nearer.
    canvas.view.zoom_to(0.5)
    canvas.show_layer("input")
    assert canvas.view.scale_now == 0.5
    assert "input" in boxes_seen(canvas)


def test_what_one_goes_to_does_not_stand_behind_the_map(canvas):
    minimap = canvas.furniture.minimap
    canvas.view.zoom_to(1.0)
    assert minimap.isVisible()
    target = canvas.picture.rectangle("fc")
    # Its right lower corner lies at the middle of the map.
    corner = QPointF(target.right, target.bottom)
    canvas.view.bring(corner, QPointF(minimap.geometry().center()))
    canvas.show_layer("fc")
    right, bottom = canvas.view.viewportTransform().map(corner).toTuple()
    assert right < minimap.geometry().left() or bottom < minimap.geometry().top()


def drawn(canvas):
    """Where the whole drawing lies in the viewport."""
    whole = canvas.picture.arrangement
    return canvas.view.viewportTransform().mapRect(QRectF(0, 0, whole.width, whole.height))


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("size", [(420, 620), (900, 700), (700, 360)])
def test_the_legend_takes_no_room_of_the_drawing(make_canvas, qtbot, tiny_network, facts, direction, size):
    canvas = make_canvas(tiny_network, facts, size=size)
    if direction == "right":
        turn(canvas, qtbot, direction)
    canvas.view.fit()
    before = canvas.view.height()
    canvas.furniture.overlaying.choose("parameters")
    legend = canvas.furniture.legend
    assert legend.isVisible()
    qtbot.waitUntil(lambda: canvas.view.height() < before)
    assert not legend.geometry().intersects(canvas.view.geometry())
    # All stays in sight.
    assert QRectF(canvas.view.viewport().rect()).contains(drawn(canvas))


def test_the_drawing_goes_into_the_room_that_the_legend_leaves_and_takes_it_back(
    make_canvas, tiny_network, facts, qtbot
):
    canvas = make_canvas(tiny_network, facts, size=(420, 620))
    canvas.view.fit()
    before = drawn(canvas)
    canvas.furniture.overlaying.choose("parameters")
    # In another room too, until one looks elsewhere.
    canvas.resize(420, 400)
    qtbot.waitUntil(lambda: QRectF(canvas.view.viewport().rect()).contains(drawn(canvas)))
    canvas.resize(420, 620)
    canvas.furniture.overlaying.clear()
    qtbot.waitUntil(lambda: drawn(canvas) == before)
    canvas.view.zoom_to(1.0)
    canvas.furniture.overlaying.choose("parameters")
    assert canvas.view.scale_now == 1.0


@pytest.mark.parametrize("has_keyboard", [False, True])
def test_what_was_added_stays_in_sight_when_problems_take_some_of_the_room(
    page, context, qtbot, tiny_network, has_keyboard
):
    view = page.canvas.view
    page.go_to_layer("block.add")
    view.zoom_to(1.0)
    box = page.canvas.picture.rectangle("block.add")
    bottom = QPointF(view.viewport().width() / 2, view.viewport().height() - 6)
    view.bring(QPointF(box.x + box.width / 2, box.bottom), bottom)
    (view if has_keyboard else page.library.search).setFocus()
    before = view.viewport().height()
    many = tuple(Problem("error", "fc", f"Something is wrong, number {n}.") for n in range(8))
    context.session.set_facts(make_facts(tiny_network, *many))
    qtbot.waitUntil(lambda: view.viewport().height() < before - 80)
    shown = view.viewportTransform().mapRect(QRectF(*box))
    assert QRectF(view.viewport().rect()).contains(shown)


def wheel(canvas, degrees, modifiers=Qt.KeyboardModifier.NoModifier):
    view = canvas.view.viewport()
    place = QPointF(view.rect().center())
    event = QWheelEvent(
        place,
        QPointF(view.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 8 * degrees),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_the_wheel_and_the_bar_run_along_the_drawing(canvas, qtbot):
    off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
    policies = canvas.view.horizontalScrollBarPolicy, canvas.view.verticalScrollBarPolicy
    assert (policies[0](), policies[1]()) == (off, needed)
    turn(canvas, qtbot, "right")
    assert (policies[0](), policies[1]()) == (needed, off)
    canvas.view.zoom_to(1.0)
    canvas.view.reveal(canvas.picture.rectangle("input"))
    x, y = middle_of(canvas)
    wheel(canvas, -15)
    assert middle_of(canvas) == pytest.approx((x + 120, y), abs=1)
    # Where not all of its height is seen, it scrolls up and down as ever.
    canvas.view.zoom_to(3.0)
    canvas.view.bring(QPointF(*centre(canvas, "stem.conv")), QPointF(canvas.view.viewport().rect().center()))
    canvas.resize(900, 240)
    QApplication.processEvents()
    x, y = middle_of(canvas)
    wheel(canvas, -15)
    assert middle_of(canvas) == pytest.approx((x, y + 40), abs=1)


def test_zooming_draws_nearer():
    # 400 pixels left of the middle of 1000: at four times the scale, 100 pixels left of it.
    assert drawn_nearer((100, 300), (1000, 600), 4.0) == (400, 300)
    assert drawn_nearer((100, 300), (1000, 600), 0.25) == (400, 300)
    assert drawn_nearer((-9000, 9000), (1000, 600), 1.25) == (250, 450)


def test_what_leaves_is_kept_by_its_border():
    seen = Rectangle(0, 0, 400, 300)
    assert kept_in(Rectangle(100, 100, 50, 50), seen, 40) == (0, 0)
    assert kept_in(Rectangle(500, 100, 50, 50), seen, 40) == (500 - 360, 0)
    assert kept_in(Rectangle(-100, -100, 50, 50), seen, 40) == (-90, -90)
