"""Dropping an entry of the layer library: into a connection, behind a box, or on the empty canvas."""

from __future__ import annotations

from designer.gui.editing.canvas.content import TALL, WIDTH
from designer.gui.editing.canvas.gestures.placing import place_at
from designer.gui.editing.canvas.gestures.sketch import Sketch
from designer.gui.editing.canvas.gestures.snapping import GRID
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.gestures.wording import input_text, output_text
from designer.gui.editing.canvas.picture import Picture
from designer.messages import tr
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP
from designer.network.network import Connection, Place, Port

MIME = "application/x-netgraft-layer"
"""Type of what the layer library lets one drag: the entry's key, as UTF-8."""
REACH = 16.0
"""From a line to where something is dropped into it, in pixels on the screen."""


class DropGesture:
    """Leads a library entry over the canvas. `wiring` is None while there is nothing to be seen."""

    def __init__(self, wiring: Wiring | None, key: str, title: str) -> None:
        self._wiring = wiring
        self._key = key
        self._title = title

    def move(self, touch: Touch) -> Sketch:
        """See `Gesture.move`."""
        line, connection, why = self._target(touch)
        where = self._where(touch)
        if why:
            return Sketch(label=why, wrong=True, at=touch.at, lit=line)
        if connection is not None and self._wiring is not None:
            ends = output_text(self._wiring.network, Port(connection.source, connection.output))
            into = input_text(self._wiring.network, connection.target, connection.input)
            text = tr("Insert between {one} and {other}", one=ends, other=into)
            return Sketch(lit=line, label=text, at=touch.at)
        return Sketch(ghosts=((where, self._title),), at=touch.at)

    def finish(self, touch: Touch) -> Ask | None:
        """See `Gesture.finish`."""
        _, connection, why = self._target(touch)
        if why:
            return None
        where = self._where(touch)
        place = Place("", where.x, where.y) if self._wiring is None else place_at(self._wiring.picture, where)
        return Ask("drop_asked", (self._key, connection, place))

    def _where(self, touch: Touch) -> Rectangle:
        """A box with its middle under the pointer, on the grid."""
        x, y = (round((v - side / 2) / GRID) * GRID for v, side in zip(touch.at, (WIDTH, TALL), strict=True))
        return Rectangle(x, y, WIDTH, TALL)

    def _target(self, touch: Touch) -> tuple[int, Connection | None, str]:
        """The line that it would be put into, its connection, and why it cannot be dropped there."""
        if self._wiring is None:
            return -1, None, ""
        hit = touch.hit
        near = self._wiring.picture.line_at(*touch.at, REACH / touch.scale)
        box = (
            hit.key if hit.part in ("box", "tick", "button") or (hit.part[:4] == "port" and near < 0) else ""
        )
        if box:
            line = _way_out(self._wiring.picture, box)
            if line < 0:
                return -1, None, tr("Drop it on a connection, or beside the boxes.")
        else:
            line = near
        return (-1, None, "") if line < 0 else self._of_line(line)

    def _of_line(self, line: int) -> tuple[int, Connection | None, str]:
        assert self._wiring is not None
        found = self._wiring.connections(line)
        if len(found) == 1:
            return line, found[0], ""
        if not found:
            return line, None, tr("Hidden layers lie on this line: show them first.")
        drawn = self._wiring.picture.arrangement.lines[line]
        groups = [key.removeprefix(GROUP) for key in (drawn.source, drawn.target) if key.startswith(GROUP)]
        count = len(found)
        if groups:
            text = tr(
                "This line stands for {count} connections: open the group {path} first.",
                count=count,
                path=groups[-1],
            )
            return line, None, text
        return line, None, tr("This line stands for {count} connections between the two layers.", count=count)


def _way_out(picture: Picture, key: str) -> int:
    """Number of the one line that leaves a box, -1 when there are several or none."""
    leaving = [n for n in picture.touching.get(key, ()) if picture.arrangement.lines[n].source == key]
    return leaving[0] if len(leaving) == 1 else -1
