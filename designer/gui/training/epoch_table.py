"""The table of a run's epochs, which grows while the run goes on."""

from __future__ import annotations

from designer.gui.training.record import Record
from designer.gui.training.tables import CellsModel, table_of
from designer.gui.training.texts import EPOCH_COLUMNS, EPOCH_COLUMNS_OF_LABELS, epoch_cells
from designer.messages import tr
from designer.session.options import TrainingOptions


class EpochTable:
    """Shows the epochs of one run, the best in bold.

    Attributes:
        model, view: Qt's.
    """

    def __init__(self) -> None:
        self.model = CellsModel(EPOCH_COLUMNS, left=(7,))
        self.view = table_of(self.model, tr("Epochs of the run"))
        self._record: Record | None = None
        self._cells: list[tuple[str, ...]] = []

    def show_epochs(self, record: Record | None, options: TrainingOptions, *, follow: bool) -> None:
        """Show a run's epochs; the last stays in sight if it was and `follow` is set."""
        if record is not self._record:
            self._record, self._cells = record, []
        rows = record.rows if record is not None else []
        self._cells.extend(epoch_cells(row, options) for row in rows[len(self._cells) :])
        several = record is not None and record.multilabel
        self.model.show_columns(EPOCH_COLUMNS_OF_LABELS if several else EPOCH_COLUMNS)
        bar = self.view.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        self.model.show_rows(self._cells, record.best_index if record is not None else -1)
        if at_end and follow:
            self.view.scrollToBottom()
