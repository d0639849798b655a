"""Scales and places of the view, as pure functions of sizes in pixels."""

from __future__ import annotations

from designer.network.arranging import Point, Rectangle

SMALLEST, LARGEST = 0.01, 3.0
STEP = 1.25
"""One press of a zoom button."""
FIRST_AT_LEAST = 0.62
"""A network is first shown in full when it can be read so, else from its top at this scale or more."""


def clamped(scale: float, least: float = SMALLEST) -> float:
    """`scale` within the bounds."""
    return min(max(scale, least), LARGEST)


def bounded(place: float, extent: float) -> float:
    """`place` within a drawing that ends at `extent`."""
    return min(max(place, 0.0), extent)


def wheel_factor(degrees: float) -> float:
    """What a turn of the wheel multiplies the scale by; a click is 15 degrees."""
    return float(STEP ** (degrees / 15.0))


def fitting(width: float, height: float, room: tuple[float, float], margin: float = 24.0) -> float:
    """The scale at which a drawing of that size just fits into `room`, at most 1."""
    across = max(room[0] - 2 * margin, 1.0) / max(width, 1.0)
    down = max(room[1] - 2 * margin, 1.0) / max(height, 1.0)
    return min(across, down, 1.0)


def first_view(
    width: float, height: float, room: tuple[float, float], margin: float = 24.0, direction: str = "down"
) -> tuple[float, Point]:
    """Scale and the point of the drawing in the middle of the room when a network is opened.

    All of it where that can be read; else as wide as fits, beginning at the top. Of a drawing from left to
    right, as high as fits, beginning at the left.
    """
    whole = fitting(width, height, room, margin)
    if whole >= FIRST_AT_LEAST:
        return whole, (width / 2, height / 2)
    if direction == "right":
        scale, (y, x) = first_view(height, width, (room[1], room[0]), margin)
        return scale, (x, y)
    across = max(room[0] - 2 * margin, 1.0) / max(width, 1.0)
    scale = min(max(across, FIRST_AT_LEAST), 1.0)
    return scale, (width / 2, (room[1] / 2 - margin) / scale)


def to_show(target: Rectangle, seen: Rectangle, margin: float) -> Point | None:
    """The new middle of what is seen so that `target` is in it; None when it is already.

    Moves no farther than it must when the target is near, else brings it to the middle.
    """
    inside = (
        seen.x <= target.x
        and target.right <= seen.right
        and seen.y <= target.y
        and target.bottom <= seen.bottom
    )
    if inside:
        return None
    middle_x, middle_y = seen.x + seen.width / 2, seen.y + seen.height / 2
    goal = (target.x + target.width / 2, target.y + target.height / 2)
    near = abs(goal[0] - middle_x) < seen.width and abs(goal[1] - middle_y) < seen.height
    if not near:
        return goal
    return (
        _nudged(middle_x, seen.width, target.x, target.right, margin),
        _nudged(middle_y, seen.height, target.y, target.bottom, margin),
    )


def drawn_nearer(place: Point, room: tuple[float, float], factor: float) -> Point:
    """Where what is at `place` comes to when the view is zoomed towards it: nearer to the middle of the room,
    by as much as the scale changes, and into its inner half.
    """
    near = min(factor, 1.0 / factor)
    x, y = (
        extent / 2 + min(max((at - extent / 2) * near, -extent / 4), extent / 4)
        for at, extent in zip(place, room, strict=True)
    )
    return x, y


def kept_in(target: Rectangle, seen: Rectangle, least: float) -> Point:
    """How far to move what is seen so that it meets `target` by `least` at every side, where it does not."""
    inner_x = (seen.x + least, seen.x + seen.width - least)
    inner_y = (seen.y + least, seen.y + seen.height - least)
    return (
        min(target.right - inner_x[0], 0.0) + max(target.x - inner_x[1], 0.0),
        min(target.bottom - inner_y[0], 0.0) + max(target.y - inner_y[1], 0.0),
    )


def _nudged(middle: float, extent: float, low: float, high: float, margin: float) -> float:
    if high - low + 2 * margin > extent:
        return (low + high) / 2
    half = extent / 2
    return min(max(middle, high + margin - half), low - margin + half)
