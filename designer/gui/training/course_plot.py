"""The learning rate over the run that is to come, painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.catalog.courses import Stretch, course, course_text
from designer.errors import DesignerError
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.options import TrainingOptions

HEIGHT = 15 * SPACE
APART = 5.0
"""Stages whose highest rates differ by more than this are drawn in powers of ten."""
BELOW = 20.0
"""How far below the lowest of these the axis goes; what is lower lies on its bottom."""


@dataclass(frozen=True, slots=True)
class RateAxis:
    """The vertical axis.

    Attributes:
        low, high: rates at the bottom and at the top.
        powers: in powers of ten.
        ticks: rates with a line and a number.
    """

    low: float
    high: float
    powers: bool
    ticks: tuple[float, ...]

    def share(self, rate: float) -> float:
        """How far up a rate lies, 0 to 1."""
        if not self.powers:
            return min(max(rate / self.high, 0.0), 1.0) if self.high else 0.0
        shown = min(max(rate, self.low), self.high)
        return math.log(shown / self.low) / math.log(self.high / self.low)


def axis_of(stretches: Sequence[Stretch]) -> RateAxis:
    """The axis on which all stages can be told apart."""
    peaks = [stretch.peak for stretch in stretches]
    high = max(peaks)
    if high / min(peaks) <= APART:
        return RateAxis(0.0, high, False, (0.0, high))
    low = min(peaks) / BELOW
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high) + 1e-9)
    # At most four numbers have room.
    step = max(1, math.ceil((last - first + 1) / 4))
    return RateAxis(low, high, True, tuple(10.0**n for n in range(last, first - 1, -step)))


class CoursePlot(QWidget):
    """Draws what the options say; its description says it in words."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._stretches: tuple[Stretch, ...] = ()
        self.text = ""
        """What is drawn in words, but for the stages."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Learning rate over the run"))
        look.changed.connect(self.update)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """What is drawn."""
        return self._stretches

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(30 * SPACE, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """See Qt."""
        return QSize(12 * SPACE, HEIGHT)

    def show_options(self, options: TrainingOptions) -> None:
        """Draw the rate of a run with these options; nothing where they cannot be."""
        try:
            options.check()
            self._stretches, self.text = course(options), course_text(options, listed=False)
            spoken = course_text(options)
        except DesignerError as error:
            self._stretches, self.text = (), str(error)
            spoken = self.text
        self.setAccessibleDescription(spoken)
        self.setToolTip(spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bands of the stages, lines of the axis, and the rate."""
        if not self._stretches:
            return
        axis = axis_of(self._stretches)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(self._look.sizes.small)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        left = max(metrics.horizontalAdvance(f"{tick:.3g}") for tick in axis.ticks) + SPACE
        line = metrics.height()
        area = QRectF(left, line, self.width() - left - SPACE / 2, self.height() - 2 * line - SPACE / 2)
        self._draw_stages(painter, area, metrics)
        self._draw_axes(painter, area, axis, metrics)
        self._draw_rate(painter, area, axis)
        painter.end()

    def _x(self, area: QRectF, epoch: float) -> float:
        return area.left() + area.width() * epoch / self._stretches[-1].end

    def _draw_stages(self, painter: QPainter, area: QRectF, metrics: QFontMetricsF) -> None:
        colours = self._look.colours
        if len(self._stretches) < 2:
            return
        for number, stretch in enumerate(self._stretches):
            left, right = self._x(area, stretch.start), self._x(area, stretch.end)
            if number % 2 == 0:
                painter.fillRect(
                    QRectF(left, area.top(), right - left, area.height()), QColor(colours.raised)
                )
            painter.setPen(QColor(colours.text_muted))
            room = QRectF(left + 2, 0, right - left - 4, metrics.height())
            # The number alone where the name has no room.
            text = (
                stretch.name if metrics.horizontalAdvance(stretch.name) <= room.width() else str(number + 1)
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_axes(self, painter: QPainter, area: QRectF, axis: RateAxis, metrics: QFontMetricsF) -> None:
        colours = self._look.colours
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in axis.ticks:
            y = area.bottom() - area.height() * axis.share(tick)
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(colours.text_muted))
            half = metrics.height() / 2
            painter.drawText(QRectF(0, y - half, area.left() - SPACE / 2, 2 * half), right, f"{tick:.3g}")
        below = QRectF(area.left(), area.bottom() + 2, area.width(), metrics.height())
        end = self._stretches[-1].end
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(
            below, Qt.AlignmentFlag.AlignRight, tr("{count} epochs", count=end) if end != 1 else tr("1 epoch")
        )

    def _draw_rate(self, painter: QPainter, area: QRectF, axis: RateAxis) -> None:
        painter.setPen(QPen(QColor(self._look.colours.accent), 2))
        for stretch in self._stretches:
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(self._x(area, epoch), area.bottom() - area.height() * axis.share(rate))
                        for epoch, rate in stretch.points
                    ]
                )
            )
