"""Which gesture a drag begins: pure functions of what was pressed."""

from __future__ import annotations

import math
from collections.abc import Mapping

from designer.gui.editing.canvas.gestures.aiming import End
from designer.gui.editing.canvas.gestures.band import BandGesture
from designer.gui.editing.canvas.gestures.connect import ConnectGesture, Rules
from designer.gui.editing.canvas.gestures.gesture import Gesture, RefusedGesture
from designer.gui.editing.canvas.gestures.move import MoveGesture
from designer.gui.editing.canvas.gestures.touch import Touch
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.messages import tr
from designer.network.network import Connection

LINE_END = 26.0
"""From the end of a line to where it is taken by that end, in pixels on the screen."""


def begin(wiring: Wiring, start: Touch, rules: Rules, boxes: Mapping[str, str]) -> Gesture | None:
    """The gesture that a drag from there begins; None when there is none.

    `boxes` are the selected boxes' keys and titles: they are moved together.
    """
    part = start.hit.part
    if part in ("port_in", "port_out"):
        spot = wiring.spot(start.hit.key, part[5:], start.hit.number)
        return _from_port(wiring, spot, rules) if spot is not None else None
    if part == "line":
        return _from_line(wiring, start, rules)
    if part in ("box", "frame"):
        return MoveGesture(wiring, start, boxes) if boxes else None
    return BandGesture(wiring, start) if not part else None


def from_spot(wiring: Wiring, spot: Spot, rules: Rules) -> ConnectGesture | RefusedGesture:
    """A new connection from a port, either way; at an input that is fed, another source is looked for."""
    if spot.side == "out":
        port = wiring.output(spot)
        return ConnectGesture(wiring, End("out", port.layer, port.output), rules)
    sockets = wiring.sockets(spot)
    if len(sockets) > 1:
        return RefusedGesture(_several(len(sockets)))
    (socket,) = sockets
    old = Connection(*socket.source, socket.layer, socket.input) if socket.source is not None else None
    return ConnectGesture(wiring, End("in", socket.layer, socket.input), rules, old)


def _from_port(wiring: Wiring, spot: Spot, rules: Rules) -> Gesture:
    sockets = wiring.sockets(spot) if spot.side == "in" else ()
    if len(sockets) == 1 and sockets[0].source is not None:
        # The connection comes off its port, and is led elsewhere.
        source = sockets[0].source
        old = Connection(*source, sockets[0].layer, sockets[0].input)
        return ConnectGesture(wiring, End("out", source.layer, source.output), rules, old)
    return from_spot(wiring, spot, rules)


def _from_line(wiring: Wiring, start: Touch, rules: Rules) -> Gesture | None:
    points = wiring.picture.arrangement.lines[start.hit.number].points
    reach = LINE_END / start.scale
    to_start, to_end = math.dist(points[0], start.at), math.dist(points[-1], start.at)
    if min(to_start, to_end) > reach:
        return None
    found = wiring.connections(start.hit.number)
    if len(found) != 1:
        return RefusedGesture(_several(len(found)))
    old = found[0]
    if to_end <= to_start:
        return ConnectGesture(wiring, End("out", old.source, old.output), rules, old)
    return ConnectGesture(wiring, End("in", old.target, old.input), rules, old)


def _several(count: int) -> str:
    return tr(
        "This stands for {count} connections: open the group to lead one of them elsewhere.", count=count
    )
