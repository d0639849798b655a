"""Pens, brushes, fonts and icons of the canvas, made once for a look and kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen, QPixmap

from designer.gui.editing.canvas.content import GROUP_CATEGORY
from designer.gui.look.icons import pixmap
from designer.gui.look.tokens import Colours, contrast

RAMPS = {
    False: ("#fdf6e8", "#f6c36b", "#d2691e", "#7d1f10"),
    True: ("#2a2b2f", "#7d4d1d", "#dc9434", "#ffe09a"),
}
"""From little to much, on a light (False) and on a dark window."""
RAMP_STEPS = 32
FOUND = {False: "#c77700", True: "#ffc857"}
"""What the search has found, on a light and on a dark window; 3:1 on both."""
INKS = ("#000000", "#ffffff")
"""What is written on coloured boxes with: one of the two has a contrast of 4.5 on any colour."""

MARKS = {
    "added": ("success", Qt.BrushStyle.CrossPattern),
    "removed": ("danger", Qt.BrushStyle.DiagCrossPattern),
    "changed": ("warning", Qt.BrushStyle.Dense6Pattern),
    "frozen": ("frozen", Qt.BrushStyle.BDiagPattern),
    "trainable": ("accent", Qt.BrushStyle.NoBrush),
    "mixed": ("frozen", Qt.BrushStyle.HorPattern),
}
"""Colour and pattern of an overlay's mark."""

NAME, DETAIL, SMALL = 13, 12, 11
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
        self.accent = QColor(colours.accent)
        self.surface = QBrush(QColor(colours.surface))
        self.selected_fill = QBrush(QColor(colours.selection))
        self.border = pen(mixed(colours.text_muted, colours.border, 0.25), 1.0)
        self.hovered = pen(colours.accent, 1.5)
        self.selected = pen(colours.accent, 2.5)
        self.current = pen(colours.accent, 1.5)
        self.current.setDashPattern([3, 3])
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
        self.bold_detail_font = QFont(self.detail_font)
        self.bold_detail_font.setWeight(QFont.Weight.DemiBold)
        self.bold_detail_metrics = QFontMetricsF(self.bold_detail_font)
        self.small_font = QFont(family)
        self.small_font.setPixelSize(SMALL)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.found = pen(FOUND[colours.dark], 2.0)
        self.found_now = pen(FOUND[colours.dark], 4.0)
        self.found_fill = QBrush(QColor(FOUND[colours.dark]))
        self.wrong = pen(colours.danger, 2.0)
        self.wrong_fill = QBrush(mixed(colours.danger, colours.surface, 0.35))
        veil = QColor(colours.window)
        veil.setAlphaF(0.62)
        self.veil = QBrush(veil)
        plate = QColor(colours.surface)
        plate.setAlphaF(0.92)
        self.plate = QBrush(plate)
        self.label_plate = QBrush(QColor(colours.window))
        self._ramp: dict[int, tuple[QColor, QColor]] = {}
        self._large: dict[tuple[int, bool], tuple[QFont, QFontMetricsF]] = {}
        self._widths: dict[tuple[str, int], float] = {}
        self._elided: dict[tuple[str, int, int, bool], str] = {}
        self._icons: dict[tuple[str, str, int], QPixmap] = {}

    def category(self, name: str) -> QColor:
        """The colour of a category; a neutral one when the look does not know it."""
        return self.categories.get(name, self.muted)

    def ramp(self, share: float) -> tuple[QColor, QColor]:
        """The colour at a place 0 ... 1 of an overlay's scale, and the ink to write on it with."""
        step = min(max(round(share * RAMP_STEPS), 0), RAMP_STEPS)
        if step not in self._ramp:
            stops = RAMPS[self.colours.dark]
            place = step / RAMP_STEPS * (len(stops) - 1)
            first = min(int(place), len(stops) - 2)
            fill = mixed(stops[first + 1], stops[first], place - first)
            ink = max(INKS, key=lambda one: contrast(one, fill.name()))
            self._ramp[step] = (fill, QColor(ink))
        return self._ramp[step]

    def mark(self, name: str) -> tuple[QColor, QColor, Qt.BrushStyle]:
        """An overlay's mark: its full colour, a pale fill to write on, and its pattern."""
        role, pattern = MARKS.get(name, ("text_muted", Qt.BrushStyle.NoBrush))
        full = str(getattr(self.colours, role))
        return QColor(full), mixed(full, self.colours.surface, 0.16), pattern

    def large(self, size: int, *, title: bool = False) -> tuple[QFont, QFontMetricsF]:
        """The font of names (or of frames' titles) while zoomed out, `size` in pixels at 100 %."""
        key = (size, title)
        if key not in self._large:
            font = QFont(self.detail_font if title else self.name_font)
            font.setPixelSize(size)
            self._large[key] = (font, QFontMetricsF(font))
        return self._large[key]

    def width(self, text: str, size: int) -> float:
        """Width of a text in the font of names, `size` pixels large."""
        key = (text, size)
        if key not in self._widths:
            self._widths[key] = self.large(size)[1].horizontalAdvance(text)
        return self._widths[key]

    def elided(self, text: str, metrics: QFontMetricsF, width: float, *, middle: bool = False) -> str:
        """`text`, shortened with an ellipsis at its end or in its middle until it fits."""
        text = text.replace("\n", " ")
        key = (text, round(width), round(metrics.height() * 4), middle)
        found = self._elided.get(key)
        if found is None:
            mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
            found = self._elided[key] = metrics.elidedText(text, mode, width)
        return found

    def problem(self, severity: str) -> QPixmap:
        """The mark of an error or a warning."""
        return self.icon("triangle-alert", "danger" if severity == "error" else "warning", 16)

    def icon(self, name: str, role: str, side: int) -> QPixmap:
        """An icon, `side` pixels wide at 100 %, drawn at twice the size so that it stays sharp."""
        key = (name, role, side)
        if key not in self._icons:
            self._icons[key] = pixmap(name, self.colours, role, side, 2.0 * max(self.ratio, 1.0))
        return self._icons[key]
