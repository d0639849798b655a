"""The table's model: shows rows, and asks for edits; what it shows changes once the network has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from designer.catalog.actions import freeze, rename, set_rates
from designer.errors import EditError
from designer.gui.editing.properties.values import BIAS_RATE, WEIGHT_RATE, parsed
from designer.gui.editing.table.rows import COLUMNS, PLACES, Row, ids_of, middle_of, runs_of
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr

Index = QModelIndex | QPersistentModelIndex

FROZEN, NAME = PLACES["frozen"], PLACES["name"]
RATES = {PLACES["weights"]: WEIGHT_RATE, PLACES["bias"]: BIAS_RATE}
LAST = len(COLUMNS) - 1

# Made once: Qt asks each cell again and again while rows are selected.
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_TICKED = _PLAIN | Qt.ItemFlag.ItemIsUserCheckable
_TYPED = _PLAIN | Qt.ItemFlag.ItemIsEditable

SWATCH = 8, 16
"""Pixels of the colour before a name."""


class TableModel(QAbstractTableModel):
    """Rows that are sorted and filtered already.

    Signals:
        asked(action): a tick was changed, a name or a factor typed; the action makes a network's edit.
        refused(exception): what was typed does not fit.
        sort_asked(column, descending): the user wants another order; -1 for the network's.
    """

    asked = Signal(object)
    refused = Signal(object)
    sort_asked = Signal(int, bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._swatches: dict[str, QPixmap] = {}
        self._places: dict[str, int] | None = None
        self.rows: tuple[Row, ...] = ()
        look.changed.connect(self._dress)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows; only what differs is told of, so that the view stays where it is."""
        old, new = ids_of(self.rows), ids_of(rows)
        if old == new:
            before, self.rows = self.rows, rows
            self._tell_changed([n for n, row in enumerate(rows) if row is not before[n]])
            return
        start, left, right = middle_of(old, new)
        kept, end = rows[:start], rows[right:]
        # Rows at both ends may have changed values as well.
        changed = [n for n in range(start) if kept[n] is not self.rows[n]]
        behind = zip(end, self.rows[left:], strict=True)
        changed += [right + n for n, (row, old_row) in enumerate(behind) if row is not old_row]
        if left > start:
            self.beginRemoveRows(QModelIndex(), start, left - 1)
            self._set((*kept, *end))
            self.endRemoveRows()
        if right > start:
            self.beginInsertRows(QModelIndex(), start, right - 1)
            self._set(rows)
            self.endInsertRows()
        self._set(rows)
        self._tell_changed(changed)

    def refresh(self, rows: Sequence[Row]) -> None:
        """Show other values of layers that are shown already; the cost does not grow with the others."""
        numbers = {place: row for row in rows if (place := self.place(row.layer.id)) is not None}
        if numbers:
            shown = list(self.rows)
            for number, row in numbers.items():
                shown[number] = row
            self.rows = tuple(shown)
            self._tell_changed(sorted(numbers))

    def place(self, layer_id: str) -> int | None:
        """Number of a layer's row; None when it is not shown."""
        if self._places is None:
            self._places = {layer_id: number for number, layer_id in enumerate(ids_of(self.rows))}
        return self._places.get(layer_id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See Qt."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """See Qt."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if section == FROZEN and role == Qt.ItemDataRole.DecorationRole:
            return icon("lock", self._look.colours, "text_muted")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr(column.tip)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column.number)
        return tr(column.title) if role == Qt.ItemDataRole.DisplayRole and column.title else None

    def data(self, index: Index, role: int = 0) -> Any:
        """See Qt."""
        if not index.isValid():
            return None
        row, number = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[number].text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[number].number)
        if role == Qt.ItemDataRole.CheckStateRole and number == FROZEN and row.tick:
            return Qt.CheckState.Checked if row.tick == "on" else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and number == NAME:
            return self._swatch(row.category)
        if role == Qt.ItemDataRole.EditRole:
            return COLUMNS[number].text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, number)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr(COLUMNS[number].tip)}: {COLUMNS[number].copied(row)}"
        return None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        """See Qt: the edit is asked for; the row changes once the network has."""
        row, number = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.CheckStateRole and number == FROZEN:
            frozen = Qt.CheckState(value) == Qt.CheckState.Checked
            self.asked.emit(partial(freeze, layer_ids=(row.layer.id,), frozen=frozen))
            return True
        if role != Qt.ItemDataRole.EditRole:
            return False
        text = str(value).strip()
        if number == NAME and text != row.layer.name:
            self.asked.emit(partial(rename, layer_id=row.layer.id, name=text))
        elif number in RATES and text != COLUMNS[number].text(row):
            self._set_rate(row, number, text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        row, number = self.rows[index.row()], index.column()
        if number == FROZEN:
            return _TICKED if row.tick else _PLAIN
        return _TYPED if number == NAME or (row.learns and number in RATES) else _PLAIN

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """See Qt: who fills the model sorts."""
        self.sort_asked.emit(column, order == Qt.SortOrder.DescendingOrder)

    def _set_rate(self, row: Row, number: int, text: str) -> None:
        try:
            rate = float(parsed(RATES[number], text))
        except EditError as error:
            self.refused.emit(error)
            return
        weight, bias = (rate, None) if number == PLACES["weights"] else (None, rate)
        ids = (row.layer.id,)
        self.asked.emit(partial(set_rates, layer_ids=ids, weight_rate=weight, bias_rate=bias))

    def _set(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        self._places = None

    def _tell_changed(self, numbers: Sequence[int]) -> None:
        for first, last in runs_of(numbers):
            self.dataChanged.emit(self.index(first, 0), self.index(last, LAST))

    def _swatch(self, category: str) -> QPixmap:
        if category not in self._swatches:
            made = QPixmap(2 * SWATCH[0], 2 * SWATCH[1])
            made.setDevicePixelRatio(2.0)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.fillRect(2, 2, 4, 12, QColor(self._look.colours.category.get(category, "#808080")))
            painter.end()
            self._swatches[category] = made
        return self._swatches[category]

    @Slot()
    def _dress(self) -> None:
        self._swatches.clear()
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, LAST))


def _alignment(number: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    # A name in a right-to-left script stays at its column's left too.
    return side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute


def _tip(row: Row, number: int) -> str:
    column = COLUMNS[number]
    if number == NAME:
        return f"{row.kind} {row.layer.name}"
    if number == FROZEN:
        if not row.tick:
            return tr("{name} has nothing to freeze.", name=row.layer.name)
        return tr("Frozen: stays as it is.") if row.tick == "on" else tr("Training changes it.")
    exact = column.copied(row)
    return f"{tr(column.tip)}: {exact}" if exact else ""
