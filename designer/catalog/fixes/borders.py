"""Borders of windows upstream that make the inputs of a joining layer equally large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from designer.catalog.actions import set_settings
from designer.catalog.actions.shapes import misfit, shape_of
from designer.catalog.fixes.fix import Fix, fix
from designer.catalog.fixes.sizes import Settings, at, each, reach, shapes_after, sides_of, size_after
from designer.catalog.kinds import KINDS
from designer.messages import tr
from designer.network.edits import Compound
from designer.network.network import Layer, Network, Port
from designer.session.results import Facts

_FAR = 200
"""So many layers of a branch are looked at."""
_WIDEST = 64
"""No wider border is tried."""
_EVEN = 1
"""Twice a border is this far from what keeps sizes, at most, where a window of even size has it."""


@dataclass(frozen=True, slots=True)
class _Border:
    """The padding of a layer, and how far it is from the one that keeps sizes."""

    layer_id: str
    sizes: tuple[int, ...]
    off: int

    @property
    def value(self) -> int | list[int]:
        """As the setting holds it."""
        return self.sizes[0] if len(set(self.sizes)) == 1 else list(self.sizes)


def fit_borders(network: Network, facts: Facts, layer: Layer, number: int) -> Iterator[Fix]:
    """Set the padding of what makes one of two inputs of a joining layer smaller or larger than the other.

    Only what makes the layer fit is offered, and what no other layer takes amiss. Paddings that keep
    sizes come first: of one layer, else of several; then others.

    Args:
        network: with the layer.
        facts: what was inferred of it.
        layer: what joins its inputs; it has at least two.
        number: the input that does not fit the first one.
    """
    if network.ring:
        return
    tried: list[tuple[_Border, ...]] = []
    for changed, model in ((number, 0), (0, number)):
        port, wanted = network.inputs[layer.id][changed], shape_of(facts, network.inputs[layer.id][model])
        if port is None or wanted is None:
            continue
        ways = _ways(network, layer, changed)
        tried.extend((border,) for border in _fitting(network, facts, ways, wanted[1:]))
        keeping = tuple(_keeping(network, facts, ways))
        if len(keeping) > 1:
            tried.append(keeping)
    for borders in sorted(tried, key=lambda b: (max(one.off for one in b), len(b))):
        if _cures(network, facts, layer, borders):
            yield _fix(network, borders)
            return


def _ways(network: Network, layer: Layer, changed: int) -> Mapping[str, tuple[str, ...]]:
    """The layers of one input's branch alone, the nearest first, each with those behind it up to the end."""
    ports = network.inputs[layer.id]
    others = network.ancestors(p.layer for n, p in enumerate(ports) if n != changed and p is not None)
    ways: dict[str, tuple[str, ...]] = {}
    ahead: list[tuple[Port | None, tuple[str, ...]]] = [(ports[changed], ())]
    while ahead and len(ways) < _FAR:
        later: list[tuple[Port | None, tuple[str, ...]]] = []
        for port, way in ahead:
            if port is not None and port.layer not in others and port.layer not in ways:
                ways[port.layer] = way
                later.extend((before, (port.layer, *way)) for before in network.inputs[port.layer])
        ahead = later
    return ways


def _fitting(
    network: Network, facts: Facts, ways: Mapping[str, tuple[str, ...]], wanted: Sequence[int]
) -> Iterator[_Border]:
    """For each window of a branch the padding with which the branch ends in the wanted sizes."""
    for layer_id, way in ways.items():
        taken = _sizes_before(network, facts, layer_id)
        held = _held(network, layer_id)
        if len(taken) != len(wanted) or "padding" not in held:
            continue
        later = [(network[i].kind, _held(network, i)) for i in way]
        sides = range(len(taken))
        keeping = [_keeping_twice(network[layer_id].kind, held, side) for side in sides]
        found: list[set[int]] = []
        for side, size in enumerate(taken):
            steps = [
                (border, [(network[layer_id].kind, {**held, "padding": border}), *later])
                for border in range(min(reach(held, side), _WIDEST) + 1)
            ]
            found.append({border for border, run in steps if _through(run, side, size) == wanted[side]})
        if not all(found):
            continue
        # One number for all sides, where there is one.
        alike = set.intersection(*found)
        chosen = tuple(_nearest(alike or found[side], keeping[side]) for side in sides)
        off = max(abs(2 * border - keeping[side]) for side, border in enumerate(chosen))
        if off <= max(keeping) and list(chosen) != list(each(held["padding"], len(taken))):
            yield _Border(layer_id, chosen, 0 if off <= _EVEN else off)


def _keeping(network: Network, facts: Facts, ways: Mapping[str, tuple[str, ...]]) -> Iterator[_Border]:
    """The windows of a branch that could keep sizes and do not, each with the padding with which it does."""
    for layer_id in ways:
        held = _held(network, layer_id)
        count = len(_sizes_before(network, facts, layer_id))
        if not held.keys() >= {"padding", "kernel_size", "stride"} or "output_padding" in held:
            continue
        wide = [reach(held, side) for side in range(count)]
        step = held["stride"] if held["stride"] is not None else held["kernel_size"]
        sizes = tuple(size // 2 for size in wide)
        kept = set(each(step, count)) == {1} and all(size % 2 for size in wide)
        if kept and sizes != each(held["padding"], count):
            yield _Border(layer_id, sizes, 0)


def _cures(network: Network, facts: Facts, layer: Layer, borders: Sequence[_Border]) -> bool:
    """Whether the layer takes its inputs then, and what lies on the way does as well."""
    changed = {
        b.layer_id: replace(
            network[b.layer_id], settings={**network[b.layer_id].settings, "padding": b.value}
        )
        for b in borders
    }
    made = shapes_after(network, facts, changed, layer.id)
    if made is None:
        return False
    ports = [port for port in network.inputs[layer.id] if port is not None]
    given = [made.get(port) or shape_of(facts, port) for port in ports]
    known = [shape for shape in given if shape is not None]
    return len(known) == len(network.inputs[layer.id]) and not any(misfit(layer, s, known) for s in known)


def _fix(network: Network, borders: Sequence[_Border]) -> Fix:
    edits = tuple(set_settings(network, (b.layer_id,), {"padding": b.value}) for b in borders)
    if len(edits) == 1:
        return fix(edits[0])
    text = tr("Set padding of {count} layers so that they keep the size", count=len(edits))
    return Fix(text, Compound(text, edits))


def _keeping_twice(kind: str, held: Settings, side: int) -> int:
    """Twice the padding with which a window gives a size for each step; odd where no padding does."""
    if not kind.startswith("ConvTranspose"):
        return reach(held, side) - 1
    return max(reach(held, side) - at(held["stride"], side) + at(held["output_padding"], side), 0)


def _nearest(borders: set[int], twice: int) -> int:
    return min(borders, key=lambda border: (abs(2 * border - twice), border))


def _through(run: Sequence[tuple[str, Settings]], side: int, size: int | None) -> int | None:
    for key, held in run:
        if size is not None:
            size = size_after(KINDS[key], held, side, size)
    return size


def _held(network: Network, layer_id: str) -> Settings:
    layer = network[layer_id]
    return KINDS[layer.kind].complete(layer.settings) if layer.kind in KINDS else {}


def _sizes_before(network: Network, facts: Facts, layer_id: str) -> tuple[int, ...]:
    """The sizes that a window slides over; () for another layer, and where they are not known."""
    row = KINDS.get(network[layer_id].kind)
    sides = sides_of(row) if row is not None else 0
    shape = shape_of(facts, next(iter(network.inputs[layer_id]), None))
    return shape[-sides:] if sides and shape is not None and len(shape) == sides + 1 else ()
