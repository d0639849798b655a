"""The legend of an overlay: what the colours stand for, in a strip below what is drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.gui.editing.canvas.marks import Tints
from designer.gui.editing.canvas.styling import RAMP_STEPS, CanvasStyle, pen
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr

WIDEST = 420
"""Of the scale, in pixels: values further apart would not be read together."""
BAR = 12
SWATCH = 18
COLUMNS = 2
"""Of the marks."""


class Legend(QFrame):
    """Shows what an overlay's colours stand for. Hidden while there is no overlay.

    Below the drawing, not over it: boxes stand everywhere from top to bottom.

    Signals:
        closed(): the overlay is to be taken away.
    """

    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("panel", True)
        self.setAutoFillBackground(True)
        self._title = QLabel()
        self._title.setProperty("strong", True)
        self._title.setWordWrap(True)
        self._close = QToolButton()
        self._close.setIconSize(QSize(14, 14))
        self._close.setToolTip(tr("Show the categories again"))
        self._close.setAccessibleName(tr("Show the categories again"))
        self._close.clicked.connect(self.closed)
        self._scale = _Scale()
        self._marks = QGridLayout()
        self._marks.setSpacing(SPACE // 2)
        self._marks.setHorizontalSpacing(2 * SPACE)
        self._marks.setColumnStretch(COLUMNS, 1)
        self._note = QLabel()
        self._note.setProperty("small", True)
        self._note.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE + 4, SPACE, SPACE + 4, SPACE + 2)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self._scale)
        column.addLayout(self._marks)
        column.addWidget(self._note)
        look.changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_tints(self, tints: Tints | None, style: CanvasStyle) -> None:
        """Explain these colours; None hides the legend."""
        self.setVisible(tints is not None)
        if tints is None:
            return
        self._title.setText(tints.title)
        self._note.setText(tints.note)
        self._note.setVisible(bool(tints.note))
        self._scale.setVisible(bool(tints.ticks))
        self._scale.show_ticks(tints.ticks, tints.usual, style)
        while (row := self._marks.takeAt(0)) is not None:
            widget = row.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for number, (mark, word) in enumerate(tints.marks):
            self._marks.addWidget(_Mark(mark, word, style), *divmod(number, COLUMNS))
        said = [tints.title, *(text for _, text in tints.ticks), *(word for _, word in tints.marks)]
        self.setAccessibleName(tr("Legend: {content}", content=", ".join(said)))

    @Slot()
    def _tint(self) -> None:
        self._close.setIcon(icon("x", self._look.colours))


class _Scale(QWidget):
    """The colours from little to much, with some values below."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks: tuple[tuple[float, str], ...] = ()
        self._usual = -1.0
        self._style: CanvasStyle | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(WIDEST)

    def show_ticks(self, ticks: tuple[tuple[float, str], ...], usual: float, style: CanvasStyle) -> None:
        self._ticks, self._usual, self._style = ticks, usual, style
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDEST, BAR + 6 + self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0.5, 0.5, self.width() - 1, BAR)
        shades = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(RAMP_STEPS + 1):
            shades.setColorAt(step / RAMP_STEPS, self._style.ramp(step / RAMP_STEPS)[0])
        painter.setPen(self._style.border)
        painter.setBrush(QBrush(shades))
        painter.drawRoundedRect(bar, 3, 3)
        if self._usual >= 0:
            self._paint_usual(painter, bar, self._style)
        painter.setPen(self._style.text)
        room = self.rect().adjusted(0, BAR + 4, 0, 0)
        for share, text in self._ticks:
            side = Qt.AlignmentFlag.AlignLeft if share <= 0 else Qt.AlignmentFlag.AlignRight
            if 0 < share < 1:
                side = Qt.AlignmentFlag.AlignHCenter
            painter.drawText(room, int(side | Qt.AlignmentFlag.AlignTop), text)
        painter.end()

    def _paint_usual(self, painter: QPainter, bar: QRectF, style: CanvasStyle) -> None:
        """A line through the bar, and a wedge below that points to it."""
        place, bottom = bar.left() + self._usual * bar.width(), bar.bottom()
        painter.setPen(pen(style.ramp(self._usual)[1], 2.0))
        painter.drawLine(QPointF(place, bar.top() + 1), QPointF(place, bottom - 1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.text)
        wedge = [QPointF(place, bottom), QPointF(place - 4, bottom + 5), QPointF(place + 4, bottom + 5)]
        painter.drawPolygon(wedge)


class _Mark(QWidget):
    """A mark's colour and pattern, and its word."""

    def __init__(self, mark: str, word: str, style: CanvasStyle) -> None:
        super().__init__()
        self._mark, self._word, self._style = mark, word, style
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        text = self.fontMetrics()
        width = round(SWATCH * 1.6) + SPACE + text.horizontalAdvance(self._word) + 2
        return QSize(width, max(SWATCH, text.height()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        full, pale, pattern = self._style.mark(self._mark)
        swatch = QRectF(0.5, (self.height() - SWATCH) / 2, SWATCH * 1.6, SWATCH - 1)
        painter.setPen(full)
        painter.setBrush(pale)
        painter.drawRoundedRect(swatch, 3, 3)
        if pattern is not Qt.BrushStyle.NoBrush:
            painter.setBrush(QBrush(full, pattern))
            painter.drawRoundedRect(swatch, 3, 3)
        painter.setPen(self._style.text)
        room = self.rect().adjusted(round(swatch.right()) + SPACE, 0, 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._word)
        painter.end()
