"""The canvas seen from afar: boxes as coloured blocks, with as few calls as can be.

What is drawn is gathered once for a picture and its contents, in chunks along its longer side, so that a
network of thousands of layers is drawn by a handful of calls for each chunk that is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.marks import Marks, Tints
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import RAMP_STEPS, CanvasStyle, mixed, pen
from designer.network.arranging import Rectangle

CHUNK = 1_024
"""Boxes in a chunk."""
LONG = 4_000.0
"""Lines longer than this belong to no chunk."""
THIN = 4.0
"""On the screen a block is at least so many pixels wide."""

_Fill = tuple[str, bool, int, str]
"""What a block's look is made of: category, frozen, step of the overlay's scale or -1, mark."""


@dataclass(slots=True)
class _Chunk:
    """Blocks and lines that lie near one another."""

    area: Rectangle
    keys: list[str]
    numbers: list[int] = field(default_factory=list)
    blocks: dict[_Fill, list[QRectF]] | None = None
    lines: QPainterPath | None = None


class FarPainter:
    """Paints one picture from afar."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._rectangles: dict[str, QRectF] = {}
        self._chunks = self._cut()
        self._contents: Mapping[str, BoxContent] = {}
        self._tints: Tints | None = None

    def show(self, contents: Mapping[str, BoxContent], tints: Tints | None) -> None:
        """Paint these contents from now on."""
        if contents is not self._contents or tints is not self._tints:
            self._contents, self._tints = contents, tints
            for chunk in self._chunks:
                chunk.blocks = None

    def paint(
        self,
        painter: QPainter,
        area: Rectangle,
        style: CanvasStyle,
        scale: float,
        marks: Marks,
        marked: frozenset[int],
    ) -> None:
        """Lines and blocks in an area."""
        seen = [chunk for chunk in self._chunks if _meet(chunk.area, area)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(style.far_line)
        for chunk in seen:
            painter.drawPath(self._lines(chunk))
        self._paint_marked(painter, marked, style)
        for chunk in seen:
            self._paint_blocks(painter, chunk, style, scale)
        if marks.found:
            painter.fillRect(QRectF(area.x, area.y, area.width, area.height), style.veil)
            self._paint_chosen(painter, marks.found, style.found_fill, style.found, scale)
        self._paint_chosen(painter, marks.selected, style.selected_fill, style.selected, scale)

    def _paint_marked(self, painter: QPainter, marked: Iterable[int], style: CanvasStyle) -> None:
        lines = [line for number in marked for line in self._straight(number)]
        if lines:
            line = QPen(style.marked_line)
            line.setCosmetic(True)
            painter.setPen(line)
            painter.drawLines(lines)

    def _paint_blocks(self, painter: QPainter, chunk: _Chunk, style: CanvasStyle, scale: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for (category, frozen, step, mark), rectangles in self._blocks(chunk).items():
            fill, pattern = self._look(category, frozen, step, mark, style)
            if _thin(rectangles, scale):
                # Too thin to be seen as a block: a line of some width in its place.
                _draw_sticks(painter, rectangles, fill)
                painter.setPen(Qt.PenStyle.NoPen)
                continue
            painter.setBrush(fill)
            painter.drawRects(rectangles)
            if pattern is not None:
                painter.setBrush(pattern)
                painter.drawRects(rectangles)

    def _look(
        self, category: str, frozen: bool, step: int, mark: str, style: CanvasStyle
    ) -> tuple[QColor, QBrush | None]:
        if self._tints is None:
            share = 0.35 if frozen else 0.75
            fill = mixed(style.category(category).name(), style.colours.surface, share)
            return fill, style.frozen_hatch if frozen else None
        if mark:
            full, _, pattern = style.mark(mark)
            fill = mixed(full.name(), style.colours.surface, 0.6)
            ink = QColor(style.colours.surface)
            return fill, None if pattern is Qt.BrushStyle.NoBrush else QBrush(ink, pattern)
        if step >= 0:
            return style.ramp(step / RAMP_STEPS)[0], None
        return mixed(style.colours.text_muted, style.colours.window, 0.22), None

    def _paint_chosen(
        self, painter: QPainter, keys: Iterable[str], fill: QBrush, edge: QPen, scale: float
    ) -> None:
        there = self._picture.arrangement.rectangles
        rectangles = [self._rectangle(key) for key in keys if key in there]
        if not rectangles:
            return
        if _thin(rectangles, scale):
            _draw_sticks(painter, rectangles, edge.color(), THIN + 2)
            return
        painter.setPen(pen(edge.color(), 2.0, cosmetic=True))
        painter.setBrush(fill)
        painter.drawRects(rectangles)

    def _blocks(self, chunk: _Chunk) -> dict[_Fill, list[QRectF]]:
        if chunk.blocks is None:
            chunk.blocks = {}
            for key in chunk.keys:
                content = self._contents.get(key)
                if content is not None:
                    chunk.blocks.setdefault(self._fill(key, content), []).append(self._rectangle(key))
        return chunk.blocks

    def _fill(self, key: str, content: BoxContent) -> _Fill:
        if self._tints is None:
            return (content.category, content.frozen, -1, "")
        tint = self._tints.boxes.get(key)
        if tint is None:
            return ("", False, -1, "")
        return ("", False, round(tint.share * RAMP_STEPS) if tint.share >= 0 else -1, tint.mark)

    def _rectangle(self, key: str) -> QRectF:
        found = self._rectangles.get(key)
        if found is None:
            found = self._rectangles[key] = QRectF(*self._picture.rectangle(key))
        return found

    def _lines(self, chunk: _Chunk) -> QPainterPath:
        if chunk.lines is None:
            chunk.lines = QPainterPath()
            for number in chunk.numbers:
                points = self._picture.arrangement.lines[number].points
                chunk.lines.moveTo(QPointF(*points[0]))
                for point in points[1:]:
                    chunk.lines.lineTo(QPointF(*point))
        return chunk.lines

    def _straight(self, number: int) -> list[QLineF]:
        points = self._picture.arrangement.lines[number].points
        return [QLineF(*start, *end) for start, end in pairwise(points)]

    def _cut(self) -> list[_Chunk]:
        """The picture in chunks along its longer side; the last one holds what is longer than a chunk."""
        picture = self._picture
        lying = picture.arrangement.width > picture.arrangement.height
        side = 0 if lying else 1
        keys = sorted(picture.keys, key=lambda key: picture.rectangle(key)[side])
        chunks = [
            _Chunk(_around([picture.rectangle(key) for key in part]), part)
            for part in (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
        ]
        home = {key: chunk for chunk in chunks for key in chunk.keys}
        long = _Chunk(Rectangle(0, 0, picture.arrangement.width, picture.arrangement.height), [])
        for number, line in enumerate(picture.arrangement.lines):
            extent = picture.extents[number]
            near = max(extent.width, extent.height) <= LONG
            chunk = home.get(line.source, long) if near else long
            chunk.numbers.append(number)
            if chunk is not long:
                chunk.area = _around([chunk.area, extent])
        return [*chunks, long] if long.numbers else chunks


def _around(rectangles: Sequence[Rectangle]) -> Rectangle:
    left, top = min(r.x for r in rectangles), min(r.y for r in rectangles)
    right, bottom = max(r.right for r in rectangles), max(r.bottom for r in rectangles)
    return Rectangle(left, top, right - left, bottom - top)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one.x <= other.right and other.x <= one.right and one.y <= other.bottom and other.y <= one.bottom


def _thin(rectangles: Sequence[QRectF], scale: float) -> bool:
    return rectangles[0].width() * scale < THIN


def _draw_sticks(
    painter: QPainter, rectangles: Iterable[QRectF], colour: QColor, width: float = THIN
) -> None:
    painter.setPen(pen(colour, width, cosmetic=True))
    painter.drawLines(
        [QLineF(r.center().x(), r.top(), r.center().x(), max(r.bottom(), r.top() + 1)) for r in rectangles]
    )
