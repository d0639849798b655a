"""The training page: options, start and stop, live curves, status, epochs, runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from designer.gui.context import Context
from designer.gui.look.tokens import SPACE
from designer.gui.opening.opener import RunRequest
from designer.gui.page import Page
from designer.gui.step_header import StepHeader
from designer.gui.training.check_card import CheckCard
from designer.gui.training.live import LiveRun
from designer.gui.training.options_panel import OptionsPanel
from designer.gui.training.rate_dialog import RateDialog, RateFinder
from designer.gui.training.record import Record, best_epoch
from designer.gui.training.state import PanelState, resolve
from designer.gui.training.status_strip import StatusStrip
from designer.gui.training.tables import CellsModel, table_of
from designer.gui.training.texts import (
    EPOCH_COLUMNS,
    RUN_COLUMNS,
    Status,
    epoch_cells,
    live_cells,
    run_cells,
    status_of_record,
    status_of_run,
)
from designer.messages import tr
from designer.session.results import Run

if TYPE_CHECKING:
    from designer.gui.training.curves import Curves

WIDTH = 49 * SPACE
"""Pixels of the panel of options: enough for its longest choice beside its longest label."""
PERIOD = 50
"""Milliseconds between two drawings: at most 20 a second."""


class TrainingPage(Page):
    """Puts the parts together, and shows the run that is chosen or goes on."""

    step: ClassVar[str] = "training"
    title: ClassVar[str] = "Training"
    icon_name: ClassVar[str] = "graduation-cap"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.live = LiveRun(context, self)
        self.header = StepHeader(tr("Training"), context.look, context.go_to)
        self.stop_button = self.header.add_button(tr("Stop"), "square")
        self.pause_button = self.header.add_button(tr("Pause"), "pause")
        self.resume_button = self.header.add_button(tr("Resume"), "play", primary=True)
        self.continue_button = self.header.add_button(tr("Go on with the stopped run"), "play")
        self.start_button = self.header.add_button(tr("Start training"), "play", primary=True)
        self.options = OptionsPanel(context)
        self.check = CheckCard(context)
        self.rate_finder = RateFinder(context, self)
        self.status = StatusStrip()
        self.epochs = CellsModel(EPOCH_COLUMNS)
        self.runs = CellsModel(RUN_COLUMNS, left=(0, 1, 4))
        self.epoch_table = table_of(self.epochs, tr("Epochs of the run"))
        self.run_table = table_of(self.runs, tr("Runs"))
        self.tabs = QTabWidget()
        self.curves: Curves | None = None
        self._selected = 0
        """Number of the run that is shown; 0 follows the one that goes on, or the last."""
        self._showing = False
        self._celled: Record | None = None
        self._cells: list[tuple[str, ...]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self._draw)
        self._lay_out()
        self.start_button.clicked.connect(self.live.start)
        self.stop_button.clicked.connect(self.live.stop)
        self.pause_button.clicked.connect(self.live.pause)
        self.resume_button.clicked.connect(self.live.pause)
        self.continue_button.clicked.connect(self.live.continue_stopped)
        self.options.rate_button.clicked.connect(self._find_rate)
        self.live.changed.connect(self._update)
        self.live.told.connect(self._draw_soon)
        self.live.began.connect(self._follow)
        self.live.added.connect(self._follow)
        self.run_table.selectionModel().selectionChanged.connect(self._chosen)
        context.runner.started.connect(self._update)
        context.runner.ended.connect(self._update)
        self.observe(self._heard)
        self._update()

    def need(self) -> str:
        """See `Page.need`."""
        return self._resolve().need

    def shown(self) -> None:
        """Make the curves, which load pyqtgraph, when the page is first seen."""
        if self.curves is None:
            from designer.gui.training.curves import Curves

            self.curves = Curves(self.context.look)
            self._upper.addWidget(self.curves, 1)
        self._draw()

    def opened_by(self, request: object) -> None:
        """Go on with a run that was broken off."""
        if isinstance(request, RunRequest):
            self.live.go_on(request.run)

    def closing(self) -> None:
        """Keep a stopped run only where its project has been saved."""
        self.live.keeping.leave()

    @property
    def run(self) -> Run | None:
        """The run that is shown; None for the one that goes on, and while there is none."""
        runs = self.context.session.runs
        if 0 < self._selected <= len(runs):
            return runs[self._selected - 1]
        return runs[-1] if runs and not self.live.running else None

    def _lay_out(self) -> None:
        self.options.setFixedWidth(WIDTH)
        upper = QWidget()
        self._upper = QVBoxLayout(upper)
        self._upper.setContentsMargins(0, 0, 0, 0)
        self._upper.setSpacing(SPACE)
        self._upper.addWidget(self.check)
        self._upper.addWidget(self.status)
        self.tabs.addTab(self.epoch_table, tr("Epochs"))
        self.tabs.addTab(self.run_table, tr("Runs"))
        self.tabs.setMinimumHeight(22 * SPACE)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(upper)
        right.addWidget(self.tabs)
        right.setSizes([600, 200])
        right.setStretchFactor(0, 2)
        right.setStretchFactor(1, 1)
        right.setChildrenCollapsible(False)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        middle.addWidget(self.options)
        middle.addWidget(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.header)
        column.addLayout(middle, 1)

    def _resolve(self) -> PanelState:
        session = self.context.session
        return resolve(
            session.network,
            session.facts,
            session.data,
            training=self.live.running,
            stopping=self.live.stopping,
            paused=self.live.paused,
            stopped=self.live.keeping.stopped,
            busy_with=self.busy_with,
        )

    def _heard(self, topic: str) -> None:
        if topic == "opened":
            self.live.forget()
            self._selected = 0
        elif topic == "file":
            self.live.keeping.saved()
        if topic in ("opened", "options"):
            self.options.show_options()
        self._update()

    @Slot()
    def _update(self, _: object = None) -> None:
        state = self._resolve()
        running = self.live.running
        self.check.setVisible(not running)
        self.options.rate_button.setEnabled(state.can_start)
        self.options.rate_button.setToolTip(
            state.reason or tr("Tries rates from very small to very large on a copy.")
        )
        self.start_button.setEnabled(state.can_start)
        self.start_button.setToolTip(state.reason)
        self.start_button.setVisible(not running)
        self.stop_button.setEnabled(state.can_stop)
        self.stop_button.setVisible(running)
        self.pause_button.setVisible(running and not state.paused)
        self.pause_button.setEnabled(state.can_pause)
        self.resume_button.setVisible(state.paused)
        self.continue_button.setVisible(state.can_continue)
        hint = tr("You may go on editing; other options hold for the next run.") if running else state.hint
        self.header.say(state.reason, hint, state.action, state.step)
        self._draw()

    @Slot()
    def _find_rate(self) -> None:
        RateDialog.ask(self.context, self.rate_finder, self)

    @Slot()
    def _follow(self, _: int = 0) -> None:
        self._selected = 0
        self._update()

    @Slot()
    def _chosen(self) -> None:
        if self._showing:
            return
        chosen = self.run_table.selectionModel().selectedRows()
        if chosen:
            # The row after the last run is the one that goes on.
            row = chosen[0].row()
            self._selected = row + 1 if row < len(self.context.session.runs) else 0
            self._draw()

    @Slot()
    def _draw_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _draw(self) -> None:
        run = self.run
        record: Record | None = None
        epochs = self.context.session.training_options.all_epochs
        status = Status(tr("Not trained yet"), done=0.0)
        if run is not None:
            record, epochs, status = self.live.record_of(run), run.options.all_epochs, status_of_run(run)
        elif self.live.record is not None and self.live.options is not None:
            record, epochs = self.live.record, self.live.options.all_epochs
            status = status_of_record(record, stopping=self.live.stopping, paused=self.live.paused)
        self.status.show_status(status)
        self._show_epochs(record)
        self._show_runs()
        if self.curves is not None and self.isVisible():
            self.curves.show_record(record, epochs)

    def _show_epochs(self, record: Record | None) -> None:
        if record is not self._celled:
            self._celled, self._cells = record, []
        rows = record.rows if record is not None else []
        self._cells.extend(epoch_cells(row) for row in rows[len(self._cells) :])
        best = best_epoch(rows)
        strong = next((index for index, row in enumerate(rows) if row.epoch == best), -1)
        bar = self.epoch_table.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        self.epochs.show_rows(self._cells, strong)
        if at_end and self.live.running:
            self.epoch_table.scrollToBottom()

    def _show_runs(self) -> None:
        runs = self.context.session.runs
        rows = [run_cells(run) for run in runs]
        if self.live.record is not None and self.live.options is not None:
            rows.append(live_cells(len(runs) + 1, self.live.options, self.live.record.rows))
        self.runs.show_rows(rows)
        self.tabs.setVisible(bool(rows))
        self.tabs.setTabText(1, tr("Runs ({count})", count=len(rows)))
        wanted = self._selected - 1 if 0 < self._selected <= len(rows) else len(rows) - 1
        chosen = self.run_table.selectionModel().selectedRows()
        if wanted >= 0 and [index.row() for index in chosen] != [wanted]:
            self._showing = True
            self.run_table.selectRow(wanted)
            self._showing = False
