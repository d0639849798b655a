"""Which end of a connection is meant by pointing somewhere, or why none can be."""

from __future__ import annotations

import math
from typing import NamedTuple

from designer.gui.editing.canvas.gestures.ports import REACH
from designer.gui.editing.canvas.gestures.sketch import Targets
from designer.gui.editing.canvas.gestures.touch import Touch
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.gui.editing.canvas.gestures.wording import input_text, output_text
from designer.messages import tr
from designer.network.arranging import Point, Rectangle
from designer.network.groups import GROUP
from designer.network.network import Port

SNAP = 30.0
"""From how far away a legal port draws the rubber line to itself, in pixels on the screen."""


class End(NamedTuple):
    """One end of a connection: the input ('in') or the output ('out') of that number of a layer."""

    side: str
    layer: str
    number: int


def spot_of(wiring: Wiring, end: End) -> Spot | None:
    """The port where an end is drawn; None when it lies hidden in a group."""
    if end.side == "in":
        return wiring.spot_of_input(end.layer, end.number)
    return wiring.spot_of_output(Port(end.layer, end.number))


class Aim:
    """Finds the end that is meant, among those that could be."""

    def __init__(self, wiring: Wiring, targets: Targets) -> None:
        self._wiring = wiring
        self._targets = targets
        self._numbers: dict[str, list[int]] = {}
        for layer, number in targets.verdicts:
            self._numbers.setdefault(layer, []).append(number)

    def at(self, touch: Touch) -> tuple[End | None, str]:
        """The end that is meant by pointing there, or why there is none; '' on the empty canvas."""
        key = touch.hit.key if touch.hit.part in ("box", "tick", "button", "port_in", "port_out") else ""
        found, why = self._nearest(touch.at, REACH / min(touch.scale, 1.0)), ""
        if found is None and key.startswith(GROUP):
            found, why = self._in_group(key)
        elif found is None and key:
            found, why = self._in_box(key, touch)
        if found is None and not why:
            found = self._nearest(touch.at, SNAP / touch.scale)
        return found, why

    def ends(self) -> tuple[End, ...]:
        """All legal ends, in the order in which they are read on the drawing."""
        found = [End(self._targets.side, *at) for at, may in self._targets.verdicts.items() if may.allowed]
        there = self._wiring.picture

        def place(end: End) -> tuple[float, float, int]:
            box = self._wiring.box_of(end.layer)
            where = there.rectangle(box) if box else Rectangle(math.inf, math.inf, 0, 0)
            along = (where.x, where.y) if there.direction == "right" else (where.y, where.x)
            return (*along, end.number)

        return tuple(sorted(found, key=place))

    def why_none(self) -> str:
        """Why there is no legal end at all; '' when there is one."""
        verdicts = self._targets.verdicts.values()
        if any(may.allowed for may in verdicts):
            return ""
        whys = [may.reason for may in verdicts]
        most = max(dict.fromkeys(whys), key=whys.count, default="")
        return most or tr("There is nothing else that it could be connected with.")

    def text(self, end: End, stays: End) -> str:
        """What comes of it when a connection whose other end is `stays` ends there."""
        network = self._wiring.network
        but = self._targets.verdicts[end.layer, end.number].reason
        if end.side == "out":
            text = tr("From {name}", name=output_text(network, Port(end.layer, end.number)))
            return f"{text}\n{but}" if but else text
        name = input_text(network, end.layer, end.number)
        fed = network.inputs[end.layer]
        before = fed[end.number] if end.number < len(fed) else None
        if before is None or before == Port(stays.layer, stays.number):
            text = tr("To {name}", name=name)
        else:
            text = tr("To {name}, in place of {other}", name=name, other=output_text(network, before))
        return f"{text}\n{but}" if but else text

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
        # Over the box where the line begins, nothing is said.
        return None, "" if key == self._targets.origin else self._why_not(key)

    def _why_not(self, key: str) -> str:
        spots = [spot for spot in self._wiring.spots(key) if spot.side == self._targets.side]
        # Open ports first: why a taken one cannot be had is the lesser news.
        refused = sorted(
            (self._taken(End(self._targets.side, key, number)), number)
            for number in self._numbers.get(key, ())
            if not self._targets.legal(key, number)
        )
        if refused:
            return self._targets.verdicts[key, refused[0][1]].reason
        if self._targets.side == "in":
            return tr("It takes nothing in." if not spots else "It cannot be connected with this.")
        return tr("It gives nothing out." if not spots else "It cannot be connected with this.")

    def _in_group(self, key: str) -> tuple[End | None, str]:
        """The one end in a collapsed group that can be meant, or what to do."""
        ends = [
            End(self._targets.side, layer, number)
            for layer in self._wiring.layers_of(key)
            for number in self._numbers.get(layer, ())
            if self._targets.legal(layer, number)
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
