"""The find bar: counts, steps, lets stand out, opens groups as it goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.network.edits import RemoveLayer
from designer.network.groups import GROUP


@pytest.fixture
def bar(canvas):
    return canvas.furniture.find_bar


def press(bar, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(bar.field, key, modifier)


def test_what_is_typed_is_counted_and_stands_out(canvas, bar):
    canvas.furniture.actions["find"].trigger()
    assert bar.isVisible()
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, "conv")
    assert bar.count.text() == "2 found"
    assert canvas.view.item.marks.found == {"stem.conv", "block.conv"}
    QTest.keyClicks(bar.field, "zzz")
    assert bar.count.text() == "Nothing found"
    assert bar.field.property("wrong")
    assert canvas.view.item.marks.found == frozenset()


def test_enter_steps_selects_and_scrolls(canvas, bar, selection):
    canvas.view.zoom_to(1.0)
    canvas.find_layers("conv")
    press(bar, Qt.Key.Key_Return)
    assert bar.count.text() == "1 of 2"
    assert selection.layers == ("stem.conv",)
    press(bar, Qt.Key.Key_Return)
    assert (bar.count.text(), selection.layers) == ("2 of 2", ("block.conv",))
    seen, box = canvas.view.seen, canvas.picture.rectangle("block.conv")
    assert seen.y <= box.y
    assert box.bottom <= seen.bottom
    press(bar, Qt.Key.Key_Return)
    assert bar.count.text() == "1 of 2"
    press(bar, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "2 of 2"
    canvas.furniture.actions["find_next"].trigger()
    assert bar.count.text() == "1 of 2"
    canvas.furniture.actions["find_previous"].trigger()
    assert bar.count.text() == "2 of 2"


def test_one_goes_on_from_what_is_selected(canvas, bar, selection):
    canvas.find_layers("8x16x16")
    selection.select(["stem.relu"])
    press(bar, Qt.Key.Key_Return)
    assert selection.layers == ("block.conv",)


def test_a_hit_in_a_collapsed_group_marks_the_group_and_opens_it(canvas, bar, qtbot, selection):
    with qtbot.waitSignal(canvas.arranged):
        canvas.collapse_all()
    canvas.find_layers("batch")
    assert canvas.view.item.marks.found == {GROUP + "stem"}
    with qtbot.waitSignal(canvas.arranged):
        press(bar, Qt.Key.Key_Return)
    assert canvas.view.item.marks.found == {"stem.bn"}
    assert selection.layers == ("stem.bn",)


def test_a_hit_that_is_hidden_is_shown(canvas, bar, qtbot):
    with qtbot.waitSignal(canvas.arranged):
        canvas.set_hidden({"BatchNorm2d", "ReLU"})
    canvas.find_layers("stem.bn")
    # What feeds it stands for it.
    assert canvas.view.item.marks.found == {"stem.conv"}
    with qtbot.waitSignal(canvas.arranged):
        press(bar, Qt.Key.Key_Return)
    assert "stem.bn" in canvas.picture.keys
    assert "stem.relu" not in canvas.picture.keys


def test_closing_lets_all_step_forward_and_keeps_the_text(canvas, bar):
    canvas.find_layers("conv")
    press(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert canvas.view.item.marks.found == frozenset()
    assert canvas.view.hasFocus()
    canvas.furniture.actions["find_next"].trigger()
    assert bar.isVisible()
    assert bar.count.text() == "1 of 2"


def test_an_edit_counts_anew(canvas, bar, qtbot, tiny_network):
    canvas.find_layers("drop")
    assert bar.count.text() == "1 found"
    with qtbot.waitSignal(canvas.arranged):
        canvas.update_network(RemoveLayer("drop").apply(tiny_network), True)
    assert bar.count.text() == "Nothing found"


def test_what_the_pointer_is_on_does_not_end_the_search(canvas):
    canvas.find_layers("conv")
    canvas.pointing.mark()
    assert canvas.view.item.marks.found == {"stem.conv", "block.conv"}


def test_every_control_has_a_name(bar):
    for button in bar._buttons.values():
        assert button.accessibleName()
        assert button.toolTip()
    assert bar.field.accessibleName()
