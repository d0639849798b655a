from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHoverEvent, QStandardItemModel
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

    def point(kind: QEvent.Type, where: QPointF) -> None:
        QApplication.sendEvent(table.viewport(), QHoverEvent(kind, where, QPointF(table.pos()), QPointF()))

    assert marked() == []
    where = QPointF(table.visualRect(model.index(1, 1)).center())
    # The table may come up below a pointer that rests.
    point(QEvent.Type.HoverEnter, where)
    assert marked() == [(1, 0), (1, 1)]
    point(QEvent.Type.HoverMove, where + QPointF(0, 150))
    assert marked() == []
    point(QEvent.Type.HoverMove, where)
    assert marked() == [(1, 0), (1, 1)]
    point(QEvent.Type.HoverLeave, where)
    assert marked() == []
