"""How ports, rubber lines, ghosts, guides, bands and labels are painted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from designer.gui.editing.canvas.gestures.sketch import Sketch
from designer.gui.editing.canvas.lines import arrow_head, rounded
from designer.gui.editing.canvas.painting import RADIUS, qrect
from designer.gui.editing.canvas.styling import CanvasStyle, pen
from designer.network.arranging import Point, Rectangle

WIDEST = 340.0
"""Of a label, in pixels on the screen."""
PAD = 7.0


def paint_port(
    painter: QPainter, at: Point, radius: float, state: str, current: bool, style: CanvasStyle
) -> None:
    """A port: 'open' (a ring), 'more' (a ring with a plus: one more input), 'taken' (a disc), 'down' and
    'right' (the head of the line that comes in there), 'legal' (a disc with a halo), 'illegal' (a small ring
    with a bar), or 'snapped'. The one that the keyboard is on has a frame.
    """
    middle = QPointF(*at)
    accent = QColor(style.colours.accent)
    surface = QColor(style.colours.surface)
    if state == "snapped":
        painter.setPen(pen(accent, 2.5))
        painter.setBrush(QBrush(surface))
        painter.drawEllipse(middle, radius * 1.25, radius * 1.25)
        state = "taken"
    if state == "legal":
        halo = QColor(accent)
        halo.setAlphaF(0.28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(halo))
        painter.drawEllipse(middle, radius * 1.7, radius * 1.7)
    edge = QColor(style.colours.text_muted) if state == "illegal" else accent
    filled = state in ("taken", "legal", "down", "right")
    painter.setPen(pen(surface if filled else edge, radius * 0.25))
    painter.setBrush(QBrush(accent if filled else surface))
    size = radius * 0.75 if state == "illegal" else radius
    if state in ("down", "right"):
        painter.drawPolygon(_port_head(middle, radius, state))
    else:
        painter.drawEllipse(middle, size, size)
    if state == "more":
        painter.drawLine(middle + QPointF(-size / 2, 0), middle + QPointF(size / 2, 0))
        painter.drawLine(middle + QPointF(0, -size / 2), middle + QPointF(0, size / 2))
    if state == "illegal":
        slant = size * 0.7
        painter.setPen(pen(edge, radius * 0.25))
        painter.drawLine(middle + QPointF(-slant, slant), middle + QPointF(slant, -slant))
    if current:
        painter.setPen(pen(QColor(style.colours.text), radius * 0.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        side = radius * 1.6
        painter.drawRoundedRect(QRectF(middle.x() - side, middle.y() - side, 2 * side, 2 * side), 2, 2)


def _port_head(middle: QPointF, radius: float, direction: str) -> QPolygonF:
    """An arrow head as wide as a port; it covers that of the line, which would be lost below a disc."""
    tip, back, side = 0.6 * radius, -1.35 * radius, 1.2 * radius
    corners = ((tip, 0.0), (back, side), (back, -side))
    turned = [
        QPointF(across, ahead) if direction == "down" else QPointF(ahead, across) for ahead, across in corners
    ]
    return QPolygonF([middle + corner for corner in turned])


def paint_veil(painter: QPainter, boxes: Iterable[Rectangle], style: CanvasStyle, *, rounded: bool) -> None:
    """Lets boxes step back that cannot be connected."""
    veil = QColor(style.colours.window)
    veil.setAlphaF(0.62)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(veil))
    # With what a collapsed group has behind it.
    areas = [qrect(box).adjusted(-2, -2, 8, 8) for box in boxes]
    if not rounded:
        painter.drawRects(areas)
        return
    for area in areas:
        painter.drawRoundedRect(area, RADIUS, RADIUS)


def paint_lit_line(
    painter: QPainter,
    points: Sequence[Point],
    style: CanvasStyle,
    scale: float,
    *,
    strong: bool,
    faint: bool = False,
) -> None:
    """A line that the pointer is on, that something would be put into, or that is being led elsewhere."""
    if faint:
        colour, width = QColor(style.colours.window), 4.0
    else:
        colour, width = QColor(style.colours.accent), 4.5 if strong else 2.6
    painter.setPen(pen(colour, width / min(scale, 1.0)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(rounded(points))
    if faint:
        dashed = pen(style.muted, 1.2 / min(scale, 1.0))
        dashed.setDashPattern([2.0, 4.0])
        painter.setPen(dashed)
        painter.drawPath(rounded(points))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour))
    painter.drawPolygon(arrow_head(points))


def paint_rubber(painter: QPainter, sketch: Sketch, style: CanvasStyle, scale: float) -> None:
    """The line that is being drawn: whole where it fits, dashed while it is free."""
    start, first, second, end = (QPointF(*point) for point in sketch.line)
    path = QPainterPath(start)
    path.cubicTo(first, second, end)
    colour = QColor(style.colours.danger if sketch.wrong else style.colours.accent)
    line = pen(colour, 2.5 / min(scale, 1.0))
    if not sketch.fits:
        line.setDashPattern([4.0, 3.0])
    painter.setPen(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour))
    painter.drawPolygon(arrow_head((sketch.line[2], sketch.line[3])))
    painter.drawEllipse(start, 3.5 / min(scale, 1.0), 3.5 / min(scale, 1.0))


def paint_ghosts(painter: QPainter, sketch: Sketch, style: CanvasStyle, scale: float) -> None:
    """Boxes where they would come to lie, what they stay connected with, and what they are aligned with."""
    accent = QColor(style.colours.accent)
    tie = QPen(style.muted, 1.2, Qt.PenStyle.DashLine)
    tie.setCosmetic(True)
    painter.setPen(tie)
    painter.drawLines([QLineF(*one, *other) for one, other in sketch.ties])
    fill = QColor(style.colours.selection)
    fill.setAlphaF(0.82)
    for box, title in sketch.ghosts:
        edge = QPen(accent, 1.6)
        edge.setCosmetic(True)
        painter.setPen(edge)
        painter.setBrush(QBrush(fill))
        painter.drawRoundedRect(qrect(box), RADIUS, RADIUS)
        if title and scale > 0.3:
            font, metrics = style.large(min(round(13 / min(scale, 1.0)), 30))
            inner = qrect(box).adjusted(14, 0, -14, 0)
            painter.setFont(font)
            painter.setPen(style.text)
            text = style.elided(title, metrics, inner.width(), middle=True)
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    guide = QPen(accent, 1.0, Qt.PenStyle.SolidLine)
    guide.setCosmetic(True)
    painter.setPen(guide)
    painter.drawLines([QLineF(*one, *other) for one, other in sketch.guides])


def paint_band(
    painter: QPainter, band: Rectangle, chosen: Iterable[Rectangle], style: CanvasStyle, scale: float
) -> None:
    """The rubber band, and a border around each box that it would select."""
    edge = QPen(QColor(style.colours.accent), 2.0)
    edge.setCosmetic(True)
    painter.setPen(edge)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for box in chosen:
        painter.drawRoundedRect(qrect(box), RADIUS, RADIUS)
    fill = QColor(style.colours.accent)
    fill.setAlphaF(0.12)
    edge.setWidthF(1.0)
    painter.setPen(edge)
    painter.setBrush(QBrush(fill))
    painter.drawRect(qrect(band))


def label_size(text: str, style: CanvasStyle) -> QSizeF:
    """Size of a label on the screen."""
    room = QRectF(0, 0, WIDEST, 400)
    needed = style.detail_metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text)
    return QSizeF(needed.width() + 2 * PAD + 2, needed.height() + 2 * PAD)


def paint_label(
    painter: QPainter, place: QRectF, text: str, wrong: bool, style: CanvasStyle, scale: float
) -> None:
    """A label at the pointer, as large at every scale; a reason why not has a border in another colour."""
    painter.save()
    painter.translate(place.topLeft())
    painter.scale(1 / scale, 1 / scale)
    body = QRectF(0.5, 0.5, place.width() * scale - 1, place.height() * scale - 1)
    painter.setPen(pen(style.colours.danger if wrong else style.colours.border, 1.2))
    painter.setBrush(QBrush(QColor(style.colours.raised)))
    painter.drawRoundedRect(body, 5, 5)
    painter.setFont(style.detail_font)
    painter.setPen(QColor(style.colours.danger) if wrong else style.text)
    painter.drawText(body.adjusted(PAD, PAD - 2, -PAD + 1, 0), Qt.TextFlag.TextWordWrap, text)
    painter.restore()
