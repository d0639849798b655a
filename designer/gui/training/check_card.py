"""The card before the start: a button that checks, what was found, and buttons that put it right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from designer.gui.context import Context
from designer.gui.look.icons import pixmap, set_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.observing import observe_while
from designer.gui.one_job import OneJob
from designer.gui.training.checking import Advice, Checked, CheckState, Fact, resolve
from designer.jobs import training
from designer.jobs.projects import snapshot
from designer.messages import tr
from designer.session.results import Trial
from designer.session.session import Session


def checked_now(session: Session) -> Checked | None:
    """What would be checked now; None while something is missing."""
    if session.network is None or session.data is None:
        return None
    return Checked(session.network, session.data, session.training_options)


class Checker(OneJob):
    """Runs the check, and keeps what it found.

    Attributes:
        found: by the last check; None before the first, and when it was forgotten.
        of: what that check was made of.
    """

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(context, parent)
        self.found: Trial | None = None
        self.of: Checked | None = None
        self._asked: Checked | None = None

    @Slot()
    def check(self) -> None:
        """Check what is open now."""
        taken, now = snapshot(self._context.session), checked_now(self._context.session)
        if taken is None or now is None or self.running:
            return
        self._asked = now
        self._start(tr("Checking before the start"), training.trial(taken), self._take_found)

    @Slot()
    def forget(self) -> None:
        """What was found is of no interest any more."""
        self.found = self.of = self._asked = None
        self.changed.emit()

    @Slot(object)
    def _take_found(self, found: Trial) -> None:
        # Forgotten meanwhile: another network has been opened.
        if self._asked is not None:
            self.found, self.of = found, self._asked


class AdviceRow(QWidget):
    """A sentence with a sign before it, and a button that does what it says."""

    chosen = Signal(object)
    """The `Advice` whose button was pressed."""

    def __init__(self, advice: Advice, look: Look) -> None:
        super().__init__()
        self.advice = advice
        name, role = ("triangle-alert", "warning") if advice.serious else ("info", "accent")
        sign = QLabel()
        sign.setPixmap(pixmap(name, look.colours, role, 16, self.devicePixelRatioF()))
        text = QLabel(advice.text)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(advice.button)
        self.button.setVisible(bool(advice.button))
        self.button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(sign, 0)
        row.addWidget(text, 1)
        row.addWidget(self.button, 0)

    @Slot()
    def _press(self) -> None:
        self.chosen.emit(self.advice)


class FactTile(QWidget):
    """A figure under its title."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self.fact = fact
        title, text = QLabel(fact.title), QLabel(fact.text)
        title.setProperty("small", True)
        text.setProperty("strong", True)
        for label in (title, text):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(fact.help)
        self.setAccessibleName(f"{fact.title}: {fact.text}. {fact.help}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(text)


class CheckCard(QFrame):
    """Shows a `CheckState`, and does what its buttons say."""

    COLUMNS = 3

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setAccessibleName(tr("Check before the start"))
        self._context = context
        self.checker = Checker(context, self)
        self._state: CheckState | None = None
        title = QLabel(tr("Check before the start"))
        title.setProperty("strong", True)
        self._line = QLabel()
        self._line.setProperty("muted", True)
        self._line.setWordWrap(True)
        self.check_button = QPushButton(tr("Check"))
        self.cancel_button = QPushButton(tr("Cancel"))
        self.close_button = QPushButton()
        self.close_button.setProperty("flat", True)
        self.close_button.setToolTip(tr("Close the results"))
        self.close_button.setAccessibleName(tr("Close the results"))
        self._inside: list[QWidget] = []
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(title, 1)
        for button in (self.check_button, self.cancel_button, self.close_button):
            head.addWidget(button)
        self._body = QVBoxLayout()
        self._body.setSpacing(SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addLayout(self._body)
        self.check_button.clicked.connect(self.checker.check)
        self.cancel_button.clicked.connect(self.checker.cancel)
        self.close_button.clicked.connect(self.checker.forget)
        self.checker.changed.connect(self._update)
        context.runner.started.connect(self._update)
        context.runner.ended.connect(self._update)
        context.look.changed.connect(self._dress)
        observe_while(self, context.session, self._heard)
        self._update()

    @property
    def state(self) -> CheckState:
        """What is shown."""
        assert self._state is not None
        return self._state

    @property
    def rows(self) -> tuple[AdviceRow, ...]:
        """The advice that is shown."""
        return tuple(part for part in self._inside if isinstance(part, AdviceRow))

    def results_height(self) -> int:
        """Pixels that the results of a check take up, 0 where there are none."""
        width = self.contentsRect().width()
        heights = [max(part.heightForWidth(width), part.sizeHint().height()) for part in self._inside]
        return sum(heights) + SPACE * len(heights)

    def _heard(self, topic: str) -> None:
        if topic == "opened":
            self.checker.cancel()
            self.checker.forget()
        else:
            self._update()

    @Slot()
    def _update(self, _: object = None) -> None:
        checker, job = self.checker, self._context.runner.current("engine")
        state = resolve(
            checked_now(self._context.session),
            checker.found,
            checker.of,
            running=checker.running,
            busy_with=job.name if job is not None and not job.over and not checker.running else "",
        )
        if state != self._state:
            self._show(state)

    @Slot()
    def _dress(self) -> None:
        if self._state is not None:
            self._show(self._state)

    def _show(self, state: CheckState) -> None:
        self._state = state
        self._line.setText(state.line)
        again = bool(state.facts or state.advice)
        self.check_button.setText(tr("Check again") if again else tr("Check"))
        self.check_button.setVisible(not state.running)
        self.check_button.setEnabled(state.can_check)
        self.check_button.setToolTip(state.reason)
        self.cancel_button.setVisible(state.running)
        self.close_button.setVisible(again)
        set_icon(self.close_button, "x", self._context.look.colours, "text_muted")
        for part in self._inside:
            self._body.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._inside = [*self._facts(state), *self._advice(state), *self._remarks(state)]
        for part in self._inside:
            self._body.addWidget(part)
            # Figures that no longer hold are told apart from those that do.
            part.setEnabled(not state.stale or isinstance(part, AdviceRow))

    def _facts(self, state: CheckState) -> list[QWidget]:
        if not state.facts:
            return []
        grid = QWidget()
        layout = QGridLayout(grid)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(2 * SPACE)
        layout.setVerticalSpacing(SPACE // 2)
        for number, fact in enumerate(state.facts):
            layout.addWidget(FactTile(fact), number // self.COLUMNS, number % self.COLUMNS)
        for number in range(self.COLUMNS):
            layout.setColumnStretch(number, 1)
        return [grid]

    def _advice(self, state: CheckState) -> list[QWidget]:
        rows: list[QWidget] = []
        for advice in state.advice:
            row = AdviceRow(advice, self._context.look)
            row.chosen.connect(self._follow)
            rows.append(row)
        return rows

    def _remarks(self, state: CheckState) -> list[QWidget]:
        if not state.remarks:
            return []
        label = QLabel(" ".join(state.remarks))
        label.setProperty("small", True)
        label.setToolTip("\n".join(state.all_remarks))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return [label]

    @Slot(object)
    def _follow(self, advice: Advice) -> None:
        """Put right what is wrong: set options, or go to where it is done."""
        session = self._context.session
        if advice.options:
            values: dict[str, Any] = dict(advice.options)
            session.set_options(training=replace(session.training_options, **values))
        if advice.step:
            self._context.go_to(advice.step)
