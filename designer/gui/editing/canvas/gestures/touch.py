"""Where the pointer is and with which keys, and what a finished gesture asks for: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from designer.gui.editing.canvas.picture import Hit
from designer.network.arranging import Point


@dataclass(frozen=True, slots=True)
class Touch:
    """A press, a move or a release of the mouse.

    Attributes:
        hit: what lies under it.
        at: in the drawing.
        place: in the viewport, in pixels.
        scale: pixels on the screen for one of the drawing.
        button: 'left', 'right', 'middle' or '' for a move.
        shift, control, alt: the keys held.
    """

    hit: Hit
    at: Point
    place: Point = (0.0, 0.0)
    scale: float = 1.0
    button: str = ""
    shift: bool = False
    control: bool = False
    alt: bool = False

    @property
    def extends(self) -> bool:
        """A click adds to the selection."""
        return self.shift or self.control


class Ask(NamedTuple):
    """What a finished gesture asks for: the name of a signal of `Gestures`, and what it carries."""

    signal: str
    given: tuple[Any, ...]
