"""Which box comes next when one walks the canvas with the keyboard. Pure functions."""

from __future__ import annotations

from designer.gui.editing.canvas.picture import Picture

DIRECTIONS = ("up", "down", "left", "right")


def step(picture: Picture, key: str, direction: str) -> str:
    """The box that one comes to from `key`: 'up' and 'down' along connections, 'left' and 'right' to
    the nearest box beside it. `key` itself when there is none there; the first box when `key` is none.
    """
    if key not in picture.arrangement.rectangles or key in picture.frames:
        return first(picture)
    here = picture.rectangle(key)
    middle = here.x + here.width / 2
    if direction in ("up", "down"):
        down = direction == "down"
        lines = [picture.arrangement.lines[number] for number in picture.touching.get(key, ())]
        ends = [
            line.target if down else line.source
            for line in lines
            if (line.source if down else line.target) == key
        ]

        def away(other: str) -> tuple[float, float]:
            there = picture.rectangle(other)
            return (abs(there.y - here.y), abs(there.x + there.width / 2 - middle))

        # The main way goes on straight; a skip over several boxes is the longer way.
        return min(ends, key=away, default=key)
    right = direction == "right"
    beside = [
        other
        for other in picture.keys
        if other != key and (picture.rectangle(other).x > here.right) is right and _level(picture, other, key)
    ]
    if not right:
        beside = [other for other in beside if picture.rectangle(other).right < here.x]

    def apart(other: str) -> tuple[float, float]:
        there = picture.rectangle(other)
        return (abs(there.x - here.x), abs(there.y - here.y))

    return min(beside, key=apart, default=key)


def first(picture: Picture) -> str:
    """The uppermost box, '' when there is none."""
    return min(picture.keys, key=lambda key: picture.rectangle(key).y, default="")


def last(picture: Picture) -> str:
    """The lowest box, '' when there is none."""
    return max(picture.keys, key=lambda key: picture.rectangle(key).y, default="")


def _level(picture: Picture, one: str, other: str) -> bool:
    """True when the two lie beside one another."""
    here, there = picture.rectangle(one), picture.rectangle(other)
    return here.y <= there.bottom and there.y <= here.bottom
