"""How connections are painted: level and upright lines with round corners and an arrow head."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from designer.gui.editing.canvas.labels import LineText, meet, placed
from designer.gui.editing.canvas.marked_texts import MarkedText, marked_text, plate
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.network.arranging import Point, Rectangle

CORNER = 8.0
HEAD_LENGTH, HEAD_WIDTH = 8.0, 7.0
LONG = 1500.0
"""Longer lines than this run in lanes, many on one another: only what is seen of them is drawn, once."""


def rounded(points: Sequence[Point]) -> QPainterPath:
    """The path through `points` with its corners rounded, ending where the arrow head begins."""
    path = QPainterPath(QPointF(*points[0]))
    end = _shortened(points[-2], points[-1], HEAD_LENGTH * 0.8)
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(CORNER, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        path.lineTo(QPointF(*_shortened(before, corner, reach)))
        path.quadTo(QPointF(*corner), QPointF(*_shortened(after, corner, reach)))
    path.lineTo(QPointF(*end))
    return path


def arrow_head(points: Sequence[Point]) -> QPolygonF:
    """The arrow head at the end of a line."""
    tip = points[-1]
    before = next((p for p in reversed(points[:-1]) if math.dist(p, tip) > 1e-6), (tip[0], tip[1] - 1))
    length = math.dist(before, tip)
    ahead = ((tip[0] - before[0]) / length, (tip[1] - before[1]) / length)
    back = (tip[0] - ahead[0] * HEAD_LENGTH, tip[1] - ahead[1] * HEAD_LENGTH)
    side = (-ahead[1] * HEAD_WIDTH / 2, ahead[0] * HEAD_WIDTH / 2)
    return QPolygonF(
        [
            QPointF(*tip),
            QPointF(back[0] + side[0], back[1] + side[1]),
            QPointF(back[0] - side[0], back[1] - side[1]),
        ]
    )


def _shortened(start: Point, end: Point, by: float) -> Point:
    """The point `by` before `end` on the way from `start`."""
    length = math.dist(start, end)
    if length <= by or not length:
        return start
    share = (length - by) / length
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


class LinePainter:
    """Paints the lines of one picture; paths are made when they are first seen."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._texts: Sequence[LineText] = ()
        self._style: CanvasStyle | None = None
        self._places: dict[str, tuple[tuple[int, Rectangle], ...]] = {}
        self._marked_lines: frozenset[int] = frozenset()
        self._marked_texts: dict[int, MarkedText | None] = {}
        self._paths: dict[int, tuple[QPainterPath, QPolygonF]] = {}

    def paint(
        self,
        painter: QPainter,
        numbers: Iterable[int],
        area: Rectangle,
        marked: frozenset[int],
        style: CanvasStyle,
    ) -> None:
        """The lines of these numbers, as far as they lie in `area`; those in `marked` stand out."""
        shown = list(numbers)
        for pen, chosen in (
            (style.line, [n for n in shown if n not in marked]),
            (style.marked_line, [n for n in shown if n in marked]),
        ):
            self._paint_near(painter, chosen, area, pen)

    def paint_texts(
        self,
        painter: QPainter,
        numbers: Iterable[int],
        texts: Sequence[LineText],
        marked: frozenset[int],
        style: CanvasStyle,
    ) -> None:
        """What the lines say, where there is room; those in `marked` say all of it."""
        if texts is not self._texts or style is not self._style:
            self._texts, self._style = texts, style
            self._places, self._marked_texts = {}, {}
        painter.setFont(style.small_font)
        lines = self._picture.arrangement.lines
        shown = list(numbers)
        sources = dict.fromkeys(lines[number].source for number in shown)
        short = [
            (place, texts[number].short)
            for source in sources
            for number, place in self._labels(source, texts, style)
            if number not in marked
        ]
        full = self._marked(shown, [place for place, _ in short], marked, style)
        for place, words in short:
            # Half a text behind a plate would not be read either.
            if not any(meet(place, plate(one.place)) for one in full):
                _write(painter, place, words, style.muted, style)
        for one in full:
            if not one.free:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(style.label_plate)
                painter.drawRoundedRect(QRectF(*plate(one.place)), 3, 3)
            _write(painter, one.place, one.words, style.accent, style)

    def _marked(
        self, shown: Sequence[int], others: Sequence[Rectangle], marked: frozenset[int], style: CanvasStyle
    ) -> list[MarkedText]:
        """What marked lines say; a text stays where it is while the same ones are marked."""
        if marked != self._marked_lines:
            self._marked_lines, self._marked_texts = marked, {}
        found = self._marked_texts
        lines = self._picture.arrangement.lines
        measure = style.small_metrics.horizontalAdvance
        for number in shown:
            if number in marked and number not in found:
                text = self._texts[number]
                taken = [one.place for one in found.values() if one is not None]
                # Of lines from one box that carry the same one says so.
                said = (
                    one is not None and one.words == text.full and lines[other].source == lines[number].source
                    for other, one in found.items()
                )
                found[number] = (
                    None if any(said) else marked_text(self._picture, number, text, measure, others, taken)
                )
        return [one for number in shown if (one := found.get(number)) is not None]

    def _labels(
        self, source: str, texts: Sequence[LineText], style: CanvasStyle
    ) -> tuple[tuple[int, Rectangle], ...]:
        found = self._places.get(source)
        if found is None:
            measure = style.small_metrics.horizontalAdvance
            found = self._places[source] = placed(self._picture, source, texts, measure)
        return found

    def _paint_near(self, painter: QPainter, numbers: list[int], area: Rectangle, pen: QPen) -> None:
        extents = self._picture.extents
        long = [n for n in numbers if _length(extents[n]) > LONG]
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in numbers:
            if _length(extents[number]) <= LONG:
                painter.drawPath(self._path(number)[0])
        parts = {part for number in long for part in self._seen_parts(number, area)}
        painter.drawLines([QLineF(*part) for part in parts])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(pen.color()))
        for number in numbers:
            x, y = self._picture.arrangement.lines[number].points[-1]
            if area.x <= x <= area.right and area.y <= y <= area.bottom:
                painter.drawPolygon(self._path(number)[1])

    def _seen_parts(self, number: int, area: Rectangle) -> Iterator[tuple[float, float, float, float]]:
        """The level and upright parts of a line that lie in an area, cut at its border."""
        for (x0, y0), (x1, y1) in pairwise(self._picture.arrangement.lines[number].points):
            left, right = max(min(x0, x1), area.x), min(max(x0, x1), area.right)
            top, bottom = max(min(y0, y1), area.y), min(max(y0, y1), area.bottom)
            if left <= right and top <= bottom:
                yield (left, top, right, bottom)

    def _path(self, number: int) -> tuple[QPainterPath, QPolygonF]:
        found = self._paths.get(number)
        if found is None:
            points = self._picture.arrangement.lines[number].points
            found = self._paths[number] = (rounded(points), arrow_head(points))
        return found


def _length(extent: Rectangle) -> float:
    return max(extent.width, extent.height)


def _write(painter: QPainter, place: Rectangle, text: str, ink: QColor, style: CanvasStyle) -> None:
    painter.setPen(ink)
    baseline = place.y + (place.height + style.small_metrics.ascent() - style.small_metrics.descent()) / 2
    painter.drawText(QPointF(place.x, baseline), text)
