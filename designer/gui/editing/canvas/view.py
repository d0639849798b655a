"""The view of the canvas: pointing and the keyboard. It tells what is asked for, and changes nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.gui.editing.canvas.zooming import wheel_factor
from designer.messages import tr

_WALKS = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
}
_KEYS = {
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Backspace: "delete",
    Qt.Key.Key_Return: "expand",
    Qt.Key.Key_Enter: "expand",
    Qt.Key.Key_Escape: "clear",
}


class CanvasView(ZoomView):
    """Tells what the user points at and asks for.

    Signals:
        pressed(hit, extend): a click on a part; `extend` adds to the selection.
        doubled(hit): a double click.
        hovered(key): the pointer came onto another box, '' for none.
        walked(direction, extend): 'up', 'down', 'left', 'right', 'first' or 'last'.
        asked(what): 'freeze', 'delete', 'expand', 'clear' or 'all', by a key.
    """

    pressed = Signal(object, bool)
    doubled = Signal(object)
    hovered = Signal(str)
    walked = Signal(str, bool)
    asked = Signal(str)

    def __init__(self, item: NetworkItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._pan_from: QPoint | None = None
        self._panned = False
        self._space = False
        self._under = ""
        self.setObjectName("canvas")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Network"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom at the pointer; with Shift scroll sideways."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            degrees = event.angleDelta().y() / 8.0
            self.zoom_to(self.scale_now * wheel_factor(degrees), event.position())
            event.accept()
            return
        moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) and not moved.x()
        x, y = (moved.y(), 0) if sideways else (moved.x(), moved.y())
        self.scroll_by(x, y)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a part, or begin to pan: the middle button, Space, or the empty canvas."""
        hit = self._hit(event.position())
        left = event.button() == Qt.MouseButton.LeftButton
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (left and (self._space or not hit.part)):
            self._pan_from = event.position().toPoint()
            self._panned = False
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif hit.part and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            more = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            self.pressed.emit(hit, bool(event.modifiers() & more))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or tell what the pointer is on."""
        here = event.position().toPoint()
        if self._pan_from is not None:
            moved = here - self._pan_from
            self._panned = self._panned or moved.manhattanLength() > 2
            self.scroll_by(moved.x(), moved.y())
            self._pan_from = here
            return
        hit = self._hit(event.position())
        hand = hit.part in ("tick", "button", "collapse")
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        under = hit.key if hit.part in ("box", "tick", "button") else ""
        if under != self._under:
            self._under = under
            self.hovered.emit(under)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End panning; a click on the empty canvas selects nothing."""
        if self._pan_from is not None:
            self._pan_from = None
            self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
            if not self._panned and event.button() == Qt.MouseButton.LeftButton and not self._space:
                self.asked.emit("clear")
            # Space was held to pan, not to freeze.
            self._space = self._space and not self._panned
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked twice; on a tick box it is two clicks."""
        hit = self._hit(event.position())
        if hit.part in ("tick", "button", "collapse"):
            self.pressed.emit(hit, False)
        else:
            self.doubled.emit(hit)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._under = ""
        self.hovered.emit("")
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, ask, zoom."""
        key = Qt.Key(event.key())
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _WALKS and control:
            far = round(self.viewport().height() * 0.25)
            across = {"left": far, "right": -far}.get(_WALKS[key], 0)
            down = {"up": far, "down": -far}.get(_WALKS[key], 0)
            self.scroll_by(across, down)
        elif key in _WALKS:
            self.walked.emit(_WALKS[key], extend)
        elif key in _KEYS and not control:
            self.asked.emit(_KEYS[key])
        elif key == Qt.Key.Key_A and control:
            self.asked.emit("all")
        elif key == Qt.Key.Key_Space:
            self._space = self._space or not event.isAutoRepeat()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.fit() if control else self.zoom_to(1.0)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space, let go without having panned, freezes."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if self._space and self._pan_from is None:
                self.asked.emit("freeze")
            self._space = False
            event.accept()
            return
        super().keyReleaseEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tool tip of the box under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.item.spoken(self._hit(QPointF(event.pos())).key)
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _hit(self, place: QPointF) -> Hit:
        if self.picture is None:
            return Hit()
        point = self.scene_at(place)
        hit = self.picture.at(point.x(), point.y())
        if hit.part in ("tick", "button") and not self.item.has(hit.part, hit.key, self.scale_now):
            return Hit("box", hit.key)
        return hit
