"""How boxes are painted where they can be read."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from designer.gui.editing.canvas.content import BoxContent
from designer.gui.editing.canvas.marks import Marks, Tint
from designer.gui.editing.canvas.picture import INSET, SIDE, button_rectangle, tick_rectangle
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.network.arranging import Rectangle

READABLE = 0.62
"""From this scale on all text is drawn."""
NAMES = 0.36
"""From this scale on names are drawn, larger than at 100 %; below it boxes are blocks."""
BAR = 5.0
RADIUS = 6.0
APART = 10.0
"""Between two texts on one line."""


def qrect(rectangle: Rectangle) -> QRectF:
    """A rectangle as Qt's."""
    return QRectF(rectangle.x, rectangle.y, rectangle.width, rectangle.height)


def scale_of(painter: QPainter) -> float:
    """The scale at which an item is painted; exactly that of the view, which neither turns nor shears.

    Qt's level of detail is a little off wherever one has scrolled to: at just the scale from which on text
    is drawn it would come and go.
    """
    return float(painter.worldTransform().m11())


@dataclass(frozen=True, slots=True)
class Coat:
    """The colours of one box: its fill, what is written on it, a pattern over it, and its bar."""

    fill: QBrush
    text: QColor
    muted: QColor
    pattern: QBrush | None
    bar: QColor


def coat_of(content: BoxContent, tint: Tint | None, overlaid: bool, style: CanvasStyle) -> Coat:
    """The colours of a box; `tint` are those of an overlay, which may have none for it."""
    frozen = style.frozen_hatch if content.frozen else None
    if not overlaid:
        return Coat(style.surface, style.text, style.muted, frozen, style.category(content.category))
    if tint is None or (tint.share < 0 and not tint.mark):
        return Coat(style.surface, style.muted, style.muted, frozen, style.category(content.category))
    if tint.mark:
        full, pale, kind = style.mark(tint.mark)
        faint = QColor(full)
        faint.setAlphaF(0.22)
        pattern = None if kind is Qt.BrushStyle.NoBrush else QBrush(faint, kind)
        return Coat(QBrush(pale), style.text, style.text, pattern, full)
    fill, ink = style.ramp(tint.share)
    # The hatch of frozen layers has the ink's colour: blue would be lost on it.
    lines = QColor(ink)
    lines.setAlphaF(0.16)
    hatch = QBrush(lines, Qt.BrushStyle.BDiagPattern) if content.frozen else None
    return Coat(QBrush(fill), ink, ink, hatch, style.category(content.category))


def paint_box(
    painter: QPainter,
    where: Rectangle,
    content: BoxContent,
    style: CanvasStyle,
    key: str,
    marks: Marks,
    coat: Coat,
    label: str,
    scale: float,
) -> None:
    """One box: its body, the bar of its category, its text, tick box and button.

    `label` is an overlay's value, '' for none.
    """
    body = qrect(where)
    chosen = key in marks.selected
    if content.path:
        _paint_stack(painter, body, style)
    painter.setPen(style.selected if chosen else style.hovered if key == marks.hovered else style.border)
    painter.setBrush(style.selected_fill if chosen and coat.fill == style.surface else coat.fill)
    painter.drawRoundedRect(body, RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    if coat.pattern is not None:
        painter.setBrush(coat.pattern)
        painter.drawRoundedRect(body.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
    _paint_bar(painter, QRectF(body.x() + 4, body.y() + 6, BAR, body.height() - 12), content, coat, style)
    if scale < READABLE:
        _paint_large_name(painter, body, content, coat, style, scale)
    else:
        _paint_texts(painter, body, content, coat, label, style)
        if content.tick:
            _paint_tick(painter, qrect(tick_rectangle(where)), content.tick, style)
        if content.path:
            place = inner(qrect(button_rectangle(where)))
            painter.drawPixmap(place, style.icon("plus", icon_role(coat.text, style), 16), QRectF())
    if marks.found:
        _paint_found(painter, body, key, marks, style)
    if key == marks.current and marks.selected != {key}:
        # Where it is selected alone, that says enough.
        painter.setPen(style.current)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body.adjusted(-4, -4, 4, 4), RADIUS + 4, RADIUS + 4)


def icon_role(ink: QColor, style: CanvasStyle) -> str:
    """The role of an icon beside what is written in `ink`: as light, or as dark."""
    return "text" if (ink.lightnessF() > 0.5) == (style.text.lightnessF() > 0.5) else "surface"


def _paint_found(painter: QPainter, body: QRectF, key: str, marks: Marks, style: CanvasStyle) -> None:
    """A ring around what was found, and a veil over what was not."""
    if key not in marks.found:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.veil)
        painter.drawRoundedRect(body.adjusted(-1, -1, 7, 7), RADIUS, RADIUS)
        return
    now = key in marks.selected
    painter.setPen(style.found_now if now else style.found)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = 4.5 if now else 3.0
    painter.drawRoundedRect(body.adjusted(-out, -out, out, out), RADIUS + out, RADIUS + out)


def _paint_bar(painter: QPainter, bar: QRectF, content: BoxContent, coat: Coat, style: CanvasStyle) -> None:
    """The bar of the category; a group's tells what it is made of."""
    painter.setBrush(coat.bar)
    if not content.mix or coat.fill != style.surface:
        painter.drawRoundedRect(bar, 2, 2)
        return
    total = sum(count for _, count in content.mix)
    top = bar.top()
    for category, count in content.mix:
        height = bar.height() * count / total
        painter.setBrush(style.category(category))
        painter.drawRect(QRectF(bar.x(), top, bar.width(), height))
        top += height


def _paint_stack(painter: QPainter, body: QRectF, style: CanvasStyle) -> None:
    """The corners of two more boxes behind a collapsed group."""
    painter.setPen(style.border)
    painter.setBrush(style.frame_fills[1])
    for offset in (6.0, 3.0):
        painter.drawRoundedRect(body.adjusted(offset, offset, offset, offset), RADIUS, RADIUS)


def _paint_large_name(
    painter: QPainter, body: QRectF, content: BoxContent, coat: Coat, style: CanvasStyle, scale: float
) -> None:
    """The name alone, as large on the screen as at 100 %, and a mark where there is a problem."""
    font, metrics = style.large(min(round(11.5 / scale), 30))
    room = body.adjusted(BAR + 10, 0, -8, 0)
    side = min(15 / scale, body.height() - 8)
    if content.problem:
        place = QRectF(room.right() - side, body.center().y() - side / 2, side, side)
        painter.drawPixmap(place, style.problem(content.problem), QRectF())
        room.setRight(place.left() - 4)
    elif content.tick == "on":
        place = QRectF(room.right() - side, body.center().y() - side / 2, side, side)
        painter.drawPixmap(place, style.icon("lock", "frozen", 18), QRectF())
        room.setRight(place.left() - 4)
    painter.setFont(font)
    painter.setPen(coat.text)
    text = style.elided(content.title, metrics, room.width(), middle=True)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _paint_texts(
    painter: QPainter, body: QRectF, content: BoxContent, coat: Coat, label: str, style: CanvasStyle
) -> None:
    left = body.x() + BAR + 4 + INSET
    right = body.right() - INSET
    taken = (SIDE + 6 if content.tick else 0) + (SIDE + 6 if content.path else 0)
    if content.problem:
        taken += SIDE + 4
        place = QRectF(right - taken + 4, body.y() + INSET - 1, SIDE, SIDE)
        painter.drawPixmap(inner(place), style.problem(content.problem), QRectF())
    tall = body.height() > 60
    aside = label or content.parameters
    if not tall and aside:
        # A low box has no second line: its figure stands after the name.
        metrics = style.bold_detail_metrics if label else style.detail_metrics
        width = metrics.horizontalAdvance(aside)
        baseline = body.y() + INSET + style.name_metrics.ascent() - 1
        painter.setFont(style.bold_detail_font if label else style.detail_font)
        painter.setPen(coat.text if label else coat.muted)
        painter.drawText(QPointF(right - taken - width, baseline), aside)
        taken += width + APART
    painter.setFont(style.name_font)
    painter.setPen(coat.text)
    title = style.elided(content.title, style.name_metrics, right - left - taken, middle=True)
    baseline = body.y() + INSET + style.name_metrics.ascent() - 1
    painter.drawText(QPointF(left, baseline), title)
    lower = body.bottom() - INSET - style.detail_metrics.descent() + 1
    rows = [(lower, content.settings if tall else content.kind, content.shape, coat.text)]
    if tall:
        rows.insert(0, ((baseline + lower) / 2, content.kind, aside, coat.text if label else coat.muted))
    for height, text, end, ink in rows:
        bold = tall and bool(label) and end is aside
        _paint_row(painter, (left, right, height), (text, end), (coat.muted, ink), bold, style)


def _paint_row(
    painter: QPainter,
    place: tuple[float, float, float],
    texts: tuple[str, str],
    inks: tuple[QColor, QColor],
    bold: bool,
    style: CanvasStyle,
) -> None:
    """A text at the left and one at the right of a line; the right one has precedence."""
    left, right, baseline = place
    metrics = style.detail_metrics
    end_metrics = style.bold_detail_metrics if bold else metrics
    end = style.elided(texts[1], end_metrics, right - left)
    width = end_metrics.horizontalAdvance(end)
    if end:
        painter.setFont(style.bold_detail_font if bold else style.detail_font)
        painter.setPen(inks[1])
        painter.drawText(QPointF(right - width, baseline), end)
    painter.setFont(style.detail_font)
    painter.setPen(inks[0])
    room = right - left - (width + APART if end else 0)
    if room > APART:
        painter.drawText(QPointF(left, baseline), style.elided(texts[0], metrics, room))


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


def inner(place: QRectF) -> QRectF:
    """The room of an icon in a button's place."""
    return place.adjusted(1, 1, -1, -1)
