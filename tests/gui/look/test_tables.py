"""Tables of whole rows, sorted by their titles."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from designer.gui.look.tables import SORT, HeaderEnd, RowsModel, SortedTable

ROWS = (("b", 2), ("a", 10), ("c", 1))


class Figures(RowsModel[tuple[str, int]]):
    """A name and a figure, which is sorted as a number though it is shown as a text."""

    def title(self, section, role):
        return ("Name", "Figure")[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        value = self.rows[index.row()][index.column()]
        if role == SORT:
            return value
        return str(value) if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture
def table(qtbot, context):
    model = Figures(2)
    model.replace_rows(ROWS)
    made = SortedTable("Figures", model, QSortFilterProxyModel(), (60, 80))
    made.show()
    return made


def names(table) -> list[str]:
    return [table.model().index(n, 0).data() for n in range(table.model().rowCount())]


def test_titles_sort_upwards_downwards_and_back_to_the_order_of_the_model(table, qtbot):
    header = table.horizontalHeader()
    title = QPoint(header.sectionViewportPosition(1) + 20, header.height() // 2)
    seen = [names(table)]
    for _ in range(3):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=title)
        seen.append(names(table))
    assert seen == [["b", "a", "c"], ["c", "b", "a"], ["a", "b", "c"], ["b", "a", "c"]]


def test_shown_rows_lead_to_those_of_the_model_and_back(table):
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert table.places == (2, 0, 1)
    for shown, row in enumerate(table.places):
        assert table.row_of(table.model().index(shown, 1)) == row
        assert table.cell_of(row, 1).row() == shown
        assert table.cell_of(row, 1).data() == str(ROWS[row][1])


def test_titles_belong_to_columns_alone(table):
    model = table.model().sourceModel()
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Figure"
    assert model.headerData(1, Qt.Orientation.Vertical) is None
    assert (model.rowCount(), model.columnCount()) == (3, 2)
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert [table.columnWidth(n) for n in (0, 1)] == [60, 80]


def test_tab_leaves_the_table_and_a_click_chooses_the_row(table, qtbot):
    around = QWidget()
    column = QVBoxLayout(around)
    after = QLineEdit()
    column.addWidget(table)
    column.addWidget(after)
    around.show()
    around.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 0)).center()
    )
    assert [index.column() for index in table.selectedIndexes()] == [0, 1]
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert table.accessibleName() == "Figures"


def test_the_scroll_bar_begins_below_the_titles(table, qtbot):
    table.model().sourceModel().replace_rows(ROWS * 40)
    table.resize(260, 200)
    bar, header = table.verticalScrollBar(), table.horizontalHeader()
    qtbot.waitUntil(bar.isVisible)
    end = table.findChild(HeaderEnd)
    assert end.isVisible()
    top = bar.mapTo(table, QPoint(0, 0)).y()
    assert top == header.geometry().bottom() + 1
    assert end.mapTo(table, QPoint(0, 0)).y() == header.y()
    # The line under the titles goes on to the border.
    shot = table.grab().toImage()
    line = shot.pixelColor(60, header.geometry().bottom())
    assert shot.pixelColor(table.width() - 5, header.geometry().bottom()) == line
    assert line != shot.pixelColor(table.width() - 5, header.geometry().bottom() - 3)


def test_without_titles_the_scroll_bar_begins_at_the_top(table, qtbot):
    table.horizontalHeader().hide()
    table.model().sourceModel().replace_rows(ROWS * 40)
    table.resize(260, 200)
    qtbot.waitUntil(table.verticalScrollBar().isVisible)
    assert table.findChild(HeaderEnd).height() == 0
