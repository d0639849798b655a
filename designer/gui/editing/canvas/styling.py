"""Pens, brushes, fonts and icons of the canvas, made once for a look and kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen, QPixmap

from designer.gui.editing.canvas.content import GROUP_CATEGORY
from designer.gui.look.icons import pixmap
from designer.gui.look.tokens import Colours

NAME, DETAIL = 13, 12
"""Text sizes in pixels at 100 %."""


def mixed(one: str, other: str, share: float) -> QColor:
    """`share` of the first colour and the rest of the second."""
    a, b = QColor(one), QColor(other)
    return QColor(
        round(a.red() * share + b.red() * (1 - share)),
        round(a.green() * share + b.green() * (1 - share)),
        round(a.blue() * share + b.blue() * (1 - share)),
    )


def pen(colour: QColor | str, width: float, *, cosmetic: bool = False) -> QPen:
    """A pen with round ends."""
    made = QPen(
        QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin
    )
    made.setCosmetic(cosmetic)
    return made


class CanvasStyle:
    """Everything that painting needs of a look, worked out once.

    Attributes are pens, brushes and fonts by what they are for.
    """

    def __init__(self, colours: Colours, family: QFont, ratio: float) -> None:
        self.colours = colours
        self.ratio = ratio
        self.text = QColor(colours.text)
        self.muted = QColor(colours.text_muted)
        self.surface = QBrush(QColor(colours.surface))
        self.selected_fill = QBrush(QColor(colours.selection))
        self.border = pen(mixed(colours.text_muted, colours.border, 0.25), 1.0)
        self.hovered = pen(colours.accent, 1.5)
        self.selected = pen(colours.accent, 2.5)
        self.line = pen(mixed(colours.text_muted, colours.window, 0.75), 1.4)
        self.far_line = pen(mixed(colours.text_muted, colours.window, 0.6), 1.0, cosmetic=True)
        self.marked_line = pen(colours.accent, 2.2)
        self.tick_border = pen(colours.text_muted, 1.3)
        self.frame_border = pen(colours.border, 1.0)
        self.far_frame = pen(colours.border, 1.0, cosmetic=True)
        self.frame_fills = tuple(
            QBrush(mixed(colours.raised, colours.window, share)) for share in (0.45, 0.8)
        )
        self.categories = {name: QColor(colour) for name, colour in colours.category.items()}
        self.categories[GROUP_CATEGORY] = QColor(colours.text_muted)
        hatch = QColor(colours.frozen)
        hatch.setAlphaF(0.17)
        self.frozen_hatch = QBrush(hatch, Qt.BrushStyle.BDiagPattern)
        self.frozen = QColor(colours.frozen)
        self.name_font = QFont(family)
        self.name_font.setPixelSize(NAME)
        self.name_font.setWeight(QFont.Weight.DemiBold)
        self.detail_font = QFont(family)
        self.detail_font.setPixelSize(DETAIL)
        self.name_metrics = QFontMetricsF(self.name_font)
        self.detail_metrics = QFontMetricsF(self.detail_font)
        self._large: dict[tuple[int, bool], tuple[QFont, QFontMetricsF]] = {}
        self._elided: dict[tuple[str, int, int, bool], str] = {}
        self._icons: dict[tuple[str, str, int], QPixmap] = {}

    def category(self, name: str) -> QColor:
        """The colour of a category; a neutral one when the look does not know it."""
        return self.categories.get(name, self.muted)

    def large(self, size: int, *, title: bool = False) -> tuple[QFont, QFontMetricsF]:
        """The font of names (or of frames' titles) while zoomed out, `size` in pixels at 100 %."""
        key = (size, title)
        if key not in self._large:
            font = QFont(self.detail_font if title else self.name_font)
            font.setPixelSize(size)
            self._large[key] = (font, QFontMetricsF(font))
        return self._large[key]

    def elided(self, text: str, metrics: QFontMetricsF, width: float, *, middle: bool = False) -> str:
        """`text`, shortened with an ellipsis at its end or in its middle until it fits."""
        key = (text, round(width), round(metrics.height() * 4), middle)
        found = self._elided.get(key)
        if found is None:
            mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
            found = self._elided[key] = metrics.elidedText(text, mode, width)
        return found

    def icon(self, name: str, role: str, side: int) -> QPixmap:
        """An icon, `side` pixels wide at 100 %, drawn at twice the size so that it stays sharp."""
        key = (name, role, side)
        if key not in self._icons:
            self._icons[key] = pixmap(name, self.colours, role, side, 2.0 * max(self.ratio, 1.0))
        return self._icons[key]
