from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem, QTableView

from designer.gui.look.row_hover import RowHover


def test_the_pointer_marks_its_whole_row(qtbot):
    table = QTableView()
    qtbot.addWidget(table)
    model = QStandardItemModel(3, 2, table)
    table.setModel(model)
    hover = RowHover(table)
    table.resize(400, 300)
    table.show()

    def marked() -> list[tuple[int, int]]:
        found = []
        for row in range(3):
            for column in range(2):
                option = QStyleOptionViewItem()
                hover.initStyleOption(option, model.index(row, column))
                if option.state & QStyle.StateFlag.State_MouseOver:
                    found.append((row, column))
        return found

    assert marked() == []
    where = table.visualRect(model.index(1, 1)).center()
    QTest.mouseMove(table.viewport(), where)
    qtbot.waitUntil(lambda: marked() == [(1, 0), (1, 1)])
    QTest.mouseMove(table.viewport(), where + QPoint(0, 150))
    qtbot.waitUntil(lambda: marked() == [])
    QTest.mouseMove(table.viewport(), where)
    qtbot.waitUntil(lambda: bool(marked()))
    QApplication.sendEvent(table.viewport(), QEvent(QEvent.Type.Leave))
    assert marked() == []
