"""Which groups' names are written over the canvas from afar, and where. Pure functions.

A name is written where it can be read: in its group's area, else beside it where nothing lies. Where the
names of the groups within a group can be read, theirs are written instead of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designer.gui.editing.canvas.content import shortened
from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP, Box

SIZES = (12, 14, 17, 21, 26)
"""Of a name on the screen, in pixels."""
MARGIN = 8.0
"""Around a name on its plate, and from its group where it stands beside it."""
FEW = 400
"""More groups than this are not gone through: there would be no room for their names."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name to be written: text, place of its plate in the drawing, and size on the screen in pixels."""

    key: str
    text: str
    place: Rectangle
    size: int


Measure = Callable[[str, int], float]
"""Width on the screen of a text at a size, in pixels."""


def collapsed(picture: Picture) -> tuple[Box, ...]:
    """The boxes of collapsed groups."""
    return tuple(box for box in picture.view.boxes if box.group)


def names(
    picture: Picture, boxes: Sequence[Box], seen: Rectangle, scale: float, measure: Measure
) -> tuple[Name, ...]:
    """The names to be written while `seen` of the picture is seen at `scale`; `boxes` as in `collapsed`."""
    children = _children(picture, boxes, seen)
    chosen: list[Name] = []
    level = children.get("", [])
    while level:
        deeper: list[str] = []
        for key in level:
            inside = children.get(key, [])
            readable = 0 < len(inside) < FEW and all(
                _placed(picture, child, seen, scale, measure) is not None for child in inside
            )
            if readable:
                deeper.extend(inside)
                continue
            own = _placed(picture, key, seen, scale, measure)
            if own is not None and not any(_meet(own.place, name.place) for name in chosen):
                chosen.append(own)
            elif own is None and len(inside) < FEW:
                deeper.extend(child for child in inside if child in children)
        level = deeper
    return tuple(chosen)


def _children(picture: Picture, boxes: Sequence[Box], seen: Rectangle) -> dict[str, list[str]]:
    """Keys of the groups seen in each group, '' for the outermost."""
    found: dict[str, list[str]] = {}
    for frame in picture.frames_in(seen):
        found.setdefault(GROUP + frame.frame if frame.frame else "", []).append(frame.key)
        found.setdefault(frame.key, [])
    frames = {key for key in found if key}
    for box in boxes:
        around = GROUP + box.frame if box.frame else ""
        if (not around or around in frames) and _meet(picture.rectangle(box.key), seen):
            found.setdefault(around, []).append(box.key)
    return found


def _placed(picture: Picture, key: str, seen: Rectangle, scale: float, measure: Measure) -> Name | None:
    """A group's name in the part of it that is seen, or beside it; None where it could not be read."""
    whole = picture.rectangle(key)
    if whole.height * scale < SIZES[0] + MARGIN:
        return None
    where = _cut(whole, seen)
    path = key.removeprefix(GROUP)
    frame = path.rpartition(".")[0]
    for text in dict.fromkeys((path, shortened(path, frame))):
        found = _within(key, text, where, scale, measure) or _beside(
            picture, key, text, where, scale, measure
        )
        if found is not None:
            return found
    return None


def _within(key: str, text: str, where: Rectangle, scale: float, measure: Measure) -> Name | None:
    across, down = where.width * scale, where.height * scale
    for size in reversed(SIZES):
        height = size + MARGIN
        if height > down * (0.4 if size > SIZES[0] else 0.92):
            continue
        width = measure(text, size) + 2 * MARGIN
        if width <= across * (0.8 if size > SIZES[0] else 0.98):
            return Name(key, text, _middle(where, width / scale, height / scale), size)
    return None


def _beside(
    picture: Picture, key: str, text: str, where: Rectangle, scale: float, measure: Measure
) -> Name | None:
    size = SIZES[0]
    width, height = (measure(text, size) + 2 * MARGIN) / scale, (size + MARGIN) / scale
    if where.height < height or where.width > width:
        return None
    top = where.y + (where.height - height) / 2
    for left in (where.right + MARGIN / scale, where.x - MARGIN / scale - width):
        place = Rectangle(left, top, width, height)
        if next(picture.boxes_in(place), None) is None:
            return Name(key, text, place, size)
    return None


def _middle(where: Rectangle, width: float, height: float) -> Rectangle:
    return Rectangle(
        where.x + (where.width - width) / 2, where.y + (where.height - height) / 2, width, height
    )


def _cut(one: Rectangle, other: Rectangle) -> Rectangle:
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Rectangle(left, top, max(right - left, 0.0), max(bottom - top, 0.0))


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
