"""Keeps the eye where it was: what did not change stays in its place on the screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Slot

from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.painting import NAMES, READABLE
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.sight import Gaze
from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.gui.editing.canvas.zooming import bounded
from designer.network.arranging import Rectangle


class Gazing(QObject):
    """Moves a view so that a new picture is seen where the former one was, or where one was told to look."""

    def __init__(self, view: ZoomView, mirror: Mirror) -> None:
        super().__init__(view)
        self._view = view
        self._mirror = mirror
        self._sought = ""
        self._wanted: Gaze | None = None
        mirror.opened.connect(self._forget)

    @property
    def now(self) -> Gaze | None:
        """Where one looks; None before there is a picture."""
        picture = self._mirror.picture
        if picture is None:
            return self._wanted
        seen = self._view.seen
        middle = (seen.x + seen.width / 2, seen.y + seen.height / 2)
        near = next(picture.boxes_in(seen), "") and _middlemost(picture, seen)
        corner = picture.rectangle(near) if near else Rectangle(0, 0, 0, 0)
        return Gaze(self._view.scale_now, near, middle[0] - corner.x, middle[1] - corner.y)

    def look(self, gaze: Gaze) -> None:
        """Look there, at once or as soon as what is asked for has been arranged."""
        self._wanted = gaze
        if self._mirror.settled:
            self._return()

    def seek(self, layer_id: str) -> None:
        """Bring a layer into sight, at once or as soon as it is seen."""
        self._sought = layer_id
        self._mirror.reveal(layer_id)
        if self._mirror.settled:
            self._find()

    def follow(self, before: Picture | None) -> None:
        """A new picture is shown in the place of `before`."""
        after = self._mirror.picture
        if after is None:
            return
        if before is None:
            self._view.set_picture(after)
            self._view.show_first()
        elif before.direction != after.direction:
            self._turn(before, after)
        else:
            self._keep(before, after)
        self._return()
        self._find()

    def keep_up(self, key: str) -> None:
        """The keyboard is on another box than over the former picture: it is brought into sight."""
        picture = self._mirror.picture
        if picture is not None and self._view.hasFocus() and key in picture.arrangement.rectangles:
            self._view.reveal(picture.rectangle(key))

    def _turn(self, before: Picture, after: Picture) -> None:
        """The drawing runs another way: all of it stays in sight, or the box in the middle stays there."""
        view = self._view
        whole, chosen = _holds_all(view.seen, before), view.touched
        stays = _shown_in(after, before, _middlemost(before, view.seen))
        view.set_picture(after)
        if not chosen:
            view.show_first()
        elif whole or not stays:
            view.fit()
        else:
            view.bring(_centre(after.rectangle(stays)), QPointF(view.viewport().rect().center()))

    def _keep(self, before: Picture, after: Picture) -> None:
        """Something is arranged otherwise: a box that is still there stays in its place on the screen."""
        view = self._view
        kept = self._kept(before, after)
        place = self._place(before, kept) if kept else None
        stands_for = "" if kept else _shown_in(after, before, _middlemost(before, view.seen))
        view.set_picture(after)
        if place is not None:
            view.bring(_top(after.rectangle(kept)), place)
        elif not view.touched:
            view.show_first()
        elif stands_for:
            view.reveal(after.rectangle(stands_for))

    def _kept(self, before: Picture, after: Picture) -> str:
        """Key of what is to stay in its place: the anchor, else the box that the keyboard is on, else the
        uppermost box seen that was not moved.
        """
        there, here = before.arrangement.rectangles, after.arrangement.rectangles
        anchor = self._mirror.anchor
        if anchor in there and anchor in here:
            return anchor
        moved = self._mirror.moved
        current = self._view.item.marks.current
        seen = sorted(
            before.boxes_in(self._view.seen), key=lambda key: (key in moved, key != current, there[key].y)
        )
        return next((key for key in seen if key in here), "")

    def _place(self, picture: Picture, key: str) -> QPointF:
        return self._view.viewportTransform().map(_top(picture.rectangle(key)))

    def _find(self) -> None:
        picture, layer_id = self._mirror.picture, self._sought
        self._sought = ""
        if picture is not None and layer_id in picture.view.shown:
            target = picture.rectangle(picture.view.shown[layer_id])
            if self._view.scale_now < NAMES:
                # A block without a name, among many, is not found by being in sight.
                self._view.zoom_to(READABLE)
                self._view.bring(_centre(target), QPointF(self._view.viewport().rect().center()))
            else:
                self._view.reveal(target)

    def _return(self) -> None:
        picture, wanted = self._mirror.picture, self._wanted
        self._wanted = None
        if picture is None or wanted is None:
            return
        corner = picture.arrangement.rectangles.get(wanted.key, Rectangle(0, 0, 0, 0))
        whole = picture.arrangement
        x, y = bounded(corner.x + wanted.x, whole.width), bounded(corner.y + wanted.y, whole.height)
        middle = QPointF(self._view.viewport().rect().center())
        self._view.zoom_to(wanted.scale, middle)
        self._view.bring(QPointF(x, y), middle)

    @Slot()
    def _forget(self) -> None:
        self._sought, self._wanted = "", None
        self._view.set_picture(None)


def _top(where: Rectangle) -> QPointF:
    return QPointF(where.x + where.width / 2, where.y)


def _centre(where: Rectangle) -> QPointF:
    return QPointF(where.x + where.width / 2, where.y + where.height / 2)


def _holds_all(seen: Rectangle, picture: Picture) -> bool:
    whole = picture.arrangement
    return seen.x <= 0 and seen.y <= 0 and seen.right >= whole.width and seen.bottom >= whole.height


def _middlemost(picture: Picture, seen: Rectangle) -> str:
    """Key of the box seen that is nearest to the middle; of all boxes when none is seen."""
    middle = (seen.x + seen.width / 2, seen.y + seen.height / 2)
    keys = tuple(picture.boxes_in(seen)) or picture.keys
    return min(keys, key=lambda key: _apart(picture.rectangle(key), middle), default="")


def _shown_in(after: Picture, before: Picture, key: str) -> str:
    """Key of the box that stands for a former box, or its first layer; '' for none."""
    if key in after.arrangement.rectangles:
        return key
    layers = next((box.layers for box in before.view.boxes if box.key == key), ())
    return next((after.view.shown[layer] for layer in layers if layer in after.view.shown), "")


def _apart(where: Rectangle, point: tuple[float, float]) -> float:
    x, y = where.x + where.width / 2 - point[0], where.y + where.height / 2 - point[1]
    return x * x + y * y
