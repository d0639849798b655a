"""Connecting: a rubber line from one port to another; what is legal is lit, what is not says why."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from designer.catalog.actions import Target
from designer.gui.editing.canvas.gestures.aiming import Aim, End, spot_of
from designer.gui.editing.canvas.gestures.sketch import Sketch, Targets
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.messages import tr
from designer.network.arranging import Point, Rectangle
from designer.network.groups import GROUP
from designer.network.network import Connection, Port

FITS = Target(True)


def _none_known(port: Port) -> Mapping[tuple[str, int], Target]:
    return {}


def _no_source_known(layer_id: str, number: int) -> Mapping[Port, Target]:
    return {}


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be connected.

    Attributes:
        targets: for an output, of every input that could be meant (layer id and number) whether it may.
        sources: for an input (layer id and number), of every output that could be meant whether it may.
    """

    targets: Callable[[Port], Mapping[tuple[str, int], Target]] = _none_known
    sources: Callable[[str, int], Mapping[Port, Target]] = _no_source_known


class ConnectGesture:
    """Leads a connection from the end that stays to another one.

    With `old`, a connection that is there has been taken by its other end: it is rerouted, or
    disconnected where it is let go on the empty canvas.
    """

    def __init__(self, wiring: Wiring, stays: End, rules: Rules, old: Connection | None = None) -> None:
        self._wiring = wiring
        self._stays = stays
        self._rules = rules
        self._old = old
        self._targets = self._find_targets()
        self._aim = Aim(wiring, self._targets)
        self._end: End | None = None

    @property
    def stays(self) -> End:
        """The end that stays."""
        return self._stays

    @property
    def end(self) -> End | None:
        """The end that the line holds on to; None while it is free."""
        return self._end

    def ends(self) -> tuple[End, ...]:
        """All legal ends, in the order in which they are read on the drawing."""
        return self._aim.ends()

    def why_none(self) -> str:
        """Why there is no legal end; '' when there is one."""
        return self._aim.why_none()

    def move(self, touch: Touch) -> Sketch:
        """See `Gesture.move`."""
        self._end, why = self._aim.at(touch)
        key = touch.hit.key
        waits = self._end is None and key.startswith(GROUP) and key in self._targets.boxes
        return self._sketch(touch.at, why, key if waits else "")

    def aim(self, end: End) -> Sketch:
        """The line leads to that end, by the keyboard."""
        self._end = end
        spot = spot_of(self._wiring, end)
        box = self._wiring.box_of(end.layer)
        where = self._wiring.picture.rectangle(box) if box else Rectangle(0, 0, 0, 0)
        return self._sketch(spot.at if spot is not None else (where.x + where.width / 2, where.y), "", "")

    def finish(self, touch: Touch) -> Ask | None:
        """See `Gesture.finish`."""
        sketch = self.move(touch)
        if self._end is None and self._old is not None and not sketch.wrong and not sketch.spring:
            return Ask("disconnect_asked", ((self._old,),))
        return self.chosen()

    def chosen(self) -> Ask | None:
        """What is asked for when the line ends where it leads now."""
        if self._end is None:
            return None
        here, there = (self._stays, self._end) if self._end.side == "in" else (self._end, self._stays)
        port = Port(here.layer, here.number)
        if self._old is None:
            return Ask("connect_asked", (port, there.layer, there.number))
        if Connection(*port, there.layer, there.number) == self._old:
            return None
        return Ask("reroute_asked", (self._old, port, there.layer, there.number))

    def over(self, wiring: Wiring) -> ConnectGesture | None:
        """See `Gesture.over`: goes on while the network is the same, as when a group was opened."""
        if wiring.network is not self._wiring.network:
            return None
        after = ConnectGesture(wiring, self._stays, self._rules, self._old)
        return after if spot_of(wiring, self._stays) is not None else None

    def text(self) -> str:
        """In words, what the line leads to."""
        return self._aim.text(self._end, self._stays) if self._end is not None else ""

    def _find_targets(self) -> Targets:
        verdicts: dict[tuple[str, int], Target]
        if self._stays.side == "out":
            verdicts, side = dict(self._rules.targets(Port(self._stays.layer, self._stays.number))), "in"
            if self._old is not None:
                verdicts[self._old.target, self._old.input] = FITS
        else:
            sources = self._rules.sources(self._stays.layer, self._stays.number)
            verdicts, side = {(port.layer, port.output): may for port, may in sources.items()}, "out"
            if self._old is not None:
                verdicts[self._old.source, self._old.output] = FITS
        legal = {layer for (layer, _), may in verdicts.items() if may.allowed}
        boxes = {key for layer in legal if self._wiring.shows(key := self._wiring.box_of(layer), layer)}
        return Targets(side, verdicts, frozenset(boxes), self._wiring.box_of(self._stays.layer))

    def _sketch(self, at: Point, why: str, spring: str) -> Sketch:
        start = spot_of(self._wiring, self._stays)
        snapped = spot_of(self._wiring, self._end) if self._end is not None else None
        label = why or self.text()
        if not label and spring:
            label = tr("Rest here to open the group")
        elif not label and self._old is not None:
            label = tr("Let go to disconnect")
        elif not label:
            label = self.why_none()
        line: tuple[Point, ...] = ()
        if start is not None:
            free = snapped.at if snapped is not None else at
            ends = (start.at, free) if self._stays.side == "out" else (free, start.at)
            line = curve(*ends, self._wiring.picture.direction)
        return Sketch(
            line=line,
            fits=self._end is not None,
            loose=self._wiring.line_of(self._old) if self._old is not None else -1,
            targets=self._targets,
            snapped=snapped,
            label=label,
            wrong=bool(why) or (self._end is None and bool(label) and not spring and self._old is None),
            at=at,
            spring=spring,
        )


def curve(start: Point, end: Point, direction: str) -> tuple[Point, ...]:
    """A smooth line out of an output and into an input: start, two points that it bends to, end."""
    reach = max(min(math.dist(start, end) / 2, 120.0), 24.0)
    if direction == "right":
        return (start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), end)
    return (start, (start[0], start[1] + reach), (end[0], end[1] - reach), end)
