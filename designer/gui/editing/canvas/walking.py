"""Which box comes next when one walks the canvas with the keyboard. Pure functions."""

from __future__ import annotations

from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Rectangle

DIRECTIONS = ("up", "down", "left", "right")

_ALONG = {
    "down": {"up": -1, "down": 1},
    "right": {"left": -1, "right": 1},
}
"""For the way that the drawing is read: which arrows walk against connections, and which along them."""


def step(picture: Picture, key: str, direction: str) -> str:
    """The box that one comes to from `key`: along connections in the way that the drawing is read, and to
    the nearest box beside it across that. `key` itself when there is none there; the first box when `key`
    is none.
    """
    if key not in picture.arrangement.rectangles or key in picture.frames:
        return first(picture)
    along = _ALONG[picture.direction].get(direction)
    if along is not None:
        return _along(picture, key, forward=along > 0)
    return _beside(picture, key, after=direction in ("right", "down"))


def first(picture: Picture) -> str:
    """The box where the drawing begins, '' when there is none."""
    return min(picture.keys, key=lambda key: _start(picture, picture.rectangle(key)), default="")


def last(picture: Picture) -> str:
    """The box where the drawing ends, '' when there is none."""
    return max(picture.keys, key=lambda key: _start(picture, picture.rectangle(key)), default="")


def _along(picture: Picture, key: str, *, forward: bool) -> str:
    here = picture.rectangle(key)
    lines = [picture.arrangement.lines[number] for number in picture.touching.get(key, ())]
    ends = [
        line.target if forward else line.source
        for line in lines
        if (line.source if forward else line.target) == key
    ]

    def away(other: str) -> tuple[float, float]:
        there = picture.rectangle(other)
        return (
            abs(_start(picture, there) - _start(picture, here)),
            abs(_middle(picture, there) - _middle(picture, here)),
        )

    # The main way goes on straight; a skip over several boxes is the longer way.
    return min(ends, key=away, default=key)


def _beside(picture: Picture, key: str, *, after: bool) -> str:
    here, whole = picture.rectangle(key), picture.arrangement
    if picture.direction == "right":
        level = Rectangle(here.x, 0.0, here.width, whole.height)
    else:
        level = Rectangle(0.0, here.y, whole.width, here.height)
    # Either wholly after it or wholly before it.
    beside = [
        other
        for other in picture.boxes_in(level)
        if other != key
        and (
            _side(picture, picture.rectangle(other))[0] > _side(picture, here)[1]
            if after
            else _side(picture, picture.rectangle(other))[1] < _side(picture, here)[0]
        )
    ]

    def apart(other: str) -> tuple[float, float]:
        there = picture.rectangle(other)
        return (
            abs(_side(picture, there)[0] - _side(picture, here)[0]),
            abs(_start(picture, there) - _start(picture, here)),
        )

    return min(beside, key=apart, default=key)


def _start(picture: Picture, box: Rectangle) -> float:
    """Where a box begins in the way that the drawing is read."""
    return box.x if picture.direction == "right" else box.y


def _middle(picture: Picture, box: Rectangle) -> float:
    """A box's middle across the way that the drawing is read."""
    low, high = _side(picture, box)
    return (low + high) / 2


def _side(picture: Picture, box: Rectangle) -> tuple[float, float]:
    """From where to where a box reaches across the way that the drawing is read."""
    return (box.y, box.bottom) if picture.direction == "right" else (box.x, box.right)
