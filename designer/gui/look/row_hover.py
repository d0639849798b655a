"""Tables whose rows are chosen as a whole: the pointer marks the whole row too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QHoverEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem


class RowHover(QStyledItemDelegate):
    """Marks each cell of the row that the pointer is on, as the style sheet marks the one cell.

    In the column `names` texts are shortened in the middle: names of layers differ at their ends.
    """

    def __init__(self, view: QAbstractItemView, names: int = -1) -> None:
        super().__init__(view)
        self._names = names
        self._view = view
        self.row = -1
        self._port = view.viewport()
        self._port.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._port.installEventFilter(self)
        view.setItemDelegate(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer, also where the table came up below it."""
        if isinstance(event, QHoverEvent):
            over = event.type() != QEvent.Type.HoverLeave
            self._mark(self._view.indexAt(event.position().toPoint()).row() if over else -1)
        # Qt's own filter is for editors; it would take the view's port for one.
        return watched is not self._port and super().eventFilter(watched, event)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        super().initStyleOption(option, index)
        over = QStyle.StateFlag.State_MouseOver
        option.state = option.state | over if index.row() == self.row else option.state & ~over
        if index.column() == self._names:
            option.textElideMode = Qt.TextElideMode.ElideMiddle

    def _mark(self, row: int) -> None:
        if row != self.row:
            self.row = row
            self._view.viewport().update()
