"""The table of runs, of which several may be selected to lay them over each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal, Slot

from designer.gui.training.differing import differing, option_text, option_title
from designer.gui.training.tables import CellsModel, table_of
from designer.gui.training.texts import OPTIONS_COLUMN, RUN_COLUMNS, run_columns
from designer.messages import tr
from designer.session.options import TrainingOptions

LISTED = ("epochs",)
"""Options that have a column at all times."""

Row = tuple[tuple[str, ...], TrainingOptions]
"""Cells of a run, and its options."""


class RunTable(QObject):
    """Shows runs; of several that are selected it shows the options that differ.

    Attributes:
        model, view: Qt's.
    """

    chosen = Signal()
    """The user has selected other rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.model = CellsModel(RUN_COLUMNS, left=(0, 1, 4))
        self.view = table_of(self.model, tr("Runs"), several=True)
        self._showing = False
        self._extra = 0
        """Columns for options that differ."""
        self.view.selectionModel().selectionChanged.connect(self._tell)

    @property
    def rows(self) -> list[int]:
        """Numbers of the selected rows."""
        return sorted({index.row() for index in self.view.selectionModel().selectedIndexes()})

    def show_runs(self, runs: Sequence[Row], wanted: Sequence[int], labels: Sequence[bool] = ()) -> None:
        """Show runs, the rows `wanted` being selected.

        Args:
            runs: cells and options of each.
            wanted: rows.
            labels: of each run whether its pictures have several labels.
        """
        names = differing([runs[row][1] for row in wanted]) if len(wanted) > 1 else ()
        names = tuple(name for name in names if name not in LISTED)
        rows = [(*cells, *(option_text(name, options) for name in names)) for cells, options in runs]
        self._showing = True
        self.model.show_columns((*run_columns(labels), *(option_title(name) for name in names)))
        self.model.show_rows(rows)
        # What differs says more than the summary, and there is not room for both.
        self.view.setColumnHidden(OPTIONS_COLUMN, bool(names))
        if self.rows != list(wanted) or len(names) != self._extra:
            self._select(wanted)
        self._extra = len(names)
        self._showing = False

    def _select(self, rows: Sequence[int]) -> None:
        """Select whole rows, with the columns that there are now."""
        flags = QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        for row in rows:
            index = self.model.index(row, 0)
            chosen.select(index, index)
        self.view.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    @Slot()
    def _tell(self) -> None:
        if not self._showing and self.rows:
            self.chosen.emit()
