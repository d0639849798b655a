"""Overlays: what the boxes are coloured by. Pure functions of the network, its facts and the view."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from designer.catalog.memory import activation_bytes
from designer.gui.editing.canvas.content import tick_of
from designer.gui.editing.canvas.marks import Overlay, Tint, Tints
from designer.messages import bytes_text, count_text, short_time_text, tr
from designer.network.groups import View
from designer.network.network import Network
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class Measure:
    """Something measured of each layer.

    Attributes:
        key: its name, as in a project file.
        title, note: in English, translated where they are shown.
        text: a value in words.
        values: of each layer, from the network and its facts; None where they do not come from there.
    """

    key: str
    title: str
    note: str
    text: Callable[[float], str]
    values: Callable[[Network, Facts], Mapping[str, float]] | None = None


def _whole(value: float) -> str:
    return count_text(round(value))


def _size(value: float) -> str:
    return bytes_text(round(value))


def _parameters(network: Network, facts: Facts) -> Mapping[str, float]:
    return {layer_id: float(known.parameters) for layer_id, known in facts.layers.items()}


def _macs(network: Network, facts: Facts) -> Mapping[str, float]:
    return {layer_id: float(known.macs) for layer_id, known in facts.layers.items()}


MEASURES: Mapping[str, Measure] = {
    row.key: row
    for row in (
        Measure("parameters", "Parameters", "Learnable values", _whole, _parameters),
        Measure("macs", "Multiply-adds", "Multiplications with accumulation, one picture", _whole, _macs),
        Measure(
            "memory",
            "Activation memory",
            "Values that a layer makes, in float32, one picture",
            _size,
            activation_bytes,
        ),
        Measure("time", "Measured time", "One picture, on this computer", short_time_text),
    )
}

FROZEN = "frozen"
"""Key of the overlay that shows what is frozen."""

WORDS = {
    "added": "Added",
    "removed": "Removed",
    "changed": "Changed",
    "frozen": "Frozen",
    "trainable": "Trainable",
    "mixed": "Partly",
}
"""What a mark is called in the legend, in English."""


def measure_tints(measure: Measure, values: Mapping[str, float], view: View) -> Tints:
    """Boxes coloured by the sum of `values` of their layers; a box of which none is known stays grey.

    The scale is of square roots: with equal steps one large layer would make all others alike.
    """
    sums = {
        box.key: sum(values.get(layer_id, 0.0) for layer_id in box.layers)
        for box in view.boxes
        if any(layer_id in values for layer_id in box.layers)
    }
    most = max(sums.values(), default=0.0)
    boxes = {
        key: Tint(share=math.sqrt(value / most), label=measure.text(value))
        for key, value in sums.items()
        if value > 0
    }
    shares = (0.0, 0.5, 1.0)
    ticks = tuple((share, measure.text(share * share * most)) for share in shares) if most else ()
    note = tr("{what}. Square-root scale; a group shows the sum of its layers.", what=tr(measure.note))
    return Tints(tr(measure.title), boxes, ticks, note=note)


def facts_values(measure: Measure, network: Network, facts: Facts | None) -> Mapping[str, float]:
    """The measure of every layer whose facts are known."""
    return {} if facts is None or measure.values is None else measure.values(network, facts)


def frozen_tints(network: Network, view: View) -> Tints:
    """Boxes marked by what in them is frozen; layers with nothing to freeze stay grey."""
    marks = {"on": "frozen", "off": "trainable", "some": "mixed"}
    boxes = {}
    for box in view.boxes:
        tick = tick_of(network.layers[layer_id] for layer_id in box.layers)
        if tick:
            boxes[box.key] = Tint(mark=marks[tick])
    return Tints(
        tr("Frozen layers"), boxes, marks=_words(boxes), note=tr("Layers without parameters are grey.")
    )


def given_tints(overlay: Overlay, view: View) -> Tints:
    """An overlay that was worked out elsewhere, put together for the boxes that are seen."""
    boxes: dict[str, Tint] = {}
    for box in view.boxes:
        if not box.group:
            tint = Tint(
                overlay.shares.get(box.key, -1.0),
                overlay.marks.get(box.key, ""),
                overlay.labels.get(box.key, ""),
            )
        else:
            shares = [overlay.shares[i] for i in box.layers if i in overlay.shares]
            tint = Tint(max(shares, default=-1.0), _joint(overlay, box.layers))
        if tint != Tint():
            boxes[box.key] = tint
    note = tr("A group takes the strongest colour in it.") if overlay.shares else ""
    return Tints(overlay.title, boxes, marks=_words(boxes), note=note)


def _joint(overlay: Overlay, layer_ids: tuple[str, ...]) -> str:
    """The mark that all of a group's layers have; where they differ, that it has changed or is mixed."""
    found = {overlay.marks.get(layer_id, "") for layer_id in layer_ids}
    if len(found) == 1:
        return found.pop()
    return "mixed" if found <= {"", "frozen", "trainable", "mixed"} else "changed"


def _words(boxes: Mapping[str, Tint]) -> tuple[tuple[str, str], ...]:
    there = {tint.mark for tint in boxes.values()}
    return tuple((mark, tr(word)) for mark, word in WORDS.items() if mark in there)
