"""What is arranged, and what comes of it. Units are pixels at 100 %; x grows to the right, y downwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from designer.network.network import Place

GAP = 24.0
"""Between boxes, and between two layers of the layout."""
ACROSS_GAP = 128.0
"""Between two layers of a layout from left to right: what is written on a line lies along it there."""
HEADER = 20.0
"""Height of a frame's title."""
PADDING = HEADER
"""Between a frame and what is in it; above it is the title, so this must not be less."""
LANE_GAP = 10.0
"""Between two lanes."""

DIRECTIONS = ("down", "right")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sized:
    """A box, or a frame around boxes, to be arranged.

    Attributes:
        key: unlike all others.
        width, height: of the box; a frame takes the size that its boxes need.
        frame: key of the frame that it stands in, '' for none.
        is_frame: it is a frame; frames come before what stands in them.
    """

    key: str
    width: float = 0.0
    height: float = 0.0
    frame: str = ""
    is_frame: bool = False


class Rectangle(NamedTuple):
    """Left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.y + self.height

    def moved(self, x: float, y: float) -> Rectangle:
        """As large, elsewhere."""
        return Rectangle(self.x + x, self.y + y, self.width, self.height)


class Line(NamedTuple):
    """The corners of an edge, from the border of its source to the border of its target."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything is drawn.

    Attributes:
        rectangles: of boxes and frames, by key.
        lines: one for each edge, in the order of the edges.
        width, height: of the drawing, which begins at 0, 0.
        layered: False when a layout was refused and boxes stand in one column instead.
    """

    rectangles: Mapping[str, Rectangle]
    lines: tuple[Line, ...]
    width: float
    height: float
    layered: bool = True


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a drawing is to be arranged.

    Attributes:
        direction: 'down' or 'right'.
        places: boxes that the user has put somewhere, by key; keys that are not there are passed over.
    """

    direction: str = "down"
    places: Mapping[str, Place] = field(default_factory=dict)


NO_WISHES = Wishes()
"""From top to bottom, everything where the arranging puts it."""
