"""The canvas mirrors the document: by mouse and keyboard it selects, asks and expands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.catalog.actions import freeze
from designer.gui.editing.canvas.picture import button_rectangle, tick_rectangle
from designer.network.edits import RemoveLayer, Rename
from designer.network.groups import GROUP


def place(page, rectangle) -> QPoint:
    """The middle of a rectangle of the drawing, in the viewport."""
    middle = QPointF(rectangle.x + rectangle.width / 2, rectangle.y + rectangle.height / 2)
    return page.canvas.view.viewportTransform().map(middle).toPoint()


def click(page, rectangle, modifier=Qt.KeyboardModifier.NoModifier, double=False):
    page.canvas.view.reveal(rectangle)
    act = QTest.mouseDClick if double else QTest.mouseClick
    act(page.canvas.view.viewport(), Qt.MouseButton.LeftButton, modifier, place(page, rectangle))


def where(page, key):
    return page.canvas.picture.rectangle(key)


def test_the_boxes_are_the_documents_layers(page, tiny_network):
    assert set(page.canvas.picture.keys) == set(tiny_network.layers)
    assert len(page.canvas.picture.arrangement.lines) == len(tiny_network.connections)
    assert page.canvas.picture.arrangement.layered


def test_the_mirror_follows_an_edit_undo_and_redo(page, qtbot, context):
    for act, there in (
        (lambda: context.session.apply(RemoveLayer("drop")), False),
        (page.context.history.stack.undo, True),
        (page.context.history.stack.redo, False),
    ):
        with qtbot.waitSignal(page.canvas.arranged):
            act()
        assert ("drop" in page.canvas.picture.keys) is there
        assert set(page.canvas.picture.keys) == set(context.session.network.layers)


def test_an_edit_of_values_alone_arranges_nothing_anew(page, context):
    picture = page.canvas.picture
    context.session.apply(Rename("fc", "classifier"))
    assert page.canvas.picture is picture
    assert page.canvas.view.item.content("fc").title == "classifier"


def test_clicking_selects_and_control_extends(page):
    click(page, where(page, "stem.bn"))
    assert page.selection.layers == ("stem.bn",)
    click(page, where(page, "fc"), Qt.KeyboardModifier.ControlModifier)
    assert page.selection.layers == ("stem.bn", "fc")
    click(page, where(page, "fc"), Qt.KeyboardModifier.ControlModifier)
    assert page.selection.layers == ("stem.bn",)
    assert page.canvas.view.item.marks.selected == {"stem.bn"}


def test_clicking_a_frames_title_selects_its_layers(page):
    frame = where(page, GROUP + "stem")
    title = page.canvas.picture.collapse_button(GROUP + "stem")._replace(x=frame.right - 24)
    click(page, title)
    assert set(page.selection.layers) == {"stem.conv", "stem.bn", "stem.relu"}


def test_the_empty_canvas_selects_nothing(page):
    page.selection.select(["fc"])
    QTest.mouseClick(page.canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert page.selection.layers == ()


def test_the_tick_box_freezes_and_selects_nothing(page, context):
    page.canvas.view.zoom_to(1.0)
    click(page, tick_rectangle(where(page, "stem.conv")))
    assert context.session.network["stem.conv"].frozen
    assert page.selection.layers == ()
    assert page.canvas.view.item.content("stem.conv").tick == "on"
    click(page, tick_rectangle(where(page, "stem.conv")))
    assert not context.session.network["stem.conv"].frozen


def test_a_tick_that_is_too_small_to_see_is_part_of_the_box(page, context):
    page.canvas.view.zoom_to(0.4)
    click(page, tick_rectangle(where(page, "stem.conv")))
    assert not context.session.network["stem.conv"].frozen
    assert page.selection.layers == ("stem.conv",)


def test_a_group_is_collapsed_expanded_and_ticked(page, qtbot, context):
    page.canvas.view.zoom_to(1.0)
    with qtbot.waitSignal(page.canvas.arranged):
        click(page, page.canvas.picture.collapse_button(GROUP + "stem"))
    assert GROUP + "stem" in page.canvas.picture.keys
    assert "stem.bn" not in page.canvas.picture.keys
    click(page, tick_rectangle(where(page, GROUP + "stem")))
    frozen = {layer.id for layer in context.session.network if layer.frozen}
    assert frozen == {"stem.conv", "stem.bn"}
    with qtbot.waitSignal(page.canvas.arranged):
        click(page, button_rectangle(where(page, GROUP + "stem")))
    assert "stem.bn" in page.canvas.picture.keys
    with qtbot.waitSignal(page.canvas.arranged):
        title = page.canvas.picture.collapse_button(GROUP + "stem")
        click(page, title._replace(x=title.x + 60), double=True)
    assert GROUP + "stem" in page.canvas.picture.keys


@pytest.mark.parametrize("path", ["stem", "block"])
def test_what_was_clicked_stays_where_it_is(page, qtbot, path):
    page.canvas.view.zoom_to(1.0)
    page.canvas.view.reveal(where(page, GROUP + path))

    def top():
        there = where(page, GROUP + path)
        point = QPointF(there.x + there.width / 2, there.y)
        return page.canvas.view.viewportTransform().map(point)

    before = top()
    for _ in range(4):
        with qtbot.waitSignal(page.canvas.arranged):
            page.canvas.toggle(path)
        assert (top() - before).manhattanLength() <= 2


def test_the_keyboard_walks_freezes_and_deletes(page, qtbot, context):
    view = page.canvas.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert page.selection.layers == ("input",)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert page.selection.layers == ("stem.conv",)
    assert view.accessibleName() == "Convolution 2-D stem.conv, 8 by 16 by 16"
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert context.session.network["stem.conv"].frozen
    assert view.accessibleName() == "Convolution 2-D stem.conv, 8 by 16 by 16, frozen"
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert page.selection.layers == ("stem.conv", "stem.bn")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert page.selection.layers == ()
    QTest.keyClick(view, Qt.Key.Key_End)
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert page.selection.layers == ("drop",)
    with qtbot.waitSignal(page.canvas.arranged):
        QTest.keyClick(view, Qt.Key.Key_Delete)
    assert "drop" not in context.session.network
    assert [port.layer for port in context.session.network.inputs["fc"]] == ["flatten"]


def test_space_and_a_drag_pan_and_do_not_freeze(page, context):
    view = page.canvas.view
    page.selection.select(["stem.conv"])
    before = view.seen
    QTest.keyPress(view, Qt.Key.Key_Space)
    start = place(page, where(page, "stem.relu"))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), start + QPoint(30, 40))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(30, 40))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.seen.y == pytest.approx(before.y - 40 / view.scale_now, abs=2)
    assert not context.session.network["stem.conv"].frozen
    assert page.selection.layers == ("stem.conv",)


def test_zooming_keeps_the_point_under_the_pointer(page):
    view = page.canvas.view
    anchor = QPointF(150, 210)
    fixed = view.scene_at(anchor)
    for factor in (1.5, 0.4, 2.0):
        view.zoom_to(view.scale_now * factor, anchor)
        assert (view.scene_at(anchor) - fixed).manhattanLength() * view.scale_now <= 2.1


def test_all_of_it_is_seen_after_fit(page):
    view = page.canvas.view
    view.zoom_to(2.0)
    view.fit()
    seen, whole = view.seen, page.canvas.picture.arrangement
    assert seen.x <= 0
    assert seen.y <= 0
    assert seen.right >= whole.width
    assert seen.bottom >= whole.height


def test_a_layer_that_is_hidden_is_revealed(page, qtbot):
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.collapse_all()
    with qtbot.waitSignal(page.canvas.arranged):
        page.go_to_layer("block.add")
    assert "block.add" in page.canvas.picture.keys
    seen, box = page.canvas.view.seen, where(page, "block.add")
    assert seen.y <= box.y
    assert box.bottom <= seen.bottom
    assert page.selection.layers == ("block.add",)


def test_another_network_replaces_all(page, qtbot, context, tiny_network):
    page.selection.select(["fc"])
    one = RemoveLayer("drop").apply(tiny_network)
    with qtbot.waitSignal(page.canvas.arranged):
        context.session.open(one, None)
    assert page.selection.layers == ()
    assert set(page.canvas.picture.keys) == set(one.layers)


def colours_in(page):
    """The colours in a shot of the canvas, by how many pixels have them."""
    QApplication.processEvents()
    shot = page.canvas.view.viewport().grab().toImage()
    found = {}
    for x in range(0, shot.width(), 2):
        for y in range(0, shot.height(), 2):
            name = shot.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.2])
def test_it_is_painted_in_the_looks_colours_and_anew_in_others(page, context, scale):
    page.canvas.view.zoom_to(scale)
    page.canvas.view.reveal(where(page, "input"))
    light = colours_in(page)
    assert max(light, key=light.get) == context.look.colours.window
    context.look.set_appearance("dark")
    dark = colours_in(page)
    assert max(dark, key=dark.get) == context.look.colours.window
    if scale == 1.0:
        # The bar of a convolution.
        assert dark.get(context.look.colours.category["Convolution"], 0) > 20
        assert context.look.colours.category["Convolution"] not in light


def test_a_frozen_box_is_hatched_and_has_a_lock(page, context, tiny_network):
    page.canvas.view.zoom_to(1.0)
    box = where(page, "stem.conv")
    page.canvas.view.reveal(box)

    def inks(part):
        """How many pixels of each colour lie in a part of the drawing."""
        QApplication.processEvents()
        shot = page.canvas.view.viewport().grab().toImage()
        start = page.canvas.view.viewportTransform().map(QPointF(part.x, part.y)).toPoint()
        found = {}
        for x in range(start.x(), start.x() + int(part.width)):
            for y in range(start.y(), start.y() + int(part.height)):
                name = shot.pixelColor(x, y).name()
                found[name] = found.get(name, 0) + 1
        return found

    surface, frozen = context.look.colours.surface, context.look.colours.frozen
    # A strip of the box where nothing is written.
    strip = box._replace(x=box.x + 120, width=40, y=box.y + 4, height=24)
    assert set(inks(strip)) == {surface}
    assert frozen not in inks(tick_rectangle(box))
    page.apply(freeze(tiny_network, ["stem.conv"], True))
    hatched = inks(strip)
    assert 0.05 < 1 - hatched[surface] / sum(hatched.values()) < 0.5
    tick = inks(tick_rectangle(box))
    assert tick[frozen] > 60
    # The lock is drawn in it: not colour alone.
    assert len(tick) > 3
