"""Moving boxes: they follow the pointer as ghosts and snap to others; dropped, places are asked for."""

from __future__ import annotations

from collections.abc import Mapping

from designer.gui.editing.canvas.gestures.placing import places_of
from designer.gui.editing.canvas.gestures.sketch import Sketch
from designer.gui.editing.canvas.gestures.snapping import FAR, PULL, Snapped, around, snapped
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.messages import tr
from designer.network.arranging import Point, Rectangle

FEW = 60
"""Up to this many boxes each has a ghost of its own and its connections; more are one outline."""
MOST = 400
"""With more boxes around than this, something is aligned everywhere: then the grid alone is kept."""


class MoveGesture:
    """Moves boxes, given by key and title, with the pointer."""

    def __init__(self, wiring: Wiring, start: Touch, titles: Mapping[str, str]) -> None:
        self._wiring = wiring
        self._start = start
        self._boxes = {key: wiring.picture.rectangle(key) for key in titles}
        self._titles = titles

    def move(self, touch: Touch) -> Sketch:
        """See `Gesture.move`. Shift keeps to one axis, Alt does not snap."""
        moved = self._moved(touch)
        there = {key: _shifted(box, moved) for key, box in self._boxes.items()}
        few = len(there) <= FEW
        ghosts = (
            tuple((box, self._titles.get(key, "")) for key, box in there.items())
            if few
            else ((around(tuple(there.values())), tr("{count} boxes", count=len(there))),)
        )
        return Sketch(
            ghosts=ghosts,
            moved=frozenset(there) if few else frozenset(),
            ties=self._ties(there) if few else (),
            guides=moved.guides,
            at=touch.at,
        )

    def finish(self, touch: Touch) -> Ask | None:
        """See `Gesture.finish`."""
        moved = self._moved(touch)
        if not moved.across and not moved.down:
            return None
        there = {key: _shifted(box, moved) for key, box in self._boxes.items()}
        return Ask("move_asked", (places_of(self._wiring.picture, there),))

    def over(self, wiring: Wiring) -> MoveGesture | None:
        """See `Gesture.over`: boxes that have moved by themselves cannot be moved on."""
        return None

    def _moved(self, touch: Touch) -> Snapped:
        across, down = touch.at[0] - self._start.at[0], touch.at[1] - self._start.at[1]
        level = abs(across) >= abs(down)
        if touch.shift:
            across, down = (across, 0.0) if level else (0.0, down)
        if touch.alt:
            return Snapped(across, down)
        boxes = tuple(self._boxes.values())
        outline = around(boxes)
        picture = self._wiring.picture
        # What is far away cannot be seen to be aligned.
        there = outline._replace(x=outline.x + across, y=outline.y + down)
        area = Rectangle(there.x - FAR, there.y - FAR, there.width + 2 * FAR, there.height + 2 * FAR)
        others = [picture.rectangle(key) for key in picture.boxes_in(area) if key not in self._boxes]
        found = snapped(boxes, across, down, others if len(others) <= MOST else (), PULL / touch.scale)
        if touch.shift:
            return Snapped(found.across if level else 0.0, 0.0 if level else found.down, found.guides)
        return found

    def _ties(self, there: dict[str, Rectangle]) -> tuple[tuple[Point, Point], ...]:
        picture = self._wiring.picture
        numbers = {n for key in there for n in picture.touching.get(key, ())}
        ties = []
        for number in sorted(numbers):
            line = picture.arrangement.lines[number]
            ends = []
            for key, point in ((line.source, line.points[0]), (line.target, line.points[-1])):
                old, new = picture.rectangle(key), there.get(key, picture.rectangle(key))
                ends.append((point[0] + new.x - old.x, point[1] + new.y - old.y))
            ties.append((ends[0], ends[1]))
        return tuple(ties)


def _shifted(box: Rectangle, by: Snapped) -> Rectangle:
    return box._replace(x=box.x + by.across, y=box.y + by.down)
