"""Connecting by the keyboard: Tab walks the ports of a box, C leads a line through the legal targets."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from designer.gui.editing.canvas.gestures.aiming import End
from designer.gui.editing.canvas.gestures.beginning import from_spot
from designer.gui.editing.canvas.gestures.connect import ConnectGesture, Rules
from designer.gui.editing.canvas.gestures.gesture import RefusedGesture
from designer.gui.editing.canvas.gestures.sketch import NOTHING, Sketch
from designer.gui.editing.canvas.gestures.touch import Ask
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.gui.editing.canvas.gestures.wording import spoken
from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.editing.canvas.view import CanvasView
from designer.messages import tr

_NEXT = {
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LEADING = (*_NEXT, *_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Home, Qt.Key.Key_End)
"""The keys that lead a line."""
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class PortKeys(QObject):
    """Keeps the port that the keyboard is on, and the line that is led by the keyboard.

    Attributes:
        sketch: what is shown of that line.
        ask: what the last key asked for, None for nothing; taken by whoever asks.
    """

    def __init__(self, view: CanvasView, pointing: Pointing, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._pointing = pointing
        self._at = -1
        self._box = ""
        self._gesture: ConnectGesture | None = None
        self._ends: tuple[End, ...] = ()
        self._number = -1
        self.sketch = NOTHING
        self.ask: Ask | None = None
        pointing.part = self._spoken

    @property
    def spot(self) -> Spot | None:
        """The port that the keyboard is on; None when it is on the box itself."""
        spots = self._spots()
        return spots[self._at] if self._box == self._pointing.current and 0 <= self._at < len(spots) else None

    @property
    def connecting(self) -> bool:
        """A line is being led."""
        return self._gesture is not None

    def go_to(self, spot: Spot | None) -> None:
        """The keyboard goes to a port, or back to the box."""
        spots = self._spots()
        self._box = self._pointing.current
        self._at = spots.index(spot) if spot in spots else -1
        self._pointing.speak()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, rules: Rules) -> bool:
        """A key was pressed; True when it is done with it. What it asks for is in `ask`."""
        if self._gesture is not None:
            return self._lead(key)
        plain = not modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._tab(_NEXT[key])
        if key == Qt.Key.Key_C and plain and self._pointing.current:
            self._begin(rules)
            return True
        spot = self.spot
        if spot is None or not plain:
            return False
        if key in _ENTER:
            self._enter(spot, rules)
        elif key in _DELETE:
            self._disconnect(spot)
        elif key == Qt.Key.Key_Space:
            self._select(spot)
        elif key == Qt.Key.Key_Escape:
            self.go_to(None)
        else:
            return False
        return True

    def cancel(self) -> bool:
        """Lead no line any more. False when none was led."""
        led, self._gesture = self._gesture is not None, None
        self._ends, self._number, self.sketch = (), -1, NOTHING
        return led

    def over(self, wiring: Wiring | None) -> None:
        """Go on over another drawing, or give up."""
        if self._gesture is None:
            return
        end = self._gesture.end
        self._gesture = self._gesture.over(wiring) if wiring is not None else None
        if self._gesture is None:
            self.cancel()
            return
        self._ends = self._gesture.ends()
        self._number = self._ends.index(end) if end in self._ends else -1
        if end is not None and self._number >= 0:
            self.sketch = self._gesture.aim(end)

    def _spots(self) -> tuple[Spot, ...]:
        wiring = self._view.wiring
        return wiring.spots(self._pointing.current) if wiring is not None else ()

    def _tab(self, by: int) -> bool:
        spots = self._spots()
        if not spots or not self._pointing.current:
            return False
        at = self._at if self.spot is not None else -1
        if at < 0 and by < 0:
            # Before the first port is the box, and before the box the widget before the canvas.
            return False
        at += by
        self.go_to(spots[at] if 0 <= at < len(spots) else None)
        # After the last port the focus goes on, so that the canvas holds nobody.
        return at < len(spots)

    def _begin(self, rules: Rules) -> None:
        wiring, spots = self._view.wiring, self._spots()
        first = next((spot for spot in spots if spot.side == "out"), spots[0] if spots else None)
        spot = self.spot or first
        if wiring is None or spot is None:
            self._pointing.announce(tr("There is no port here."))
            return
        gesture = from_spot(wiring, spot, rules)
        if isinstance(gesture, RefusedGesture):
            self._pointing.announce(gesture.why)
            self.sketch = Sketch(label=gesture.why, wrong=True, at=spot.at)
            return
        self._gesture, self._ends = gesture, gesture.ends()
        if not self._ends:
            why = gesture.why_none()
            self._pointing.announce(why)
            self.sketch = Sketch(label=why, wrong=True, at=spot.at)
            return
        self._aim(self._nearest(wiring, spot))

    def _nearest(self, wiring: Wiring, spot: Spot) -> int:
        """Number of the first end after the port, as the drawing is read; else of the last before it."""
        level = wiring.picture.direction == "right"
        here = wiring.picture.rectangle(spot.key)
        start = here.x if level else here.y
        after = []
        for number, end in enumerate(self._ends):
            box = wiring.box_of(end.layer)
            where = wiring.picture.rectangle(box) if box else None
            place = None if where is None else where.x if level else where.y
            if place is not None and ((place > start) if spot.side == "out" else (place < start)):
                after.append(number)
        if not after:
            return 0
        return after[0] if spot.side == "out" else after[-1]

    def _aim(self, number: int) -> None:
        assert self._gesture is not None
        self._number = number % len(self._ends)
        end = self._ends[self._number]
        self.sketch = self._gesture.aim(end)
        wiring = self._view.wiring
        box = wiring.box_of(end.layer) if wiring is not None else ""
        if wiring is not None and box:
            self._view.reveal(wiring.picture.rectangle(box))
        self._pointing.speak()

    def _spoken(self) -> str:
        """The end that the line is led to, or the port that the keyboard is on, in words; '' for none."""
        if self._gesture is not None and self._gesture.end is not None:
            text = self._gesture.text().replace("\n", ". ")
            count = tr("{n} of {count}", n=self._number + 1, count=len(self._ends))
            return f"{text}, {count}"
        spot, wiring = self.spot, self._view.wiring
        return spoken(wiring, spot) if spot is not None and wiring is not None else ""

    def _lead(self, key: Qt.Key) -> bool:
        """A key while a line is led; all other keys wait until it has ended."""
        assert self._gesture is not None
        if key == Qt.Key.Key_Escape:
            self.cancel()
            self.go_to(self.spot)
        elif key in _ENTER:
            self.ask = self._gesture.chosen()
            self.cancel()
            self._pointing.speak()
        elif self._ends and key in _NEXT:
            self._aim(self._number + _NEXT[key])
        elif self._ends and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._aim(0 if key == Qt.Key.Key_Home else -1)
        return True

    def _enter(self, spot: Spot, rules: Rules) -> None:
        """Along the connection of a port to its other end; from an open port, connect."""
        wiring = self._view.wiring
        found = wiring.connections_at(spot) if wiring is not None else ()
        if not found or wiring is None:
            self._begin(rules)
            return
        self._pointing.go(wiring.box_of(found[0].source if spot.side == "in" else found[0].target))

    def _disconnect(self, spot: Spot) -> None:
        found = self._view.wiring.connections_at(spot) if self._view.wiring is not None else ()
        if found:
            self.ask = Ask("disconnect_asked", (found,))
        else:
            self._pointing.announce(tr("Nothing is connected here."))

    def _select(self, spot: Spot) -> None:
        """Select what is connected at a port, so that something can be put in there."""
        found = self._view.wiring.connections_at(spot) if self._view.wiring is not None else ()
        if found:
            self.ask = Ask("connections_chosen", (found,))
        else:
            self._pointing.announce(tr("Nothing is connected here."))
