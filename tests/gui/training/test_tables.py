"""Tables that grow: no text is cut, and no row is measured twice."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

from designer.gui.training.tables import CellsModel, table_of


@pytest.fixture
def model():
    return CellsModel(("Epoch", "Rate"))


@pytest.fixture
def view(model, qtbot):
    table = table_of(model, "Epochs")
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    qtbot.waitExposed(table)
    return table


def needed(view, text):
    font = QFont(view.font())
    font.setBold(True)
    return QFontMetrics(font).horizontalAdvance(text)


def test_columns_widen_as_rows_are_added(model, view, qtbot):
    rows = [(str(n), "0.001") for n in range(40)]
    model.show_rows(rows)
    qtbot.waitUntil(lambda: view.columnWidth(1) >= needed(view, "0.001"), timeout=5000)
    for text in ("0.000123", "0.000123456789", "0.1"):
        rows.append((str(len(rows)), text))
        model.show_rows(rows)
    qtbot.waitUntil(lambda: view.columnWidth(1) > needed(view, "0.000123456789"), timeout=5000)
    assert view.columnWidth(0) < view.columnWidth(1)


def test_columns_widen_with_a_cell_that_changes_and_begin_anew_with_other_columns(model, view, qtbot):
    model.show_rows([("1", "0.1"), ("2", "0.1")])
    model.show_rows([("1", "0.1"), ("2", "0.123456789123")], strong=1)
    qtbot.waitUntil(lambda: view.columnWidth(1) > needed(view, "0.123456789123"), timeout=5000)
    wide = view.columnWidth(1)
    model.show_columns(("Epoch", "Rate", "Note"))
    model.show_rows([("1", "0.1", "a note that is long"), ("2", "0.1", "")])
    qtbot.waitUntil(lambda: view.columnWidth(2) > needed(view, "a note that is long"), timeout=5000)
    model.show_columns(("Epoch", "Rate"))
    model.show_rows([("1", "0.1")])
    qtbot.waitUntil(lambda: view.columnWidth(1) < wide, timeout=5000)
    assert view.columnWidth(1) >= needed(view, "0.1")


class Asked(CellsModel):
    """Knows of which rows texts were asked for."""

    def __init__(self):
        super().__init__(("Epoch", "Rate"))
        self.asked = set()

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        self.asked.add(index.row())
        return super().data(index, role)


def test_a_new_best_row_asks_for_few_cells(qtbot):
    model = Asked()
    view = table_of(model, "Epochs")
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    qtbot.waitExposed(view)
    model.show_rows([(str(n), "0.001") for n in range(3000)], strong=7)
    qtbot.waitUntil(lambda: 2 in model.asked, timeout=5000)
    model.asked.clear()
    model.show_rows(list(model.rows), strong=2500)
    model.show_rows([*model.rows, ("3000", "0.0012345678")], strong=3000)
    view.scrollToBottom()
    qtbot.waitUntil(lambda: view.columnWidth(1) > needed(view, "0.0012345678"), timeout=5000)
    qtbot.waitUntil(lambda: 3000 in model.asked and 2998 in model.asked, timeout=5000)
    # What is in sight is painted; Qt's own way measures a thousand rows.
    assert len(model.asked) < 50
