"""Saves what the canvas shows as a picture: all of it, the selection, or what is in view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.picture_file import Cut, PictureError, write_picture
from designer.gui.look.tokens import DARK, LIGHT
from designer.messages import tr
from designer.network.arranging import Rectangle

if TYPE_CHECKING:
    from designer.gui.editing.canvas.canvas import Canvas

PARTS = ("all", "selection", "view")
APPEARANCES = ("light", "dark", "screen")


def save_picture(canvas: Canvas, path: Path, what: str, appearance: str) -> None:
    """See `Canvas.save_picture`."""
    if what not in PARTS or appearance not in APPEARANCES:
        raise ValueError(f"no such picture: {what!r}, {appearance!r}")
    mirror = canvas.mirror
    pictured = mirror.shown
    if mirror.network is None or pictured is None:
        raise PictureError(
            tr("There is nothing to draw."),
            tr("No network is open, or it is still being arranged."),
            tr("Open a network, and try again."),
        )
    cut = _cut(canvas, what)
    shown = canvas.view.item
    colours = {"light": LIGHT, "dark": DARK}.get(appearance, canvas.look.colours)
    # An item of its own: nothing on it is selected, hovered or found.
    item = NetworkItem(colours, canvas.font())
    item.set_style(colours, canvas.font(), 2.0)
    item.set_picture(pictured.picture, pictured.contents, pictured.texts)
    item.set_tints(shown.tints)
    write_picture(path, item, cut, mirror.network.name)


def _cut(canvas: Canvas, what: str) -> Cut:
    picture, view = canvas.mirror.picture, canvas.view
    assert picture is not None
    whole = Rectangle(0, 0, picture.arrangement.width, picture.arrangement.height)
    if what == "all":
        return Cut(whole)
    if what == "view":
        seen = view.seen
        left, top = max(seen.x, 0.0), max(seen.y, 0.0)
        right, bottom = min(seen.right, whole.right), min(seen.bottom, whole.bottom)
        if right <= left or bottom <= top:
            raise PictureError(
                tr("There is nothing to draw."),
                tr("No part of the network is in view."),
                tr("Show all of the network (F), and try again."),
            )
        return Cut(Rectangle(left, top, right - left, bottom - top))
    keys = view.item.marks.selected & set(picture.keys)
    if not keys:
        raise PictureError(
            tr("There is nothing to draw."),
            tr("No layer is selected."),
            tr("Select the layers that the picture is to show."),
        )
    areas = [picture.rectangle(key) for key in keys]
    areas += [
        picture.rectangle(key)
        for key, frame in picture.frames.items()
        if all(picture.view.shown[layer_id] in keys for layer_id in frame.layers)
    ]
    left, top = min(a.x for a in areas), min(a.y for a in areas)
    right, bottom = max(a.right for a in areas), max(a.bottom for a in areas)
    return Cut(Rectangle(left, top, right - left, bottom - top), keys)
