"""The view of the canvas: tells its hands what mouse and keyboard do there. It changes nothing."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from designer.catalog.library import ENTRIES
from designer.gui.editing.canvas.gestures.drop import MIME
from designer.gui.editing.canvas.gestures.touch import Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.gestures.wording import tip_of
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.painting import NAMES, READABLE
from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.gui.editing.canvas.zooming import wheel_factor
from designer.messages import tr

LINE_REACH = 6.0
"""From a line to where it can still be hit, in pixels on the screen."""

WALKS = {
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
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_Escape: "clear",
}
_BUTTONS = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.RightButton: "right",
    Qt.MouseButton.MiddleButton: "middle",
}


class Hands(Protocol):
    """What makes gestures of what mouse and keyboard do."""

    def press(self, touch: Touch) -> None:
        """A button was pressed."""

    def move(self, touch: Touch) -> None:
        """The pointer has moved."""

    def release(self, touch: Touch) -> None:
        """A button was let go."""

    def double(self, hit: Hit) -> None:
        """A double click."""

    def leave(self) -> None:
        """The pointer has left."""

    def cancel(self) -> bool:
        """End what is in progress, as if it had not begun. False when nothing is."""

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """A key was pressed; True when it is done with it."""

    def wants(self, key: Qt.Key) -> bool:
        """The key is meant for what is in progress, whatever shortcut it may be."""

    def menu(self, hit: Hit, place: QPoint, by_keys: bool) -> None:
        """A menu is wanted, at a place on the screen."""


class Drops(Protocol):
    """What is told of library entries that are dragged over the canvas."""

    def drag(self, touch: Touch, key: str, title: str) -> bool:
        """An entry is led over the canvas. True when it can be dropped there."""

    def left(self) -> None:
        """The entry has been led away."""

    def drop(self, touch: Touch, key: str, title: str) -> bool:
        """An entry was dropped. True when it was taken."""


class CanvasView(ZoomView):
    """Tells what the user points at and asks for.

    Attributes:
        hands, drops: are told of all that the mouse does, and of what is dragged here; None for none yet.
        wiring: ports and connections of what is shown.

    Signals:
        walked(direction, extend): 'up', 'down', 'left', 'right', 'first' or 'last'.
        asked(what): 'freeze', 'delete', 'open', 'close', 'clear' or 'all', by a key.
    """

    walked = Signal(str, bool)
    asked = Signal(str)

    def __init__(self, item: NetworkItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self.hands: Hands | None = None
        self.drops: Drops | None = None
        self.wiring: Wiring | None = None
        self._pan_from: QPoint | None = None
        self._panned = False
        self._space = False
        self.setObjectName("canvas")
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Network"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom at the pointer; with Shift, or along a drawing to the right that is seen in
        all its height, scroll sideways.
        """
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            degrees = event.angleDelta().y() / 8.0
            self.zoom_to(self.scale_now * wheel_factor(degrees), event.position())
            event.accept()
            return
        moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        sideways = (shifted or _runs_sideways(self)) and not moved.x()
        x, y = (moved.y(), 0) if sideways else (moved.x(), moved.y())
        self.scroll_by(x, y)
        event.accept()

    def pan(self, direction: str) -> None:
        """Scroll a quarter of what is seen, as by an arrow key."""
        across, down = self.viewport().width() // 4, self.viewport().height() // 4
        x, y = {"left": (across, 0), "right": (-across, 0), "up": (0, down), "down": (0, -down)}[direction]
        self.scroll_by(x, y)

    def hit(self, place: QPointF) -> Hit:
        """What lies at a place in the viewport."""
        if self.picture is None:
            return Hit()
        point, scale = self.scene_at(place), self.scale_now
        if self.wiring is not None and scale >= READABLE:
            port = self.wiring.at(point.x(), point.y(), scale)
            if port.part:
                return port
        # Zoomed out, lines are too near to one another to be told apart.
        hit = self.picture.at(point.x(), point.y(), LINE_REACH / scale if scale >= NAMES else 0.0)
        if hit.part in ("tick", "button") and not self.item.has(hit.part, hit.key, scale):
            return Hit("box", hit.key)
        return hit

    def place_of(self, key: str) -> QPoint:
        """Where a menu for a box opens, on the screen: below it, or in the middle of what is seen."""
        area = self.viewport().rect()
        place = area.center()
        if self.picture is not None and key in self.picture.arrangement.rectangles:
            box = self.picture.rectangle(key)
            point = QPointF(box.x + box.width / 2, box.y + box.height * 0.8)
            below = self.viewportTransform().map(point).toPoint()
            place = below if area.contains(below) else place
        return self.viewport().mapToGlobal(place)

    def touch(self, place: QPointF, modifiers: Qt.KeyboardModifier, button: str = "") -> Touch:
        """The pointer at a place in the viewport."""
        at = self.scene_at(place)
        held = Qt.KeyboardModifier
        return Touch(
            self.hit(place),
            (at.x(), at.y()),
            (place.x(), place.y()),
            self.scale_now,
            button,
            bool(modifiers & held.ShiftModifier),
            bool(modifiers & held.ControlModifier),
            bool(modifiers & held.AltModifier),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pan with the middle button or with Space; all else is for the hands."""
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self._pan_from = event.position().toPoint()
            self._panned = False
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self.hands is not None:
            button = _BUTTONS.get(event.button(), "")
            self.hands.press(self.touch(event.position(), event.modifiers(), button))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or tell where the pointer is."""
        here = event.position().toPoint()
        if self._pan_from is not None:
            moved = here - self._pan_from
            self._panned = self._panned or moved.manhattanLength() > 2
            self.scroll_by(moved.x(), moved.y())
            self._pan_from = here
        elif self.hands is not None:
            self.hands.move(self.touch(event.position(), event.modifiers()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End panning, or tell what was let go."""
        pans = event.button() == Qt.MouseButton.MiddleButton or event.button() == Qt.MouseButton.LeftButton
        if self._pan_from is not None and pans:
            self._pan_from = None
            self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
            # Space was held to pan, not to freeze.
            self._space = self._space and not self._panned
        elif self.hands is not None:
            button = _BUTTONS.get(event.button(), "")
            self.hands.release(self.touch(event.position(), event.modifiers(), button))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked twice."""
        if self.hands is not None and event.button() == Qt.MouseButton.LeftButton:
            self.hands.double(self.hit(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, ask, zoom."""
        key = Qt.Key(event.key())
        if self.hands is not None and self.hands.key(key, event.modifiers()):
            event.accept()
            return
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in WALKS and control:
            if WALKS[key] not in ("first", "last"):
                self.pan(WALKS[key])
        elif key in WALKS:
            self.walked.emit(WALKS[key], extend)
        elif extend and _KEYS.get(key) == "open":
            self.asked.emit("close")
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

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab walks the ports of the box that the keyboard is on, and then leaves the canvas."""
        key = Qt.Key.Key_Tab if forward else Qt.Key.Key_Backtab
        # What stands over the drawing asks here too, when Tab is pressed there or when it goes.
        hands = self.hands if self.hasFocus() else None
        if hands is not None and hands.key(key, Qt.KeyboardModifier.NoModifier):
            return True
        return super().focusNextPrevChild(forward)

    def event(self, event: QEvent) -> bool:
        """Take the keys that a gesture in progress needs before shortcuts do; end it with what is shown."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.hands is not None and self.hands.wants(Qt.Key(event.key())):
                event.accept()
                return True
        elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.WindowDeactivate):
            self._space = False
            if self.hands is not None:
                self.hands.cancel()
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tool tip of what is under the pointer; tell when it leaves."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.hit(QPointF(event.pos()))
            text = tip_of(self.wiring, hit) or self.item.spoken(hit.key)
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave and self.hands is not None:
            self.hands.leave()
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Tell that a menu is wanted."""
        by_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        if self.hands is not None:
            self.hands.menu(self.hit(QPointF(event.pos())), event.globalPos(), by_keys)
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take entries of the layer library; files and texts are for the window."""
        event.setAccepted(entry_in(event.mimeData()) is not None)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the entry would come."""
        entry = entry_in(event.mimeData())
        fits = False
        if entry is not None and self.drops is not None:
            fits = self.drops.drag(self.touch(event.position(), event.modifiers()), *entry)
        event.setAccepted(fits)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The entry has been led away."""
        if self.drops is not None:
            self.drops.left()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped where."""
        entry = entry_in(event.mimeData())
        taken = False
        if entry is not None and self.drops is not None:
            taken = self.drops.drop(self.touch(event.position(), event.modifiers()), *entry)
        event.setAccepted(taken)


def entry_in(data: QMimeData) -> tuple[str, str] | None:
    """Key and title of the library entry that is dragged; None when it is something else."""
    if not data.hasFormat(MIME):
        return None
    try:
        key = bytes(data.data(MIME).data()).decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    return (key, tr(ENTRIES[key].title)) if key in ENTRIES else None


def _runs_sideways(view: ZoomView) -> bool:
    """The drawing runs to the right, and all of its height is seen."""
    if view.picture is None or view.picture.direction != "right":
        return False
    seen = view.seen
    return seen.y <= 0 and seen.bottom >= view.picture.arrangement.height
