"""Where a marked line says what it carries: where that covers the least."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from designer.gui.editing.canvas.labels import (
    ENDS,
    OFF,
    TALL,
    LineText,
    has_room,
    meet,
    places_of,
    within,
)
from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import HEADER, Line, Point, Rectangle

ASIDE, OVER = 4.0, 1.0
"""From what is written to the border of its plate: at its sides, above and below."""
STEP, STEPS = 6.0, 12
"""From each end of a straight part so many places so near to one another are tried, and as many between."""
TEXT = 24.0
"""What it costs to lie on another text, as if so much of a line were covered."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """What a marked line says, and where; `free` when nothing lies below it."""

    words: str
    place: Rectangle
    free: bool


def marked_text(
    picture: Picture,
    number: int,
    text: LineText,
    width: Callable[[str], float],
    others: Sequence[Rectangle] = (),
    taken: Sequence[Rectangle] = (),
) -> MarkedText | None:
    """What a marked line says, beside it or on it; None where there is no room but on boxes.

    Of the places along the line it is the first that covers no other line and no text, else the one that
    covers the least. All words are said before fewer are, even where those would cover less.

    Args:
        picture: with the line.
        number: of the line.
        text: what it can say.
        width: of words, as they are written.
        others: where other texts are written that may be covered.
        taken: where other texts are written that must not be covered.
    """
    line = picture.arrangement.lines[number]
    for words in dict.fromkeys(filter(None, (text.full, text.short))):
        best: MarkedText | None = None
        least = float("inf")
        for place, own in _places(line, width(words)):
            ground = plate(place)
            if not has_room(picture, ground) or any(meet(ground, plate(other)) for other in taken):
                continue
            cost = _covered(picture, ground, number if own else -1)
            cost += sum(TEXT for other in others if meet(ground, other))
            if cost < least:
                best, least = MarkedText(words, place, not cost and not own), cost
            if not cost:
                break
        if best is not None:
            return best
    return None


def plate(place: Rectangle) -> Rectangle:
    """What lies behind what is written, so that it can be read."""
    return Rectangle(place.x - ASIDE, place.y - OVER, place.width + 2 * ASIDE, place.height + 2 * OVER)


def _places(line: Line, width: float) -> Iterator[tuple[Rectangle, bool]]:
    """Places beside a line, best first, and then on it; and whether a place is on the line itself."""
    for place in places_of(line, width):
        yield place, False
    for start, end in pairwise(line.points):
        for place in _beside(start, end, width):
            yield place, False
    parts = sorted(pairwise(line.points), key=lambda part: -_length(*part))
    for start, end in parts:
        for x, y in _along(start, end, 0.0):
            yield Rectangle(x - width / 2, y - TALL / 2, width, TALL), True


def _beside(start: Point, end: Point, width: float) -> Iterator[Rectangle]:
    """Places to the right and left of an upright part, or above and below a level one that is long enough."""
    if _upright(start, end):
        for x, y in _along(start, end, TALL / 2 + 5.0):
            yield Rectangle(x + OFF, y - TALL / 2, width, TALL)
            yield Rectangle(x - OFF - width, y - TALL / 2, width, TALL)
    elif _length(start, end) >= width + ENDS:
        for x, y in _along(start, end, (width + ENDS) / 2):
            yield Rectangle(x - width / 2, y - 2.0 - TALL, width, TALL)
            yield Rectangle(x - width / 2, y + 2.0 + OVER, width, TALL)


def _along(start: Point, end: Point, inset: float) -> Iterator[Point]:
    """The middle of a straight part, then points from its start on, all along it, and from its end back."""
    length = _length(start, end)
    room = length - 2 * inset
    if room < 0:
        return
    shares = [0.5 * room]
    shares.extend(n * STEP for n in range(STEPS))
    shares.extend(n * room / STEPS for n in range(STEPS))
    shares.extend(room - n * STEP for n in range(STEPS))
    for share in dict.fromkeys(share for share in shares if 0 <= share <= room):
        part = (inset + share) / length if length else 0.0
        yield start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _covered(picture: Picture, ground: Rectangle, own: int) -> float:
    """How much of lines, but for the own one, and of the borders and titles of frames lies at a place."""
    covered = 0.0
    lines = picture.arrangement.lines
    for number in picture.lines_in(ground):
        if number != own:
            covered += sum(within(start, end, ground) for start, end in pairwise(lines[number].points))
    for frame in picture.frames_in(ground):
        where = picture.rectangle(frame.key)
        covered += TEXT if meet(ground, where._replace(height=HEADER)) else 0.0
        left, right, top, bottom = where.x, where.right, where.y, where.bottom
        corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
        covered += sum(within(start, end, ground) for start, end in pairwise(corners))
    return covered


def _length(start: Point, end: Point) -> float:
    return max(abs(end[0] - start[0]), abs(end[1] - start[1]))


def _upright(start: Point, end: Point) -> bool:
    return abs(end[0] - start[0]) <= abs(end[1] - start[1])
