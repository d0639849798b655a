"""The analysis window: figures and layers of the open network, in step with it, and saved as a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from designer import settings
from designer.catalog.analysis import Analysis, Measured
from designer.gui.analysis.cards import Cards
from designer.gui.analysis.state import resolve
from designer.gui.analysis.table import AnalysisTable
from designer.gui.aside import AsideWindow
from designer.gui.context import Context
from designer.gui.look.icons import icon, set_icon
from designer.gui.look.tokens import SPACE
from designer.gui.notices import Notice, notice_of
from designer.gui.observing import observe_while
from designer.jobs.analysis import measure, work_out, write_report
from designer.jobs.runner import Busy, Job
from designer.messages import tr
from designer.network.network import Network

LANE, TIMING, WRITING = "analysis", "timing", "reports"
PROBLEM, MOST = 30, 112
"""Pixels of a line of the list of problems, and of the list at most."""
FILTERS = ("Page (*.html)", "Table (*.csv)")


class AnalysisWindow(AsideWindow):
    """Shows the open network in figures; goes with it when another one is opened.

    Attributes:
        analysis: what is shown; None while it is worked out for the first time.

    Signals:
        layer_chosen(layer id): a layer was double-clicked here, so the canvas should show it.
    """

    layer_chosen = Signal(str)

    def __init__(
        self, context: Context, parent: QWidget | None = None, picture: Callable[[], bytes] | None = None
    ) -> None:
        """`picture()`: the drawing of the network as SVG, for pages; b'' for none."""
        super().__init__(context.look, tr("Analysis"), (1280, 800), parent)
        self._context = context
        self._picture = picture
        self.analysis: Analysis | None = None
        self._measured: tuple[Network, Measured] | None = None
        self._timed: Network | None = None
        self._timing: Job | None = None
        self._make_parts()
        self._lay_out()
        self._connect()
        self._dress()
        self._stop = observe_while(self, context.session, self._hear)
        self._work_out()
        self._show()

    def _make_parts(self) -> None:
        self._title, self._about = QLabel(), QLabel()
        self._title.setProperty("heading", True)
        self._about.setProperty("muted", True)
        for label in (self._title, self._about):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.cards = Cards()
        self.batch = QSpinBox()
        self.batch.setRange(1, 65_536)
        self.batch.setValue(self._context.session.training_options.batch_size)
        self.batch.setAccessibleName(tr("Pictures in a batch of training"))
        self.batch.setMinimumWidth(96)
        self.measure = QPushButton()
        self.save = QPushButton(tr("Save report..."))
        self.save.setProperty("primary", True)
        for button in (self.measure, self.save):
            # Enter in the search field presses nothing.
            button.setAutoDefault(False)
        self.table = AnalysisTable(self._context.look)
        self._count = QLabel()
        self._count.setProperty("strong", True)
        self.problems = QListWidget()
        self.problems.setAccessibleName(tr("Problems"))
        self.problems.setWordWrap(True)
        self.problems.setIconSize(QSize(16, 16))

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._about)
        head = QHBoxLayout()
        head.addLayout(texts, 1)
        for button in (self.measure, self.save):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        asked = QLabel(tr("Training in batches of"))
        asked.setBuddy(self.batch)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.search, 1)
        row.addSpacing(2 * SPACE)
        row.addWidget(asked)
        row.addWidget(self.batch)
        self.column.addLayout(head)
        self.column.addWidget(self.cards)
        self.column.addLayout(row)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self._count)
        self.column.addWidget(self.problems)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.table.search)
        self.table.chosen.connect(self.layer_chosen)
        self.problems.itemActivated.connect(self._choose_problem)
        self.batch.valueChanged.connect(self._work_out)
        self.measure.clicked.connect(self._measure_or_cancel)
        self.save.clicked.connect(self._ask_path)
        self._context.look.changed.connect(self._dress)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.save.click)

    def leave(self) -> None:
        """See `AsideWindow`."""
        self._stop()
        job = self._context.runner.current(LANE)
        for running in (job, self._timing):
            if running is not None and not running.over:
                running.drop()

    def save_to(self, path: Path) -> None:
        """Write the report; its ending says which sort. Tells of it once it is there."""
        if self.analysis is None:
            return
        page = path.suffix.lower() != ".csv"
        picture = self._picture() if page and self._picture is not None else b""
        step = write_report(path, self.analysis, picture)
        try:
            job = self._context.runner.start(tr("Writing {name}", name=path.name), step, WRITING)
        except Busy as error:
            self._fail(error)
            return
        job.finished.connect(self._written)
        job.failed.connect(self._fail)

    def _hear(self, topic: str) -> None:
        if topic == "opened" and self._context.session.network is None:
            self.close()
        elif topic in ("opened", "facts", "options"):
            self._work_out()

    @Slot()
    def _work_out(self) -> None:
        session = self._context.session
        if session.network is None or session.facts is None or session.facts.checking:
            # New facts are on their way; they are heard of.
            return
        measured = None
        if self._measured is not None and self._measured[0] is session.network:
            measured = self._measured[1]
        options = session.training_options
        step = work_out(session.network, session.facts, self.batch.value(), options.optimizer, measured)
        job = self._context.runner.start(tr("Working out the analysis"), step, LANE)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take(self, analysis: object) -> None:
        assert isinstance(analysis, Analysis)
        self.analysis = analysis
        self.table.show_analysis(analysis)
        self._show()

    @Slot()
    def _measure_or_cancel(self) -> None:
        if self._timing is not None and not self._timing.over:
            self._timing.cancel()
            return
        session = self._context.session
        if session.network is None:
            return
        step = measure(session.network, session.weights, 1, "auto")
        try:
            job = self._context.runner.start(tr("Measuring layers"), step, TIMING)
        except Busy as error:
            self._fail(error)
            return
        self._timing, self._timed = job, session.network
        job.finished.connect(self._take_times)
        job.failed.connect(self._fail)
        job.ended.connect(self._show)
        self._show()

    @Slot(object)
    def _take_times(self, measured: object) -> None:
        assert isinstance(measured, Measured)
        if self._timed is not None:
            self._measured = (self._timed, measured)
        self._work_out()

    @Slot()
    def _ask_path(self) -> None:
        folder = settings.load().last_folder or str(Path.home())
        name = self.analysis.name if self.analysis is not None else "network"
        kept = "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip(" .") or "network"
        chosen, which = QFileDialog.getSaveFileName(
            self,
            tr("Save the report"),
            str(Path(folder) / f"{kept}.html"),
            ";;".join(tr(one) for one in FILTERS),
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".html", ".htm", ".csv"):
                path = path.with_name(path.name + (".csv" if "csv" in which else ".html"))
            self.save_to(path)

    @Slot(object)
    def _written(self, path: object) -> None:
        assert isinstance(path, Path)
        self.notices.show_notice(Notice(tr("Saved {name}.", name=path.name), str(path.parent)))

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self.notices.show_notice(notice_of(error))
        self._show()

    @Slot(QListWidgetItem)
    def _choose_problem(self, item: QListWidgetItem) -> None:
        layer_id = item.data(Qt.ItemDataRole.UserRole)
        if layer_id:
            self.layer_chosen.emit(layer_id)

    @Slot()
    def _show(self) -> None:
        measuring = self._timing is not None and not self._timing.over
        state = resolve(self.analysis, measuring)
        self._title.setText(state.title)
        self._about.setText(state.about)
        self._about.setVisible(bool(state.about))
        self.cards.show_figures(state.figures)
        self.save.setEnabled(not state.save_reason)
        self.save.setToolTip(state.save_reason or tr("Write a page or a table"))
        self.measure.setText(state.measure_text)
        self.measure.setEnabled(not state.measure_reason)
        self.measure.setToolTip(
            state.measure_reason or tr("Run the network on one picture, and time each layer")
        )
        self._count.setText(state.problems_text)
        self.problems.setVisible(bool(state.problems))
        self.problems.clear()
        for problem in state.problems:
            item = QListWidgetItem(problem.message)
            role = "danger" if problem.severity == "error" else "warning"
            item.setIcon(icon("triangle-alert", self._context.look.colours, role))
            item.setData(Qt.ItemDataRole.UserRole, problem.layer)
            self.problems.addItem(item)
        self.problems.setFixedHeight(min(PROBLEM * self.problems.count() + 6, MOST))

    @Slot()
    def _dress(self) -> None:
        colours = self._context.look.colours
        set_icon(self.measure, "clock", colours)
        set_icon(self.save, "download", colours, "accent_text")
        self._show()


def show_analysis(
    context: Context, parent: QWidget | None = None, picture: Callable[[], bytes] | None = None
) -> AnalysisWindow:
    """Open the analysis of the open network beside the window, or bring the one that is open to the front.

    `picture()` gives the drawing of the network as SVG, which a saved page then shows.
    """
    for there in parent.findChildren(AnalysisWindow) if parent is not None else ():
        if there.isVisible():
            there.raise_()
            there.activateWindow()
            return there
    window = AnalysisWindow(context, parent, picture)
    window.show()
    return window
