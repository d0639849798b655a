"""By keyboard around the canvas: where Tab and Escape lead, and what screen readers are told of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from designer.gui import announcing
from designer.gui.editing.telling import told
from designer.gui.notices import Notice, NoticeBar
from designer.network.edits import SetInputs
from designer.session.problems import EMPTY_INPUT
from designer.session.results import Problem

from ...keyboard import focused, heard
from .conftest import make_facts


class Reader:
    """Stands in for Qt's door to screen readers: one is there, and writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def isActive(self) -> bool:
        return True

    def updateAccessibility(self, event) -> None:
        self.told.append(event.message())


@pytest.fixture
def told_news(monkeypatch) -> list[str]:
    reader = Reader()
    monkeypatch.setattr(announcing, "QAccessible", reader)
    return reader.told


def test_each_edit_undo_and_redo_is_told(page, keys, told_news, settle):
    keys.press("Home", "Down", "Shift+Down", "Space")
    assert told_news == ["Freeze 2 layers"]
    stack = page.context.history.stack
    stack.undo()
    stack.redo()
    assert told_news[1:] == ["Undone: Freeze 2 layers", "Freeze 2 layers"]
    keys.press("Ctrl+D")
    settle()
    page.context.history.go_to(0)
    page.context.history.go_to(2)
    assert told_news[-2:] == ["2 steps undone", "2 steps done again"]


def test_what_is_told_of_a_walk_through_the_history():
    assert told(0, (), 1, ("Add",)) == "Add"
    assert told(2, ("Add", "Freeze"), 1, ("Add", "Freeze")) == "Undone: Freeze"
    assert told(2, ("Add", "Freeze"), 2, ("Add", "Set")) == ""


def test_what_is_found_in_the_library_is_told(page, keys, told_news):
    keys.press("Ctrl+L")
    keys.type("dropo")
    assert told_news[-1].startswith("Dropout, 1 of ")
    keys.press("Down")
    assert ", 2 of " in told_news[-1]
    keys.type("zzz")
    assert told_news[-1] == "Nothing is called so."


def test_what_is_found_in_the_network_is_told(page, keys, told_news):
    keys.press("Ctrl+F")
    keys.type("conv")
    assert told_news[-1] == "2 found"
    keys.press("Return")
    assert told_news[-1] == "stem.conv, 1 of 2"
    keys.press("Return")
    assert told_news[-1] == "block.conv, 2 of 2"


def test_notices_are_told(qtbot, context, told_news):
    bar = NoticeBar(context.look)
    bar.show_notice(Notice("It cannot be deleted.", "A network needs it."))
    assert told_news == ["It cannot be deleted. A network needs it."]


def test_escape_leads_back_to_the_canvas_from_everywhere(page, keys):
    view = page.canvas.view
    page.selection.select(["stem.conv"])
    keys.press("Return")
    assert heard() == "Name of the layer"
    # The first Escape is the field's, while something is typed there.
    keys.type("x")
    keys.press("Esc")
    assert focused() is not view
    keys.press("Esc")
    assert focused() is view
    page.right.show_tab(page.history_pane)
    page.left.show_tab(page.table)
    for widget in (page.history_pane.list, page.table.table, page.table.search, page.right.tabs.tabBar()):
        widget.setFocus()
        keys.press("Esc")
        assert focused() is view, widget
    assert page.selection.layers == ("stem.conv",)


def test_tab_leads_through_the_page_in_the_order_that_is_seen(page, keys, context, tiny_network):
    context.session.set_facts(
        make_facts(
            tiny_network, Problem("error", "fc", "fc is wrong"), Problem("error", "drop", "drop is wrong")
        )
    )
    page.selection.select(["stem.conv"])
    order = []
    page.canvas.view.setFocus()
    while not order or (focused() is not page.canvas.view or page.canvas.gestures.keys.spot is not None):
        keys.press("Tab")
        order.append(focused())
        assert len(order) < 100
    pane = [w for w in order if page.pane.isAncestorOf(w)]
    problems = [w for w in order if w is page.problems.title or page.problems.isAncestorOf(w)]
    crumbs = [w for w in order if page.canvas.furniture.crumbs.isAncestorOf(w)]
    assert all(w.accessibleName() or getattr(w, "text", str)() for w in pane)
    assert problems[:3] == [page.problems.title, *page.problems.rows]
    for group in (pane, problems, crumbs):
        places = [order.index(w) for w in group]
        assert places == list(range(places[0], places[0] + len(places)))
    assert order.index(crumbs[-1]) < order.index(page.canvas.furniture.bar.buttons["search"])
    assert order.index(problems[-1]) < order.index(page.right.tabs.tabBar()) < order.index(pane[0])
    # A field comes before the button that takes its value back.
    stride = page.pane.layer.form
    assert order.index(stride.resets["padding"]) > order.index(stride.editors["padding"].widget)


def test_a_remedy_is_chosen_by_tab_and_enter_and_the_keyboard_comes_back(page, keys, context, settle):
    page.apply(SetInputs("fc", (None,)))
    settle()
    context.session.set_facts(
        make_facts(
            context.session.network, Problem("error", "fc", "Input 1 of layer 'fc' is empty.", EMPTY_INPUT)
        )
    )
    page.problems.title.setFocus()
    keys.press("Tab")
    assert heard() == "Problem: Input 1 of layer 'fc' is empty."
    keys.press("Tab")
    assert heard() == "Connect drop to fc"
    keys.press("Tab")
    assert heard() == "Delete fc"
    keys.press("Shift+Tab", "Shift+Tab")
    assert heard() == "Problem: Input 1 of layer 'fc' is empty."
    keys.press("Tab")
    assert heard() == "Connect drop to fc"
    keys.press("Return")
    assert context.session.network.inputs["fc"][0] is not None
    settle()
    context.session.set_facts(make_facts(context.session.network))
    assert not page.problems.rows
    assert focused() is page.canvas.view


def test_folding_a_panel_takes_the_keyboard_only_from_itself(page, keys):
    view = page.canvas.view
    page.library.search.setFocus()
    view.setFocus()
    keys.press("F9", "F10")
    assert focused() is view
    keys.press("F9", "F10")
    assert focused() is view
    page.library.search.setFocus()
    keys.press("F9")
    assert focused() is page.left.open_button
    keys.press("F9")
    assert focused() is page.left.fold_button


def test_menus_have_names(page):
    for key, menu in page._actions.menus.items():
        assert menu.accessibleName() == page._actions.bar.findChild(QToolButton, f"menu {key}").text()


def test_down_leads_from_the_search_into_the_table(page, keys):
    page.left.show_tab(page.table)
    page.table.search.setFocus()
    keys.type("conv")
    keys.press("Down")
    assert focused() is page.table.table
    assert page.selection.layers == ("stem.conv",)
    assert QApplication.focusWidget().focusPolicy() & Qt.FocusPolicy.TabFocus
