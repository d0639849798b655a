"""The comparison window: choose two networks; see what differs as a list, and in colour on the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from designer.gui.aside import AsideWindow
from designer.gui.comparing.chooser import SideChooser
from designer.gui.comparing.side_view import SideView
from designer.gui.comparing.sides import NOW, SAVED
from designer.gui.comparing.state import FILTERS, SIGNS, Row, overlay_of, rows_of, summary_of, words
from designer.gui.comparing.table import ComparisonTable
from designer.gui.context import Context
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.look.progress_bar import ProgressBar
from designer.gui.look.tokens import SPACE
from designer.gui.notices import notice_of
from designer.gui.observing import observe_while
from designer.jobs.comparing import Compared, OpenedSide, compare
from designer.messages import tr

LANE = "comparing"
SEARCH = 120
"""Pixels of the search field at least."""


class ComparisonWindow(AsideWindow):
    """Compares any two networks.

    While the open network is one of them, the page's canvas shows in colour what differs there.

    Attributes:
        compared: what is shown; None while it is worked out for the first time.
    """

    def __init__(self, context: Context, canvas: Canvas | None = None, parent: QWidget | None = None) -> None:
        super().__init__(context.look, tr("Compare networks"), (1430, 860), parent)
        self._context = context
        self._page_canvas = canvas
        self._marked = False
        self._open: dict[str, OpenedSide] = {}
        self._asked: tuple[str, str] = ("", "")
        self.compared: Compared | None = None
        self._make_parts()
        self._lay_out()
        self._connect()
        self._stop = observe_while(self, context.session, self._hear)
        self._compare()

    def _make_parts(self) -> None:
        look = self._context.look
        self.chooser = SideChooser(self._context.session, look)
        self.weights = QCheckBox(tr("Compare weights"))
        self.weights.setToolTip(tr("Also tell how far the weights of each layer are from one another"))
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setAccessibleName(tr("What it comes to"))
        self.filters = {state: QPushButton() for state in FILTERS}
        for state, button in self.filters.items():
            button.setToolTip(tr("Show these: {state}", state=words()[state]))
            button.setCheckable(True)
            button.setChecked(True)
            button.setAutoDefault(False)
        self.table = ComparisonTable(look)
        self.progress = ProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr("Comparing"))
        self.view = SideView(look)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.chooser, 1)
        head.addSpacing(SPACE)
        head.addWidget(self.weights)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        for button in self.filters.values():
            row.addWidget(button)
        row.addSpacing(SPACE // 2)
        self.search.setMinimumWidth(SEARCH)
        row.addWidget(self.search, 1)
        left = QWidget()
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE)
        inside.addLayout(row)
        inside.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.view)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([880, 500])
        self.column.addLayout(head)
        self.column.addWidget(self.progress)
        self.column.addWidget(self.summary)
        self.column.addWidget(splitter, 1)

    def _connect(self) -> None:
        self.chooser.changed.connect(self._compare)
        self.weights.toggled.connect(self._compare)
        for button in self.filters.values():
            button.toggled.connect(self._show_rows)
        self.search.textChanged.connect(self._show_rows)
        self.table.chosen.connect(self._seek)
        self.view.chosen.connect(self.table.seek)
        self.view.failed.connect(self._fail)

    def leave(self) -> None:
        """See `AsideWindow`; the page's canvas gets its own colours back."""
        self._stop()
        job = self._context.runner.current(LANE)
        if job is not None:
            job.drop()
        self.view.shut_down()
        self._mark(None)

    def _hear(self, topic: str) -> None:
        if topic == "opened":
            self._open.clear()
            self.chooser.reset()
        elif topic == "file":
            self._open.pop(SAVED, None)
            self.chooser.fill()
        chosen = self.chooser.chosen
        changed = {"opened": True, "file": SAVED in chosen}.get(topic, NOW in chosen)
        if changed and topic in ("opened", "file", "network", "runs", "weights"):
            self._compare()

    @Slot()
    def _compare(self) -> None:
        self._asked = self.chooser.chosen
        before, after = (self._open.get(key) or self.chooser.side(key) for key in self._asked)
        step = compare(before, after, self.weights.isChecked())
        job = self._context.runner.start(tr("Comparing networks"), step, LANE)
        self.progress.setVisible(True)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take(self, compared: object) -> None:
        assert isinstance(compared, Compared)
        former, self.compared = self.compared, compared
        for key, opened in zip(self._asked, (compared.before, compared.after), strict=True):
            if key != NOW:
                self._open[key] = opened
        self.progress.setVisible(False)
        self.summary.setText("\n".join(summary_of(compared)))
        for state, button in self.filters.items():
            count = len(compared.comparison.of_state(state))
            button.setText(f"{SIGNS[state]} {words()[state]} {count}")
        self._show_rows()
        # The page shows the network as it is now; this window shows the other one at first.
        other = "after" if self._asked[0] == NOW and self._asked[1] != NOW else "before"
        sides = None if former is None else (former.before.side.title, former.after.side.title)
        keep = sides == (compared.before.side.title, compared.after.side.title)
        self.view.show_compared(compared, self.view.side if keep else other)
        self._mark(compared)

    def _mark(self, compared: Compared | None) -> None:
        """Colour the page's canvas while it shows one of the sides."""
        if self._page_canvas is None:
            return
        if compared is not None and NOW in self._asked:
            side = "after" if self._asked[1] == NOW else "before"
            self._page_canvas.set_overlay(overlay_of(compared, side))
            self._marked = True
        elif self._marked:
            self._page_canvas.set_overlay(None)
            self._marked = False

    @Slot()
    def _show_rows(self) -> None:
        if self.compared is not None:
            shown = [state for state, button in self.filters.items() if button.isChecked()]
            rows = rows_of(self.compared, shown, self.search.text())
            self.table.show_rows(rows, weights=self.compared.weights is not None)

    @Slot(object)
    def _seek(self, row: Row) -> None:
        self.view.seek(row)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self.progress.setVisible(False)
        self.notices.show_notice(notice_of(error))
