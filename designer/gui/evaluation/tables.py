"""Tables of a report: the scores of the classes, and the matrix for those who read it as a table."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from designer.gui.look.tables import LEFT, RIGHT, ROW, SORT, Index, RowsModel, dress_rows
from designer.messages import tr
from designer.session.label_report import LabelReport, LabelScore
from designer.session.results import ClassScore, Report

_NOWHERE = QModelIndex()
SCORE_COLUMNS = ("Class", "Precision", "Recall", "F1", "Pictures", "Average precision")
ONE_CLASS = 5
"""How many of these columns there are where pictures have one class each."""


class ScoresModel(RowsModel[ClassScore | LabelScore]):
    """One row for each class; numbers are sorted as numbers."""

    def __init__(self) -> None:
        super().__init__(ONE_CLASS)

    def show_report(self, report: Report | LabelReport | None) -> None:
        """Show the scores of `report`."""
        self.beginResetModel()
        self._columns = len(SCORE_COLUMNS) if isinstance(report, LabelReport) else ONE_CLASS
        self.rows = report.per_class if report is not None else ()
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, sorting value and alignment of a cell."""
        score = self.rows[index.row()]
        values: tuple[Any, ...] = (score.name, score.precision, score.recall, score.f1, score.count)
        if isinstance(score, LabelScore):
            # No picture shows the class: it is not known.
            known = score.average_precision
            values = (*values, math.nan if known is None else known)
        value = values[index.column()]
        if role == SORT:
            return value if value == value else -1.0
        if role == Qt.ItemDataRole.DisplayRole and value != value:
            return "–"
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{100 * value:.1f} %" if isinstance(value, float) else str(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return RIGHT
        return None

    def title(self, section: int, role: int) -> Any:
        """See `RowsModel`."""
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(SCORE_COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section else LEFT
        return None


class CountsModel(QAbstractTableModel):
    """The matrix as a table: a row for each true class, a column for each predicted one."""

    def __init__(self) -> None:
        super().__init__()
        self._report: Report | None = None

    def show_report(self, report: Report | None) -> None:
        """Show the counts of `report`."""
        self.beginResetModel()
        self._report = report
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Number of classes."""
        return 0 if parent.isValid() or self._report is None else len(self._report.classes)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Number of classes."""
        return self.rowCount(parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The count of a cell."""
        if self._report is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self._report.confusion[index.row()][index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr(
                "{count} pictures of {truth} taken for {predicted}",
                count=self._report.confusion[index.row()][index.column()],
                truth=self._report.classes[index.row()],
                predicted=self._report.classes[index.column()],
            )
        return RIGHT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the classes."""
        if self._report is not None and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._report.classes[section]
        right = role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal
        return RIGHT if right else None


def scores_table(model: ScoresModel) -> QTableView:
    """A view of the scores that can be sorted by each column."""
    view = QTableView()
    dress_rows(view, tr("Scores of the classes"))
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    sorted_model = QSortFilterProxyModel(view)
    sorted_model.setSourceModel(model)
    sorted_model.setSortRole(SORT)
    view.setModel(sorted_model)
    view.setSortingEnabled(True)
    view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    header = view.horizontalHeader()
    header.setMinimumSectionSize(96)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return view


def counts_table(model: CountsModel) -> QTableView:
    """A view of the counts; rows are the true classes."""
    view = QTableView()
    view.setAccessibleName(tr("Counts: rows are the true classes, columns the predicted ones"))
    view.setTabKeyNavigation(False)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.horizontalHeader().setHighlightSections(False)
    view.verticalHeader().setDefaultSectionSize(ROW)
    view.setModel(model)
    view.horizontalHeader().setMinimumSectionSize(56)
    view.horizontalHeader().setDefaultSectionSize(96)
    view.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
    view.verticalHeader().setMaximumWidth(240)
    view.verticalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
    return view
