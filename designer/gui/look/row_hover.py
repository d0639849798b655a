"""Tables whose rows are chosen as a whole: the pointer marks the whole row too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Slot
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem


class RowHover(QStyledItemDelegate):
    """Marks each cell of the row that the pointer is on, as the style sheet marks the one cell."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self.row = -1
        view.setMouseTracking(True)
        view.entered.connect(self._enter)
        view.viewportEntered.connect(self._leave)
        view.viewport().installEventFilter(self)
        view.setItemDelegate(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The pointer has left the table."""
        if event.type() == QEvent.Type.Leave:
            self._leave()
        return super().eventFilter(watched, event)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        super().initStyleOption(option, index)
        over = QStyle.StateFlag.State_MouseOver
        option.state = option.state | over if index.row() == self.row else option.state & ~over

    @Slot(QModelIndex)
    def _enter(self, index: QModelIndex) -> None:
        self._mark(index.row())

    @Slot()
    def _leave(self) -> None:
        self._mark(-1)

    def _mark(self, row: int) -> None:
        if row != self.row:
            self.row = row
            self._view.viewport().update()
