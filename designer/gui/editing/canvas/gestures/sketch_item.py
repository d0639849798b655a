"""The items over the network: ports, and what a gesture in progress shows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.editing.canvas.gestures.drawing import (
    label_size,
    paint_band,
    paint_ghosts,
    paint_label,
    paint_lit_line,
    paint_port,
    paint_rubber,
    paint_veil,
)
from designer.gui.editing.canvas.gestures.ports import RADIUS
from designer.gui.editing.canvas.gestures.sketch import NOTHING, Sketch, Targets
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.gui.editing.canvas.painting import READABLE, qrect, scale_of
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.network.arranging import Point, Rectangle


class PortsItem(QGraphicsItem):
    """Paints the ports of some boxes; while something is connected, of all, and dims what cannot be meant."""

    def __init__(self, style: CanvasStyle) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setZValue(1)
        self._style = style
        self._wiring: Wiring | None = None
        self._keys: frozenset[str] = frozenset()
        self._targets: Targets | None = None
        self._current: Spot | None = None
        self._bounds = QRectF()

    def set_style(self, style: CanvasStyle) -> None:
        """Paint in other colours."""
        self._style = style
        self.update()

    def set_wiring(self, wiring: Wiring | None) -> None:
        """Paint the ports of another drawing."""
        self.prepareGeometryChange()
        self._wiring = wiring
        whole = wiring.picture.arrangement if wiring is not None else None
        size = (whole.width, whole.height) if whole is not None else (0.0, 0.0)
        self._bounds = QRectF(0, 0, *size).adjusted(-30, -30, 30, 30)
        self.update()

    def set_shown(self, keys: frozenset[str], targets: Targets | None, current: Spot | None) -> None:
        """Show the ports of these boxes, or of all while there are targets; `current` has the keyboard."""
        if (keys, targets, current) == (self._keys, self._targets, self._current):
            return
        both = keys | self._keys
        whole = targets is not self._targets or len(both) > 50
        self._keys, self._targets, self._current = keys, targets, current
        if whole:
            self.update()
            return
        there = self._wiring.picture.arrangement.rectangles if self._wiring is not None else {}
        for key in both:
            if key in there:
                self.update(qrect(there[key]).adjusted(-24, -24, 24, 24))

    def boundingRect(self) -> QRectF:
        """See Qt."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See Qt."""
        if self._wiring is None or (not self._keys and self._targets is None):
            return
        scale = scale_of(painter)
        seen = option.exposedRect.adjusted(-30, -30, 30, 30)
        area = Rectangle(seen.x(), seen.y(), seen.width(), seen.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        there = self._wiring.picture.arrangement.rectangles
        if self._targets is not None:
            legal, origin = self._targets.boxes, self._targets.origin
            keys = (key for key in self._wiring.picture.boxes_in(area) if key not in legal and key != origin)
            paint_veil(painter, [there[key] for key in keys], self._style, rounded=scale >= READABLE)
        if scale < READABLE:
            return
        shown: Iterable[str] = (
            self._wiring.picture.boxes_in(area) if self._targets is not None else self._keys
        )
        for key in shown:
            for spot in self._wiring.spots(key) if key in there else ():
                self._paint_spot(painter, spot, scale)

    def _paint_spot(self, painter: QPainter, spot: Spot, scale: float) -> None:
        assert self._wiring is not None
        radius = RADIUS / min(scale, 1.0)
        state = "more" if self._more(spot) else "open"
        if self._wiring.connections_at(spot):
            # Where a line comes in, its head stays seen: on a side of ports it tells which way it runs.
            state = self._wiring.picture.direction if spot.side == "in" else "taken"
        if self._targets is not None:
            ends = self._ends(spot)
            # A group's port that stands for several opens first.
            if spot.side != self._targets.side or spot.key == self._targets.origin or len(ends) > 1:
                return
            state = "legal" if self._targets.legal(*ends[0]) else "illegal"
        paint_port(painter, spot.at, radius, state, spot == self._current, self._style)

    def _more(self, spot: Spot) -> bool:
        """The port is that of one input more than the layer has."""
        assert self._wiring is not None
        if spot.side == "out" or len(self._ends(spot)) != 1:
            return False
        layer_id, number = self._ends(spot)[0]
        return self._wiring.needs(layer_id) <= number

    def _ends(self, spot: Spot) -> tuple[tuple[str, int], ...]:
        assert self._wiring is not None
        if spot.side == "out":
            port = self._wiring.output(spot)
            return ((port.layer, port.output),)
        return tuple((socket.layer, socket.input) for socket in self._wiring.sockets(spot))


class SketchItem(QGraphicsItem):
    """Paints what a gesture shows; only what it covers is repainted."""

    def __init__(self, style: CanvasStyle) -> None:
        super().__init__()
        self.setZValue(2)
        self._style = style
        self._wiring: Wiring | None = None
        self._sketch = NOTHING
        self._hovered = -1
        self._seen = Rectangle(0, 0, 0, 0)
        self._scale = 1.0
        self._bounds = QRectF()

    @property
    def sketch(self) -> Sketch:
        """What is shown now."""
        return self._sketch

    def set_style(self, style: CanvasStyle) -> None:
        """Paint in other colours."""
        self._style = style
        self.update()

    def set_wiring(self, wiring: Wiring | None) -> None:
        """Sketch over another drawing."""
        self._wiring = wiring
        self._hovered = -1

    def show_sketch(self, sketch: Sketch, hovered: int, scale: float, seen: Rectangle) -> None:
        """Show a sketch, and light the line that the pointer is on; labels stay in what is seen."""
        if (sketch, hovered) == (self._sketch, self._hovered):
            return
        self.prepareGeometryChange()
        self._sketch, self._hovered, self._scale, self._seen = sketch, hovered, scale, seen
        self._bounds = self._find_bounds()
        self.update()

    def boundingRect(self) -> QRectF:
        """See Qt."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See Qt."""
        sketch, style, scale = self._sketch, self._style, self._scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in (self._hovered, sketch.lit):
            points = self._points(number)
            if points:
                paint_lit_line(painter, points, style, scale, strong=number == sketch.lit)
        loose = self._points(sketch.loose)
        if loose:
            paint_lit_line(painter, loose, style, scale, strong=False, faint=True)
        if sketch.ghosts or sketch.guides:
            paint_ghosts(painter, sketch, style, scale)
        if sketch.band is not None:
            chosen = [self._rectangle(key) for key in sketch.chosen]
            paint_band(painter, sketch.band, [box for box in chosen if box is not None], style, scale)
        if sketch.line:
            paint_rubber(painter, sketch, style, scale)
        if sketch.snapped is not None:
            paint_port(painter, sketch.snapped.at, (RADIUS + 2) / min(scale, 1.0), "snapped", False, style)
        if sketch.label:
            paint_label(painter, self._label_place(), sketch.label, sketch.wrong, style, scale)

    def _points(self, number: int) -> tuple[Point, ...]:
        lines = self._wiring.picture.arrangement.lines if self._wiring is not None else ()
        return lines[number].points if 0 <= number < len(lines) else ()

    def _rectangle(self, key: str) -> Rectangle | None:
        there = self._wiring.picture.arrangement.rectangles if self._wiring is not None else {}
        return there.get(key)

    def _label_place(self) -> QRectF:
        """Below and right of the pointer; on the other side of it where that would not be seen."""
        size = label_size(self._sketch.label, self._style) / self._scale
        away = 18.0 / self._scale
        x, y = self._sketch.at[0] + away, self._sketch.at[1] + away
        if x + size.width() > self._seen.right:
            x = max(self._sketch.at[0] - away - size.width(), self._seen.x)
        if y + size.height() > self._seen.bottom:
            y = max(self._sketch.at[1] - away - size.height(), self._seen.y)
        return QRectF(QPointF(x, y), size)

    def _find_bounds(self) -> QRectF:
        sketch = self._sketch
        boxes = [box for box, _ in sketch.ghosts] + ([sketch.band] if sketch.band is not None else [])
        boxes += [box for key in sketch.chosen if (box := self._rectangle(key)) is not None]
        parts = [sketch.line, *sketch.ties, *sketch.guides]
        parts += [self._points(n) for n in (self._hovered, sketch.lit, sketch.loose)]
        if sketch.snapped is not None:
            parts.append((sketch.snapped.at,))
        points = list(chain(*parts))
        corners = [(box.x, box.y) for box in boxes] + [(box.right, box.bottom) for box in boxes]
        found = QRectF()
        all_points = points + corners
        if all_points:
            left, top = min(x for x, _ in all_points), min(y for _, y in all_points)
            right, low = max(x for x, _ in all_points), max(y for _, y in all_points)
            found = QRectF(left, top, right - left, low - top)
        if sketch.label:
            found = found.united(self._label_place()) if all_points else self._label_place()
        room = 16.0 / min(self._scale, 1.0)
        return found.adjusted(-room, -room, room, room)
