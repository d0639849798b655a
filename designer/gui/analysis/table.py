"""The table of an analysis: sorted and searched, with bars that show where the weight lies."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QRectF, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QWidget

from designer.catalog.analysis import Analysis, LayerRow
from designer.gui.analysis.columns import COLUMNS, TIME, spoken
from designer.gui.look.icons import icon
from designer.gui.look.row_hover import RowHover
from designer.gui.look.style import Look
from designer.gui.look.tables import RIGHT, SORT, Index, RowsModel, SortedTable
from designer.messages import tr

SHARE = Qt.ItemDataRole.UserRole + 1
SHORTEST = 3.0
"""Pixels of the shortest bar: a shorter one would be a speck."""
ROOM = "\u2003"
"""An empty letter as wide as the arrow."""


class AnalysisModel(RowsModel[LayerRow]):
    """One row for each layer."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(len(COLUMNS), parent)
        self._look = look
        self._most: tuple[float, ...] = ()

    def show_rows(self, rows: tuple[LayerRow, ...]) -> None:
        """Show other rows."""
        most = tuple(
            max((float(column.value(row)) for row in rows), default=0.0) if column.number else 0.0
            for column in COLUMNS
        )
        if [row.layer_id for row in rows] == [row.layer_id for row in self.rows]:
            self.rows, self._most = rows, most
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self._most = most
        self.replace_rows(rows)

    def title(self, section: int, role: int) -> Any:
        """See `RowsModel`."""
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(column.title)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(column.tip)
        return RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and column.number else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt; `SORT` gives what a cell is sorted by, `SHARE` its share of the greatest."""
        row, place = self.rows[index.row()], index.column()
        column = COLUMNS[place]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == SORT:
            return column.value(row)
        if role == SHARE:
            most = self._most[place]
            return max(float(column.value(row)), 0.0) / most if column.number and most > 0 else 0.0
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.number else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row) if place == 0 else f"{tr(column.title)} {column.text(row)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((column.text(row), *(p.message for p in row.problems if place == 0)))
        if role == Qt.ItemDataRole.DecorationRole and place == 0:
            return self._mark(row)
        return None

    def _mark(self, row: LayerRow) -> Any:
        colours = self._look.colours
        if row.problems:
            error = any(problem.severity == "error" for problem in row.problems)
            return icon("triangle-alert", colours, "danger" if error else "warning")
        return icon("lock", colours, "frozen") if row.frozen else None


class _Rows(QSortFilterProxyModel):
    """Sorts by values, and keeps rows in which all words of the search are found."""

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()

    def search(self, text: str) -> None:
        """Keep the rows with all these words in name, kind, group or shapes."""
        self._words = tuple(text.lower().split())
        self.invalidate()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt: where the title stands on the right, it leaves room for the arrow of the order."""
        found = super().headerData(section, orientation, role)
        sorted_by = section == self.sortColumn() and COLUMNS[section].number
        return f"{found}{ROOM}" if sorted_by and role == Qt.ItemDataRole.DisplayRole else found

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        """See Qt."""
        model = self.sourceModel()
        assert isinstance(model, AnalysisModel)
        texts = " ".join(column.text(model.rows[row]) for column in COLUMNS[:5]).lower()
        return all(word in texts for word in self._words)


class _Bars(RowHover):
    """Paints, behind the numbers, how much of the greatest each is."""

    def __init__(self, view: QAbstractItemView, look: Look) -> None:
        super().__init__(view, names=0)
        self._look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See Qt."""
        super().paint(painter, option, index)
        share = index.data(SHARE)
        if share:
            # Below the number: a thin line, so that it is read on any background.
            full = option.rect.adjusted(4, 0, -4, 0)
            width = full.width() * share
            if width >= SHORTEST:
                where = QRectF(full.right() + 1 - width, full.bottom() - 3, width, 2)
                painter.fillRect(where, QColor(self._look.colours.accent))


class AnalysisTable(SortedTable):
    """The table.

    Signals:
        chosen(layer id): a row was double-clicked, or Enter pressed on it.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        model, rows = AnalysisModel(look), _Rows()
        super().__init__(tr("Layers"), model, rows, [column.width for column in COLUMNS], parent)
        self._model, self._rows = model, rows
        _Bars(self, look)
        header = self.horizontalHeader()
        # Names take what room is left.
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(60)
        self.setColumnHidden(TIME, True)
        self.activated.connect(self._choose)

    @property
    def shown(self) -> tuple[str, ...]:
        """Ids of the layers that are shown, in order."""
        return tuple(self._model.rows[place].layer_id for place in self.places)

    def show_analysis(self, analysis: Analysis) -> None:
        """Show the rows of an analysis; the column of times while there are any."""
        self._model.show_rows(analysis.rows)
        self.setColumnHidden(TIME, analysis.measured is None)

    def sort_by(self, column: int, order: Qt.SortOrder = Qt.SortOrder.DescendingOrder) -> None:
        """Sort by a column; -1 for the order of the network."""
        self.horizontalHeader().setSortIndicator(column, order)

    @Slot(str)
    def search(self, text: str) -> None:
        """Show the rows with all words of `text` alone."""
        self._rows.search(text)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.rows[self.row_of(index)].layer_id)
