"""One problem: what is wrong, and buttons for what puts it right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.editing.problems.fix_buttons import FixButtons
from designer.gui.look.icons import pixmap
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.tab_order import lead_on
from designer.messages import tr
from designer.session.results import Problem

_ICONS = {"error": ("circle-x", "danger"), "warning": ("triangle-alert", "warning")}


class ProblemRow(QFrame):
    """A problem in the list. A click, Enter or Space leads to its layer.

    Signals:
        chosen(layer id): the user wants to see the layer.
        fix_chosen(problem, text): the user wants the remedy with that text.
        moved(by): the row above (-1) or below (1) should get the keyboard.
    """

    chosen = Signal(str)
    fix_chosen = Signal(object, str)
    moved = Signal(int)

    def __init__(self, look: Look, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = problem
        self._look = look
        self._fixes: tuple[str, ...] | None = None
        self.setObjectName("problem")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        kind = tr("Problem") if problem.severity == "error" else tr("Warning")
        self.setAccessibleName(f"{kind}: {problem.message}")
        if problem.layer:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setAccessibleDescription(tr("Enter shows the layer."))
        picture = QLabel()
        name, role = _ICONS[problem.severity]
        picture.setPixmap(pixmap(name, look.colours, role, 16, self.devicePixelRatioF()))
        text = QLabel(problem.message)
        text.setTextFormat(Qt.TextFormat.PlainText)
        # Selectable text breaks within words: a name may have 500 letters.
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fix_buttons = FixButtons()
        self._fix_buttons.chosen.connect(self._fix)
        self._fix_buttons.hide()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        text.setMinimumWidth(1)
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        # After the policy: it is part of it.
        text.setWordWrap(True)
        texts.addWidget(text)
        texts.addWidget(self._fix_buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)

    @property
    def fixes(self) -> tuple[str, ...] | None:
        """The texts of the buttons; None while remedies have not been looked for."""
        return self._fixes

    def show_fixes(self, fixes: Sequence[str] | None) -> None:
        """Offer these remedies; None: they have not been looked for."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._fix_buttons.isAncestorOf(focused)
        changed = tuple(fixes or ()) != (self._fixes or ())
        self._fixes = None if fixes is None else tuple(fixes)
        if not changed:
            return
        if had_focus:
            self.setFocus()
        self._fix_buttons.show_texts(self._fixes or ())
        self._fix_buttons.setVisible(bool(self._fixes))
        lead_on(self, self._fix_buttons)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click leads to the layer."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space lead to the layer, Up and Down to the other rows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        if self.problem.layer:
            self.chosen.emit(self.problem.layer)

    @Slot(str)
    def _fix(self, text: str) -> None:
        self.fix_chosen.emit(self.problem, text)
