"""A legend above a plot: lines, their names and values, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.look.tokens import SPACE, Colours

SWATCH = 18
"""Width of the piece of line in pixels."""


@dataclass(frozen=True)
class Entry:
    """A line of the legend: its name, its value as text, its pen and mark."""

    name: str
    value: str
    pen: Any
    symbol: str | None = None
    joined: bool = True


class Legend(QWidget):
    """Shows entries; each column is wide enough for the widest, so that nothing jumps."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()
        self._text = self._muted = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    @property
    def text(self) -> str:
        """The same in words."""
        return ", ".join(f"{entry.name} {entry.value}" for entry in self._entries)

    def dress(self, colours: Colours, font: QFont) -> None:
        """Take on colours."""
        self._text, self._muted = QColor(colours.text), QColor(colours.text_muted)
        self.setFont(font)
        self._fit()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show `entries`."""
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self.setAccessibleName(self.text)
            self._fit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        painter = QPainter(self)
        columns, cell, row = self._columns(self.width()), self._cell(), self._row()
        metrics = QFontMetrics(self.font())
        for number, entry in enumerate(self._entries):
            left, top = number % columns * cell, number // columns * row
            self._paint_line(painter, entry, left, top + row // 2)
            room = QRect(left + SWATCH + 4, top, cell - SWATCH - 4 - SPACE, row)
            centre = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.setPen(self._muted)
            painter.drawText(room, centre, entry.name)
            room.setLeft(room.left() + metrics.horizontalAdvance(entry.name) + 5)
            painter.setPen(self._text)
            painter.drawText(room, centre, entry.value)

    def _paint_line(self, painter: QPainter, entry: Entry, left: int, middle: int) -> None:
        pen = pg.mkPen(entry.pen)
        if entry.joined:
            painter.setPen(pen)
            painter.drawLine(left + 1, middle, left + SWATCH - 1, middle)
        if entry.symbol is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(left + SWATCH / 2, middle + 0.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pen.color())
            painter.scale(7, 7)
            painter.drawPath(pg.graphicsItems.ScatterPlotItem.Symbols[entry.symbol])
            painter.restore()

    def _fit(self) -> None:
        rows = -(-len(self._entries) // self._columns(self.width()))
        self.setFixedHeight(max(rows, 1) * self._row())

    def _columns(self, width: int) -> int:
        return max(min(width // self._cell(), len(self._entries)), 1)

    def _cell(self) -> int:
        metrics = QFontMetrics(self.font())
        names = [metrics.horizontalAdvance(entry.name) for entry in self._entries]
        values = [metrics.horizontalAdvance(max(entry.value, "0.0000", key=len)) for entry in self._entries]
        both = [name + value for name, value in zip(names, values, strict=True)]
        return SWATCH + 4 + max(both, default=40) + 5 + SPACE

    def _row(self) -> int:
        return QFontMetrics(self.font()).height() + 2
