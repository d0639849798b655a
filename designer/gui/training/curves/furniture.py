"""What stands behind curves: bands of stages with their names, and marks of checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF, QTransform

from designer.gui.look.tokens import Colours

MARK = 4.0
"""Half the width of a checkpoint's mark in pixels."""


class Furniture(pg.GraphicsObject):  # type: ignore[misc]
    """Fills the view of a plot, and is drawn in pixels, so that names keep their size.

    Args:
        named: write the names of the stages.
        caption: what is written on the right, at the top unless it is to be `low`.
    """

    def __init__(self, *, named: bool, caption: str = "") -> None:
        super().__init__()
        self.setZValue(-100)
        self._named, self._caption = named, caption
        self._low = False
        self._starts: tuple[float, ...] = ()
        self._names: tuple[str, ...] = ()
        self._checkpoints: Any = np.empty(0)
        self._band = self._text = self._mark = QColor()
        self._font = QFont()

    @property
    def low(self) -> bool:
        """The caption stands at the bottom."""
        return self._low

    def lay_caption(self, *, low: bool) -> None:
        """Write the caption at the bottom, or at the top."""
        if low != self._low:
            self._low = low
            self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the stages, in order."""
        return self._names

    @property
    def starts(self) -> tuple[float, ...]:
        """Where the stages begin."""
        return self._starts

    @property
    def checkpoints(self) -> Any:
        """Where checkpoints were written."""
        return self._checkpoints

    def show_places(self, starts: Sequence[float], names: Sequence[str], checkpoints: Any) -> None:
        """Show stages that begin at `starts`, and checkpoints."""
        known = (tuple(starts), tuple(names))
        if known != (self._starts, self._names) or len(checkpoints) != len(self._checkpoints):
            self._starts, self._names = known
            self._checkpoints = checkpoints.copy()
            self.update()

    def dress(self, colours: Colours, font: QFont) -> None:
        """Take on colours."""
        self._band = QColor(colours.text_muted)
        self._band.setAlpha(28)
        self._text, self._mark = QColor(colours.text_muted), QColor(colours.text_muted)
        self._font = font
        self.update()

    def boundingRect(self) -> QRectF:
        """All that is in view."""
        return QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:
        """Stay as large as the view."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Bands, their names, marks."""
        view, to_pixels = self.boundingRect(), painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setFont(self._font)
        whole = to_pixels.mapRect(view)
        if any(self._names) or len(self._starts) > 1:
            ends = (*self._starts[1:], max(view.right(), *self._starts))
            for number, (start, end) in enumerate(zip(self._starts, ends, strict=True)):
                low, high = max(start, view.left()), min(end, view.right())
                if high > low:
                    area = to_pixels.mapRect(QRectF(low, view.top(), high - low, view.height()))
                    self._paint_band(painter, area, number)
        painter.setPen(self._text)
        end = Qt.AlignmentFlag.AlignBottom if self._low else Qt.AlignmentFlag.AlignTop
        corner = int(end | Qt.AlignmentFlag.AlignRight)
        painter.drawText(whole.adjusted(0, 2, -4, -2), corner, self._caption)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._mark)
        for x in self._marks(to_pixels, view):
            bottom = whole.bottom()
            corners = [QPointF(x - MARK, bottom), QPointF(x + MARK, bottom), QPointF(x, bottom - 1.75 * MARK)]
            painter.drawPolygon(QPolygonF(corners))
        painter.restore()

    def _paint_band(self, painter: QPainter, area: QRectF, number: int) -> None:
        if number % 2:
            painter.fillRect(area, self._band)
        if self._named:
            room = area.adjusted(4, 2, -4, 0)
            text = QFontMetricsF(self._font).elidedText(
                self._names[number], Qt.TextElideMode.ElideRight, room.width()
            )
            if len(text) > 1:
                painter.setPen(self._text)
                painter.drawText(room, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), text)

    def _marks(self, to_pixels: QTransform, view: QRectF) -> list[float]:
        """Pixels of the checkpoints in view; those that fall on one pixel are one."""
        inside = (self._checkpoints >= view.left()) & (self._checkpoints <= view.right())
        pixels = to_pixels.m11() * self._checkpoints[inside] + to_pixels.dx()
        return [float(x) for x in np.unique(np.round(pixels))]
