"""The rail: one button for each step, with what it needs or has in a second line."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import ICON, RADIUS, SPACE
from designer.gui.main_window.needs import StepState
from designer.gui.main_window.pages import PAGES, PageRow
from designer.messages import tr

WIDTH = 216
HEIGHT = 56


class StepButton(QAbstractButton):
    """A step: icon, name, second line; the chosen one is marked by the accent."""

    def __init__(self, row: PageRow, number: int, look: Look) -> None:
        super().__init__()
        self.row = row
        self.state = StepState("", True)
        self._look = look
        self.setText(tr(row.title))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.keys = QKeySequence(f"Ctrl+{number}")
        self.set_state(self.state)

    def set_state(self, state: StepState) -> None:
        """Show another second line."""
        self.state = state
        self.setAccessibleName(f"{self.text()}. {state.text}")
        keys = self.keys.toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{self.text()} ({keys})\n{state.text}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the rail."""
        return QSize(WIDTH - 2 * SPACE, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon and two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        box = self.rect().adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection if self.isChecked() else colours.raised))
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        if self.hasFocus():
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(QColor(colours.accent))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        role = "accent" if self.isChecked() else "text_muted"
        place = QRect(box.left() + SPACE + 4, box.center().y() - ICON // 2, ICON, ICON)
        icon(self.row.icon, colours, role).paint(painter, place)
        left = place.right() + SPACE + 4
        self._draw_lines(painter, QRect(left, box.top(), box.right() - SPACE - left, box.height()))

    def _draw_lines(self, painter: QPainter, box: QRect) -> None:
        colours, scale = self._look.colours, self._look.sizes
        name, second = QFont(self.font()), QFont(self.font())
        name.setPixelSize(scale.text)
        name.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Medium)
        second.setPixelSize(scale.small)
        first, below = QFontMetrics(name), QFontMetrics(second)
        shown = self.state.text
        height = first.height() + (below.height() + 1 if shown else 0)
        top = box.center().y() - height // 2
        painter.setFont(name)
        painter.setPen(QColor(colours.text))
        painter.drawText(QRect(box.left(), top, box.width(), first.height()), 0, self.text())
        painter.setFont(second)
        painter.setPen(QColor(colours.text_muted))
        text = below.elidedText(shown, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(QRect(box.left(), top + first.height() + 1, box.width(), below.height()), 0, text)


class Rail(QFrame):
    """All steps, one below the other."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(tr("Steps"))
        self.setFixedWidth(WIDTH)
        self.buttons: dict[str, StepButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 2 * SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        name = QLabel("Netgraft")
        name.setProperty("subheading", True)
        name.setContentsMargins(SPACE + 4, 0, 0, SPACE)
        column.addWidget(name)
        for number, row in enumerate(PAGES, 1):
            button = StepButton(row, number, look)
            button.clicked.connect(self._clicked)
            # A button's own shortcut would press it for a tenth of a second first.
            QShortcut(button.keys, self).activated.connect(button.click)
            self.buttons[row.step] = button
            column.addWidget(button)
        column.addStretch(1)
        look.changed.connect(self.update)

    def set_states(self, states: dict[str, StepState]) -> None:
        """Show the second lines."""
        for step, state in states.items():
            if self.buttons[step].state != state:
                self.buttons[step].set_state(state)

    def set_step(self, step: str) -> None:
        """Mark the step whose page is shown."""
        self.buttons[step].setChecked(True)

    @Slot()
    def _clicked(self) -> None:
        for step, button in self.buttons.items():
            if button.isChecked():
                self.chosen.emit(step)
