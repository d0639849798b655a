"""One problem: what is wrong, and links to what puts it right."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.look.icons import pixmap
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
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
        self._links = QLabel()
        self._links.setTextFormat(Qt.TextFormat.RichText)
        self._links.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._links.linkActivated.connect(self._fix)
        self._links.hide()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (text, self._links):
            label.setMinimumWidth(1)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            # After the policy: it is part of it.
            label.setWordWrap(True)
            texts.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)

    @property
    def fixes(self) -> tuple[str, ...] | None:
        """The texts of the links; None while remedies have not been looked for."""
        return self._fixes

    def show_fixes(self, fixes: Sequence[str] | None) -> None:
        """Offer these remedies; None: they have not been looked for."""
        self._fixes = None if fixes is None else tuple(fixes)
        style = f"color: {self._look.colours.accent}; text-decoration: none; font-weight: 600"
        links = [f'<a style="{style}" href="{n}">{escape(text)}</a>' for n, text in enumerate(fixes or ())]
        self._links.setText(" &nbsp;·&nbsp; ".join(links))
        self._links.setAccessibleName(tr("Fixes: {texts}", texts=", ".join(fixes or ())))
        self._links.setVisible(bool(links))

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
    def _fix(self, link: str) -> None:
        if self._fixes:
            self.fix_chosen.emit(self.problem, self._fixes[int(link)])
