"""Connecting: a rubber line from one port to another; what is legal is lit, what is not says why."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from designer.catalog.actions import Target
from designer.gui.editing.canvas.gestures.ports import REACH
from designer.gui.editing.canvas.gestures.sketch import Sketch, Targets
from designer.gui.editing.canvas.gestures.touch import Ask, Touch
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.messages import tr
from designer.network.arranging import Point, Rectangle
from designer.network.groups import GROUP
from designer.network.network import Connection, Port

SNAP = 30.0
"""From how far away a legal port draws the rubber line to itself, in pixels on the screen."""
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


class End(NamedTuple):
    """One end of a connection: the input ('in') or the output ('out') of that number of a layer."""

    side: str
    layer: str
    number: int


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
        found = [End(self._targets.side, *key) for key, may in self._targets.verdicts.items() if may.allowed]
        there = self._wiring.picture
        level = there.direction == "right"

        def place(end: End) -> tuple[float, float, int]:
            box = self._wiring.box_of(end.layer)
            where = there.rectangle(box) if box else Rectangle(math.inf, math.inf, 0, 0)
            return (where.x, where.y, end.number) if level else (where.y, where.x, end.number)

        return tuple(sorted(found, key=place))

    def why_none(self) -> str:
        """Why there is no legal end; '' when there is one."""
        verdicts = self._targets.verdicts.values()
        if any(may.allowed for may in verdicts):
            return ""
        whys = [may.reason for may in verdicts]
        most = max(dict.fromkeys(whys), key=whys.count, default="")
        return most or tr("There is nothing else that it could be connected with.")

    def move(self, touch: Touch) -> Sketch:
        """See `Gesture.move`."""
        key = touch.hit.key if touch.hit.part in ("box", "tick", "button", "port_in", "port_out") else ""
        self._end, why = self._near_port(touch), ""
        if self._end is None and key.startswith(GROUP):
            self._end, why = self._in_group(key)
        elif self._end is None and key:
            self._end, why = self._in_box(key, touch)
        if self._end is None and not why:
            self._end = self._nearest(touch.at, SNAP / touch.scale)
        spring = key if key.startswith(GROUP) and self._end is None and key in self._targets.boxes else ""
        return self._sketch(touch.at, why, spring)

    def aim(self, end: End) -> Sketch:
        """The line leads to that end, by the keyboard."""
        self._end = end
        spot = self._spot(end)
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
        return after if after._spot(self._stays) is not None else None

    def text(self) -> str:
        """In words, what the line leads to."""
        return self._label() if self._end is not None else ""

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

    def _spot(self, end: End) -> Spot | None:
        if end.side == "in":
            return self._wiring.spot_of_input(end.layer, end.number)
        return self._wiring.spot_of_output(Port(end.layer, end.number))

    def _ends_at(self, spot: Spot) -> tuple[End, ...]:
        if spot.side == "in":
            return tuple(End("in", s.layer, s.input) for s in self._wiring.sockets(spot))
        port = self._wiring.output(spot)
        return (End("out", port.layer, port.output),)

    def _legal(self, key: str) -> list[tuple[Spot, End]]:
        """The legal ends at the ports of a box; a port that stands for several is not one of them."""
        found = []
        for spot in self._wiring.spots(key):
            ends = self._ends_at(spot) if spot.side == self._targets.side else ()
            if len(ends) == 1 and self._targets.legal(ends[0].layer, ends[0].number):
                found.append((spot, ends[0]))
        return found

    def _near_port(self, touch: Touch) -> End | None:
        """The legal port that the pointer is on."""
        return self._nearest(touch.at, REACH / min(touch.scale, 1.0))

    def _nearest(self, at: Point, reach: float) -> End | None:
        area = Rectangle(at[0] - reach, at[1] - reach, 2 * reach, 2 * reach)
        near = [pair for key in self._wiring.picture.boxes_in(area) for pair in self._legal(key)]
        near = [(spot, end) for spot, end in near if math.dist(spot.at, at) <= reach]
        return min(near, key=lambda pair: math.dist(pair[0].at, at))[1] if near else None

    def _in_box(self, key: str, touch: Touch) -> tuple[End | None, str]:
        """The legal port of a box that is meant by pointing at the box, or why there is none."""
        legal, at = self._legal(key), touch.at
        spot = self._wiring.spot(key, touch.hit.part[5:], touch.hit.number) if touch.hit.number >= 0 else None
        if spot is not None and spot.side == self._targets.side:
            # On a port, that port is meant.
            refused = self._targets.verdicts.get(self._ends_at(spot)[0][1:])
            if refused is not None:
                return None, refused.reason
        if legal:
            # An input that is taken is meant only by pointing at it, if there is another one.
            open_ones = [pair for pair in legal if not self._taken(pair[1])]
            return min(open_ones or legal, key=lambda pair: math.dist(pair[0].at, at))[1], ""
        if key == self._targets.origin:
            return None, "" if self._old is None else tr("A layer cannot feed itself.")
        return None, self._why_not(key)

    def _why_not(self, key: str) -> str:
        spots = [spot for spot in self._wiring.spots(key) if spot.side == self._targets.side]
        there = set(self._wiring.layers_of(key))
        # Open ports first: why a taken one cannot be had is the lesser news.
        refused = sorted(
            (self._taken(End(self._targets.side, *at)), at, may.reason)
            for at, may in self._targets.verdicts.items()
            if at[0] in there and not may.allowed
        )
        if refused:
            return refused[0][2]
        if self._targets.side == "in":
            return tr("It takes nothing in." if not spots else "It cannot be connected with this.")
        return tr("It gives nothing out." if not spots else "It cannot be connected with this.")

    def _in_group(self, key: str) -> tuple[End | None, str]:
        """The one end in a collapsed group that can be meant, or what to do."""
        inside = set(self._wiring.layers_of(key))
        ends = [
            End(self._targets.side, *at)
            for at, may in self._targets.verdicts.items()
            if may.allowed and at[0] in inside
        ]
        if not ends:
            return None, tr("Nothing in this group can be connected with it.")
        # Of inputs only those that wait to be fed: not that every addition could take one more.
        ports = self._wiring.ports(key)
        if self._targets.side == "in":
            shown = {s[0][:2] for s in ports.inputs if len(s) == 1 and s[0].source is None}
        else:
            shown = {(port.layer, port.output) for port in ports.outputs}
        one = [end for end in ends if (end.layer, end.number) in shown]
        if len(ends) == 1 or len(one) == 1:
            return (one or ends)[0], ""
        return None, ""

    def _taken(self, end: End) -> bool:
        if end.side == "out" or end.layer not in self._wiring.network:
            return False
        fed = self._wiring.network.inputs[end.layer]
        return end.number < len(fed) and fed[end.number] is not None

    def _label(self) -> str:
        end = self._end
        if end is None:
            return ""
        but = self._targets.verdicts[end.layer, end.number].reason
        if end.side == "out":
            text = tr("From {name}", name=self._wiring.output_text(Port(end.layer, end.number)))
            return f"{text}\n{but}" if but else text
        name = self._wiring.input_text(end.layer, end.number)
        fed = self._wiring.network.inputs[end.layer]
        before = fed[end.number] if end.number < len(fed) else None
        if before is None or before == Port(self._stays.layer, self._stays.number):
            text = tr("To {name}", name=name)
        else:
            text = tr("To {name}, in place of {other}", name=name, other=self._wiring.output_text(before))
        return f"{text}\n{but}" if but else text

    def _sketch(self, at: Point, why: str, spring: str) -> Sketch:
        start = self._spot(self._stays)
        snapped = self._spot(self._end) if self._end is not None else None
        label = why or self._label()
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
