"""The library panel: sections that fold, the search, keys and what is dragged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.catalog.library import ENTRIES, SECTIONS
from designer.gui.editing.library.drawing import drag_picture
from designer.gui.editing.library.model import MIME
from designer.gui.editing.library.panel import LibraryPanel
from designer.gui.editing.library.rows import BLOCK, rows_of


@pytest.fixture
def panel(context, qtbot) -> LibraryPanel:
    made = LibraryPanel(context.look)
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show()
    return made


def test_every_entry_has_a_row_under_its_heading():
    rows = rows_of("", ())
    assert [row.key for row in rows if row.key] != []
    assert {row.key for row in rows if row.key} == set(ENTRIES)
    assert [row.section for row in rows if not row.key] == [
        s for s in SECTIONS if s in {r.section for r in rows}
    ]
    for row in rows:
        assert row.title
        assert row.text
    heading = next(row for row in rows if row.title == "Convolution" and not row.key)
    assert heading.text == str(sum(entry.section == "Convolution" for entry in ENTRIES.values()))


def test_folding_hides_the_entries():
    rows = rows_of("", {"Convolution"})
    assert not any(row.key and row.section == "Convolution" for row in rows)
    assert next(row for row in rows if row.section == "Convolution").folded


def test_the_search_is_flat_and_finds_what_is_folded():
    rows = rows_of("batch norm", set(SECTIONS))
    assert rows[0].key.startswith("BatchNorm")
    assert all(row.key for row in rows)
    assert rows_of("qqqqxyz", ()) == ()


def test_colours(context):
    by_key = {row.key: row for row in rows_of("", ())}
    assert by_key["Conv2d"].category == "Convolution"
    assert by_key["residual"].category == BLOCK


def test_typing_and_enter_adds_what_is_marked(panel, qtbot):
    panel.focus_search()
    QTest.keyClicks(panel.search, "max pool")
    assert panel.list.row.key == "MaxPool2d"
    with qtbot.waitSignal(panel.add_asked) as asked:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert asked.args == ["MaxPool2d"]
    former = panel.list.row.key
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.list.row.key != former


def test_escape_clears_and_then_leaves(panel, qtbot):
    panel.focus_search()
    QTest.keyClicks(panel.search, "relu")
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    with qtbot.waitSignal(panel.left):
        QTest.keyClick(panel.search, Qt.Key.Key_Escape)


def test_nothing_found_is_said(panel):
    panel.search.setText("qqqqxyz")
    assert panel.empty.isVisible()
    panel.search.clear()
    assert not panel.empty.isVisible()


def test_folding_by_keys(panel):
    panel.list.setFocus()
    panel.list.mark_heading("Convolution")
    QTest.keyClick(panel.list, Qt.Key.Key_Left)
    assert panel.list.row.folded
    assert panel.list.row.section == "Convolution"
    QTest.keyClick(panel.list, Qt.Key.Key_Right)
    assert not panel.list.row.folded
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert panel.list.row.key
    QTest.keyClick(panel.list, Qt.Key.Key_Left)
    assert panel.list.row.key == ""


def test_letters_in_the_list_go_into_the_search(panel):
    panel.list.setFocus()
    panel.list.mark("Conv2d")
    QTest.keyClick(panel.list, Qt.Key.Key_G)
    assert panel.search.text() == "g"
    assert panel.search.hasFocus()


def test_what_the_marked_entry_does_is_told(panel):
    panel.list.mark("Conv2d")
    assert panel.details.isVisible()
    assert panel._formula.text() == ENTRIES["Conv2d"].formula
    panel.show_place("Goes after fc")
    assert panel._where.text() == "Goes after fc"
    panel.list.mark_heading("Linear")
    assert not panel.details.isVisible()


def test_clicking_folds_and_a_double_click_adds(panel, qtbot):
    heading = panel.list.visualRect(panel.list.rows_model.index(0))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=heading.center())
    assert panel.list.rows_model.rows[0].folded
    panel._fold("Convolution")
    entry = panel.list.visualRect(panel.list.rows_model.index(1))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=entry.center())
    with qtbot.waitSignal(panel.add_asked) as asked:
        QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=entry.center())
    assert asked.args == [panel.list.rows_model.rows[1].key]


def test_what_is_dragged(panel, context):
    model = panel.list.rows_model
    number = model.number_of("ReLU")
    mime = model.mimeData([model.index(number)])
    assert bytes(mime.data(MIME).data()) == b"ReLU"
    assert model.flags(model.index(number)) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    picture = drag_picture(model.rows[number], context.look, panel.font(), 2.0)
    assert picture.width() > 2 * 40
    assert picture.devicePixelRatio() == 2.0


def test_what_is_folded_is_remembered(panel, context, qtbot):
    panel._fold("Linear")
    state = panel.view_state()
    other = LibraryPanel(context.look)
    qtbot.addWidget(other)
    other.restore_view(state)
    assert next(r for r in other.list.rows_model.rows if r.section == "Linear").folded
    other.restore_view({"folded": ["no such", 3]})
    assert not any(row.folded for row in other.list.rows_model.rows)
    other.restore_view({"folded": "x"})
    other.restore_view({})
