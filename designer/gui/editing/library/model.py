"""The library's rows as Qt's model, and what is dragged out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from designer.catalog.library import ENTRIES
from designer.gui.editing.library.rows import Row
from designer.messages import tr

Index = QModelIndex | QPersistentModelIndex

MIME = "application/x-netgraft-layer"
"""An entry that is dragged: its key as UTF-8."""


class LibraryModel(QAbstractListModel):
    """A list of headings and entries."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def number_of(self, key: str) -> int:
        """Number of an entry's row, -1 when it is not shown."""
        return next((number for number, row in enumerate(self.rows) if row.key and row.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See Qt."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = 0) -> Any:
        """See Qt."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if row.key:
                return f"{row.title}. {row.text}"
            state = tr("folded") if row.folded else tr("unfolded")
            return tr("{title}, {count} entries, {state}", title=row.title, count=row.text, state=state)
        if role == Qt.ItemDataRole.ToolTipRole and row.key:
            entry = ENTRIES[row.key]
            return "\n".join(part for part in (row.title, row.text, entry.formula) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self.rows[index.row()].key:
            found |= Qt.ItemFlag.ItemIsDragEnabled
        return found

    def mimeTypes(self) -> list[str]:
        """See Qt."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """See Qt."""
        made = QMimeData()
        for index in indexes:
            key = self.rows[index.row()].key
            if key:
                made.setData(MIME, key.encode())
        return made
