"""Arranging: where each box, frame and line of a view is drawn, in layers from top to bottom or from left
to right.

Each frame is laid out by itself by the library graphlay, inner ones first, so that an edit disturbs no
other frame and equal blocks are laid out once. Lines that are too long for that, or run against the flow,
are bundled in lanes; boxes that the user has moved are put in their places at the end.
"""

from designer.network.arranging.composing import arrange
from designer.network.arranging.drawing import (
    DIRECTIONS,
    GAP,
    HEADER,
    LANE_GAP,
    NO_WISHES,
    PADDING,
    Arrangement,
    Line,
    Point,
    Rectangle,
    Sized,
    Wishes,
)

__all__ = [
    "DIRECTIONS",
    "GAP",
    "HEADER",
    "LANE_GAP",
    "NO_WISHES",
    "PADDING",
    "Arrangement",
    "Line",
    "Point",
    "Rectangle",
    "Sized",
    "Wishes",
    "arrange",
]
