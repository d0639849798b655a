"""The small map of the whole network in the corner of the canvas, and what of it is seen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from designer.gui.editing.canvas.far import fill_of, look_of
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.merging import ROW, merged
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.gui.look.style import Look
from designer.messages import tr
from designer.network.arranging import Rectangle

LARGEST = (200.0, 260.0)
"""Width and height of the map, in pixels, at most."""
LEAST = 44.0
"""Its smaller side at least: a long chain is stretched, so that it can be seen and hit."""
INSET = 6.0
ROOMY = (400, 220)
"""Width and height of the view, in pixels, below which a map would lie over what one looks at."""
_STEPS = {
    Qt.Key.Key_Left: (-0.5, 0.0),
    Qt.Key.Key_Right: (0.5, 0.0),
    Qt.Key.Key_Up: (0.0, -0.5),
    Qt.Key.Key_Down: (0.0, 0.5),
}


def map_size(width: float, height: float, room: tuple[float, float]) -> tuple[float, float]:
    """Width and height of the map of a drawing; `room` is the size of the view that it lies in."""
    most = (min(LARGEST[0], room[0] * 0.3), min(LARGEST[1], room[1] * 0.45))
    scale = min(most[0] / max(width, 1.0), most[1] / max(height, 1.0))
    return max(width * scale, min(LEAST, most[0])), max(height * scale, min(LEAST, most[1]))


class Minimap(QWidget):
    """Shows all of the network as blocks and where one looks; a press goes there, dragging moves.

    It is not shown while all of the network is seen, nor in a small view.

    Attributes:
        wanted: the user wants it.
        roomy: the view is large enough for it.

    Signals:
        changed(): it is wanted or no longer, or there is room for it or no longer.
    """

    changed = Signal()

    def __init__(self, look: Look, mirror: Mirror, view: ZoomView, item: NetworkItem) -> None:
        super().__init__()
        self._mirror = mirror
        self._view = view
        self._item = item
        self._blocks: QPixmap | None = None
        self._grip: QPointF | None = None
        self.wanted = True
        self.roomy = True
        self.setObjectName("minimap")
        self.setAccessibleName(tr("Map of the network"))
        self.setToolTip(tr("Map of the network: click or drag to look elsewhere"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        mirror.pictured.connect(self.redraw)
        mirror.refreshed.connect(self.redraw)
        mirror.opened.connect(self.redraw)
        look.changed.connect(self.redraw)
        view.moved.connect(self._follow)
        self.hide()

    def want(self, wanted: bool) -> None:
        """Show it while not all of the network is seen, or never."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._follow()
            self.changed.emit()

    def sizeHint(self) -> QSize:
        """See Qt."""
        picture = self._mirror.picture
        if picture is None:
            return QSize(0, 0)
        room = (float(self._view.viewport().width()), float(self._view.viewport().height()))
        width, height = map_size(picture.arrangement.width, picture.arrangement.height, room)
        return QSize(round(width + 2 * INSET), round(height + 2 * INSET))

    @Slot()
    def redraw(self) -> None:
        """The picture, its contents or its colours are others."""
        self._blocks = None
        self._follow()
        self.updateGeometry()
        self.update()

    @Slot()
    def _follow(self) -> None:
        room = self._view.viewport().size()
        roomy = room.width() >= ROOMY[0] and room.height() >= ROOMY[1]
        if roomy != self.roomy:
            self.roomy = roomy
            self.changed.emit()
        picture = self._mirror.picture
        seen = self._view.seen
        whole = picture.arrangement if picture is not None else None
        all_seen = whole is None or (
            seen.x <= 0 and seen.y <= 0 and seen.right >= whole.width and seen.bottom >= whole.height
        )
        self.setVisible(self.wanted and roomy and not all_seen)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blocks, and a frame around what is seen."""
        picture = self._mirror.picture
        if picture is None:
            return
        if self._blocks is None or self._blocks.size() != self.size() * self.devicePixelRatioF():
            self._blocks = self._drawn()
        style = self._item.style
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._blocks)
        seen = self.to_map(self._view.seen).intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        veil = QColor(style.colours.accent)
        veil.setAlphaF(0.16)
        painter.setPen(style.hovered)
        painter.setBrush(veil)
        painter.drawRoundedRect(seen.adjusted(0, 0, 0, max(4 - seen.height(), 0)), 2, 2)
        if self.hasFocus():
            painter.setPen(style.selected)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5)
        painter.end()

    def to_map(self, area: Rectangle) -> QRectF:
        """Where an area of the drawing lies on the map."""
        across, down = self._scales()
        return QRectF(INSET + area.x * across, INSET + area.y * down, area.width * across, area.height * down)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the frame, or look where the press was."""
        if event.button() == Qt.MouseButton.LeftButton:
            frame = self.to_map(self._view.seen)
            inside = frame.adjusted(-2, -2, 2, 2).contains(event.position())
            self._grip = event.position() - frame.center() if inside else QPointF()
            if not inside:
                self._look(event.position())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look along."""
        if self._grip is not None:
            self._look(event.position() - self._grip)
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move what is seen by half of it."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        seen = self._view.seen
        middle = QPointF(seen.x + seen.width * (0.5 + step[0]), seen.y + seen.height * (0.5 + step[1]))
        self._view.bring(middle, QPointF(self._view.viewport().rect().center()))
        event.accept()

    def _look(self, place: QPointF) -> None:
        """Bring what lies at a place of the map into the middle of the view."""
        across, down = self._scales()
        point = QPointF((place.x() - INSET) / across, (place.y() - INSET) / down)
        self._view.bring(point, QPointF(self._view.viewport().rect().center()))

    def _scales(self) -> tuple[float, float]:
        picture = self._mirror.picture
        width, height = (1.0, 1.0)
        if picture is not None:
            width, height = picture.arrangement.width, picture.arrangement.height
        inner = (max(self.width() - 2 * INSET, 1.0), max(self.height() - 2 * INSET, 1.0))
        return inner[0] / max(width, 1.0), inner[1] / max(height, 1.0)

    def _drawn(self) -> QPixmap:
        """The blocks, drawn once for a picture and its contents."""
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        picture, style, tints = self._mirror.picture, self._item.style, self._item.tints
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.border)
        painter.setBrush(style.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if picture is not None:
            across, down = self._scales()
            lying = picture.arrangement.width > picture.arrangement.height
            boxes = []
            for key in picture.keys:
                content = self._item.content(key)
                if content is not None:
                    boxes.append((picture.rectangle(key), fill_of(key, content, tints)))
            # A block of at least a pixel and a half along the longer side.
            along, thwart = (across, down) if lying else (down, across)
            wrong = [key for key in picture.keys if self._is_wrong(key)]
            painter.setPen(Qt.PenStyle.NoPen)
            # Blocks that touch would have seams between them.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for fill, blocks in merged(boxes, ROW / along, lying, thwart / along).items():
                painter.setBrush(look_of(fill, style, tints is not None)[0])
                painter.drawRects([self.to_map(block) for block in blocks])
            painter.setBrush(style.wrong.color())
            painter.drawRects([_seen(self.to_map(picture.rectangle(key))) for key in wrong])
        painter.end()
        return drawn

    def _is_wrong(self, key: str) -> bool:
        content = self._item.content(key)
        return content is not None and content.problem == "error"


def _seen(area: QRectF) -> QRectF:
    """An area, at least so large that it is not overlooked."""
    more = (max(6.0 - area.width(), 0.0) / 2, max(3.0 - area.height(), 0.0) / 2)
    return area.adjusted(-more[0], -more[1], more[0], more[1])
