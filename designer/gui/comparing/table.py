"""The list of what differs: one line for each layer that came, went or changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from designer.gui.comparing.state import ROLES, SIGNS, Row, words
from designer.gui.look.row_hover import RowHover
from designer.gui.look.style import Look
from designer.messages import tr

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
SIGN, NAME, KIND, TEXT, PARAMETERS, SHAPE, WEIGHTS = range(7)
WIDTHS = (30, 166, 184, 146, 104, 226, 110)
_NOWHERE = QModelIndex()


class ComparisonModel(QAbstractTableModel):
    """The rows; sorting is by `SORT`."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(WIDTHS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        titles = (
            "",
            tr("Layer"),
            tr("Kind"),
            tr("What changed"),
            tr("Parameters"),
            tr("Output"),
            tr("Weights"),
        )
        tips = (
            tr("Added, removed or changed"),
            tr("Name of the layer"),
            tr("Kind of layer"),
            tr("Settings and other values, before and after"),
            tr("How many learnable values more or fewer"),
            tr("Shape of the output, before and after"),
            tr("How far the weights are from what they were"),
        )
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tips[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == PARAMETERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        row, column = self.rows[index.row()], index.column()
        texts = (
            SIGNS[row.state],
            row.name,
            row.kind,
            row.text,
            row.parameters,
            row.shape,
            row.weights,
        )
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[column]
        if role == SORT:
            if column == SIGN:
                return list(SIGNS).index(row.state)
            return row.parameter_delta if column == PARAMETERS else texts[column].lower()
        if role == Qt.ItemDataRole.ForegroundRole and column in (SIGN, PARAMETERS):
            return QColor(str(getattr(self._look.colours, ROLES.get(row.state, "text_muted"))))
        if role == Qt.ItemDataRole.FontRole and column == SIGN:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            if column == SIGN:
                return Qt.AlignmentFlag.AlignCenter
            if column == PARAMETERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column, texts[column])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken if column == SIGN else texts[column]
        return None

    def _tip(self, row: Row, column: int, text: str) -> str:
        if column == SIGN:
            return words()[row.state]
        if column == NAME and row.former_name:
            return tr("{name}, before: {former}", name=row.name, former=row.former_name)
        return text


class ComparisonTable(QTableView):
    """The list.

    Signals:
        chosen(row): the user has gone to a line.
    """

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ComparisonModel(look, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(SORT)
        self._sorted.setSourceModel(self._model)
        self.setModel(self._sorted)
        self.setAccessibleName(tr("What differs"))
        RowHover(self, names=NAME)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicatorClearable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for number, width in enumerate(WIDTHS):
            header.resizeSection(number, width)
        self.setColumnHidden(WEIGHTS, True)
        self.selectionModel().currentRowChanged.connect(self._choose)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, in the order in which they are shown."""
        places = (
            self._sorted.mapToSource(self._sorted.index(n, 0)).row() for n in range(self._sorted.rowCount())
        )
        return tuple(self._model.rows[place] for place in places)

    def show_rows(self, rows: tuple[Row, ...], *, weights: bool) -> None:
        """Show these rows; `weights`: with the column for them."""
        self._model.show_rows(rows)
        self.setColumnHidden(WEIGHTS, not weights)

    def seek(self, side: str, layer_id: str) -> None:
        """Go to the line of a layer of one side, 'before' or 'after', if there is one."""
        for place, row in enumerate(self._model.rows):
            if (row.before if side == "before" else row.after) == layer_id:
                self.setCurrentIndex(self._sorted.mapFromSource(self._model.index(place, NAME)))
                return

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, current: QModelIndex, former: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._model.rows[self._sorted.mapToSource(current).row()])
