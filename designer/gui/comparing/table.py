"""The list of what differs: one line for each layer that came, went or changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from designer.gui.comparing.state import ROLES, SIGNS, Row, words
from designer.gui.look.row_hover import RowHover
from designer.gui.look.style import Look
from designer.gui.look.tables import RIGHT, SORT, Index, RowsModel, SortedTable
from designer.messages import tr

SIGN, NAME, KIND, TEXT, PARAMETERS, SHAPE, WEIGHTS = range(7)
WIDTHS = (30, 166, 184, 190, 104, 226, 110)
"""Pixels of the columns where there is room; what changed takes what is left."""
LEAST = (30, 100, 90, 190, 96, 110, 90)
"""Pixels of the columns in a narrow window: texts are cut before what changed is out of sight."""


def shared(room: int, shown: Sequence[int]) -> dict[int, int]:
    """Widths of the columns shown, by number, in a table `room` pixels wide.

    More room than `WIDTHS` need goes to what changed; with less, the others become narrower alike, down to
    `LEAST`.
    """
    wanted, least = sum(WIDTHS[n] for n in shown), sum(LEAST[n] for n in shown)
    if room >= wanted:
        return {n: WIDTHS[n] + (room - wanted if n == TEXT else 0) for n in shown}
    part = max(room - least, 0) / max(wanted - least, 1)
    return {n: int(LEAST[n] + (WIDTHS[n] - LEAST[n]) * part) for n in shown}


class ComparisonModel(RowsModel[Row]):
    """The rows; sorting is by `SORT`."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(len(WIDTHS), parent)
        self._look = look

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        if rows != self.rows:
            self.replace_rows(rows)

    def title(self, section: int, role: int) -> Any:
        """See `RowsModel`."""
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
            return RIGHT
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
                return RIGHT
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


class ComparisonTable(SortedTable):
    """The list.

    Signals:
        chosen(row): the user has gone to a line.
    """

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        model = ComparisonModel(look)
        super().__init__(tr("What differs"), model, QSortFilterProxyModel(), WIDTHS, parent)
        self._model = model
        RowHover(self, names=NAME)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setMinimumSectionSize(28)
        self.setColumnHidden(WEIGHTS, True)
        self._sharing = self._by_hand = False
        self.horizontalHeader().sectionResized.connect(self._keep)
        self.selectionModel().currentRowChanged.connect(self._choose)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, in the order in which they are shown."""
        return tuple(self._model.rows[place] for place in self.places)

    def show_rows(self, rows: tuple[Row, ...], *, weights: bool) -> None:
        """Show these rows; `weights`: with the column for them."""
        self._model.show_rows(rows)
        self.setColumnHidden(WEIGHTS, not weights)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt: the columns share the room, until someone has drawn one to a width."""
        super().resizeEvent(event)
        self._share()

    def seek(self, side: str, layer_id: str) -> None:
        """Go to the line of a layer of one side, 'before' or 'after', if there is one."""
        for place, row in enumerate(self._model.rows):
            if (row.before if side == "before" else row.after) == layer_id:
                self.setCurrentIndex(self.cell_of(place, NAME))
                return

    def _share(self) -> None:
        if self._by_hand:
            return
        self._sharing = True
        shown = [n for n in range(len(WIDTHS)) if not self.isColumnHidden(n)]
        for number, width in shared(self.viewport().width(), shown).items():
            self.setColumnWidth(number, width)
        self._sharing = False

    @Slot(int, int, int)
    def _keep(self, column: int, before: int, after: int) -> None:
        # A column that is hidden or shown changes its width as well.
        self._by_hand = self._by_hand or not (self._sharing or 0 in (before, after))

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, current: QModelIndex, former: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._model.rows[self.row_of(current)])
