"""Where one may connect: the ports of a box, as pure functions of the network and the drawing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from designer.catalog.actions.connecting import outputs, slots
from designer.catalog.kinds import KINDS
from designer.network.arranging import Point, Rectangle
from designer.network.network import Layer, Network, Port

RADIUS = 6.0
"""Of a port, in pixels on the screen at least."""
REACH = 9.0
"""From the middle of a port to where it can still be hit, in pixels on the screen."""
OUTSIDE = 8.0
"""From the border of a box to where a port beside it can be hit, in pixels at 100 %: between two boxes
there must be room for a line to be hit."""
APART = 16.0
"""Between two ports of a side, where there is room."""
MARGIN = 18.0
"""Between a corner of the box and the first port that has no line."""


class Socket(NamedTuple):
    """An input of a layer, and what feeds it."""

    layer: str
    input: int
    source: Port | None


@dataclass(frozen=True, slots=True)
class BoxPorts:
    """The ports of a box.

    Attributes:
        inputs: for each port the inputs that it stands for; more than one only at a collapsed group,
            where all are fed by the same output.
        outputs: the outputs.
    """

    inputs: tuple[tuple[Socket, ...], ...] = ()
    outputs: tuple[Port, ...] = ()


def layer_ports(network: Network, layer: Layer) -> BoxPorts:
    """The inputs of a layer, with a free one at the end where it could take more, and its outputs."""
    fed = network.inputs[layer.id]
    sockets = [Socket(layer.id, n, fed[n] if n < len(fed) else None) for n in range(slots(network, layer))]
    used = 1 + max((c.output for c in network.consumers[layer.id]), default=-1)
    given = used if layer.kind in ("Output", "AuxiliaryOutput") else max(used, outputs(layer))
    return BoxPorts(tuple((s,) for s in sockets), tuple(Port(layer.id, n) for n in range(given)))


def group_ports(network: Network, layer_ids: Collection[str]) -> BoxPorts:
    """The ports of a collapsed group: what comes in from outside, inputs left open, and what goes out."""
    inside = frozenset(layer_ids)
    coming: dict[Port, list[Socket]] = {}
    inputs: list[tuple[Socket, ...]] = []
    leaving: list[Port] = []
    for layer_id in layer_ids:
        ports = layer_ports(network, network[layer_id])
        fed = network.inputs[layer_id]
        row = KINDS.get(network[layer_id].kind)
        needed = row.inputs[0] if row is not None else len(fed)
        for (socket,) in ports.inputs:
            if socket.source is None and socket.input < max(needed, len(fed)):
                inputs.append((socket,))
            elif socket.source is not None and socket.source.layer not in inside:
                coming.setdefault(socket.source, []).append(socket)
        used = {c.output for c in network.consumers[layer_id] if c.target not in inside}
        unused = not network.consumers[layer_id]
        leaving.extend(port for port in ports.outputs if unused or port.output in used)
    return BoxPorts((*(tuple(sockets) for sockets in coming.values()), *inputs), tuple(leaving))


def side_point(box: Rectangle, along: float, side: str, direction: str) -> Point:
    """The point `along` the side where the inputs ('in') or the outputs ('out') of a box are."""
    if direction == "right":
        return (box.x if side == "in" else box.right, box.y + along)
    return (box.x + along, box.y if side == "in" else box.bottom)


def spread(box: Rectangle, ends: Sequence[Point | None], side: str, direction: str) -> tuple[Point, ...]:
    """Where the ports of a side are drawn: where their line ends, else where there is room on the side.

    `ends` holds for each port the end of its line, None for one without.
    """
    length = box.height if direction == "right" else box.width
    found: list[Point | None] = []
    taken: list[Point] = []
    for end in ends:
        free = end is not None and _clear(end, taken, APART * 0.75)
        found.append(end if free else None)
        if free and end is not None:
            taken.append(end)
    places = _slots(length, len(ends))
    for number, end in enumerate(found):
        if end is None:
            wanted = (number + 0.5) / len(ends) * length
            # One beside its own line, which another port has taken, looks as if it belonged there.
            own = ends[number]
            if own is not None:
                wanted = own[1] - box.y if direction == "right" else own[0] - box.x
            points = [side_point(box, slot, side, direction) for slot in places]
            goal = side_point(box, wanted, side, direction)
            roomy = [p for p in points if _clear(p, taken, 1.6 * APART)]
            tight = roomy or [p for p in points if _clear(p, taken, APART * 0.75)] or points
            found[number] = min(tight, key=lambda p: _apart(p, goal))
            taken.append(found[number] or goal)
    return tuple(point for point in found if point is not None)


def _slots(length: float, count: int) -> tuple[float, ...]:
    """Places along a side: `APART` from one another, or closer when there are many ports."""
    room = max(length - 2 * MARGIN, 1.0)
    number = max(int(room // APART) + 1, count, 1)
    if number == 1:
        return (length / 2,)
    # An odd number, so that the middle is one of them.
    number += 1 - number % 2
    return tuple(MARGIN + room * n / (number - 1) for n in range(number))


def _clear(point: Point, taken: Sequence[Point], room: float) -> bool:
    return all(_apart(point, other) >= room for other in taken)


def _apart(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
