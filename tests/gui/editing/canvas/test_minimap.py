"""The small map: what it shows, and looking elsewhere by it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from designer.gui.editing.canvas.minimap import LARGEST, LEAST, map_size
from designer.network.network import Layer, Network, Port


@pytest.fixture
def minimap(canvas):
    canvas.view.zoom_to(2.0)
    return canvas.furniture.minimap


def test_its_size_keeps_the_shape_within_bounds():
    assert map_size(1000, 1000, (2000, 2000)) == LARGEST[:1] * 2
    width, height = map_size(300, 400_000, (1600, 1000))
    assert (width, height) == (LEAST, LARGEST[1])
    width, height = map_size(400_000, 300, (1600, 1000))
    assert (width, height) == (LARGEST[0], LEAST)
    width, height = map_size(1000, 5000, (300, 200))
    assert width <= 90
    assert height <= 90


def test_it_is_there_while_not_all_is_seen(canvas, minimap):
    assert minimap.isVisible()
    canvas.view.fit()
    assert not minimap.isVisible()
    canvas.view.zoom_to(2.0)
    canvas.furniture.actions["minimap"].trigger()
    assert not minimap.isVisible()
    canvas.furniture.actions["minimap"].trigger()
    assert minimap.isVisible()


def test_it_folds_away_where_the_view_is_small(canvas, minimap, qtbot):
    button, action = canvas.furniture.bar.buttons["map"], canvas.furniture.actions["minimap"]
    for width, height in ((390, 700), (900, 240)):
        canvas.resize(width, height)
        qtbot.waitUntil(minimap.isHidden)
        # The button tells why, and keeps what one wants.
        assert not button.isEnabled()
        assert not action.isEnabled()
        assert button.isChecked()
        assert "no room" in button.toolTip()
        canvas.resize(900, 700)
        qtbot.waitUntil(minimap.isVisible)
        assert button.isEnabled()
        assert action.isEnabled()
        assert "no room" not in button.toolTip()


def test_it_lies_in_the_lower_right_corner(canvas, minimap):
    place, area = minimap.geometry(), canvas.view.viewport().geometry()
    assert area.contains(place)
    assert area.right() - place.right() < 20
    assert area.bottom() - place.bottom() < 20


def test_a_press_looks_there(canvas, minimap):
    target = canvas.picture.rectangle("fc")
    place = minimap.to_map(target).center()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=place.toPoint())
    seen = canvas.view.seen
    assert abs((seen.y + seen.height / 2) - (target.y + target.height / 2)) < 40


def test_dragging_moves_what_is_seen(canvas, minimap):
    canvas.view.bring(QPointF(136, 100), QPointF(canvas.view.viewport().rect().center()))
    start = minimap.to_map(canvas.view.seen).center().toPoint()
    before = canvas.view.seen
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(minimap, start + QPoint(0, 60))
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=start + QPoint(0, 60))
    _, down = minimap._scales()
    assert canvas.view.seen.y - before.y == pytest.approx(60 / down, abs=2 / down)


def test_arrow_keys_move_by_half_of_what_is_seen(canvas, minimap):
    before = canvas.view.seen
    QTest.keyClick(minimap, Qt.Key.Key_Down)
    assert canvas.view.seen.y - before.y == pytest.approx(before.height / 2, abs=2)


def test_it_is_drawn_anew_with_other_colours_only(canvas, minimap, context):
    image = minimap.grab().toImage()
    drawn = minimap._blocks
    canvas.view.scroll_by(0, -40)
    minimap.grab()
    assert minimap._blocks is drawn
    context.look.set_appearance("dark")
    assert minimap.grab().toImage() != image
    assert minimap._blocks is not drawn


def chain(length):
    """Layers in one row."""
    rows = [Layer("input", "input", "Input", {"shape": [3, 8, 8]})]
    rows += [Layer(f"act{n}", f"act{n}", "ReLU") for n in range(length)]
    rows.append(Layer("output", "output", "Output"))
    inputs = {rows[0].id: (), **{row.id: (Port(before.id),) for before, row in pairwise(rows)}}
    return Network("chain", {row.id: row for row in rows}, inputs)


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("length", [30, 1_500])
def test_blocks_stay_within_the_frame(make_canvas, qtbot, direction, length):
    canvas = make_canvas(chain(length))
    if direction == "right":
        with qtbot.waitSignal(canvas.arranged):
            canvas.set_direction(direction)
    canvas.view.zoom_to(1.0)
    minimap = canvas.furniture.minimap
    assert minimap.isVisible()
    # Without the frame around what is seen, which lies over all of it.
    shot = minimap._drawn().toImage()
    plain = canvas.view.item.style.colours.surface
    # Between its border and its blocks, at each side: nothing but the ground.
    for way in range(12, shot.width() - 12):
        assert shot.pixelColor(way, 3).name() == plain
        assert shot.pixelColor(way, shot.height() - 4).name() == plain
    if direction == "down":
        for way in range(12, shot.height() - 12):
            assert shot.pixelColor(shot.width() - 4, way).name() == plain
