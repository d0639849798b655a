"""A legend above a plot: lines, their names and values, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.look.tokens import SPACE, Colours
from designer.messages import tr

SWATCH = 18
"""Width of the piece of line in pixels."""
VALUE = 5
"""Pixels between a name and its value."""
LEAST = 4
"""Letters of a long name, beyond the short one, that are worth being shown."""


@dataclass(frozen=True)
class Entry:
    """A line of the legend: its name, its value as text, its pen and mark.

    `long` is the name where there is much room, '' for the same; `short` the value where there is little.
    """

    name: str
    value: str
    pen: Any
    symbol: str | None = None
    joined: bool = True
    short: str = ""
    long: str = ""


@dataclass(frozen=True)
class Arrangement:
    """How entries are laid out in a width and a number of rows.

    Attributes:
        columns: in which they stand, one row after the other.
        rows: that they take.
        cell: width of a column in pixels.
        texts: name and value of each that is shown.
        more: how many are not; their number stands in the last cell.
    """

    columns: int
    rows: int
    cell: int
    texts: tuple[tuple[str, str], ...]
    more: int = 0


def arranged(
    entries: Sequence[Entry], width: int, most: int, text_width: Callable[[str], int]
) -> Arrangement:
    """Entries in at most `most` rows: with their values, else short ones, else without, else some of them.

    Names are long where these rows have room for them; in a single column what has no room is cut off.

    Each column is wide enough for the widest, so that nothing jumps; `text_width` is that of a text in
    pixels.
    """
    long, full = _long(entries), tuple((entry.name, entry.value) for entry in entries)
    if _cell(full, text_width) <= width < 2 * _cell(full, text_width):
        long = tuple((_cut(entry, width, text_width), entry.value) for entry in entries)
    shorter = tuple((entry.name, entry.short or entry.value) for entry in entries)
    bare = tuple((entry.name, "") for entry in entries)
    for texts in (long, full, shorter, bare):
        cell = _cell(texts, text_width)
        columns = max(min(width // cell, len(texts)), 1)
        rows = max(-(-len(texts) // columns), 1)
        if rows <= most and (texts is not long or cell <= width):
            return Arrangement(columns, rows, cell, texts)
    shown = max(columns * most - 1, 1)
    return Arrangement(columns, most, cell, bare[:shown], len(bare) - shown)


def _long(entries: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    return tuple((entry.long or entry.name, entry.value) for entry in entries)


def _cut(entry: Entry, width: int, text_width: Callable[[str], int]) -> str:
    """So much of the long name as makes a column no wider than `width`; the other where that is little."""
    whole = entry.long or entry.name
    for end in range(len(whole), len(entry.name) + LEAST, -1):
        name = whole if end == len(whole) else whole[:end].rstrip(" ,") + "…"
        if _cell([(name, entry.value)], text_width) <= width:
            return name
    return entry.name


def _cell(texts: Sequence[tuple[str, str]], text_width: Callable[[str], int]) -> int:
    names = [text_width(name) for name, _ in texts]
    values = [text_width(max(value, "0.0000", key=len)) + VALUE if value else 0 for _, value in texts]
    both = [name + value for name, value in zip(names, values, strict=True)]
    return SWATCH + 4 + max(both, default=40) + SPACE


class Legend(QWidget):
    """Shows entries as `arranged`; the tooltip has all of them where they have no room.

    Attributes:
        whole: they have room, with their values.
    """

    changed = Signal()
    """`whole` is another."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()
        self._most = 1_000
        self.whole = True
        self._text = self._muted = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What there is to show."""
        return self._entries

    @property
    def text(self) -> str:
        """The same in words."""
        return ", ".join(f"{name} {value}" for name, value in _long(self._entries))

    @property
    def arrangement(self) -> Arrangement:
        """How much of it is shown, and where."""
        width = QFontMetrics(self.font()).horizontalAdvance
        return arranged(self._entries, self.width(), self._most, width)

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

    def leave(self, height: int) -> None:
        """Take at most this height, but two rows at least: the names of one run's lines need them."""
        most = max(height // self._row(), 2)
        if most != self._most:
            self._most = most
            self._fit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        painter = QPainter(self)
        found, row = self.arrangement, self._row()
        metrics = QFontMetrics(self.font())
        centre = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, (name, value) in enumerate(found.texts):
            left, top = number % found.columns * found.cell, number // found.columns * row
            self._paint_line(painter, self._entries[number], left, top + row // 2)
            room = QRect(left + SWATCH + 4, top, found.cell - SWATCH - 4 - SPACE, row)
            painter.setPen(self._muted)
            painter.drawText(room, centre, name)
            room.setLeft(room.left() + metrics.horizontalAdvance(name) + VALUE)
            painter.setPen(self._text)
            painter.drawText(room, centre, value)
        if found.more:
            last = len(found.texts)
            left, top = last % found.columns * found.cell, last // found.columns * row
            painter.setPen(self._muted)
            painter.drawText(
                QRect(left, top, found.cell, row), centre, tr("+ {count} more", count=found.more)
            )

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
        found = self.arrangement
        long = _long(self._entries)
        lines = "\n".join(f"{name} {value}" for name, value in long)
        fits = [value for _, value in found.texts] == [value for _, value in long]
        self.setToolTip("" if found.texts == long else lines)
        if fits != self.whole:
            self.whole = fits
            self.changed.emit()
        self.setFixedHeight(found.rows * self._row())

    def _row(self) -> int:
        return QFontMetrics(self.font()).height() + 2
