"""The head of a page: its title, its buttons, and one line that says what is possible or why not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.look.icons import pixmap, set_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE

_ICONS = {"reason": ("triangle-alert", "warning"), "hint": ("info", "text_muted")}


class StepHeader(QWidget):
    """Title on the left, buttons on the right, the line below.

    Args:
        title: translated title of the page.
        look: colours and icons.
        go_to: shows the page of a step.
    """

    def __init__(self, title: str, look: Look, go_to: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._go_to = go_to
        self._kind = ""
        self._step = ""
        self._icons: list[tuple[QPushButton, str, str]] = []
        heading = QLabel(title)
        heading.setProperty("heading", True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE)
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        top.addLayout(self._buttons)
        self._mark = QLabel()
        self._mark.setFixedWidth(16)
        self._line = QLabel()
        self._line.setWordWrap(True)
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = QPushButton()
        self._action.setProperty("flat", True)
        self._action.clicked.connect(self._go)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE)
        bottom.addWidget(self._mark, 0)
        bottom.addWidget(self._line, 1)
        bottom.addWidget(self._action, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(top)
        column.addLayout(bottom)
        # The line keeps its height, so that nothing below jumps when a button comes or goes.
        self._line.setMinimumHeight(self._action.sizeHint().height())
        look.changed.connect(self._paint)

    def add_button(self, text: str, icon_name: str = "", *, primary: bool = False) -> QPushButton:
        """A button on the right of those that are there."""
        button = QPushButton(text)
        button.setAccessibleName(text)
        if primary:
            button.setProperty("primary", True)
        if icon_name:
            self._icons.append((button, icon_name, "accent_text" if primary else "text"))
        self._buttons.addWidget(button)
        self._paint()
        return button

    @property
    def line(self) -> str:
        """The line that is shown now."""
        return self._line.text()

    def say(self, reason: str, hint: str = "", action: str = "", step: str = "") -> None:
        """Show a reason why nothing can start, else a hint; and a button that leads to `step`."""
        text = reason or hint
        self._kind = "reason" if reason else ("hint" if hint else "")
        self._step = step
        if self._line.text() != text:
            self._line.setText(text)
        self._line.setProperty("muted", not reason)
        self._line.style().unpolish(self._line)
        self._line.style().polish(self._line)
        self._action.setText(action)
        self._action.setVisible(bool(action and step))
        self._paint()

    @Slot()
    def _go(self) -> None:
        if self._step:
            self._go_to(self._step)

    @Slot()
    def _paint(self) -> None:
        colours = self._look.colours
        for button, name, role in self._icons:
            set_icon(button, name, colours, role)
        if self._kind:
            name, role = _ICONS[self._kind]
            self._mark.setPixmap(pixmap(name, colours, role, 16, self.devicePixelRatioF()))
        else:
            self._mark.clear()
