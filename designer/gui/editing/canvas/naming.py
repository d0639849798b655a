"""Which groups' names are written over the canvas from afar, and where. Pure functions.

A name is written where it can be read: in its group's area, else beside it where nothing lies. Where the
names of the groups within a group can be read, theirs are written instead of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designer.gui.editing.canvas.content import clipped, shortened
from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP, Box

SIZES = (12, 14, 17, 21, 26)
"""Of a name on the screen, in pixels."""
MARGIN = 8.0
"""Around a name on its plate, and from its group where it stands beside it."""
MOST = 0.7
"""Share of a group's groups whose names must be readable for them to be written instead of its own."""
COVERING = 0.12
"""Share of an open group that its name covers rather than stand beside it."""
LETTERS = 40
"""A name of more letters is cut in its middle."""
BROAD = 3.0
"""A name stands beside a group that is at most so many times as broad, or as high, as the name is broad."""
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
            if _mostly(picture, inside, seen, scale, measure):
                deeper.extend(inside)
                continue
            own = _placed(picture, key, seen, scale, measure)
            if own is not None and not any(_meet(own.place, name.place) for name in chosen):
                chosen.append(own)
            elif own is None and len(inside) < FEW:
                deeper.extend(child for child in inside if child in children)
        level = deeper
    return tuple(chosen)


def _mostly(picture: Picture, inside: Sequence[str], seen: Rectangle, scale: float, measure: Measure) -> bool:
    """Whether the names of most of the groups in a group can be read, by how much room the groups take."""
    if not 1 < len(inside) < FEW:
        return False
    room = readable = count = 0.0
    for key in inside:
        where = _cut(picture.rectangle(key), seen)
        size = max(where.width, where.height)
        room += size
        if _placed(picture, key, seen, scale, measure) is not None:
            readable += size
            count += 1
    return count > 1 and readable >= MOST * room


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
    if max(whole.width, whole.height) * scale < SIZES[0] + MARGIN:
        return None
    where = _cut(whole, seen)
    path = key.removeprefix(GROUP)
    frame = path.rpartition(".")[0]
    texts = tuple(dict.fromkeys(clipped(text, LETTERS) for text in (path, shortened(path, frame))))
    # Over a group that is open a name hides something: there it stands beside it, where it can.
    is_open = key in picture.frames
    for text in texts:
        within = _within(key, text, where, scale, measure, COVERING if is_open else 1.0)
        if within is not None and not (is_open and any(True for _ in picture.boxes_in(within.place))):
            return within
        beside = _beside(picture, key, text, where, scale, measure)
        if beside is not None and _holds(seen, beside.place):
            return beside
        if within is not None:
            return within
    return next(filter(None, (_within(key, text, where, scale, measure, 1.0) for text in texts)), None)


def _within(
    key: str, text: str, where: Rectangle, scale: float, measure: Measure, covering: float
) -> Name | None:
    """The name in its group's area, as large as it may be there, covering at most that share of it."""
    across, down = where.width * scale, where.height * scale
    for size in reversed(SIZES):
        height = size + MARGIN
        if height > down * (0.4 if size > SIZES[0] else 0.92):
            continue
        width = measure(text, size) + 2 * MARGIN
        fits = width <= across * (0.8 if size > SIZES[0] else 0.98)
        if fits and width * height <= across * down * covering:
            return Name(key, text, _middle(where, width / scale, height / scale), size)
    return None


def _beside(
    picture: Picture, key: str, text: str, where: Rectangle, scale: float, measure: Measure
) -> Name | None:
    size = SIZES[0]
    width, height = (measure(text, size) + 2 * MARGIN) / scale, (size + MARGIN) / scale
    off = MARGIN / scale
    across, down = where.x + (where.width - width) / 2, where.y + (where.height - height) / 2
    places: list[tuple[float, float]] = []
    if where.height >= height and where.width <= BROAD * width:
        places += [(where.right + off, down), (where.x - off - width, down)]
    if where.width >= width and where.height <= BROAD * width:
        places += [(across, where.bottom + off), (across, where.y - off - height)]
    for x, y in places:
        place = Rectangle(x, y, width, height)
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


def _holds(one: Rectangle, other: Rectangle) -> bool:
    across = one.x <= other.x and other.right <= one.right
    return across and one.y <= other.y and other.bottom <= one.bottom


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
