"""Overlays of what layers do while they learn. Pure functions of what training has told, and of the view."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from designer.gui.editing.canvas.content import kind_of
from designer.gui.editing.canvas.marks import Tint, Tints
from designer.messages import short_time_text, tr
from designer.network.groups import View
from designer.network.network import Network
from designer.progress import LayerReading, StageNews

DECADES = 6
"""So many powers of ten are told apart at most."""
USUAL = 1e-3
"""Ratio of update to weights at which networks usually learn well; the scale's middle."""
ENDS = (1e-5, 1e-1)

Numbers = Sequence[tuple[float, int]]
"""Values of layers, each with the number of its channels."""
Scale = tuple[Callable[[float], float], tuple[tuple[float, str], ...]]
"""Where on the colours a value lies, 0 to 1, and what some places stand for."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of the training that goes on, or of the last one.

    Attributes:
        running: training goes on.
        iteration, epoch: of the batch that `readings` are of; 0 while there are none.
        readings: by layer id.
        stage: that is trained now; None while none is.
    """

    running: bool = False
    iteration: int = 0
    epoch: int = 0
    readings: Mapping[str, LayerReading] = field(default_factory=dict)
    stage: StageNews | None = None


@dataclass(frozen=True, slots=True)
class LiveMeasure:
    """Something that is told of each layer while it learns.

    Attributes:
        key: its name, as in a project file.
        title, note: in English, translated where they are shown.
        scaled: how the scale is made and what a group shows, in English.
        text: a value in words.
        value: of a layer; None where it has none.
        joint: what a group shows of the values of its layers.
        scale: the colours of some values.
        usual: place of the usual value on the scale, or -1.
    """

    key: str
    title: str
    note: str
    scaled: str
    text: Callable[[float], str]
    value: Callable[[LayerReading], float | None]
    joint: Callable[[Numbers], float]
    scale: Callable[[Sequence[float]], Scale]
    usual: float = -1.0


def number_text(value: float) -> str:
    """A number in three digits."""
    if not math.isfinite(value):
        return tr("not a number") if math.isnan(value) else tr("infinite")
    short = float(f"{value:.3g}")
    # Up to there a plain number is read more easily than one with a power of ten.
    return f"{short:,.0f}" if 1e3 <= abs(short) < 1e6 else f"{short:.3g}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if value else "0 %"


def _greatest(numbers: Numbers) -> float:
    # What is no number must not be lost among those that are.
    return max((value for value, _ in numbers), key=lambda value: (math.isnan(value), value))


def _furthest(numbers: Numbers) -> float:
    return max((value for value, _ in numbers), key=lambda value: (math.isnan(value), abs(value)))


def _of_all_channels(numbers: Numbers) -> float:
    return sum(value * count for value, count in numbers) / sum(count for _, count in numbers)


def _sum(numbers: Numbers) -> float:
    return sum(value for value, _ in numbers)


def _decades(values: Sequence[float]) -> Scale:
    """Equal steps for equal factors, from one power of ten to another with a third one in the middle."""
    logs = [math.log10(value) for value in values if value > 0 and math.isfinite(value)]
    if not logs:
        return (lambda value: 0.0), ()
    high = math.ceil(max(logs))
    low = min(math.floor(min(logs)), high - 1)
    low -= (high - low) % 2
    cut = low < high - DECADES
    low = max(low, high - DECADES)
    least = number_text(10.0**low)
    ticks = (
        (0.0, f"≤ {least}" if cut else least),
        (0.5, number_text(10.0 ** ((low + high) // 2))),
        (1.0, number_text(10.0**high)),
    )
    return _between(low, high), ticks


def _around_usual(values: Sequence[float]) -> Scale:
    low, high = (round(math.log10(end)) for end in ENDS)
    ticks = (
        (0.0, f"≤ {number_text(ENDS[0])}"),
        (0.5, number_text(USUAL)),
        (1.0, f"≥ {number_text(ENDS[1])}"),
    )
    return _between(low, high), ticks


def _between(low: int, high: int) -> Callable[[float], float]:
    def place(value: float) -> float:
        if value <= 0:
            return 0.0
        return min(max((math.log10(value) - low) / (high - low), 0.0), 1.0)

    return place


def _shares(values: Sequence[float]) -> Scale:
    return (lambda value: value), ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))


def _distances(values: Sequence[float]) -> Scale:
    """How far from 0, to either side."""
    most = max((abs(value) for value in values if math.isfinite(value)), default=0.0) or 1.0
    ticks = tuple((share, f"± {number_text(share * most)}" if share else "0") for share in (0.0, 0.5, 1.0))
    return (lambda value: abs(value) / most), ticks


def _roots(values: Sequence[float]) -> Scale:
    most = max(values, default=0.0) or 1.0
    ticks = tuple((share, short_time_text(share * share * most)) for share in (0.0, 0.5, 1.0))
    return (lambda value: math.sqrt(value / most)), ticks


LIVE: Mapping[str, LiveMeasure] = {
    row.key: row
    for row in (
        LiveMeasure(
            "gradient",
            "Gradient norm",
            "Length of the gradient of a layer's parameters, before it is clipped",
            "Log scale; a group shows the greatest of its layers.",
            number_text,
            lambda reading: reading.gradient,
            _greatest,
            _decades,
        ),
        LiveMeasure(
            "update",
            "Update-to-weight ratio",
            "How far a step moves the parameters, compared with their length",
            "About 0.001 is usual (marked): far more is unstable, far less hardly learns. Log scale; a group "
            "shows the greatest of its layers.",
            number_text,
            lambda reading: reading.update,
            _greatest,
            _around_usual,
            0.5,
        ),
        LiveMeasure(
            "dead",
            "Dead activations",
            "Share of an activation function's channels that are 0 throughout the batch",
            "A group shows the share of all its channels.",
            _percent,
            lambda reading: reading.dead,
            _of_all_channels,
            _shares,
        ),
        LiveMeasure(
            "mean",
            "Activation mean",
            "Mean of all values that a layer gives",
            "Coloured by how far from 0; a group shows the furthest of its layers.",
            number_text,
            lambda reading: reading.mean,
            _furthest,
            _distances,
        ),
        LiveMeasure(
            "spread",
            "Activation spread",
            "Standard deviation of all values that a layer gives",
            "Log scale; a group shows the greatest of its layers.",
            number_text,
            lambda reading: reading.spread,
            _greatest,
            _decades,
        ),
        LiveMeasure(
            "forward",
            "Time in training",
            "Forward pass of one batch",
            "Square-root scale; a group shows the sum of its layers.",
            short_time_text,
            lambda reading: reading.seconds,
            _sum,
            _roots,
        ),
    )
}

LEARNING = "learning"
"""Key of the overlay that shows which layers learn in the stage that is trained now."""

_WORDS = {"trainable": "Learns now", "frozen": "Does not learn now", "mixed": "Partly"}
"""What a mark is called in its legend, in English."""


def live_tints(measure: LiveMeasure, live: Live, view: View) -> Tints:
    """Boxes coloured by what was told of their layers; those of which nothing was stay grey."""
    numbers: dict[str, float] = {}
    for box in view.boxes:
        there = [live.readings[layer_id] for layer_id in box.layers if layer_id in live.readings]
        values = [(measure.value(reading), reading.channels) for reading in there]
        known = [(value, channels) for value, channels in values if value is not None]
        if known:
            numbers[box.key] = measure.joint(known)
    place, ticks = measure.scale(list(numbers.values()))
    boxes = {
        key: Tint(share=place(value) if math.isfinite(value) else 1.0, label=measure.text(value))
        for key, value in numbers.items()
    }
    note = f"{tr(measure.note)}. {tr(measure.scaled)} {_when(live)}"
    return Tints(tr(measure.title), boxes, ticks if boxes else (), note=note, usual=measure.usual)


def learning_tints(network: Network, live: Live, view: View) -> Tints:
    """Boxes marked by what in them learns in the stage that is trained now."""
    title = tr("Learning now")
    if live.stage is None:
        return Tints(title, note=tr("No training goes on."))
    learning = live.stage.learning
    boxes: dict[str, Tint] = {}
    for box in view.boxes:
        rows = [(layer_id, kind_of(network.layers[layer_id])) for layer_id in box.layers]
        found = {layer_id in learning for layer_id, row in rows if row is not None and row.learnable}
        if found:
            mark = "mixed" if len(found) == 2 else "trainable" if True in found else "frozen"
            boxes[box.key] = Tint(mark=mark)
    there = {tint.mark for tint in boxes.values()}
    marks = tuple((mark, tr(word)) for mark, word in _WORDS.items() if mark in there)
    grey = tr("Layers without parameters are grey.")
    return Tints(title, boxes, marks=marks, note=f"{_stage_text(live.stage)} {grey}".strip())


def _when(live: Live) -> str:
    if not live.readings:
        if live.running:
            return tr("The first values come with one of the next batches.")
        return tr("Values come while the network is trained.")
    if live.running:
        return tr("Iteration {number}, epoch {epoch}.", number=live.iteration, epoch=live.epoch)
    return tr("As of iteration {number}, epoch {epoch}.", number=live.iteration, epoch=live.epoch)


def _stage_text(stage: StageNews) -> str:
    if stage.stages < 2:
        return ""
    if not stage.name:
        return tr("Stage {number} of {count}.", number=stage.stage, count=stage.stages)
    return tr("Stage {number} of {count}: {name}.", number=stage.stage, count=stage.stages, name=stage.name)
