"""The counts of each class where pictures have several labels: two by two, one class below the other."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from designer.gui.evaluation.label_texts import COUNTS, TITLES, cell_text
from designer.gui.look.tables import LEFT, RIGHT, SORT, Index, RowsModel, dress_rows
from designer.messages import tr
from designer.session.label_report import LabelReport, LabelScore


class LabelsModel(RowsModel[LabelScore]):
    """A row for each class: found and missed, wrongly said and rightly not said."""

    def __init__(self) -> None:
        super().__init__(1 + len(COUNTS))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name or count; in words for those who hear it."""
        score = self.rows[index.row()]
        count = COUNTS[index.column() - 1] if index.column() else ""
        if role == SORT:
            return getattr(score, count) if count else score.name
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{getattr(score, count):,}" if count else score.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return cell_text(score, count) if count else score.name
        return RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and count else None

    def title(self, section: int, role: int) -> Any:
        """See `RowsModel`."""
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLES[section - 1]) if section else tr("Class")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section else LEFT
        return None


class LabelTable(QTableView):
    """Shows the counts; one that is chosen has its pictures shown beside it."""

    chosen = Signal(object)
    """Number of a class and name of a count, or None for none."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = LabelsModel()
        self._order = QSortFilterProxyModel(self)
        self._order.setSourceModel(self.counts)
        self._order.setSortRole(SORT)
        self.setModel(self._order)
        dress_rows(self, tr("Counts of the classes; those of a chosen count are shown beside it"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setMinimumSectionSize(72)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.selectionModel().currentChanged.connect(self._tell)

    def show_report(self, report: LabelReport | None) -> None:
        """Show the counts of `report`, none of them chosen."""
        self.counts.replace_rows(report.per_class if report is not None else ())

    def choose(self, cell: tuple[int, str] | None) -> None:
        """Choose a count of a class, or none."""
        index = QModelIndex()
        if cell is not None:
            source = self.counts.index(cell[0], 1 + COUNTS.index(cell[1]))
            index = self._order.mapFromSource(source)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)

    @Slot()
    def _tell(self) -> None:
        index = self._order.mapToSource(self.currentIndex())
        counted = index.isValid() and index.column() > 0
        self.chosen.emit((index.row(), COUNTS[index.column() - 1]) if counted else None)
