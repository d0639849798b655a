"""The keyboard on the canvas: walk, pan, ports, connect, nudge, and what is said to screen readers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.walking import first, last, step
from designer.network.edits import SetInputs, SetPlaces
from designer.network.groups import GROUP
from designer.network.network import Connection, Place, Port

from .conftest import stacked

KEY = Qt.Key
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def press(page, mouse, asked):
    """Presses keys on the canvas, one after another."""
    view = page.canvas.view
    view.setFocus()

    def act(*keys, held=Qt.KeyboardModifier.NoModifier):
        for key in keys:
            QTest.keyClick(view, key, held)

    return act


def said(page):
    return page.canvas.view.accessibleName()


def test_arrows_pan_while_nothing_is_selected_and_walk_once_something_is(page, press):
    page.canvas.view.zoom_to(1.5)
    before = page.canvas.view.seen
    press(KEY.Key_Down)
    assert page.canvas.view.seen.y > before.y
    press(KEY.Key_Right)
    assert page.canvas.view.seen.x > before.x
    assert page.selection.layers == ()
    page.selection.select(["stem.conv"])
    press(KEY.Key_Down)
    assert page.selection.layers == ("stem.bn",)
    # Ctrl pans always.
    seen = page.canvas.view.seen
    press(KEY.Key_Up, held=Qt.KeyboardModifier.ControlModifier)
    assert page.canvas.view.seen.y < seen.y
    assert page.selection.layers == ("stem.bn",)


def test_tab_walks_the_ports_and_leaves_at_the_end(page, press):
    page.selection.select(["block.add"])
    view = page.canvas.view
    heard = []
    for _ in range(4):
        press(KEY.Key_Tab)
        heard.append(said(page))
    assert heard == [
        "Input 1 of 3, from block.conv",
        "Input 2 of 3, from stem.relu",
        "Input 3 of 3, open",
        "Output 1 of 1, to pool",
    ]
    assert QApplication.focusWidget() is view
    press(KEY.Key_Backtab)
    assert said(page) == "Input 3 of 3, open"
    press(KEY.Key_Backtab, KEY.Key_Backtab, KEY.Key_Backtab)
    assert said(page).startswith("Addition block.add")
    assert QApplication.focusWidget() is view
    press(KEY.Key_Backtab)
    assert QApplication.focusWidget() is not view


def test_tab_leaves_at_once_when_nothing_is_selected_and_after_the_last_port(page, press):
    view = page.canvas.view
    press(KEY.Key_Tab)
    assert QApplication.focusWidget() is not view
    view.setFocus()
    page.selection.select(["fc"])
    press(KEY.Key_Tab, KEY.Key_Tab)
    assert said(page) == "Output 1 of 1, to output"
    press(KEY.Key_Tab)
    assert QApplication.focusWidget() is not view
    assert page.canvas.gestures.keys.spot is None


def test_enter_on_a_port_goes_along_its_connection(page, press):
    page.selection.select(["block.add"])
    press(KEY.Key_Tab, KEY.Key_Tab, KEY.Key_Return)
    assert page.selection.layers == ("stem.relu",)
    assert page.canvas.gestures.keys.spot is None


def test_delete_on_a_port_disconnects_and_deletes_nothing(page, press, asked, context):
    page.selection.select(["block.add"])
    press(KEY.Key_Tab, KEY.Key_Tab, KEY.Key_Delete)
    assert asked == [("disconnect_asked", (Connection("stem.relu", 0, "block.add", 1),))]
    press(KEY.Key_Tab, KEY.Key_Delete)
    assert len(asked) == 1
    assert "block.add" in context.session.network
    # Escape leaves the port, then the box.
    press(KEY.Key_Escape)
    assert page.selection.layers == ("block.add",)
    press(KEY.Key_Escape)
    assert page.selection.layers == ()


def test_c_leads_a_line_through_the_legal_targets_alone(page, press, asked):
    page.selection.select(["stem.bn"])
    press(KEY.Key_C)
    gestures = page.canvas.gestures
    assert gestures.busy
    heard = [said(page)]
    for key in (KEY.Key_Down, KEY.Key_Tab, KEY.Key_Right, KEY.Key_Down):
        press(key)
        heard.append(said(page))
    assert heard == [
        "To block.conv, in place of stem.relu, 1 of 9",
        "To block.add, input 1, in place of block.conv, 2 of 9",
        "To block.add, input 2, in place of stem.relu, 3 of 9",
        "To block.add, input 3, 4 of 9",
        "To pool, in place of block.add, 5 of 9",
    ]
    press(KEY.Key_Up)
    assert gestures.layer.sketch.snapped.key == "block.add"
    assert QApplication.focusWidget() is page.canvas.view
    press(KEY.Key_Return)
    assert asked == [("connect_asked", Port("stem.bn", 0), "block.add", 2)]
    assert not gestures.busy
    assert said(page).startswith("Batch normalization 2-D stem.bn")


def test_the_line_is_led_round_and_to_both_ends_and_escape_drops_it(page, press, asked):
    page.selection.select(["stem.bn"])
    press(KEY.Key_C, KEY.Key_Up)
    assert said(page).endswith("9 of 9")
    press(KEY.Key_Home)
    assert said(page).endswith("1 of 9")
    press(KEY.Key_End)
    assert said(page).endswith("9 of 9")
    # Other keys wait until the line has ended.
    press(KEY.Key_Delete, KEY.Key_Space)
    assert page.canvas.gestures.busy
    press(KEY.Key_Escape)
    assert not page.canvas.gestures.busy
    assert page.selection.layers == ("stem.bn",)
    assert asked == []


def test_from_an_input_c_looks_for_another_source(page, press, asked):
    page.selection.select(["fc"])
    press(KEY.Key_Tab, KEY.Key_C)
    assert said(page) == "From drop, 9 of 9"
    press(KEY.Key_Up)
    assert said(page) == "From flatten, 8 of 9"
    press(KEY.Key_Enter)
    old = Connection("drop", 0, "fc", 0)
    assert asked == [("reroute_asked", old, Port("flatten", 0), "fc", 0)]


def test_where_nothing_can_be_connected_the_reason_is_shown(page, qtbot, press, asked):
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("block")
    page.selection.select(["block.conv", "block.add"])
    assert page.canvas.pointing.current == GROUP + "block"
    press(KEY.Key_Tab, KEY.Key_C)
    sketch = page.canvas.gestures.layer.sketch
    assert sketch.wrong
    assert "2 connections" in sketch.label
    assert not page.canvas.gestures.busy
    press(KEY.Key_Home)
    assert page.canvas.gestures.layer.sketch.label == ""


def test_a_line_led_by_keys_goes_on_over_another_drawing_and_ends_with_another_network(
    page, qtbot, press, asked, context
):
    page.selection.select(["input"])
    press(KEY.Key_C)
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("block")
    assert page.canvas.gestures.busy
    press(KEY.Key_End, KEY.Key_Return)
    assert asked == [("connect_asked", Port("input", 0), "output", 0)]
    press(KEY.Key_C)
    assert page.canvas.gestures.busy
    context.session.apply(SetInputs("fc", (None,)))
    assert not page.canvas.gestures.busy
    press(KEY.Key_Return)
    assert [ask[0] for ask in asked] == ["connect_asked", "open_asked"]


def test_enter_opens_a_layer_and_expands_a_group(page, qtbot, press, asked):
    page.selection.select(["fc"])
    press(KEY.Key_Return)
    assert asked == [("open_asked", "fc")]
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.toggle("stem")
    page.selection.select(["stem.conv", "stem.bn", "stem.relu"])
    with qtbot.waitSignal(page.canvas.arranged):
        press(KEY.Key_Return)
    assert "stem.bn" in page.canvas.picture.keys


def test_alt_and_an_arrow_move_the_selected_boxes(page, press, asked):
    page.selection.select(["drop", "fc"])
    press(KEY.Key_Right, held=ALT)
    name, places = asked[0]
    assert name == "move_asked"
    drop, flatten = (page.canvas.picture.rectangle(key) for key in ("drop", "flatten"))
    assert places["drop"] == Place("flatten", drop.x - flatten.x + 8, drop.y - flatten.y)
    assert set(places) == {"drop", "fc"}
    page.selection.select(())
    press(KEY.Key_Down, held=ALT)
    assert len(asked) == 1


def test_nudges_reach_the_document_one_by_one(page, press, asked, context):
    page.selection.select(["drop"])
    page.canvas.gestures.move_asked.connect(
        lambda places: context.session.apply(SetPlaces(dict(places), "Move"))
    )
    press(KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, held=ALT)
    one, two, three = (ask[1]["drop"] for ask in asked)
    assert (two.x - one.x, two.y - one.y) == (8, 0)
    assert (three.x - two.x, three.y - two.y) == (0, 8)


def test_arrows_lead_from_a_selected_connection_to_its_layers(page, press):
    page.selection.select_connections([Connection("drop", 0, "fc", 0)])
    assert said(page) == "Connection drop to fc"
    press(KEY.Key_Up)
    assert page.selection.layers == ("drop",)
    page.selection.select_connections([Connection("drop", 0, "fc", 0), Connection("fc", 0, "output", 0)])
    assert said(page) == "2 connections selected"
    press(KEY.Key_Down)
    assert page.selection.layers == ("fc",)


def test_walking_turns_with_the_drawing(tiny_network):
    down, right = (stacked(tiny_network, direction=way).picture for way in ("down", "right"))
    for picture, along, back in ((down, "down", "up"), (right, "right", "left")):
        assert step(picture, "stem.conv", along) == "stem.bn"
        assert step(picture, "stem.conv", back) == "input"
        # The straight way rather than the skip.
        assert step(picture, "stem.relu", along) == "block.conv"
        assert step(picture, "", along) == first(picture) == "input"
        assert last(picture) == "output"
        assert step(picture, "output", along) == "output"
    # There is nothing beside a chain.
    assert step(down, "fc", "right") == step(right, "fc", "down") == "fc"
