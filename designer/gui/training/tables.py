"""Tables of texts: the epochs of a run, and the runs of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, Qt, Slot
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from designer.gui.look.tables import Index, dress_rows
from designer.messages import tr

_NOWHERE = QModelIndex()


class CellsModel(QAbstractTableModel):
    """Rows of texts; one row may stand out in bold.

    Args:
        columns: English titles.
        left: numbers of the columns that are aligned to the left; all others are numbers.
    """

    def __init__(self, columns: Sequence[str], left: Sequence[int] = ()) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._left = frozenset(left)
        self._rows: list[tuple[str, ...]] = []
        self._strong = -1

    @property
    def columns(self) -> tuple[str, ...]:
        """Titles."""
        return self._columns

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What is shown."""
        return tuple(self._rows)

    @property
    def strong(self) -> int:
        """Number of the row in bold, -1 for none."""
        return self._strong

    def show_columns(self, columns: Sequence[str]) -> None:
        """Have these titles; the first ones stay as they are, and rows must be given anew."""
        kept = min(len(columns), len(self._columns))
        if len(self._columns) > kept:
            self.beginRemoveColumns(QModelIndex(), kept, len(self._columns) - 1)
            self._columns = self._columns[:kept]
            self._rows = [row[:kept] for row in self._rows]
            self.endRemoveColumns()
        elif len(columns) > kept:
            self.beginInsertColumns(QModelIndex(), kept, len(columns) - 1)
            self._columns = tuple(columns)
            self._rows = [row + ("",) * (len(columns) - kept) for row in self._rows]
            self.endInsertColumns()
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)

    def show_rows(self, rows: Sequence[tuple[str, ...]], strong: int = -1) -> None:
        """Show `rows`; rows that were only added at the end leave the selection and the view alone."""
        known = len(self._rows)
        if len(rows) >= known and list(rows[:known]) == self._rows:
            if len(rows) > known:
                self.beginInsertRows(QModelIndex(), known, len(rows) - 1)
                self._rows.extend(rows[known:])
                self.endInsertRows()
        elif len(rows) == known:
            before, self._rows = self._rows, list(rows)
            for number in range(known):
                if before[number] != self._rows[number]:
                    self._tell(number, number)
        else:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
        if strong != self._strong:
            former, self._strong = self._strong, strong
            for row in (former, strong):
                if 0 <= row < len(self._rows):
                    self._tell(row, row)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment and weight of a cell."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and index.row() == self._strong:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(self._columns[section])
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _alignment(self, column: int) -> Any:
        side = Qt.AlignmentFlag.AlignLeft if column in self._left else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    def _tell(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))


class WideningTable(QTableView):
    """Columns as wide as their widest text, which grow with it; `CellsModel.show_columns` begins anew.

    Qt widens them only when a cell is changed, not when a row is added, and measures a thousand rows then.
    Here each text is measured once.
    """

    def __init__(self, model: CellsModel) -> None:
        super().__init__()
        self._widths: list[int] = []
        self._measured = 0
        # Before the titles hear of it, which ask how wide columns are to be.
        model.modelReset.connect(self._begin_anew)
        model.columnsInserted.connect(self._begin_anew)
        model.columnsRemoved.connect(self._begin_anew)
        model.dataChanged.connect(self._measure_changed)
        self._cells = model
        self.setModel(model)
        model.rowsInserted.connect(self._widen)

    def sizeHintForColumn(self, column: int) -> int:
        """Pixels that the texts of a column need, in bold too."""
        self._measure(self._measured, len(self._cells.rows))
        return self._widths[column] if column < len(self._widths) else -1

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in another font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._begin_anew()
        super().changeEvent(event)

    @Slot()
    def _begin_anew(self) -> None:
        self._widths, self._measured = [], 0

    @Slot()
    def _widen(self) -> None:
        before = list(self._widths)
        self._measure(self._measured, len(self._cells.rows))
        if self._widths != before:
            self.resizeColumnsToContents()

    @Slot(QModelIndex, QModelIndex)
    def _measure_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._measure(first.row(), min(last.row() + 1, self._measured))

    def _measure(self, first: int, end: int) -> None:
        """Know the widths of rows from `first` to before `end`."""
        rows = self._cells.rows[first:end]
        if not rows:
            return
        self._measured = max(self._measured, end)
        bold = QFont(self.font())
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        self._widths += [0] * (len(self._cells.columns) - len(self._widths))
        for column, texts in enumerate(zip(*rows, strict=True)):
            advances = [metrics.horizontalAdvance(text) for text in texts]
            widest = max(advances)
            row = first + advances.index(widest)
            # What lies around the text, as the style has it.
            own = metrics if row == self._cells.strong else self.fontMetrics()
            text = texts[row - first]
            hint = self.sizeHintForIndex(self._cells.index(row, column)).width()
            needed = hint + widest - own.horizontalAdvance(text)
            self._widths[column] = max(self._widths[column], needed)


def table_of(model: CellsModel, name: str, *, several: bool = False) -> WideningTable:
    """A view of whole rows, each column as wide as its texts; `several` of them may be selected."""
    view = WideningTable(model)
    dress_rows(view, name)
    modes = QAbstractItemView.SelectionMode
    view.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
    header = view.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setMinimumSectionSize(48)
    return view
