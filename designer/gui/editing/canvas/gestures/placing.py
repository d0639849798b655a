"""Beside which box a moved one stays. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from designer.gui.editing.canvas.gestures.snapping import around
from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Rectangle
from designer.network.network import Network, Place

NEAR = 400.0
"""From farther away than this, a box does not hold another that it does not feed, unless no other could."""


def places_of(picture: Picture, there: Mapping[str, Rectangle]) -> dict[str, Place]:
    """The places that put these boxes there, each beside one that is not moved.

    That is, among those in the same frame, the nearest that feeds it, else the nearest; where a box has
    none near it in its frame, the nearest of all to the moved boxes as a whole.
    """
    if not there:
        return {}
    frames = {box.key: box.frame for box in picture.view.boxes}
    last = _nearest(picture, around(tuple(there.values())), (key for key in picture.keys if key not in there))
    found = {}
    for key, where in there.items():
        anchor = _in_frame(picture, where, there, key, frames) or last
        box = picture.rectangle(anchor) if anchor else Rectangle(0.0, 0.0, 0.0, 0.0)
        found[key] = Place(anchor, where.x - box.x, where.y - box.y)
    return found


def place_at(picture: Picture, where: Rectangle) -> Place:
    """The place of a box that is to come at `where`, beside the nearest one."""
    near = _nearest(picture, where, picture.boxes_in(_grown(where))) or _nearest(picture, where, picture.keys)
    box = picture.rectangle(near) if near else Rectangle(0.0, 0.0, 0.0, 0.0)
    return Place(near, where.x - box.x, where.y - box.y)


def nudged(
    network: Network, picture: Picture, keys: Iterable[str], across: float, down: float
) -> dict[str, Place]:
    """The places that move these boxes by so much, from where they were last put."""
    there, known = {}, {}
    for key in keys:
        place = network.places.get(key)
        if place is not None and (not place.anchor or place.anchor in picture.arrangement.rectangles):
            # The drawing may still be that of before the last nudge.
            known[key] = Place(place.anchor, place.x + across, place.y + down)
        else:
            box = picture.rectangle(key)
            there[key] = box._replace(x=box.x + across, y=box.y + down)
    return {**known, **places_of(picture, there)}


def _in_frame(
    picture: Picture, where: Rectangle, moved: Collection[str], key: str, frames: Mapping[str, str]
) -> str:
    frame = frames.get(key)
    feeding = {picture.arrangement.lines[n].source for n in picture.touching.get(key, ())} - {key}
    for others in (feeding, picture.boxes_in(_grown(where))):
        same = [other for other in others if other not in moved and frames.get(other) == frame]
        if same:
            return _nearest(picture, where, same)
    return ""


def _grown(where: Rectangle) -> Rectangle:
    return Rectangle(where.x - NEAR, where.y - NEAR, where.width + 2 * NEAR, where.height + 2 * NEAR)


def _nearest(picture: Picture, where: Rectangle, keys: Iterable[str]) -> str:
    def apart(key: str) -> tuple[float, str]:
        box = picture.rectangle(key)
        across = max(box.x - where.right, where.x - box.right, 0.0)
        down = max(box.y - where.bottom, where.y - box.bottom, 0.0)
        middles = abs(box.x + box.width / 2 - where.x - where.width / 2)
        # Of two that are as near, the one above or below rather than a corner's neighbour.
        return (across * across + down * down + middles * 1e-3, key)

    return min(keys, key=apart, default="")
