"""How the frames of expanded groups are painted, and the names of groups over what is seen from afar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from designer.gui.editing.canvas.content import shortened
from designer.gui.editing.canvas.naming import MARGIN, Name
from designer.gui.editing.canvas.painting import NAMES, RADIUS, READABLE, inner, qrect
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.gui.editing.counts import layers_text
from designer.network.arranging import HEADER
from designer.network.groups import Frame

TITLES = 0.44
"""From this scale on frames have titles."""


def paint_frames(
    painter: QPainter,
    picture: Picture,
    frames: Iterable[Frame],
    depths: Mapping[str, int],
    style: CanvasStyle,
    scale: float,
) -> None:
    """The frames of expanded groups, outer ones first."""
    near = scale >= NAMES
    painter.setPen(style.frame_border if near else style.far_frame)
    for frame in frames:
        where = picture.rectangle(frame.key)
        if max(where.width, where.height) * scale < 3:
            continue
        painter.setBrush(style.frame_fills[depths[frame.key] % 2])
        if near:
            painter.drawRoundedRect(qrect(where), RADIUS + 2, RADIUS + 2)
        else:
            painter.drawRect(qrect(where))


def paint_names(painter: QPainter, names: Iterable[Name], style: CanvasStyle, scale: float) -> None:
    """Names of groups on plates, as large on the screen as each says."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(1 / scale, 1 / scale)
    for name in names:
        plate = QRectF(
            name.place.x * scale, name.place.y * scale, name.place.width * scale, name.place.height * scale
        )
        font, metrics = style.large(name.size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.plate)
        painter.drawRoundedRect(plate, RADIUS, RADIUS)
        painter.setFont(font)
        painter.setPen(style.text)
        text = style.elided(name.text, metrics, plate.width() - MARGIN)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def paint_title(
    painter: QPainter, picture: Picture, frame: Frame, depth: int, style: CanvasStyle, scale: float
) -> None:
    """A frame's button and path between the lines that cross it, and how many layers it holds after them."""
    if scale < TITLES:
        return
    where = picture.rectangle(frame.key)
    start, end = picture.title_room(frame.key)
    near = scale >= READABLE
    font, metrics = (
        (style.detail_font, style.detail_metrics) if near else style.large(round(11 / scale), title=True)
    )
    button = qrect(picture.collapse_button(frame.key))
    left = button.right() + 4 if near else start + 10
    room = min(end - 8, where.right - 12) - left
    title = style.elided(shortened(frame.path, frame.frame), metrics, room, middle=True)
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
    painter.drawPixmap(inner(button), style.icon("minus", "text_muted", 16), QRectF())
    count = layers_text(len(frame.layers))
    at = where.right - 12 - metrics.horizontalAdvance(count)
    if at > max(left + width, *picture.title_crossings(frame.key), 0.0) + 8:
        painter.setPen(style.muted)
        painter.drawText(QPointF(at, baseline), count)
