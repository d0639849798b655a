"""The numbers of one run as arrays, which follow its record; every number is copied once. No Qt."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from designer.gui.training.curves.numbers import Growing, Smoothed, nearest
from designer.gui.training.record import Places, Record
from designer.gui.training.texts import clock_text
from designer.messages import tr

AXES = (("epoch", "Epochs"), ("iteration", "Iterations"), ("time", "Time"))
"""What curves may be drawn over: field of `Places`, and English title."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What one plot shows.

    Attributes:
        name: 'loss' or 'accuracy'.
        title: in English.
        factor: from the numbers of a record to those that are shown.
        several, mixed: titles where the pictures of all runs that are shown, or of some, have several labels.
    """

    name: str
    title: str
    factor: float = 1.0
    several: str = ""
    mixed: str = ""

    def title_of(self, labels: Collection[bool]) -> str:
        """The title in English, given of each run whether its pictures have several labels."""
        if not self.several or True not in labels:
            return self.title
        return self.mixed if False in labels else self.several


LOSS = Measure("loss", "Loss")
ACCURACY = Measure("accuracy", "Accuracy", 100.0, "Macro F1", "Accuracy or macro F1")


class _Where:
    def __init__(self) -> None:
        self.axes = {name: Growing() for name, _ in AXES}

    def follow(self, places: Places) -> None:
        for name, column in self.axes.items():
            column.follow(getattr(places, name))


class Columns:
    """Arrays of a run.

    Attributes:
        batches, rows, stages, checkpoints: where these lie.
        rates: of the batches; row_rates: of the epochs.
    """

    def __init__(self, record: Record, weight: float) -> None:
        self.record = record
        self._weight = weight
        self.batches, self.rows = _Where(), _Where()
        self.stages, self.checkpoints = _Where(), _Where()
        self.rates, self.row_rates = Growing(), Growing()
        self._raw = {"loss": Growing(), "accuracy": Growing()}
        self._smooth = {name: Smoothed(weight) for name in self._raw}
        self._means = {name: Growing() for name in self._raw}
        self._validation = {name: Growing() for name in self._raw}

    def follow(self, weight: float) -> None:
        """Take what the record has heard since; smooth with `weight`."""
        record = self.record
        for where, places in (
            (self.batches, record.batches),
            (self.rows, record.row_places),
            (self.stages, record.stage_places),
            (self.checkpoints, record.checkpoints),
        ):
            where.follow(places)
        self._raw["loss"].follow(record.batch_loss)
        self._raw["accuracy"].follow(record.batch_accuracy)
        self.rates.follow(record.batch_rate)
        more = record.rows[self.row_rates.count :]
        self.row_rates.extend([row.learning_rate for row in more])
        for name, training, validation in (
            ("loss", [row.train_loss for row in more], [row.val_loss for row in more]),
            ("accuracy", [row.train_accuracy for row in more], [row.val_accuracy for row in more]),
        ):
            self._means[name].extend(training)
            self._validation[name].extend(validation)
        if weight != self._weight:
            self._weight = weight
            self._smooth = {name: Smoothed(weight) for name in self._raw}
        for name, smooth in self._smooth.items():
            smooth.follow(self._raw[name].values)

    def has(self, axis: str) -> bool:
        """Whether every number of the run has its place on `axis`."""
        known = [where.axes[axis].values for where in (self.batches, self.rows)]
        return not any(len(values) and math.isnan(values[0]) for values in known)

    def has_batches(self, measure: Measure) -> bool:
        """Whether batches told this measure."""
        values = self._raw[measure.name].values
        return bool(len(values)) and not math.isnan(values[-1])

    def line(self, kind: str, measure: Measure, axis: str) -> tuple[Any, Any]:
        """Places and values of a line: 'raw', 'smooth', 'means' or 'validation'; values without factor."""
        if kind in ("raw", "smooth"):
            held = self._raw if kind == "raw" else self._smooth
            return self.batches.axes[axis].values, held[measure.name].values
        means = self._means if kind == "means" else self._validation
        return self.rows.axes[axis].values, means[measure.name].values

    def rate(self, axis: str) -> tuple[Any, Any]:
        """Places and learning rates: of the batches, or of the epochs where no batch was heard."""
        if self.rates.count:
            return self.batches.axes[axis].values, self.rates.values
        return self.rows.axes[axis].values, self.row_rates.values

    def point(self, kind: str, measure: Measure, axis: str, place: float | None) -> tuple[float, float]:
        """The point of a line that is nearest to a place, or the last at None; NaN beyond its ends."""
        x, y = self.line(kind, measure, axis)
        index = (len(y) - 1) if place is None else nearest(x, place)
        if index < 0:
            return math.nan, math.nan
        return float(x[index]), measure.factor * float(y[index])

    def steps(self, axis: str) -> Any:
        """The places that one walks along: of the batches, else of the epochs."""
        return (self.batches if self.rates.count else self.rows).axes[axis].values

    def end(self, axis: str, epochs: int) -> float:
        """How far the axis is to reach, once `epochs` epochs are over."""
        x = self.steps(axis)
        done = float(x[-1]) if len(x) else 0.0
        rows = self.rows.axes[axis].values
        done = max(done, float(rows[-1]) if len(rows) else 0.0)
        batch = self.record.batch
        if axis == "epoch":
            return max(done, float(epochs))
        if axis == "iteration":
            return max(done, float(epochs * batch.batches)) if batch is not None else done
        return done

    def place_text(self, axis: str, place: float) -> str:
        """A place in words: epoch, iteration and time as far as they are known."""
        where = self.batches if self.rates.count else self.rows
        index = nearest(where.axes[axis].values, place)
        if index < 0:
            return ""
        # Not every batch is told of: what the place itself says holds.
        epoch, iteration, time = (
            place if name == axis else float(where.axes[name].values[index]) for name, _ in AXES
        )
        parts = [tr("Epoch {epoch}", epoch=f"{epoch:.2f}".rstrip("0").rstrip("."))]
        if not math.isnan(iteration):
            parts.append(tr("iteration {number}", number=f"{iteration:,.0f}"))
        parts.append(clock_text(time))
        return ", ".join(parts)

    def rate_at(self, axis: str, place: float) -> float:
        """The learning rate at a place; NaN where there is none."""
        x, y = self.rate(axis)
        index = nearest(x, place)
        return float(y[index]) if index >= 0 else math.nan

    def stage_at(self, axis: str, place: float) -> str:
        """Name of the stage at a place, '' for none."""
        starts = self.stages.axes[axis].values
        index = int((starts <= place).sum()) - 1
        return self.record.stage_names[index] if index >= 0 else ""
