"""The outline: all layers as a table, the canvas's twin in text, with the same selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from designer.gui.editing.canvas.content import kind_of, output_text, tick_of
from designer.gui.editing.selection import Selection
from designer.gui.look.icons import icon
from designer.gui.look.row_hover import RowHover
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import count_text, tr
from designer.network.network import Layer, Network
from designer.session.results import Facts

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One layer in the table; `tick` is 'on', 'off' or ''."""

    layer_id: str
    name: str
    kind: str
    category: str
    shape: str
    parameters: str
    tick: str


FROZEN, NAME, SHAPE, PARAMETERS, KIND = range(5)


def rows_of(network: Network | None, facts: Facts | None, wanted: str = "") -> tuple[OutlineRow, ...]:
    """The rows whose name or kind has `wanted` in it, in the order of the network."""
    needle = wanted.strip().lower()
    found = (_row(layer, facts) for layer in network) if network is not None else ()
    return tuple(row for row in found if needle in row.name.lower() or needle in row.kind.lower())


def _row(layer: Layer, facts: Facts | None) -> OutlineRow:
    kind = kind_of(layer)
    known = facts.layers.get(layer.id) if facts is not None else None
    return OutlineRow(
        layer.id,
        layer.name,
        layer.kind if kind is None else kind.title,
        "Shape" if kind is None else kind.category,
        output_text([layer.id], facts).replace(" × ", "×"),
        count_text(known.parameters) if known is not None and known.parameters else "",
        tick_of([layer]),
    )


def runs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs without a gap, each with its first and last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


class OutlineModel(QAbstractTableModel):
    """The table's model.

    Signals:
        freeze_asked(layer ids, frozen): a tick was set or taken away.
    """

    freeze_asked = Signal(object, bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._swatches: dict[str, QPixmap] = {}
        self.rows: tuple[OutlineRow, ...] = ()
        look.changed.connect(self._dress)

    def show_rows(self, rows: tuple[OutlineRow, ...]) -> None:
        """Show other rows; where the layers are the same, only their values are told of."""
        if [row.layer_id for row in rows] != [row.layer_id for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, KIND))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See Qt."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """See Qt."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if section == FROZEN and role == Qt.ItemDataRole.DecorationRole:
            return icon("lock", self._look.colours, "text_muted")
        texts = ("", tr("Name"), tr("Output"), tr("Param."), tr("Kind"))
        tips = (tr("Frozen"), tr("Name"), tr("Shape of the output"), tr("Parameters"), tr("Kind of layer"))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tips[section]
        return texts[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = 0) -> Any:
        """See Qt."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return ("", row.name, row.shape, row.parameters, row.kind)[column]
        if role == Qt.ItemDataRole.CheckStateRole and column == FROZEN and row.tick:
            return Qt.CheckState.Checked if row.tick == "on" else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return self._swatch(row.category)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.kind} {row.name}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (SHAPE, PARAMETERS):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        """See Qt: a tick is asked for; the row changes once the network has."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != FROZEN:
            return False
        frozen = Qt.CheckState(value) == Qt.CheckState.Checked
        self.freeze_asked.emit((self.rows[index.row()].layer_id,), frozen)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == FROZEN and self.rows[index.row()].tick:
            found |= Qt.ItemFlag.ItemIsUserCheckable
        return found

    def _swatch(self, category: str) -> QPixmap:
        if category not in self._swatches:
            made = QPixmap(16, 32)
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
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, KIND))


class Outline(QFrame):
    """The table with a field to search in it.

    Signals:
        chosen(layer id): the user chose a layer here, so the canvas should show it.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._network: Network | None = None
        self._facts: Facts | None = None
        self._following = False
        self._look = look
        self.setProperty("panel", True)
        self.model = OutlineModel(look, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search layers"))
        self.search.setAccessibleName(tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        self.table = QTableView()
        self.table.setModel(self.model)
        self._set_up_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        selection.changed.connect(self._follow)

    def show_network(self, network: Network | None, facts: Facts | None) -> None:
        """Show these layers."""
        self._network, self._facts = network, facts
        self._refresh()

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Layers"))
        small = QFont(table.font())
        small.setPixelSize(self._look.sizes.small)
        table.setFont(small)
        table.setShowGrid(False)
        RowHover(table)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setIconSize(QSize(8, 16))
        # Names differ at their end: 'blocks.3.1.project', 'blocks.3.1.project_norm'.
        table.setTextElideMode(Qt.TextElideMode.ElideLeft)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, width in ((FROZEN, 30), (NAME, 124), (SHAPE, 112), (PARAMETERS, 68), (KIND, 170)):
            header.resizeSection(number, width)
        header.setStretchLastSection(True)
        table.selectionModel().selectionChanged.connect(self._choose)

    @Slot()
    def _refresh(self) -> None:
        self._following = True
        self.model.show_rows(rows_of(self._network, self._facts, self.search.text()))
        self._following = False
        self._follow()

    @Slot()
    def _choose(self) -> None:
        if self._following:
            return
        numbers = sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})
        chosen = [self.model.rows[number].layer_id for number in numbers]
        self._following = True
        self._selection.select(chosen)
        self._following = False
        current = self.table.currentIndex().row()
        if chosen and 0 <= current < len(self.model.rows):
            self.chosen.emit(self.model.rows[current].layer_id)

    @Slot()
    def _follow(self) -> None:
        """Mark the selected layers' rows, and bring the first into sight."""
        if self._following:
            return
        self._following = True
        chosen = set(self._selection.layers)
        numbers = [number for number, row in enumerate(self.model.rows) if row.layer_id in chosen]
        marked = QItemSelection()
        for start, end in runs_of(numbers):
            marked.select(self.model.index(start, 0), self.model.index(end, KIND))
        model = self.table.selectionModel()
        model.select(marked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if numbers:
            where = self.model.index(numbers[0], NAME)
            current = QItemSelectionModel.SelectionFlag.NoUpdate
            model.setCurrentIndex(where, current)
            self.table.scrollTo(where)
        self._following = False
