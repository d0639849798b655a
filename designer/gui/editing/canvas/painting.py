"""How boxes and frames are painted. Zoomed out they lose their text and become coloured blocks."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.marks import Marks
from designer.gui.editing.canvas.picture import (
    INSET,
    SIDE,
    Picture,
    button_rectangle,
    collapse_rectangle,
    tick_rectangle,
)
from designer.gui.editing.canvas.styling import CanvasStyle, mixed
from designer.gui.editing.counts import layers_text
from designer.network.arranging import HEADER, Rectangle
from designer.network.groups import Frame

READABLE = 0.62
"""From this scale on all text is drawn."""
NAMES = 0.36
"""From this scale on names are drawn, larger than at 100 %; below it boxes are blocks."""
TITLES = 0.44
"""From this scale on frames have titles."""
SHORTEST = 40.0
"""With less room than this before the first line, a title goes on over it."""
BAR = 5.0
RADIUS = 6.0


def qrect(rectangle: Rectangle) -> QRectF:
    """A rectangle as Qt's."""
    return QRectF(rectangle.x, rectangle.y, rectangle.width, rectangle.height)


def paint_blocks(
    painter: QPainter,
    picture: Picture,
    boxes: Iterable[tuple[str, BoxContent]],
    style: CanvasStyle,
    marks: Marks,
) -> None:
    """All boxes as blocks of their category's colour, one call for each colour."""
    blocks: dict[tuple[str, bool], list[QRectF]] = {}
    chosen: list[QRectF] = []
    for key, content in boxes:
        where = qrect(picture.rectangle(key))
        blocks.setdefault((content.category, content.frozen), []).append(where)
        if key in marks.selected:
            chosen.append(where)
    painter.setPen(Qt.PenStyle.NoPen)
    for (category, frozen), rectangles in blocks.items():
        fill = mixed(style.category(category).name(), style.colours.surface, 0.35 if frozen else 0.75)
        painter.setBrush(fill)
        painter.drawRects(rectangles)
        if frozen:
            painter.setBrush(style.frozen_hatch)
            painter.drawRects(rectangles)
    if chosen:
        edge = QPen(style.selected)
        edge.setCosmetic(True)
        painter.setPen(edge)
        painter.setBrush(style.selected_fill)
        painter.drawRects(chosen)


def paint_box(
    painter: QPainter,
    where: Rectangle,
    content: BoxContent,
    style: CanvasStyle,
    key: str,
    marks: Marks,
    scale: float,
) -> None:
    """One box: its body, the bar of its category, its text, tick box and button."""
    body = qrect(where)
    chosen = key in marks.selected
    if content.path:
        _paint_stack(painter, body, style)
    painter.setPen(style.selected if chosen else style.hovered if key == marks.hovered else style.border)
    painter.setBrush(style.selected_fill if chosen else style.surface)
    painter.drawRoundedRect(body, RADIUS, RADIUS)
    if content.frozen:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.frozen_hatch)
        painter.drawRoundedRect(body.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.category(content.category))
    painter.drawRoundedRect(QRectF(body.x() + 4, body.y() + 6, BAR, body.height() - 12), 2, 2)
    if scale < READABLE:
        _paint_large_name(painter, body, content, style, scale)
        return
    _paint_texts(painter, body, content, style)
    if content.tick:
        _paint_tick(painter, qrect(tick_rectangle(where)), content.tick, style)
    if content.path:
        painter.drawPixmap(_inner(qrect(button_rectangle(where))), style.icon("plus", "text", 16), QRectF())


def _paint_stack(painter: QPainter, body: QRectF, style: CanvasStyle) -> None:
    """The corners of two more boxes behind a collapsed group."""
    painter.setPen(style.border)
    painter.setBrush(style.frame_fills[1])
    for offset in (6.0, 3.0):
        painter.drawRoundedRect(body.adjusted(offset, offset, offset, offset), RADIUS, RADIUS)


def _paint_large_name(
    painter: QPainter, body: QRectF, content: BoxContent, style: CanvasStyle, scale: float
) -> None:
    """The name alone, as large on the screen as at 100 %."""
    font, metrics = style.large(min(round(11.5 / scale), 30))
    inner = body.adjusted(BAR + 10, 0, -8, 0)
    painter.setFont(font)
    painter.setPen(style.text)
    text = style.elided(content.title, metrics, inner.width(), middle=True)
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _paint_texts(painter: QPainter, body: QRectF, content: BoxContent, style: CanvasStyle) -> None:
    left = body.x() + BAR + 4 + INSET
    width = body.right() - INSET - left
    taken = (SIDE + 6 if content.tick else 0) + (SIDE + 6 if content.path else 0)
    if content.problem:
        taken += SIDE + 4
        role = "danger" if content.problem == "error" else "warning"
        place = QRectF(body.right() - INSET - taken + 4, body.y() + INSET - 1, SIDE, SIDE)
        painter.drawPixmap(_inner(place), style.icon("triangle-alert", role, 16), QRectF())
    painter.setFont(style.name_font)
    painter.setPen(style.text)
    title = style.elided(content.title, style.name_metrics, width - taken, middle=True)
    baseline = body.y() + INSET + style.name_metrics.ascent() - 1
    painter.drawText(QPointF(left, baseline), title)
    painter.setFont(style.detail_font)
    painter.setPen(style.muted)
    metrics = style.detail_metrics
    lower = body.bottom() - INSET - metrics.descent() + 1
    shape = metrics.horizontalAdvance(content.shape)
    three_lines = body.height() > 60
    if three_lines:
        middle = (baseline + lower) / 2
        painter.drawText(QPointF(left, middle), style.elided(content.kind, metrics, width))
        low_text = content.settings
    else:
        low_text = content.kind
    room = width - (shape + 10 if content.shape else 0)
    painter.drawText(QPointF(left, lower), style.elided(low_text, metrics, room))
    if content.shape:
        painter.setPen(style.text)
        painter.drawText(QPointF(body.right() - INSET - shape, lower), content.shape)


def _paint_tick(painter: QPainter, place: QRectF, tick: str, style: CanvasStyle) -> None:
    if tick == "off":
        painter.setPen(style.tick_border)
        painter.setBrush(style.surface)
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 3, 3)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(style.frozen))
    painter.drawRoundedRect(place, 3.5, 3.5)
    painter.drawPixmap(
        place.adjusted(2, 2, -2, -2), style.icon("lock" if tick == "on" else "minus", "surface", 14), QRectF()
    )


def _inner(place: QRectF) -> QRectF:
    return place.adjusted(1, 1, -1, -1)


def paint_frame(
    painter: QPainter, where: Rectangle, frame: Frame, depth: int, style: CanvasStyle, scale: float
) -> None:
    """The frame of an expanded group."""
    body = qrect(where)
    painter.setPen(style.frame_border if scale >= NAMES else style.far_frame)
    painter.setBrush(style.frame_fills[depth % 2])
    painter.drawRoundedRect(body, RADIUS + 2, RADIUS + 2)


def paint_title(
    painter: QPainter, picture: Picture, frame: Frame, depth: int, style: CanvasStyle, scale: float
) -> None:
    """A frame's path before the lines that cross it, how many layers it holds after them, and its button."""
    if scale < TITLES:
        return
    where = picture.rectangle(frame.key)
    first, last = picture.title_gaps(frame.key)
    near = scale >= READABLE
    font, metrics = (
        (style.detail_font, style.detail_metrics) if near else style.large(round(11 / scale), title=True)
    )
    button = qrect(collapse_rectangle(where))
    left = button.right() + 4 if near else where.x + 10
    room = min(first - 8, where.right - 12) - left
    if room < SHORTEST:
        room = where.right - 12 - left
    title = style.elided(frame.path, metrics, room, middle=True)
    width = metrics.horizontalAdvance(title)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.frame_fills[depth % 2])
    height = min(metrics.height(), HEADER - 2)
    painter.drawRect(QRectF(left - 4, where.y + (HEADER - height) / 2, width + 8, height))
    baseline = where.y + (HEADER + metrics.ascent() - metrics.descent()) / 2
    painter.setFont(font)
    painter.setPen(style.text)
    painter.drawText(QPointF(left, baseline), title)
    if not near:
        return
    painter.drawPixmap(_inner(button), style.icon("minus", "text_muted", 16), QRectF())
    count = layers_text(len(frame.layers))
    start = where.right - 12 - metrics.horizontalAdvance(count)
    if start > max(left + width, last if last < where.right else 0.0) + 8:
        painter.setPen(style.muted)
        painter.drawText(QPointF(start, baseline), count)
