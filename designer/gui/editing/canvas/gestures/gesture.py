"""What all gestures have in common."""

from __future__ import annotations

from typing import Protocol

from designer.gui.editing.canvas.gestures.sketch import Sketch
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring


class Gesture(Protocol):
    """Something that is led from where the mouse was pressed to where it is let go.

    It begins with its constructor, and is cancelled by dropping it: it changes nothing of itself.
    """

    def move(self, touch: Touch) -> Sketch:
        """The pointer is here: what is to be shown."""

    def finish(self, touch: Touch) -> Ask | None:
        """The button is let go here: what is asked for, None for nothing."""

    def over(self, wiring: Wiring) -> Gesture | None:
        """The gesture over another drawing, None when it cannot go on and is to be cancelled."""


class RefusedGesture:
    """Says why what was begun cannot be done."""

    def __init__(self, why: str) -> None:
        self.why = why

    def move(self, touch: Touch) -> Sketch:
        """See `Gesture.move`."""
        return Sketch(label=self.why, wrong=True, at=touch.at)

    def finish(self, touch: Touch) -> Ask | None:
        """See `Gesture.finish`."""
        return None

    def over(self, wiring: Wiring) -> RefusedGesture | None:
        """See `Gesture.over`."""
        return None
