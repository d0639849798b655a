"""How the sizes of lines and pictures go through layers, reckoned without running any."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from designer.catalog.actions.shapes import JOINING, misfit, shape_of
from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.network.network import Layer, Network, Port
from designer.session.results import Facts

Shape = tuple[int, ...]
Settings = Mapping[str, Any]
_Reckoned = Callable[[Settings, int, int], int | None]

_KEEPING = frozenset(
    {
        *(*JOINING, "Concat"),
        *("BatchNorm1d", "BatchNorm2d", "GroupNorm", "LayerNorm2d", "LocalResponseNorm"),
        *("Scale", "Power", "Absolute", "Exponential", "Logarithm", "Identity", "Contiguous"),
        *("Output", "AuxiliaryOutput", "ChannelShuffle"),
    }
)


def each(value: Any, sides: int) -> tuple[int, ...]:
    """A setting of sizes as one number for each side."""
    return (value,) * sides if isinstance(value, int) else tuple(value)


def at(value: Any, side: int) -> int:
    """A setting of sizes along one side."""
    return int(value[side] if isinstance(value, list | tuple) else value)


def sides_of(row: LayerKind) -> int:
    """Over how many dimensions a layer of this kind slides a window; 0 where it has none."""
    return next((s.sides for s in row.settings if s.name == "kernel_size"), 0)


def reach(held: Settings, side: int) -> int:
    """How many positions a window covers along one side, the gaps between its taps included."""
    return at(held.get("dilation", 1), side) * (at(held["kernel_size"], side) - 1) + 1


def size_after(row: LayerKind, held: Settings, side: int, size: int) -> int | None:
    """What a layer makes of a size along one side; None where it refuses it, or that is not known.

    Of a layer with several inputs the others are taken to fit.

    Args:
        row: the layer's kind.
        held: all its settings.
        side: 0 for the first dimension after the channels.
        size: positions along it.
    """
    if row.key in _KEEPING or (row.category in ("Activation", "Regularization") and row.key != "GLU"):
        return size
    reckoned = _RECKONED.get(row.key)
    return None if reckoned is None else reckoned(held, side, size)


def shapes_after(
    network: Network, facts: Facts, changed: Mapping[str, Layer], end: str
) -> Mapping[Port, Shape] | None:
    """The shapes that are others when layers have other settings; None where that is not surely right.

    What lies behind `end`, and what has no known shape, is left alone.

    Args:
        network: as it is.
        facts: what was inferred of it.
        changed: layers with other settings, by id; they keep their number of channels.
        end: id of the layer up to which to go.
    """
    found: dict[Port, Shape] = {}
    ahead = network.descendants(changed)
    beyond = network.descendants((end,))
    for layer_id in network.order:
        old = shape_of(facts, Port(layer_id))
        if layer_id not in ahead or layer_id in beyond or old is None:
            continue
        ports = network.inputs[layer_id]
        if layer_id not in changed and not any(port in found for port in ports):
            continue
        given = [found.get(port) or shape_of(facts, port) for port in ports if port is not None]
        made = _shape_after(changed.get(layer_id, network[layer_id]), given, old)
        if made is None:
            return None
        if made != old:
            found[Port(layer_id)] = made
    return found


def _shape_after(layer: Layer, given: list[Shape | None], old: Shape) -> Shape | None:
    """The shape that a layer gives for shapes with other positions than it had."""
    known = [shape for shape in given if shape is not None]
    row = KINDS.get(layer.kind)
    if row is None or not known or len(known) < len(given) or row.outputs != 1:
        return None
    held = row.complete(layer.settings)
    if layer.kind in JOINING or layer.kind == "Concat":
        return _joined(layer, held, known, old)
    shape = known[0]
    first = len(shape) - (sides_of(row) or len(shape) - 1)
    if layer.kind in ("Sum", "Mean", "Max"):
        dims = {dim % (len(shape) + 1) for dim in held["dims"]}
        return old if not held["keepdim"] and dims >= set(range(2, len(shape) + 1)) else None
    sizes = [size_after(row, held, side, size) for side, size in enumerate(shape[first:])]
    reckoned = tuple(size for size in sizes if size is not None)
    if len(reckoned) < len(sizes) or len(old) != len(shape):
        return None
    return (*old[:first], *reckoned)


def _joined(layer: Layer, held: Settings, given: list[Shape], old: Shape) -> Shape | None:
    if any(misfit(layer, shape, given) for shape in given) or any(len(s) != len(old) for s in given):
        return None
    if layer.kind == "Concat":
        # Pictures laid side by side along a side would need their sizes added.
        return (old[0], *given[0][1:]) if held["dim"] % (len(old) + 1) == 1 else None
    return tuple(max(sizes) for sizes in zip(*given, strict=True))


def _convolved(held: Settings, side: int, size: int) -> int | None:
    border = at(held["padding"], side)
    mode = held["padding_mode"]
    if (mode == "reflect" and border >= size) or (mode == "circular" and border > size):
        return None
    room = size + 2 * border - reach(held, side)
    return room // at(held["stride"], side) + 1 if room >= 0 else None


def _transposed(held: Settings, side: int, size: int) -> int | None:
    grown = (size - 1) * at(held["stride"], side) + reach(held, side) + at(held["output_padding"], side)
    made = int(grown - 2 * at(held["padding"], side))
    return made if made > 0 else None


def _pooled(held: Settings, side: int, size: int) -> int | None:
    window, border = at(held["kernel_size"], side), at(held.get("padding", 0), side)
    stride = at(held["stride"] if held["stride"] is not None else held["kernel_size"], side)
    room = size + 2 * border - reach(held, side)
    if border > window // 2:
        return None
    if not held["ceil_mode"]:
        return room // stride + 1 if room >= 0 else None
    made = -(-room // stride) + 1
    # The last window begins within the picture or the border before it.
    made -= (made - 1) * stride >= size + border
    return made if made > 0 else None


def _fixed(held: Settings, side: int, size: int) -> int | None:
    return at(held["output_size"], side)


def _bordered(held: Settings, side: int, size: int) -> int | None:
    """Borders are told from the last side on: left, right, top, bottom."""
    border = held["padding"]
    if isinstance(border, int):
        return size + 2 * border if size + 2 * border > 0 else None
    place = len(border) - 2 * (side + 1)
    made = size + int(border[place] + border[place + 1])
    return made if made > 0 else None


def _scaled(held: Settings, side: int, size: int) -> int | None:
    if held["size"] is not None:
        return at(held["size"], side)
    made = math.floor(size * held["scale_factor"])
    return made if made > 0 else None


_RECKONED: Mapping[str, _Reckoned] = {
    **{f"Conv{sides}d": _convolved for sides in (1, 2)},
    **{f"ConvTranspose{sides}d": _transposed for sides in (1, 2)},
    **{f"{what}Pool{sides}d": _pooled for what in ("Max", "Avg", "LP") for sides in (1, 2)},
    **{f"Adaptive{what}Pool{sides}d": _fixed for what in ("Avg", "Max") for sides in (1, 2)},
    **{f"{what}Pad{sides}d": _bordered for what in ("Zero", "Constant", "Replication") for sides in (1, 2)},
    "Upsample": _scaled,
}
