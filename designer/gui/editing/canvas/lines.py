"""How connections are painted: level and upright lines with round corners and an arrow head."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen, QPolygonF

from designer.gui.editing.canvas.painting import NAMES
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.network.arranging import Point, Rectangle

CORNER = 8.0
HEAD_LENGTH, HEAD_WIDTH = 8.0, 7.0
LONG = 1500.0
"""Higher lines than this run in lanes, many on one another: only what is seen of them is drawn, once."""


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
        self._paths: dict[int, tuple[QPainterPath, QPolygonF]] = {}
        self._far: list[QLineF] | None = None

    def paint(
        self,
        painter: QPainter,
        numbers: Iterable[int],
        area: Rectangle,
        marked: frozenset[int],
        style: CanvasStyle,
        scale: float,
    ) -> None:
        """The lines of these numbers, as far as they lie in `area`; those in `marked` stand out."""
        if scale < NAMES:
            self._paint_far(painter, numbers, marked, style)
            return
        shown = list(numbers)
        for pen, chosen in (
            (style.line, [n for n in shown if n not in marked]),
            (style.marked_line, [n for n in shown if n in marked]),
        ):
            self._paint_near(painter, chosen, area, pen)

    def _paint_near(self, painter: QPainter, numbers: list[int], area: Rectangle, pen: QPen) -> None:
        extents = self._picture.extents
        long = [n for n in numbers if extents[n].height > LONG]
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in numbers:
            if extents[number].height <= LONG:
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

    def _paint_far(
        self, painter: QPainter, numbers: Iterable[int], marked: frozenset[int], style: CanvasStyle
    ) -> None:
        lines: list[QLineF] = []
        chosen: list[QLineF] = []
        shown = list(numbers)
        if len(shown) == len(self._picture.extents):
            # All of them: the same list each time.
            if self._far is None:
                self._far = [line for number in shown for line in self._straight(number)]
            lines = self._far
        else:
            lines = [line for number in shown for line in self._straight(number)]
        chosen = [line for number in shown if number in marked for line in self._straight(number)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(style.far_line)
        painter.drawLines(lines)
        if chosen:
            pen = QPen(style.marked_line)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(chosen)

    def _straight(self, number: int) -> list[QLineF]:
        points = self._picture.arrangement.lines[number].points
        return [QLineF(*start, *end) for start, end in pairwise(points)]

    def _path(self, number: int) -> tuple[QPainterPath, QPolygonF]:
        found = self._paths.get(number)
        if found is None:
            points = self._picture.arrangement.lines[number].points
            found = self._paths[number] = (rounded(points), arrow_head(points))
        return found
