"""The hands of the canvas: make gestures of what the mouse does, and ask for what they end in."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

from designer.gui.editing.canvas.accessible import Listing
from designer.gui.editing.canvas.gestures.beginning import begin
from designer.gui.editing.canvas.gestures.connect import Rules
from designer.gui.editing.canvas.gestures.dropping import Dropping
from designer.gui.editing.canvas.gestures.gesture import Gesture
from designer.gui.editing.canvas.gestures.keys import LEADING, PortKeys
from designer.gui.editing.canvas.gestures.layer import FEW, SketchLayer
from designer.gui.editing.canvas.gestures.placing import nudged
from designer.gui.editing.canvas.gestures.scrolling import BorderScroll
from designer.gui.editing.canvas.gestures.sketch import NOTHING, Sketch
from designer.gui.editing.canvas.gestures.snapping import GRID
from designer.gui.editing.canvas.gestures.spring import Spring
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.picture import Hit, Picture
from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.editing.canvas.view import WALKS, CanvasView
from designer.gui.look.style import Look
from designer.network.network import Network

_NUDGES = {"up": (0.0, -GRID), "down": (0.0, GRID), "left": (-GRID, 0.0), "right": (GRID, 0.0)}
_BOXES = ("box", "tick", "button", "port_in", "port_out")
_HANDS = ("tick", "button", "collapse", "line")


class Gestures(QObject):
    """Turns mouse and keys into what is asked for. It changes nothing but the selection.

    Attributes:
        rules: what may be connected; set by whoever knows the network's facts.

    Signals:
        connect_asked(port, layer id, input): lead the output to the input.
        reroute_asked(connection, port, layer id, input): the same in place of a connection, as one edit.
        disconnect_asked(connections): take connections away.
        move_asked(places by key): put boxes somewhere.
        drop_asked(key, connection, place): put an entry of the library into a connection, or, where that
            is None, at a place.
        menu_asked(hit, place): a menu is wanted at that place on the screen, for what lies under `hit`.
        open_asked(layer id): show the layer's properties.
    """

    connect_asked = Signal(object, str, int)
    reroute_asked = Signal(object, object, str, int)
    disconnect_asked = Signal(object)
    move_asked = Signal(object)
    drop_asked = Signal(str, object, object)
    menu_asked = Signal(object, QPoint)
    open_asked = Signal(str)
    chosen = Signal(object, bool)
    connections_chosen = Signal(object)

    def __init__(self, view: CanvasView, pointing: Pointing, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._pointing = pointing
        self.layer = SketchLayer(view, look, self)
        self.keys = PortKeys(view, pointing, self)
        self._scroll = BorderScroll(view, self)
        self._pressed: Touch | None = None
        self._click: Touch | None = None
        self._last: Touch | None = None
        self._gesture: Gesture | None = None
        self._spring = Spring(self)
        self._mute_menu = False
        self.rules = Rules()
        self.chosen.connect(pointing.choose)
        self.connections_chosen.connect(pointing.choose_connections)
        self._spring.opened.connect(pointing.toggle_asked)
        pointing.open_asked.connect(self.open_asked)
        pointing.disconnect_asked.connect(self.disconnect_asked)
        pointing.marked.connect(self.refresh)
        view.moved.connect(self._follow)
        self._listing = Listing(view)
        view.hands = self
        view.drops = Dropping(view, self.layer, self)
        view.drops.dropped.connect(self.drop_asked)

    @property
    def busy(self) -> bool:
        """A gesture is in progress."""
        return self._gesture is not None or self.keys.connecting

    def show(self, network: Network | None, picture: Picture | None) -> None:
        """Work on another network or drawing. What cannot go on over it is cancelled."""
        before = self._view.wiring
        if before is not None and before.network is network and before.picture is picture:
            return
        wiring = Wiring(network, picture) if network is not None and picture is not None else None
        self._view.wiring = wiring
        self._pressed = self._click = None
        self.keys.over(wiring)
        gesture = self._gesture.over(wiring) if self._gesture is not None and wiring is not None else None
        if gesture is None and not self.keys.connecting:
            self.cancel()
        self.layer.set_wiring(wiring)
        self._gesture = gesture
        self._follow()
        self.refresh()
        if before is None or wiring is None or before.picture is not wiring.picture:
            self._listing.renew()

    def press(self, touch: Touch) -> None:
        """See `Hands.press`."""
        led = self.busy
        self._mute_menu = self.cancel() and touch.button == "right"
        if led or touch.button != "left":
            return
        self._pressed, self._click = touch, None
        hit = touch.hit
        if hit.part in ("tick", "button", "collapse"):
            self._pressed = None
            self._pointing.press(hit, False)
        elif hit.part.startswith("port"):
            if not self._pointing.holds(hit):
                self._pointing.press(Hit("box", hit.key), touch.extends)
            wiring = self._view.wiring
            if wiring is not None and self._pointing.current == hit.key:
                self.keys.go_to(wiring.spot(hit.key, hit.part[5:], hit.number))
        elif not hit.part or self._pointing.holds(hit):
            # It may become a drag of all that is selected: what a click does waits for the release.
            self._click = touch
        else:
            self._pointing.press(hit, touch.extends)
        self.refresh()

    def move(self, touch: Touch) -> None:
        """See `Hands.move`."""
        self._last = touch
        if self._pressed is not None and self._gesture is None:
            start = self._pressed
            if math.dist(start.place, touch.place) < QApplication.startDragDistance():
                return
            self._pressed = self._click = None
            wiring = self._view.wiring
            if wiring is not None:
                contents = ((key, self._view.item.content(key)) for key in self._pointing.selected)
                titles = {key: content.title for key, content in contents if content is not None}
                self._gesture = begin(wiring, start, self.rules, titles)
            self.layer.hover_line(-1)
        if self._gesture is not None:
            self._show(self._gesture.move(touch))
            self._scroll.follow(touch.place)
        elif self._pressed is None:
            if self.layer.sketch is not NOTHING and not self.keys.connecting:
                self.layer.clear()
            self._hover(touch.hit)

    def release(self, touch: Touch) -> None:
        """See `Hands.release`."""
        if touch.button != "left":
            return
        gesture, click = self._gesture, self._click
        self._last = touch
        if gesture is not None:
            ask = gesture.finish(touch)
            self.cancel()
            self._ask(ask)
        elif click is not None:
            self._pressed = self._click = None
            self._pointing.press(click.hit, click.extends)
        self._pressed = None
        self._hover(touch.hit)

    def double(self, hit: Hit) -> None:
        """See `Hands.double`."""
        if hit.part in ("tick", "button", "collapse"):
            self._pointing.press(hit, False)
        else:
            self._pointing.double(hit)

    def leave(self) -> None:
        """See `Hands.leave`."""
        if self._gesture is None:
            self._pointing.hover("")
            self.layer.hover_line(-1)

    def cancel(self) -> bool:
        """See `Hands.cancel`."""
        busy = self.busy or self._pressed is not None
        self._gesture = self._pressed = self._click = None
        self.keys.cancel()
        self._scroll.stop()
        self._spring.rest_on("")
        self.layer.clear()
        self.refresh()
        return busy

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """See `Hands.key`."""
        if key == Qt.Key.Key_Escape and not self.keys.connecting and self.cancel():
            return True
        if self._gesture is not None:
            # What is in the hand comes first: neither focus nor selection changes under it.
            return True
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if alt and WALKS.get(key) in _NUDGES:
            self._nudge(*_NUDGES[WALKS[key]])
            return True
        if key in (Qt.Key.Key_Menu, Qt.Key.Key_F10) and (
            key == Qt.Key.Key_Menu or modifiers == Qt.KeyboardModifier.ShiftModifier
        ):
            self.menu(Hit(), QPoint(), True)
            return True
        done = self.keys.press(key, modifiers, self.rules)
        ask, self.keys.ask = self.keys.ask, None
        self.layer.show(self.keys.sketch)
        if not self.keys.connecting:
            self.keys.cancel()
        self.refresh()
        self._ask(ask)
        return done

    def wants(self, key: Qt.Key) -> bool:
        """See `Hands.wants`."""
        if self.keys.connecting:
            return key in LEADING
        if self.busy:
            return key == Qt.Key.Key_Escape
        return key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.keys.spot is not None

    def menu(self, hit: Hit, place: QPoint, by_keys: bool) -> None:
        """See `Hands.menu`. What lies under the pointer is selected first."""
        if self._mute_menu:
            self._mute_menu = False
            return
        self.cancel()
        if by_keys:
            lines = self._view.item.marks.connections
            hit = Hit("box", self._pointing.current) if self._pointing.current else Hit()
            hit = Hit("line", number=min(lines)) if lines else hit
            place = self._view.place_of(hit.key)
        elif hit.part.startswith("port"):
            hit = Hit("box", hit.key)
        if not by_keys and not self._pointing.holds(hit):
            part = "box" if hit.part in _BOXES else "frame" if hit.part == "collapse" else hit.part
            self._pointing.press(replace(hit, part=part), False)
        self.menu_asked.emit(hit, place)

    @Slot()
    def refresh(self) -> None:
        """Show the ports of the box that the pointer is on, and of the selected ones where they are few."""
        selected = self._pointing.selected
        keys = {*(selected if len(selected) <= FEW else ()), self._pointing.hovered} - {""}
        self.layer.show_ports(frozenset(keys), self.keys.spot)

    def _show(self, sketch: Sketch) -> None:
        self.layer.show(sketch)
        self._spring.rest_on(sketch.spring)
        self.refresh()

    def _hover(self, hit: Hit) -> None:
        self._pointing.hover(hit.key if hit.part in _BOXES else "")
        self.layer.hover_line(hit.number if hit.part == "line" else -1)
        shape = Qt.CursorShape.ArrowCursor
        if hit.part.startswith("port"):
            shape = Qt.CursorShape.CrossCursor
        elif hit.part in _HANDS:
            shape = Qt.CursorShape.PointingHandCursor
        self._view.viewport().setCursor(shape)

    def _ask(self, ask: Ask | None) -> None:
        if ask is not None:
            getattr(self, ask.signal).emit(*ask.given)

    @Slot()
    def _follow(self) -> None:
        """What is seen has changed under the pointer."""
        if self._gesture is not None and self._last is not None:
            here = self._view.touch(QPointF(*self._last.place), Qt.KeyboardModifier.NoModifier)
            self._last = replace(here, shift=self._last.shift, alt=self._last.alt)
            self._show(self._gesture.move(self._last))

    def _nudge(self, across: float, down: float) -> None:
        wiring = self._view.wiring
        keys = self._pointing.selected
        if wiring is not None and keys:
            self.move_asked.emit(nudged(wiring.network, wiring.picture, keys, across, down))
