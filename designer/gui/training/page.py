"""The training page: options, start and stop, live curves, status, epochs, runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from designer.gui.context import Context
from designer.gui.look.tokens import SPACE
from designer.gui.opening.opener import RunRequest
from designer.gui.page import Page
from designer.gui.step_header import StepHeader
from designer.gui.training.check_card import CheckCard
from designer.gui.training.epoch_table import EpochTable
from designer.gui.training.live import LiveRun
from designer.gui.training.options_panel import OptionsPanel
from designer.gui.training.rate_dialog import RateFinder
from designer.gui.training.record import Record
from designer.gui.training.run_table import RunTable
from designer.gui.training.state import PanelState, resolve
from designer.gui.training.status_strip import StatusStrip
from designer.gui.training.texts import (
    Status,
    going_on_text,
    live_cells,
    run_cells,
    status_of_record,
    status_of_run,
    stop_text,
)
from designer.gui.training.ways import Ways
from designer.messages import tr
from designer.session.results import Run

if TYPE_CHECKING:
    from designer.gui.training.curves.panel import Curves

WIDTH = 49 * SPACE
"""Pixels of the panel of options: enough for its longest choice beside its longest label."""
LOW = 720
"""Height of the page in pixels, without the results of a check, below which curves and tables take turns."""
FRAME = 20
"""Milliseconds in which the page is painted before the curves are made."""
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
        self.ways_button = self.header.add_button(tr("Compare ways ..."), "git-compare-arrows")
        self.start_button = self.header.add_button(tr("Start training"), "play", primary=True)
        self.ways = Ways(context, self.live, self)
        self.options = OptionsPanel(context)
        self.check = CheckCard(context)
        self.rate_finder = RateFinder(context, self)
        self.status = StatusStrip()
        self.epochs = EpochTable()
        self.runs = RunTable(self)
        self.tabs = QTabWidget()
        self.curves: Curves | None = None
        self._wanted_view: dict[str, Any] = {}
        self._selected: tuple[int, ...] = ()
        """Numbers of the runs that are shown, the one that goes on having the next after the last; none
        follow that one, or the last."""
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
        self.options.rate_button.clicked.connect(self.rate_finder.ask)
        self.ways_button.clicked.connect(self.ways.ask)
        self.ways.compared.connect(self._follow)
        self.live.changed.connect(self._update)
        self.live.told.connect(self._draw_soon)
        self.live.began.connect(self.check.checker.forget)
        self.live.began.connect(self._follow)
        self.check.checker.changed.connect(self._lay_out_curves)
        self.live.added.connect(self._follow)
        self.runs.chosen.connect(self._chosen)
        context.runner.started.connect(self._update)
        context.runner.ended.connect(self._update)
        self.observe(self._heard)
        self._update()

    def need(self) -> str:
        """See `Page.need`."""
        return self._resolve().need

    def shown(self) -> None:
        """See `Page.shown`. The curves come when all else has been painted: making them takes as long."""
        self._draw()
        if self.curves is None:
            QTimer.singleShot(FRAME, self, self.prepare)

    def opened_by(self, request: object) -> None:
        """Go on with a run that was broken off."""
        if isinstance(request, RunRequest):
            self.live.go_on(request.run)

    def closing(self) -> None:
        """Keep a stopped run only where its project has been saved."""
        self.live.keeping.leave()

    @property
    def run(self) -> Run | None:
        """The run that is shown, of several the last; None for the one that goes on, or for none."""
        runs = self.live.records.runs
        if self._selected:
            return runs[self._selected[-1] - 1] if self._selected[-1] <= len(runs) else None
        return runs[-1] if runs and not self.live.running else None

    def view_state(self) -> dict[str, Any]:
        """See `Page.view_state`: how the curves are looked at."""
        return self.curves.controls.choices() if self.curves is not None else dict(self._wanted_view)

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """See `Page.restore_view`."""
        self._wanted_view = dict(state)
        if self.curves is not None:
            self.curves.controls.choose(self._wanted_view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window curves and tables take turns."""
        super().resizeEvent(event)
        self._lay_out_curves()

    @Slot()
    def prepare(self) -> None:
        """See `Page.prepare`: the curves."""
        from designer.gui.training.curves.panel import Curves
        from designer.gui.training.curves.saving import CurvesSaver

        if self.curves is not None:
            return
        self.curves = Curves(self.context.look)
        self.curves.controls.choose(self._wanted_view)
        self.curves.controls.enlarge.toggled.connect(self._lay_out_curves)
        CurvesSaver(self.context, self.curves)
        self._upper.addWidget(self.curves, 1)
        self._lay_out_curves()
        self._draw()

    @Slot()
    def _lay_out_curves(self, _: bool = False) -> None:
        if self.curves is None:
            return
        enlarged = self.curves.controls.enlarge.isChecked()
        results = 0 if self.live.running else self.check.results_height()
        among_tabs = self.height() - results < LOW
        self.options.setVisible(not enlarged)
        if among_tabs != (self.tabs.indexOf(self.curves) == 0):
            if among_tabs:
                self.tabs.insertTab(0, self.curves, tr("Curves"))
                self.tabs.setCurrentIndex(0)
            else:
                self._upper.addWidget(self.curves, 1)
                self.curves.show()
        if among_tabs:
            # Its hint alone would leave room for lines that a text of this width does not have.
            needed = self._upper.heightForWidth(self._upper_part.width())
            self._upper_part.setFixedHeight(needed if needed > 0 else self._upper.sizeHint().height())
        else:
            # Small enough for the page to become low, whereupon curves and tables take turns.
            self._upper_part.setMinimumHeight(1)
            self._upper_part.setMaximumHeight(16_777_215)
        self.tabs.setVisible(among_tabs or (bool(self.runs.model.rows) and not enlarged))

    def _lay_out(self) -> None:
        self.options.setFixedWidth(WIDTH)
        self._upper_part = QWidget()
        self._upper = QVBoxLayout(self._upper_part)
        self._upper.setContentsMargins(0, 0, 0, 0)
        self._upper.setSpacing(SPACE)
        self._upper.addWidget(self.check)
        self._upper.addWidget(self.status)
        self.tabs.addTab(self.epochs.view, tr("Epochs"))
        self.tabs.addTab(self.runs.view, tr("Runs"))
        self.tabs.setCornerWidget(self.ways.use_button)
        self.tabs.setMinimumHeight(18 * SPACE)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self._upper_part)
        right.addWidget(self.tabs)
        right.setSizes([700, 140])
        right.setStretchFactor(0, 3)
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
            self._selected = ()
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
        self.ways_button.setVisible(not running)
        self.ways_button.setEnabled(state.can_start)
        self.ways_button.setToolTip(state.reason)
        self.stop_button.setEnabled(state.can_stop)
        self.stop_button.setVisible(running)
        self.pause_button.setVisible(running and not state.paused)
        self.pause_button.setEnabled(state.can_pause)
        self.resume_button.setVisible(state.paused)
        self.continue_button.setVisible(state.can_continue)
        way = self.live.records.way
        self.stop_button.setToolTip(stop_text(way))
        hint = going_on_text(way) if running else state.hint
        self.header.say(state.reason, hint, state.action, state.step)
        self._draw()

    @Slot()
    @Slot(object)
    def _follow(self, numbers: object = ()) -> None:
        """Follow the run that goes on, or show those of these `numbers`."""
        self._selected = numbers if isinstance(numbers, tuple) else ()
        self._update()

    @Slot()
    def _chosen(self) -> None:
        chosen = tuple(row + 1 for row in self.runs.rows)
        # What goes on is followed, and so is what comes after it.
        self._selected = () if chosen == self.live.records.followed else chosen
        self._draw()

    @Slot()
    def _draw_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _draw(self) -> None:
        run, records = self.run, self.live.records
        record: Record | None = None
        options = self.context.session.training_options
        status = Status(tr("Not trained yet"), done=0.0)
        if run is not None:
            record, options = records.of(run), run.options
            status = status_of_run(run, record)
        elif records.record is not None and records.options is not None:
            record, options = records.record, records.options
            status = status_of_record(record, stopping=self.live.stopping, paused=self.live.paused)
        self.status.show_status(status)
        self.ways.show(run)
        self.epochs.show_epochs(record, options, follow=self.live.running)
        self._show_runs()
        if self.curves is not None and self.isVisible() and not self.window().isMinimized():
            data = self.context.session.data
            self.curves.multilabel = data is not None and data.multilabel
            self.curves.show_runs(records.shown(self._selected or records.followed))

    def _show_runs(self) -> None:
        records = self.live.records
        rows = [(run_cells(run), run.options) for run in records.runs]
        labels = [run.multilabel for run in records.runs]
        if records.record is not None and records.options is not None:
            name = records.way.name if records.way is not None else ""
            cells = live_cells(len(rows) + 1, records.options, records.record, name)
            rows.append((cells, records.options))
            labels.append(records.record.multilabel)
        shown = [number for number in self._selected if number <= len(rows)] or records.followed
        self.runs.show_runs(rows, [number - 1 for number in shown if number > 0], labels)
        self._lay_out_curves()
        self.tabs.setTabText(self.tabs.indexOf(self.runs.view), tr("Runs ({count})", count=len(rows)))
