"""The rubber band: select all boxes that it meets."""

from __future__ import annotations

from designer.gui.editing.canvas.gestures.sketch import Sketch
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.picture import Picture
from designer.network.arranging import Point, Rectangle


def between(one: Point, other: Point) -> Rectangle:
    """The rectangle with these two opposite corners."""
    left, top = min(one[0], other[0]), min(one[1], other[1])
    return Rectangle(left, top, abs(one[0] - other[0]), abs(one[1] - other[1]))


def met(picture: Picture, band: Rectangle) -> frozenset[str]:
    """Keys of the boxes that a band meets."""
    return frozenset(
        key
        for key in picture.boxes_in(band)
        if (box := picture.rectangle(key)).x <= band.right
        and band.x <= box.right
        and box.y <= band.bottom
        and band.y <= box.bottom
    )


class BandGesture:
    """Draws a rubber band from where the mouse was pressed; what it meets is selected."""

    def __init__(self, wiring: Wiring, start: Touch) -> None:
        self._wiring = wiring
        self._start = start

    def move(self, touch: Touch) -> Sketch:
        """See `Gesture.move`."""
        band = between(self._start.at, touch.at)
        return Sketch(band=band, chosen=met(self._wiring.picture, band), at=touch.at)

    def finish(self, touch: Touch) -> Ask | None:
        """See `Gesture.finish`."""
        chosen = met(self._wiring.picture, between(self._start.at, touch.at))
        keys = [key for key in self._wiring.picture.keys if key in chosen]
        layers = tuple(layer for key in keys for layer in self._wiring.layers_of(key))
        return Ask("chosen", (layers, self._start.extends))

    def over(self, wiring: Wiring) -> BandGesture | None:
        """See `Gesture.over`: a band over another drawing would mean other boxes."""
        return None
