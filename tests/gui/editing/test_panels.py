"""The panels at the sides, the list of steps, the menus, and how all of it is kept in the project."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from designer.gui.editing.canvas.content import WIDTH
from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.canvas.zooming import FIRST_AT_LEAST
from designer.gui.editing.commands.command import MENUS
from designer.gui.editing.commands.table import BY_KEY, COMMANDS
from designer.gui.editing.page import NetworkPage
from designer.gui.editing.side import STRIP
from designer.gui.editing.sides import widths
from designer.network.arranging.drawing import GAP
from designer.network.edits import Rename, SetFrozen
from designer.network.groups import GROUP
from designer.network.network import Connection


def test_a_panel_folds_into_a_strip_and_comes_back_as_wide(page):
    wide = page.left.width()
    page.actions_by_key["left_panel"].trigger()
    assert page.left.folded
    assert page.left.width() == STRIP
    assert page.left.open_button.isVisible()
    assert not page.actions_by_key["left_panel"].isChecked()
    QTest.mouseClick(page.left.open_button, Qt.MouseButton.LeftButton)
    assert not page.left.folded
    assert page.left.width() == wide
    assert page.actions_by_key["left_panel"].isChecked()


def test_panels_grow_with_the_window_until_the_user_decides(page):
    assert widths(900) == (252, 310)
    assert widths(3000) == (340, 344)
    page.resize(1700, 800)
    assert (page.left.width(), page.right.width()) == (340, 344)
    page.resize(1100, 700)
    assert page.left.width() < 265
    page.left.take_width(300)
    page.resize(1700, 800)
    assert page.left.width() == 300


def test_three_columns_can_be_read_between_the_panels(page):
    """In a window of 1,360 pixels: the page has 1,144 of them beside the steps."""
    page.resize(1144, 760)
    columns = 3 * WIDTH + 2 * GAP
    assert page.canvas.view.viewport().width() >= columns * FIRST_AT_LEAST


def test_in_a_narrow_window_the_network_has_the_room(page):
    page.resize(820, 560)
    assert page.left.folded
    page.resize(1200, 700)
    assert not page.left.folded
    page.actions_by_key["left_panel"].trigger()
    page.resize(1300, 700)
    assert page.left.folded


def test_the_library_comes_up_by_its_keys(page):
    page.left.fold(True)
    page.canvas.view.setFocus()
    QTest.keyClick(page.canvas.view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not page.left.folded
    assert page.library.search.hasFocus()
    QTest.keyClicks(page.library.search, "/")
    assert page.library.search.text() == "/"
    page.library.search.clear()
    QTest.keyClick(page.library.search, Qt.Key.Key_Escape)
    assert page.canvas.view.hasFocus()
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Slash)
    assert page.library.search.hasFocus()


def test_the_view_is_kept(page, make_page, tiny_network, facts, qtbot):
    page.left.fold(True)
    page.right.take_width(360)
    page.right.show_tab(page.history_pane)
    with qtbot.waitSignal(page.canvas.arranged):
        page.actions_by_key["direction"].trigger()
    state = page.view_state()
    other = make_page(tiny_network, facts=facts)
    other.restore_view(state)
    assert other.left.folded
    assert abs(other.right.width() - 360) <= 1
    assert other.right.shown is other.history_pane
    assert other.canvas.mirror.sight.direction == "right"
    assert other.actions_by_key["direction"].isChecked()


@pytest.mark.parametrize(
    "state",
    [
        {"left": 3, "right": [], "canvas": "x", "library": None},
        {"left": {"tab": 99, "width": -5, "folded": "yes"}, "right": {"tab": "1", "width": 10**9}},
        {"left": {"tab": True, "width": 1e400}},
    ],
)
def test_a_view_of_rubbish_is_passed_over(page, state):
    before = page.view_state()
    page.restore_view(state)
    assert page.view_state()["right"] == before["right"]
    assert not page.left.folded


def test_the_history_is_a_list_that_leads_anywhere(page, context, tiny_network):
    for edit in (Rename("fc", "a"), SetFrozen(("fc",), True), Rename("pool", "b")):
        page.apply(edit)
    pane = page.history_pane
    rows = [pane.model.index(n).data() for n in range(pane.model.rowCount())]
    assert rows == ["Opened tiny", "Rename to a", "Freeze fc", "Rename to b"] or len(rows) == 4
    assert pane.list.currentIndex().row() == 3
    pane.list.setCurrentIndex(pane.model.index(0))
    assert context.session.network == tiny_network
    assert context.history.stack.index() == 0
    assert "undone" in pane.model.index(2).data(Qt.ItemDataRole.ToolTipRole)
    pane.list.setCurrentIndex(pane.model.index(2))
    assert context.session.network["fc"].frozen
    assert context.session.network["pool"].name == "pool"
    context.history.stack.redo()
    assert pane.list.currentIndex().row() == 3
    page.apply(Rename("pool", "c"))
    assert pane.model.rowCount() in (4, 5)


def test_saving_is_marked_in_the_history(page, context, tmp_path):
    page.apply(Rename("fc", "a"))
    context.session.saved(tmp_path / "a.netgraft")
    assert "saved" in page.history_pane.model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "saved" not in page.history_pane.model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_history_comes_up_by_its_command(page):
    page.actions_by_key["history"].trigger()
    assert page.right.shown is page.history_pane
    assert page.history_pane.list.hasFocus()


def actions_of(menu: QMenu) -> set[str]:
    found = set()
    for action in menu.actions():
        if action.menu() is not None:
            found |= actions_of(action.menu())
        elif not action.isSeparator():
            found.add(action.text().partition("\t")[0])
    return found


def test_every_command_is_in_a_menu(page):
    there = set().union(*(actions_of(page._actions.menus[key]) for key in MENUS))
    assert {page.actions_by_key[c.key].text().partition("\t")[0] for c in COMMANDS} <= there
    assert set(page.actions_by_key) == set(BY_KEY)


@pytest.mark.parametrize(
    ("hit", "has", "lacks"),
    [
        (Hit("box", "fc"), {"Copy", "Rename", "Freeze up to here"}, {"Select all"}),
        (Hit("frame", GROUP + "stem"), {"Copy", "Freeze up to here"}, {"Rename"}),
        (Hit("line", "", 0), {"Disconnect", "Paste"}, {"Copy"}),
        (Hit(), {"Paste", "Select all", "Expand all groups"}, {"Copy", "Delete"}),
    ],
)
def test_context_menus(page, hit, has, lacks):
    if hit.part == "line":
        page.selection.select_connections([Connection("drop", 0, "fc", 0)])
    page.canvas.gestures.menu_asked.emit(hit, QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    there = actions_of(menu)
    assert has <= there
    assert not lacks & there
    menu.close()


def test_keys_do_not_steal_from_text_fields(page, context, tiny_network):
    page.selection.select(["fc"])
    QApplication.clipboard().clear()
    field = page.library.search
    field.setFocus()
    field.setText("conv")
    field.selectAll()
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QApplication.clipboard().text() == "conv"
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    assert field.text() == "conv"
    assert context.session.network is tiny_network


def test_keys_on_the_canvas(page, context, tiny_network):
    page.selection.select(["drop"])
    page.canvas.view.setFocus()
    QTest.keyClick(page.canvas.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(context.session.network) == len(tiny_network) + 1
    QTest.keyClick(page.canvas.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.canvas.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(context.session.network) == len(tiny_network) + 2
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Delete)
    assert len(context.session.network) == len(tiny_network) + 1


def test_disabled_commands_say_why(page):
    page.selection.select(())
    action = page.actions_by_key["copy"]
    assert not action.isEnabled()
    assert action.toolTip() == "Select a layer first."
    page.selection.select(["fc"])
    assert action.isEnabled()
    assert "Ctrl+C" in action.toolTip()


def test_aligning_puts_boxes_in_one_line(page, context, qtbot):
    page.selection.select(["stem.conv", "fc"])
    with qtbot.waitSignal(page.canvas.arranged):
        page.actions_by_key["align_left"].trigger()
    assert context.session.network.places
    assert page.actions_by_key["arrange"].isEnabled()
    page.actions_by_key["arrange"].trigger()
    assert not context.session.network.places


def test_all_parts_have_names_for_screen_readers(make_page, tiny_network, facts):
    page: NetworkPage = make_page(tiny_network, facts=facts)
    for widget in (page.library.search, page.library.list, page.history_pane.list, page.left.fold_button):
        assert widget.accessibleName()
