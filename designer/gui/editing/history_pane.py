"""The list of all steps since the network was opened: a click leads to any of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget

from designer.gui.editing.history import History
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """The beginning and all steps after it; those that are undone are shown faded."""

    def __init__(self, history: History, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._look = look
        self._rows: tuple[str, ...] = (history.beginning, *history.texts())
        self._here = history.stack.index()
        self._saved = history.saved

    def refresh(self) -> None:
        """Show the history as it is now."""
        rows = (self._history.beginning, *self._history.texts())
        same = 0
        for old, new in zip(self._rows, rows, strict=False):
            if old != new:
                break
            same += 1
        if same < len(self._rows):
            self.beginRemoveRows(QModelIndex(), same, len(self._rows) - 1)
            self._rows = self._rows[:same]
            self.endRemoveRows()
        if same < len(rows):
            self.beginInsertRows(QModelIndex(), same, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
        place = (self._history.stack.index(), self._history.saved)
        if place != (self._here, self._saved):
            self._here, self._saved = place
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See Qt."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = 0) -> Any:
        """See Qt."""
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[row]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._said(row)
        if role == Qt.ItemDataRole.ForegroundRole and row > self._here:
            return QColor(self._look.colours.text_muted)
        if role == Qt.ItemDataRole.FontRole and row > self._here:
            font = QFont()
            font.setItalic(True)
            return font
        if role == Qt.ItemDataRole.DecorationRole:
            if row == self._saved:
                return icon("save", self._look.colours, "accent")
            name = "folder-open" if not row else "circle"
            return icon(name, self._look.colours, "text_muted" if row != self._here else "accent")
        return None

    def _said(self, row: int) -> str:
        parts = [self._rows[row]]
        if row == self._here:
            parts.append(tr("this is how it is now"))
        if row > self._here:
            parts.append(tr("undone"))
        if row == self._saved:
            parts.append(tr("saved"))
        return ", ".join(parts)


class HistoryPane(QWidget):
    """The list."""

    def __init__(self, history: History, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._following = False
        self.model = HistoryModel(history, look, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setAccessibleName(tr("History"))
        self.list.setProperty("bare", True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(14, 14))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.list)
        history.changed.connect(self._follow)
        self.list.selectionModel().currentRowChanged.connect(self._go)
        look.changed.connect(self._dress)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self._following = True
        self.model.refresh()
        here = self.model.index(self._history.stack.index())
        self.list.selectionModel().setCurrentIndex(here, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(here)
        self._following = False

    @Slot(QModelIndex, QModelIndex)
    def _go(self, current: QModelIndex, former: QModelIndex) -> None:
        if not self._following and current.isValid():
            self._history.go_to(current.row())

    @Slot()
    def _dress(self) -> None:
        self.list.viewport().update()
