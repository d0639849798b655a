"""The network page by keyboard alone: real keys, and what screen readers are told of them."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas import mirror
from designer.gui.editing.canvas.crumbs import Crumb
from designer.gui.editing.canvas.resting import beside
from designer.network.edits import RemoveLayer
from designer.network.groups import GROUP
from designer.network.network import Connection, Port

from ...keyboard import focused, heard


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


def in_sight(page) -> bool:
    """Whether all of the box that the keyboard is on is seen."""
    view = page.canvas.view
    box = QRectF(*page.canvas.picture.rectangle(page.canvas.pointing.current))
    return view.viewport().rect().contains(view.viewportTransform().mapRect(box).toRect())


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


def test_after_a_deletion_the_keyboard_is_on_what_fed_the_layer(page, keys, settle):
    view = page.canvas.view
    keys.press("Home", "Down", "Down", "Del")
    assert current(page) == "stem.conv"
    settle()
    assert "stem.bn" not in names(page)
    assert current(page) == "stem.conv"
    assert heard().startswith("Convolution 2-D stem.conv")
    assert in_sight(page)
    assert view.accessibleName() == heard()
    # It is not selected: another Del deletes nothing, an arrow goes on from there.
    assert page.selection.layers == ()
    keys.press("Del", "Down")
    assert current(page) == "stem.relu"
    assert len(page.context.session.network) == 10
    # What comes back is selected again, also by redo and undo of an addition.
    page.context.history.stack.undo()
    settle()
    assert current(page) == "stem.bn"
    assert heard().startswith("Batch normalization 2-D stem.bn")
    page.context.history.stack.redo()
    settle()
    assert current(page) == "stem.conv"


def test_escape_leaves_the_keyboard_on_no_box(page, keys, settle):
    keys.press("Home", "Down", "Down", "Del", "Esc")
    settle()
    assert current(page) == ""
    assert heard() == "Network"


def test_an_undone_copy_leaves_the_keyboard_beside_it(page, keys, settle):
    page.canvas.view.zoom_to(1.9)
    keys.press("Home", "Down", "Ctrl+D")
    settle()
    assert in_sight(page)
    page.context.history.stack.undo()
    settle()
    assert current(page) == "input"
    assert in_sight(page)


def test_what_was_fed_is_taken_when_nothing_fed_it(tiny_network):
    there = set(tiny_network.layers) - {"input", "stem.conv"}
    assert beside(tiny_network, ["stem.conv", "input"], there) == "stem.bn"
    # Through all that is gone, first against the connections.
    there = set(tiny_network.layers) - {"block.add", "block.conv", "stem.relu"}
    assert beside(tiny_network, ["block.add"], there) == "stem.bn"
    assert beside(tiny_network, ["pool"], set()) == ""


def test_no_other_name_is_said_between_a_key_and_the_drawing(page, keys, settle, monkeypatch):
    said = []
    monkeypatch.setattr(page.canvas.view, "setAccessibleName", said.append)
    page.selection.select(["fc"])
    del said[:]
    keys.press("Ctrl+D")
    settle()
    assert all("fc_2" in name for name in said)
    assert said


def test_a_group_is_opened_and_closed_around_the_keyboard(page, keys, settle):
    keys.press("Home", "Down", "Down", "Shift+Return")
    settle()
    assert current(page) == GROUP + "stem"
    assert heard().startswith("Group stem, 3 layers")
    keys.press("Return")
    settle()
    assert current(page) == "stem.conv"
    assert page.canvas.view.accessibleName().endswith("; 3 layers selected")
    # Nothing is open around these.
    keys.press("End", "Shift+Return")
    assert current(page) == "output"


def test_the_group_that_hides_the_layer_has_the_keyboard(page, keys, settle):
    keys.press("Home", "Down", "Down", "Ctrl+Shift+E")
    settle()
    assert page.selection.layers == ("stem.bn",)
    assert current(page) == GROUP + "stem"
    assert page.canvas.view.accessibleName().startswith("stem.bn in Group stem")
    keys.press("Down")
    assert current(page) == GROUP + "block"
    keys.press("Up", "Ctrl+E")
    settle()
    assert current(page) == "stem.conv"


def test_a_port_stays_the_one_that_is_said_after_it_was_disconnected(page, keys, settle):
    keys.press("Home", "Down", "Down", "Tab", "Tab")
    assert page.canvas.view.accessibleName() == "Output 1 of 1, to stem.relu"
    keys.press("Del")
    settle()
    assert page.canvas.view.accessibleName() == "Output 1 of 1, open"
    keys.press("C")
    while not page.canvas.view.accessibleName().startswith("To stem.relu, "):
        keys.press("Down")
    keys.press("Return")
    settle()
    assert page.canvas.view.accessibleName() == "Output 1 of 1, to stem.relu"


def test_a_connection_is_selected_at_its_port_and_something_put_in(page, keys, settle):
    page.selection.select(["block.add"])
    keys.press("Tab", "Tab", "Space")
    assert page.canvas.view.accessibleName() == "Connection stem.relu to block.add, input 2"
    assert not page.context.session.network["block.add"].frozen
    keys.press("Ctrl+L")
    keys.type("gelu")
    keys.press("Return")
    settle()
    network = page.context.session.network
    gelu = page.selection.layers[0]
    assert network.inputs["block.add"] == (Port("block.conv"), Port(gelu))
    assert network.inputs["block.conv"] == (Port("stem.relu"),)
    # A connection that was taken away leaves the keyboard where it came from.
    keys.press("Esc", "Esc", "Tab", "Space", "Del")
    settle()
    assert network.layers.keys() == page.context.session.network.layers.keys()
    assert current(page) == "stem.relu"


def test_the_box_of_the_keyboard_stays_in_its_place(page, keys, settle):
    view = page.canvas.view
    view.zoom_to(0.9)
    page.selection.select(["block.add"])
    page.canvas.show_layer("block.add")

    def place() -> float:
        return view.viewportTransform().mapRect(QRectF(*page.canvas.picture.rectangle("block.add"))).y()

    before = place()
    page.apply(RemoveLayer("stem.bn"))
    settle()
    assert place() == pytest.approx(before, abs=1)


def test_a_notice_above_does_not_push_it_out_of_sight(page, keys):
    view = page.canvas.view
    keys.press("End")
    assert view.item.marks.current == "output"
    for height in (560, 500):
        page.resize(page.width(), height)
        assert in_sight(page)


def test_the_box_of_the_keyboard_is_seen_among_selected_ones(page, keys):
    view = page.canvas.view
    view.zoom_to(1.0)
    keys.press("Home", "Shift+Down")
    box = QRectF(*page.canvas.picture.rectangle("stem.conv"))
    there = view.viewportTransform().mapRect(box)
    grabbed = view.viewport().grab().toImage()

    def ring(middle: float) -> int:
        """Points that are inked to the left of a box, 3 to 6 beside it."""
        left, top = round(there.left()), round(middle)
        points = [(left - away, top + y) for away in range(3, 7) for y in range(-12, 12)]
        return sum(grabbed.pixelColor(*point).red() < 170 for point in points)

    assert ring(there.center().y()) > 4
    above = view.viewportTransform().mapRect(QRectF(*page.canvas.picture.rectangle("input")))
    assert ring(above.center().y()) == 0


def hide(page, category: str, settle) -> None:
    """Hides a category by the menu of the filter."""
    menu = page.canvas.furniture.hiding_menu
    menu.fill()
    next(action for action in menu.actions() if action.text().startswith(category)).trigger()
    settle()


def test_what_is_hidden_is_selected_no_more(page, keys, settle):
    network = page.context.session.network
    page.selection.select(["stem.relu"])
    assert page.table.table.chosen_rows()
    hide(page, "Activation", settle)
    assert page.selection.layers == ()
    assert page.table.table.chosen_rows() == ()
    # The keyboard is on what feeds it.
    assert current(page) == "stem.bn"
    keys.press("Del")
    settle()
    assert page.context.session.network is network
    keys.press("Down")
    assert page.selection.layers == ("block.conv",)


def test_what_is_seen_stays_selected_when_the_rest_is_hidden(page, keys, settle):
    page.selection.select(["stem.relu", "block.conv"])
    hide(page, "Activation", settle)
    assert page.selection.layers == ("block.conv",)
    assert [row.layer.id for row in page.table.table.chosen_rows()] == ["block.conv"]
    assert current(page) == "block.conv"
    into, out = (
        Connection(source, 0, target, 0)
        for source, target in (("stem.bn", "stem.relu"), ("stem.relu", "block.conv"))
    )
    hide(page, "Activation", settle)
    page.selection.select_connections([into, out])
    hide(page, "Activation", settle)
    # The line past the hidden layer stands for the one that leaves it.
    assert page.selection.connections == (out,)


def test_a_group_with_hidden_layers_is_selected_and_deleted_whole(page, keys, settle):
    hide(page, "Activation", settle)
    page.canvas.furniture.go(Crumb("stem", path="stem"))
    assert set(page.selection.layers) == {"stem.conv", "stem.bn", "stem.relu"}
    page.canvas.toggle("stem")
    settle()
    page.canvas.toggle("stem")
    settle()
    assert "stem.relu" in page.selection.layers
    keys.press("Del")
    settle()
    assert not {"stem.conv", "stem.bn", "stem.relu"} & page.context.session.network.layers.keys()
