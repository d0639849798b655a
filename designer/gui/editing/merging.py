"""Which changes belong together as one step of undo: repeated changes of the same value. Pure functions."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from designer.network.document import Change
from designer.network.edits import Edit, PutLayers, SetPlaces
from designer.network.network import Layer, Network

MOMENT = 1.5
"""Seconds after which another change of the same value is a step of its own."""

_MERGED = ("name", "weight_rate", "bias_rate")


def subject_of(change: Change) -> Hashable | None:
    """What the change is about, equal for changes that may be one step; None for those that never are.

    That is: the same settings of the same layers, the name or the rates of the same layer, the places of
    the same boxes. Freezing is a step each time, and so is whatever moves a connection.
    """
    if change.structural:
        return None
    if change.only_places:
        moved = frozenset(_moved(change.before, change.after))
        return ("places", moved) if moved else None
    if change.before != _but_layers(change.after, change.before):
        return None
    what: set[tuple[str, str]] = set()
    for layer_id in change.changed:
        old, new = change.before[layer_id], change.after[layer_id]
        same = replace(old, settings=new.settings, **{part: getattr(new, part) for part in _MERGED})
        if same != new:
            return None
        what.update((layer_id, part) for part in _MERGED if getattr(old, part) != getattr(new, part))
        what.update((layer_id, "settings." + name) for name in _changed_settings(old, new))
    return frozenset(what) or None


def joined(first: Network, last: Network) -> tuple[Edit, Edit]:
    """The edit from one network to another of the same subject (see `subject_of`), and the way back."""
    layers = tuple(i for i, layer in last.layers.items() if first.layers[i] is not layer)
    if not layers:
        keys = _moved(first, last)
        there = SetPlaces({key: last.places.get(key) for key in keys})
        return there, SetPlaces({key: first.places.get(key) for key in keys})
    return PutLayers(tuple(last[i] for i in layers)), PutLayers(tuple(first[i] for i in layers))


def _moved(before: Network, after: Network) -> tuple[str, ...]:
    keys = dict.fromkeys((*before.places, *after.places))
    return tuple(key for key in keys if before.places.get(key) != after.places.get(key))


def _but_layers(network: Network, other: Network) -> Network:
    return replace(network, layers=other.layers)


def _changed_settings(old: Layer, new: Layer) -> set[str]:
    names = {*old.settings, *new.settings}
    return {name for name in names if old.settings.get(name) != new.settings.get(name)}
