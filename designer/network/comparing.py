"""Two networks side by side: which layers came, went and changed, and what that does to shapes and size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from designer.network.comparison import Comparison, Difference, LayerDelta, Shape, Totals
from designer.network.matching import Matching, match
from designer.network.network import Layer, Network, Port


class KnownLayer(Protocol):
    """What comparing needs to know of a layer; `designer.session.results.LayerFacts` has it."""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Shape of each output without the batch."""

    @property
    def parameters(self) -> int:
        """Learnable values."""

    @property
    def macs(self) -> int:
        """Multiplications for one picture."""


class Known(Protocol):
    """What comparing needs to know of a network; `designer.session.results.Facts` has it."""

    @property
    def layers(self) -> Mapping[str, KnownLayer]:
        """By layer id."""


def given_settings(layer: Layer) -> Mapping[str, Any]:
    """The settings that a layer was given, without defaults."""
    return layer.settings


def compare(
    before: Network,
    after: Network,
    facts_before: Known,
    facts_after: Known,
    settings_of: Callable[[Layer], Mapping[str, Any]] = given_settings,
) -> Comparison:
    """Compare two networks layer by layer.

    A layer whose input merely comes through a layer that was added or removed, with nothing else there,
    is not changed by that: the added or removed layer tells it. Shapes and sizes are compared as far as the
    facts know them; `settings_of` gives the settings that a layer is compared by.
    """
    sides = _Sides(before, after, facts_before, facts_after, settings_of, match(before, after))
    pairs = sides.matching.pairs
    back = sides.matching.back
    deltas = [sides.delta(back.get(layer_id), layer_id) for layer_id in after.layers]
    places = _places(before, pairs, {d.layer.id: n for n, d in enumerate(deltas)})
    for layer_id in reversed([i for i in before.layers if i not in pairs]):
        deltas.insert(places[layer_id], sides.delta(layer_id, None))
    return Comparison(
        before,
        after,
        tuple(deltas),
        _purpose(before, after),
        _totals(before, facts_before),
        _totals(after, facts_after),
        sides.matching.related,
    )


def _places(before: Network, pairs: Mapping[str, str], place_of: Mapping[str, int]) -> dict[str, int]:
    """For each layer that is gone the place in the list behind the layer that it stood behind."""
    places: dict[str, int] = {}
    behind = 0
    for layer_id in before.layers:
        if layer_id in pairs:
            behind = place_of[pairs[layer_id]] + 1
        else:
            places[layer_id] = behind
    return places


@dataclass(frozen=True)
class _Sides:
    """All that single layers are compared with."""

    before: Network
    after: Network
    facts_before: Known
    facts_after: Known
    settings_of: Callable[[Layer], Mapping[str, Any]]
    matching: Matching

    def delta(self, one: str | None, other: str | None) -> LayerDelta:
        """What became of the layer `one`, which is `other` now; None where there is none."""
        old = self.before[one] if one is not None else None
        new = self.after[other] if other is not None else None
        shapes = _shape(self.facts_before, one), _shape(self.facts_after, other)
        differences: tuple[Difference, ...] = ()
        if old is None or new is None:
            state = "added" if old is None else "removed"
        else:
            differences = (*self._own(old, new), *self._rewired(old.id, new.id))
            state = "changed" if differences else "reshaped" if shapes[0] != shapes[1] else "same"
        was = self.facts_before.layers.get(one or "")
        now = self.facts_after.layers.get(other or "")
        return LayerDelta(
            state,
            old,
            new,
            differences,
            *shapes,
            was.parameters if was else 0,
            now.parameters if now else 0,
            was.macs if was else 0,
            now.macs if now else 0,
        )

    def _own(self, old: Layer, new: Layer) -> list[Difference]:
        """The differences in the layers' own values."""
        found = []
        fields = ("kind", "name", "group") if self.matching.related else ("kind",)
        for what in (*fields, "frozen", "weight_rate", "bias_rate"):
            values = getattr(old, what), getattr(new, what)
            if values[0] != values[1]:
                found.append(Difference(what, *values))
        before, after = self.settings_of(old), self.settings_of(new)
        for name in dict.fromkeys((*before, *after)):
            values = _plain(before.get(name)), _plain(after.get(name))
            if values[0] != values[1]:
                found.append(Difference("setting", *values, name=name))
        return found

    def _rewired(self, one: str, other: str) -> list[Difference]:
        """The difference in what feeds a layer, as names; none when only unpaired layers lie between."""
        pairs, back = self.matching.pairs, self.matching.back
        was, now = self.before.inputs[one], self.after.inputs[other]
        old = [_origin(self.before, port, pairs) for port in was]
        new = [_origin(self.after, port, back) for port in now]
        mapped = [p if p is None or p.layer not in pairs else Port(pairs[p.layer], p.output) for p in old]
        if mapped == new:
            return []
        return [Difference("inputs", _names(self.before, was), _names(self.after, now))]


def _origin(network: Network, port: Port | None, paired: Mapping[str, str]) -> Port | None:
    """The output that a value comes from, past unpaired layers that have one input."""
    seen: set[str] = set()
    while port is not None and port.layer not in paired and port.layer not in seen:
        seen.add(port.layer)
        sources = network.inputs[port.layer]
        if len(sources) != 1:
            break
        port = sources[0]
    return port


def _names(network: Network, ports: tuple[Port | None, ...]) -> list[str]:
    return ["" if port is None else network[port.layer].name for port in ports]


def _purpose(before: Network, after: Network) -> tuple[Difference, ...]:
    rows = (
        Difference("name", before.name, after.name),
        Difference("setting", list(before.classes), list(after.classes), name="classes"),
        Difference(
            "setting", before.preprocessing.to_json(), after.preprocessing.to_json(), name="preprocessing"
        ),
        Difference("setting", before.multilabel, after.multilabel, name="multilabel"),
    )
    return tuple(row for row in rows if row.before != row.after)


def _totals(network: Network, facts: Known) -> Totals:
    known = {i: facts.layers[i] for i in network.layers if i in facts.layers}
    return Totals(
        len(network),
        len(network.connections),
        sum(layer.parameters for layer in known.values()),
        sum(layer.parameters for i, layer in known.items() if not network[i].frozen),
        sum(layer.macs for layer in known.values()),
    )


def _shape(facts: Known, layer_id: str | None) -> Shape | None:
    known = facts.layers.get(layer_id) if layer_id is not None else None
    return known.shapes[0] if known is not None and known.shapes else None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
