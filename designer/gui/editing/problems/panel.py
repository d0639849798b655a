"""The list of what is wrong with the network, with a title that tells how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from designer.catalog.fixes import Fix, Remedies
from designer.gui.editing.problems.row import ProblemRow
from designer.gui.editing.problems.state import ProblemsState, resolve
from designer.gui.look.icons import padded_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.tab_order import lead_on
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Network
from designer.session.results import Facts, Problem

MOST = 168
"""Height of the list in pixels at most."""

AT_ONCE = 6
"""So many rows are offered remedies at once, the others when they come into sight: each takes a while."""

PATIENCE = 150
"""Milliseconds that a check may take before the list says so: most are done by then, and nothing flickers."""

_ICONS = {
    "error": ("circle-x", "danger"),
    "warning": ("triangle-alert", "warning"),
    "": ("circle-check", "success"),
    "checking": ("clock", "text_muted"),
}


class ProblemList(QFrame):
    """Problems, errors first, below a title that folds them away.

    Signals:
        chosen(layer id): the user wants to see the layer.
        asked(action): the user wants a problem put right; the action makes a network's edit.
        left(): whoever had the keyboard in here is gone, and there is nothing more to put right.
    """

    chosen = Signal(str)
    asked = Signal(object)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._network: Network | None = None
        self._facts: Facts | None = None
        self._remedies: Remedies | None = None
        self._state: ProblemsState | None = None
        self._folded = False
        self.rows: list[ProblemRow] = []
        self.title = QToolButton()
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setIconSize(QSize(20, 16))
        self.title.clicked.connect(self._fold)
        self._more = QLabel()
        self._more.setProperty("small", True)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._inside)
        # The panel's own colour is behind it.
        self._inside.setAutoFillBackground(False)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.verticalScrollBar().valueChanged.connect(self._look_further)
        self.setProperty("panel", True)
        self.setAccessibleName(tr("Problems"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self._area)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(PATIENCE)
        self._slow.timeout.connect(self._show_checking)
        look.changed.connect(self._dress)
        self.hide()

    @property
    def state(self) -> ProblemsState | None:
        """What is known now; while a check is quick, the former problems are still seen."""
        return self._state

    def show_problems(self, network: Network | None, facts: Facts | None, misfits: Mapping[str, str]) -> None:
        """Show what is wrong with a network."""
        state = resolve(network, facts, misfits)
        # Remedies follow from shapes: an edit that leaves those alone, such as freezing, makes no others.
        known_anew = facts is not self._facts
        self._network, self._facts = network, facts
        if state == self._state and not (known_anew and state is not None and state.problems):
            return
        self._state = state
        self.setVisible(state is not None)
        if state is not None and state.worst == "checking":
            if not self._slow.isActive():
                self._slow.start()
            return
        self._slow.stop()
        self._fill()

    def fix(self, problem: Problem, text: str) -> None:
        """Ask for a remedy, worked out for the network as it is now."""
        for fix in self._fixes_of(problem):
            if fix.text == text:
                self.asked.emit(partial(_made, edit=fix.edit))
                return

    def sizeHint(self) -> QSize:
        """As high as its problems need."""
        return QSize(320, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            # What lies within takes its new size just after this.
            QTimer.singleShot(0, self, self._fit)

    def _fixes_of(self, problem: Problem) -> Sequence[Fix]:
        state = self._state
        if self._network is None or self._facts is None or state is None or state.worst == "checking":
            return ()
        known = self._remedies
        if known is None or known.network is not self._network or known.facts is not self._facts:
            known = self._remedies = Remedies(self._network, self._facts)
        return known.of(problem)

    @Slot()
    def _fill(self) -> None:
        state = self._state
        if state is None:
            return
        if list(state.problems) != [row.problem for row in self.rows]:
            self._make_rows(state.problems)
        for number, row in enumerate(self.rows):
            row.show_fixes(self._texts_for(row) if number < AT_ONCE else None)
        self._inside.setEnabled(True)
        self._more.setText(tr("And {count} more.", count=f"{state.more:,}"))
        self._more.setVisible(bool(state.more))
        self._show_title()
        self._fit()

    def _texts_for(self, row: ProblemRow) -> tuple[str, ...]:
        return tuple(fix.text for fix in self._fixes_of(row.problem))

    @Slot()
    def _look_further(self) -> None:
        """Rows that have come into sight are offered their remedies."""
        seen = self._area.viewport().rect().translated(-self._inside.pos())
        waiting = [row for row in self.rows if row.fixes is None and row.geometry().intersects(seen)]
        for row in waiting:
            row.show_fixes(self._texts_for(row))
        if waiting:
            self._fit()

    def _make_rows(self, wanted: Sequence[Problem]) -> None:
        # Whoever has the keyboard now: the panel's own `focusWidget` is whoever had it last in here.
        focused = QApplication.focusWidget()
        had_focus = focused is not None and any(
            row is focused or row.isAncestorOf(focused) for row in self.rows
        )
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for problem in wanted:
            row = ProblemRow(self._look, problem)
            row.chosen.connect(self.chosen)
            row.fix_chosen.connect(self.fix)
            row.moved.connect(self._move)
            self._column.insertWidget(len(self.rows), row)
            self.rows.append(row)
        last: QWidget = self.title
        for row in self.rows:
            last = lead_on(last, row)
        if had_focus and self.rows:
            self.rows[0].setFocus()
        elif had_focus:
            self.left.emit()

    @Slot()
    def _show_checking(self) -> None:
        if self._state is not None and self._state.worst == "checking":
            self._inside.setEnabled(False)
            self._show_title()
            self._fit()

    def _show_title(self) -> None:
        state = self._state
        if state is None:
            return
        name, role = _ICONS[state.worst]
        self.title.setIcon(padded_icon(name, self._look.colours, role))
        self.title.setText(state.title)
        self.title.setEnabled(bool(self.rows) or state.worst == "checking")
        told = tr("Show the problems") if self._folded else tr("Fold the problems away")
        self.title.setToolTip(told if self.rows else tr("The network can be trained and exported."))
        self.title.setAccessibleName(tr("Problems: {title}", title=state.title))

    @Slot()
    def _fold(self) -> None:
        self._folded = not self._folded
        self._show_title()
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """As high as the problems are, up to a bound."""
        shown = bool(self.rows) and not self._folded
        self._area.setVisible(shown)
        wanted = self._height_in(self._area.width()) if shown else 0
        if wanted > MOST:
            wanted = self._height_in(self._area.width() - self._area.verticalScrollBar().sizeHint().width())
        self._area.setFixedHeight(min(wanted, MOST))
        # Said, since the least height of its texts is that at their least width.
        self._inside.setMinimumHeight(max(wanted, 1))
        self.setFixedHeight(self.title.sizeHint().height() + min(wanted, MOST) + SPACE)

    def _height_in(self, width: int) -> int:
        seen = [*self.rows, *([self._more] if not self._more.isHidden() else [])]
        return sum(_height(row, max(width, 1)) for row in seen)

    @Slot(int)
    def _move(self, by: int) -> None:
        focused = QApplication.focusWidget()
        holds = (row is focused or (focused is not None and row.isAncestorOf(focused)) for row in self.rows)
        here = next((number for number, held in enumerate(holds) if held), 0)
        row = self.rows[max(0, min(len(self.rows) - 1, here + by))]
        row.setFocus()
        self._area.ensureWidgetVisible(row)

    @Slot()
    def _dress(self) -> None:
        known = [row.fixes for row in self.rows]
        self._make_rows([row.problem for row in self.rows])
        for row, texts in zip(self.rows, known, strict=True):
            row.show_fixes(texts)
        self._show_title()
        self._fit()


def _height(widget: QWidget, width: int) -> int:
    return max(widget.heightForWidth(width), 0) or widget.sizeHint().height()


def _made(network: Network, edit: Edit) -> Edit:
    return edit
