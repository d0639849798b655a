"""The ports and connections of a drawing: which of the network's each line and port stands for."""

from __future__ import annotations

import math
from typing import NamedTuple

from designer.catalog.kinds import KINDS
from designer.gui.editing.canvas.gestures.ports import (
    OUTSIDE,
    REACH,
    BoxPorts,
    Socket,
    group_ports,
    layer_ports,
    spread,
)
from designer.gui.editing.canvas.picture import Hit, Picture
from designer.network.arranging import Point, Rectangle
from designer.network.groups import GROUP
from designer.network.network import Connection, Network, Port


class Spot(NamedTuple):
    """A port as it is drawn: the `number`-th on its `side` ('in' or 'out') of a box."""

    key: str
    side: str
    number: int
    at: Point


class Wiring:
    """Ports and connections of a network as a picture shows it. Not changed once it is made.

    The network may be newer than the picture for a moment: what is not in both has no ports.
    """

    def __init__(self, network: Network, picture: Picture) -> None:
        self.network = network
        self.picture = picture
        self._boxes = {box.key: box for box in picture.view.boxes}
        self._ports: dict[str, BoxPorts] = {}
        self._spots: dict[str, tuple[Spot, ...]] = {}
        self._by_ends: dict[tuple[str, str], list[Connection]] | None = None

    def box_of(self, layer_id: str) -> str:
        """Key of the box that shows a layer, '' when none does."""
        return self.picture.view.shown.get(layer_id, "")

    def shows(self, key: str, layer_id: str) -> bool:
        """Whether a box shows a layer, or holds it as a collapsed group; one that is hidden is passed by."""
        return bool(key) and (key == layer_id or key.startswith(GROUP))

    def layers_of(self, key: str) -> tuple[str, ...]:
        """Ids of the layers that a box stands for, as far as they are there."""
        box = self._boxes.get(key)
        return tuple(i for i in box.layers if i in self.network) if box is not None else ()

    def ports(self, key: str) -> BoxPorts:
        """The ports of a box."""
        found = self._ports.get(key)
        if found is None:
            layers = self.layers_of(key)
            if not layers:
                found = BoxPorts()
            elif key.startswith(GROUP):
                found = group_ports(self.network, layers)
            else:
                found = layer_ports(self.network, self.network[layers[0]])
            self._ports[key] = found
        return found

    def needs(self, layer_id: str) -> int:
        """How many inputs a layer has or must have."""
        row = KINDS.get(self.network[layer_id].kind)
        there = len(self.network.inputs[layer_id])
        return there if row is None else max(there, row.inputs[0])

    def spots(self, key: str) -> tuple[Spot, ...]:
        """The ports of a box where they are drawn, inputs first."""
        found = self._spots.get(key)
        if found is None:
            found = self._spots[key] = self._find_spots(key) if key in self._boxes else ()
        return found

    def spot(self, key: str, side: str, number: int) -> Spot | None:
        """That port; None when there is none."""
        return next((s for s in self.spots(key) if s.side == side and s.number == number), None)

    def spot_of_input(self, layer_id: str, number: int) -> Spot | None:
        """The port that stands for an input of a layer; None when it lies inside."""
        key = self.box_of(layer_id)
        for spot in self.spots(key):
            sockets = self.ports(key).inputs[spot.number] if spot.side == "in" else ()
            if any(socket[:2] == (layer_id, number) for socket in sockets):
                return spot
        return None

    def spot_of_output(self, port: Port) -> Spot | None:
        """The port that stands for an output of a layer; of a hidden one, of the box before it."""
        key = self.box_of(port.layer)
        if key and not self.shows(key, port.layer):
            return self.spot(key, "out", 0)
        for spot in self.spots(key):
            if spot.side == "out" and self.ports(key).outputs[spot.number] == port:
                return spot
        return None

    def sockets(self, spot: Spot) -> tuple[Socket, ...]:
        """The inputs that an input port stands for."""
        return self.ports(spot.key).inputs[spot.number]

    def output(self, spot: Spot) -> Port:
        """The output that an output port stands for."""
        return self.ports(spot.key).outputs[spot.number]

    def connections_at(self, spot: Spot) -> tuple[Connection, ...]:
        """What is connected at a port."""
        if spot.side == "in":
            return tuple(
                Connection(*socket.source, socket.layer, socket.input)
                for socket in self.sockets(spot)
                if socket.source is not None
            )
        port = self.output(spot)
        inside = set(self.layers_of(spot.key)) if spot.key.startswith(GROUP) else set()
        return tuple(
            c
            for c in self.network.consumers[port.layer]
            if c.output == port.output and c.target not in inside
        )

    def connections(self, line: int) -> tuple[Connection, ...]:
        """The connections that a line stands for."""
        if not 0 <= line < len(self.picture.arrangement.lines):
            return ()
        drawn = self.picture.arrangement.lines[line]
        return tuple(self._ends().get((drawn.source, drawn.target), ()))

    def line_of(self, connection: Connection) -> int:
        """Number of the line that stands for a connection, -1 when none does."""
        source, target = self.box_of(connection.source), self.box_of(connection.target)
        for number in self.picture.touching.get(source, ()):
            drawn = self.picture.arrangement.lines[number]
            if (drawn.source, drawn.target) == (source, target):
                return number
        return -1

    def at(self, x: float, y: float, scale: float) -> Hit:
        """The port under a point, within reach of a finger's breadth on the screen."""
        reach = REACH / min(scale, 1.0)
        best, found = reach, Hit()
        for key in self.picture.boxes_in(Rectangle(x - reach, y - reach, 2 * reach, 2 * reach)):
            box = self.picture.rectangle(key)
            if max(box.x - x, x - box.right, box.y - y, y - box.bottom) > OUTSIDE:
                continue
            for spot in self.spots(key):
                away = math.dist(spot.at, (x, y))
                if away < best:
                    best, found = away, Hit(f"port_{spot.side}", key, spot.number)
        return found

    def _ends(self) -> dict[tuple[str, str], list[Connection]]:
        if self._by_ends is None:
            shown = self.picture.view.shown
            self._by_ends = {}
            for c in self.network.connections:
                ends = (shown.get(c.source, ""), shown.get(c.target, ""))
                if ends[0] != ends[1]:
                    self._by_ends.setdefault(ends, []).append(c)
        return self._by_ends

    def _find_spots(self, key: str) -> tuple[Spot, ...]:
        box, ports = self.picture.rectangle(key), self.ports(key)
        lines = [self.picture.arrangement.lines[n] for n in self.picture.touching.get(key, ())]
        coming = {line.source: line.points[-1] for line in lines if line.target == key}
        leaving: dict[str, Point] = {line.target: line.points[0] for line in lines if line.source == key}
        inputs: list[Point | None] = []
        for sockets in ports.inputs:
            source = sockets[0].source
            inputs.append(coming.get(self.box_of(source.layer)) if source is not None else None)
        outputs = [self._start(key, number, port, leaving) for number, port in enumerate(ports.outputs)]
        way = self.picture.direction
        return (
            *(Spot(key, "in", n, at) for n, at in enumerate(spread(box, inputs, "in", way))),
            *(Spot(key, "out", n, at) for n, at in enumerate(spread(box, outputs, "out", way))),
        )

    def _start(self, key: str, number: int, port: Port, leaving: dict[str, Point]) -> Point | None:
        """Where the lines of an output begin: the one nearest to the middle of the side."""
        box = self.picture.rectangle(key)
        level = self.picture.direction == "right"
        middle = (box.right, box.y + box.height / 2) if level else (box.x + box.width / 2, box.bottom)
        starts = [
            leaving[self.box_of(c.target)]
            for c in self.network.consumers[port.layer]
            if c.output == port.output and self.box_of(c.target) in leaving
        ]
        on_side = [p for p in starts if abs(p[0] - box.right if level else p[1] - box.bottom) < 2]
        return min(on_side, key=lambda p: math.dist(p, middle), default=None)
