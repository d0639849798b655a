"""Tables whose rows are chosen as a whole: how they look, and those that their titles sort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
"""Role under which a cell gives what it is sorted by."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ROW = 28
"""Pixels of a row."""
_NOWHERE = QModelIndex()
R = TypeVar("R")


def dress_rows(view: QTableView, name: str, height: int = ROW) -> None:
    """Let a view show whole rows, `height` pixels high, and call it `name` for those who hear it."""
    view.setAccessibleName(name)
    view.setShowGrid(False)
    # Tab leaves the table: a keyboard gets past it.
    view.setTabKeyNavigation(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(height)
    view.horizontalHeader().setHighlightSections(False)
    HeaderEnd(view)


class HeaderEnd(QWidget):
    """Goes on with the titles of a table over its scroll bar, which begins below them."""

    def __init__(self, view: QTableView) -> None:
        super().__init__()
        header = view.horizontalHeader()
        self.setObjectName("headerEnd")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        view.addScrollBarWidget(self, Qt.AlignmentFlag.AlignTop)
        header.installEventFilter(self)
        self.setFixedHeight(header.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be as high as the titles."""
        if isinstance(event, QResizeEvent):
            self.setFixedHeight(event.size().height())
        elif event.type() == QEvent.Type.Hide:
            # Perhaps the last that is heard of the titles.
            self.setFixedHeight(0)
        elif event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            self.setFixedHeight(watched.height())
        return super().eventFilter(watched, event)


class RowsModel(QAbstractTableModel, Generic[R]):
    """One row for each value of a tuple; a kind of table says what its cells and titles show.

    Attributes:
        rows: what is shown.
    """

    def __init__(self, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self.rows: tuple[R, ...] = ()

    def replace_rows(self, rows: tuple[R, ...]) -> None:
        """Show others from the start."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def title(self, section: int, role: int) -> Any:
        """What a column's title gives for a role."""
        return None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """See Qt."""
        return 0 if parent.isValid() else self._columns

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt: `title` for the columns, nothing for the rows."""
        return self.title(section, role) if orientation == Qt.Orientation.Horizontal else None


class SortedTable(QTableView):
    """A table that its titles sort: upwards, downwards, and back to the order of the model.

    Args:
        name: of the table, for those who hear it.
        model: its rows.
        order: sorts them, by `SORT`.
        widths: of the columns at first, in pixels.
    """

    def __init__(
        self,
        name: str,
        model: QAbstractTableModel,
        order: QSortFilterProxyModel,
        widths: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._order = model, order
        model.setParent(self)
        order.setParent(self)
        order.setSortRole(SORT)
        order.setSourceModel(model)
        self.setModel(order)
        dress_rows(self, name)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicatorClearable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for number, width in enumerate(widths):
            header.resizeSection(number, width)

    def row_of(self, index: Index) -> int:
        """Number of the model's row that a shown cell stands for."""
        return self._order.mapToSource(index).row()

    def cell_of(self, row: int, column: int) -> QModelIndex:
        """Where a cell of the model is shown; an index that is nowhere when it is not."""
        return self._order.mapFromSource(self._source.index(row, column))

    @property
    def places(self) -> tuple[int, ...]:
        """Numbers of the model's rows, in the order in which they are shown."""
        return tuple(self.row_of(self._order.index(n, 0)) for n in range(self._order.rowCount()))
