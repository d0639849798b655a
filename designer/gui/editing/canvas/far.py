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
from designer.gui.editing.canvas.merging import TINY, cell_at, merged
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import RAMP_STEPS, CanvasStyle, mixed, pen
from designer.network.arranging import Rectangle

CHUNK = 1_024
"""Boxes in a chunk."""
LONG = 4_000.0
"""Lines longer than this belong to no chunk."""
SHORT = 300.0
"""Lines shorter than this are not drawn where they would be shorter than `SEEN`."""
SEEN = 3.0
"""Length of the shortest lines that are drawn, on the screen in pixels."""

Fill = tuple[str, bool, int, str]
"""What a block's look is made of: category, frozen, step of the overlay's scale or -1, mark."""


@dataclass(slots=True)
class _Chunk:
    """Blocks and lines that lie near one another."""

    area: Rectangle
    keys: list[str]
    numbers: list[int] = field(default_factory=list)
    blocks: dict[Fill, list[QRectF]] | None = None
    lines: tuple[QPainterPath, QPainterPath] | None = None


def fill_of(key: str, content: BoxContent, tints: Tints | None) -> Fill:
    """What the look of a box's block is made of."""
    if tints is None:
        return (content.category, content.frozen, -1, "")
    tint = tints.boxes.get(key)
    if tint is None:
        return ("", False, -1, "")
    return ("", False, round(tint.share * RAMP_STEPS) if tint.share >= 0 else -1, tint.mark)


def look_of(fill: Fill, style: CanvasStyle, overlaid: bool) -> tuple[QColor, QBrush | None]:
    """A block's colour, and the pattern over it."""
    category, frozen, step, mark = fill
    if not overlaid:
        share = 0.35 if frozen else 0.75
        colour = mixed(style.category(category).name(), style.colours.surface, share)
        return colour, style.frozen_hatch if frozen else None
    if mark:
        full, _, pattern = style.mark(mark)
        colour = mixed(full.name(), style.colours.surface, 0.6)
        ink = QColor(style.colours.surface)
        return colour, None if pattern is Qt.BrushStyle.NoBrush else QBrush(ink, pattern)
    if step >= 0:
        return style.ramp(step / RAMP_STEPS)[0], None
    return mixed(style.colours.text_muted, style.colours.window, 0.22), None


class FarPainter:
    """Paints one picture from afar."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._lying = picture.arrangement.width > picture.arrangement.height
        self._rectangles: dict[str, QRectF] = {}
        self._merged: dict[float, Mapping[Fill, list[QRectF]]] = {}
        self._chosen: dict[str, tuple[frozenset[str], float, list[QRectF]]] = {}
        self._chunks = self._cut()
        self._contents: Mapping[str, BoxContent] = {}
        self._wrong: frozenset[str] = frozenset()
        self._tints: Tints | None = None

    def show(self, contents: Mapping[str, BoxContent], tints: Tints | None) -> None:
        """Paint these contents from now on."""
        if contents is not self._contents or tints is not self._tints:
            self._contents, self._tints = contents, tints
            self._wrong = frozenset(key for key, content in contents.items() if content.problem == "error")
            self._chosen.pop("wrong", None)
            self._merged.clear()
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
            short, rest = self._lines(chunk)
            if scale * SHORT >= SEEN:
                painter.drawPath(short)
            painter.drawPath(rest)
        self._paint_marked(painter, marked, style)
        painter.setPen(Qt.PenStyle.NoPen)
        if scale < TINY:
            self._paint_blocks(painter, self._blocks_at(scale), style)
        else:
            for chunk in seen:
                self._paint_blocks(painter, self._blocks(chunk), style)
        if marks.found:
            painter.fillRect(QRectF(area.x, area.y, area.width, area.height), style.veil)
            self._paint_chosen(painter, "found", marks.found, style.found_fill, style.found, scale)
        self._paint_chosen(painter, "wrong", self._wrong, style.wrong_fill, style.wrong, scale)
        # As near by, an overlay's colour stays what it is where a box is selected.
        fill = style.selected_fill if self._tints is None else QBrush(Qt.BrushStyle.NoBrush)
        self._paint_chosen(painter, "selected", marks.selected, fill, style.selected, scale)

    def _paint_marked(self, painter: QPainter, marked: Iterable[int], style: CanvasStyle) -> None:
        lines = [line for number in marked for line in self._straight(number)]
        if lines:
            line = QPen(style.marked_line)
            line.setCosmetic(True)
            painter.setPen(line)
            painter.drawLines(lines)

    def _paint_blocks(
        self, painter: QPainter, blocks: Mapping[Fill, list[QRectF]], style: CanvasStyle
    ) -> None:
        for fill, rectangles in blocks.items():
            colour, pattern = look_of(fill, style, self._tints is not None)
            painter.setBrush(colour)
            painter.drawRects(rectangles)
            if pattern is not None:
                painter.setBrush(pattern)
                painter.drawRects(rectangles)

    def _paint_chosen(
        self, painter: QPainter, what: str, keys: frozenset[str], fill: QBrush, edge: QPen, scale: float
    ) -> None:
        if not keys:
            return
        tiny = scale < TINY
        cell = cell_at(scale) if tiny else 0.0
        known = self._chosen.get(what)
        if known is None or known[0] is not keys or known[1] != cell:
            there = self._picture.arrangement.rectangles
            shown = [key for key in keys if key in there]
            if tiny:
                blocks = merged(((there[key], "") for key in shown), cell, self._lying)
                rectangles = [QRectF(*block) for block in blocks.get("", ())]
            else:
                rectangles = [self._rectangle(key) for key in shown]
            known = self._chosen[what] = (keys, cell, rectangles)
        painter.setPen(pen(edge.color(), 2.0, cosmetic=True))
        painter.setBrush(edge.color() if tiny else fill)
        painter.drawRects(known[2])

    def _blocks_at(self, scale: float) -> Mapping[Fill, list[QRectF]]:
        """All blocks, merged into such as can be seen at that scale."""
        cell = cell_at(scale)
        if cell not in self._merged:
            boxes = (
                (self._picture.rectangle(key), fill_of(key, content, self._tints))
                for key, content in self._contents.items()
                if key in self._picture.arrangement.rectangles
            )
            self._merged[cell] = {
                fill: [QRectF(*block) for block in blocks]
                for fill, blocks in merged(boxes, cell, self._lying).items()
            }
        return self._merged[cell]

    def _blocks(self, chunk: _Chunk) -> dict[Fill, list[QRectF]]:
        if chunk.blocks is None:
            chunk.blocks = {}
            for key in chunk.keys:
                content = self._contents.get(key)
                if content is not None:
                    chunk.blocks.setdefault(fill_of(key, content, self._tints), []).append(
                        self._rectangle(key)
                    )
        return chunk.blocks

    def _rectangle(self, key: str) -> QRectF:
        found = self._rectangles.get(key)
        if found is None:
            found = self._rectangles[key] = QRectF(*self._picture.rectangle(key))
        return found

    def _lines(self, chunk: _Chunk) -> tuple[QPainterPath, QPainterPath]:
        """The short lines, and the others."""
        if chunk.lines is None:
            chunk.lines = (QPainterPath(), QPainterPath())
            for number in chunk.numbers:
                extent = self._picture.extents[number]
                path = chunk.lines[0 if max(extent.width, extent.height) < SHORT else 1]
                points = self._picture.arrangement.lines[number].points
                path.moveTo(QPointF(*points[0]))
                for point in points[1:]:
                    path.lineTo(QPointF(*point))
        return chunk.lines

    def _straight(self, number: int) -> list[QLineF]:
        points = self._picture.arrangement.lines[number].points
        return [QLineF(*start, *end) for start, end in pairwise(points)]

    def _cut(self) -> list[_Chunk]:
        """The picture in chunks along its longer side; the last one holds what is longer than a chunk."""
        picture = self._picture
        side = 0 if self._lying else 1
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
