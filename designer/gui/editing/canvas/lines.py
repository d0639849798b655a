"""How connections are painted: level and upright lines with round corners and an arrow head."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen, QPolygonF

from designer.gui.editing.canvas.labels import LineText, place_of_full, placed
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
            self._places = {}
        painter.setFont(style.small_font)
        lines = self._picture.arrangement.lines
        shown = list(numbers)
        for source in dict.fromkeys(lines[number].source for number in shown):
            for number, place in self._labels(source, texts, style):
                if number not in marked:
                    _write(painter, place, texts[number].short, False, style)
        for number in shown:
            if number in marked:
                measure = style.small_metrics.horizontalAdvance
                said = place_of_full(self._picture, number, texts[number], measure)
                if said is not None:
                    _write(painter, said[1], said[0], True, style)

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


def _write(painter: QPainter, place: Rectangle, text: str, full: bool, style: CanvasStyle) -> None:
    where = QRectF(place.x, place.y, place.width, place.height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.label_plate)
    if full:
        painter.drawRoundedRect(where.adjusted(-4, -1, 4, 1), 3, 3)
    painter.setPen(style.accent if full else style.muted)
    baseline = place.y + (place.height + style.small_metrics.ascent() - style.small_metrics.descent()) / 2
    painter.drawText(QPointF(place.x, baseline), text)
