"""The curves of the training page: loss, learning rate and accuracy over one common axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.training.curves.colours import MOST_RUNS
from designer.gui.training.curves.columns import ACCURACY, AXES, LOSS, Columns
from designer.gui.training.curves.controls import Controls
from designer.gui.training.curves.plot import Plot
from designer.gui.training.curves.rate_strip import HEIGHT, RateStrip
from designer.gui.training.curves.view import CurveView
from designer.gui.training.record import Shown
from designer.gui.training.texts import rate_text
from designer.messages import tr

TWO = 560
"""Pixels of width from which on there is room for two plots beside each other."""
ROOM = 190
"""Pixels of height that a plot is to keep; where it cannot, rate and reading go."""
LINE = 28
"""Height of what is read in a line, in pixels."""
CLOSEST = 1e-4
"""Of all places, what is at least in view."""
ZOOM = 1.5
SHIFT = 0.2
"""Of what is in view, how far one step of the keyboard moves it."""


class Curves(QWidget):
    """Shows runs, and lets them be looked at closely.

    Attributes:
        loss, accuracy, rate: the plots.
        controls: the bar above them.
        place: the place that is read, None for the last values.
        runs, titles: what is shown: number and columns of each run, and what the user sees of it.
        multilabel: while no run is shown, whether the pictures of the first one have several labels.
    """

    save = Signal(str)
    """The curves are to be saved, as a file with this ending."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.controls = Controls(look)
        self.loss, self.accuracy = Plot(look, LOSS), Plot(look, ACCURACY)
        self.rate = RateStrip(look)
        self.place: float | None = None
        self.multilabel = False
        self.runs: tuple[tuple[int, Columns], ...] = ()
        self.titles: list[str] = []
        self.axis = AXES[0][0]
        self._shown: tuple[Shown, ...] = ()
        self._end = 1.0
        self._following = True
        """Everything is in view, and stays so while the curves grow."""
        self._spreading = False
        self._pinned = False
        """The place was chosen by the keyboard: the mouse that leaves does not take it away."""
        self.figure = QWidget()
        self.readout = QLabel()
        self._narrow = False
        self._grid = QGridLayout(self.figure)
        self._boxes: list[QFrame] = []
        self._lay_out()
        for view in self.views:
            view.pointed.connect(self._point)
            view.left.connect(self._leave)
            view.asked.connect(self._answer)
            view.seized.connect(self._seize)
            view.box.sigXRangeChanged.connect(self._spread)
        for plot in (self.loss, self.accuracy):
            plot.legend.changed.connect(self._read)
        self.controls.changed.connect(self._redraw)
        self.controls.fit.connect(self.fit)
        self.controls.save.connect(self.save)
        self._spread_range(0.0, 1.0)
        self._read()

    @property
    def views(self) -> tuple[CurveView, ...]:
        """All plots that share their places."""
        return (self.loss.view, self.accuracy.view, self.rate)

    @property
    def x_range(self) -> tuple[float, float]:
        """The places in view."""
        return self.loss.view.x_range

    def minimumSizeHint(self) -> QSize:
        """Small enough for a small window."""
        return QSize(300, 200)

    def show_runs(self, shown: Sequence[Shown]) -> None:
        """Show runs; of more than can be told apart the first ones."""
        known = dict(self.runs)
        self._shown = tuple(shown)[:MOST_RUNS]
        runs, weight = [], self.controls.smoothing
        for run in self._shown:
            columns = known.get(run.number)
            if columns is None or columns.record is not run.record:
                columns = Columns(run.record, weight)
            columns.follow(weight)
            runs.append((run.number, columns))
        others = [number for number, _ in runs] != [number for number, _ in self.runs]
        self.runs, self.titles = tuple(runs), [run.title for run in self._shown]
        if others:
            self.place, self._pinned, self._following = None, False, True
        axes = tuple(name for name, _ in AXES if all(columns.has(name) for _, columns in runs))
        axis = self.controls.allow(axes)
        if axis != self.axis:
            self.axis, self.place, self._following = axis, None, True
        self._reach()
        labels = [columns.record.multilabel for _, columns in runs] or [self.multilabel]
        self.controls.name_measures(labels)
        self.accuracy.name_as(ACCURACY.title_of(labels))
        log = self.controls.log.isChecked()
        self.loss.show_runs(self.runs, axis, self.titles, log=log)
        self.accuracy.show_runs(self.runs, axis, self.titles, log=False)
        self.rate.show_runs([columns for _, columns in self.runs], axis)
        self._go(self.place)

    @Slot()
    def fit(self) -> None:
        """Show everything, and follow what is still to come."""
        self._following = True
        for view in self.views:
            view.box.enableAutoRange(axis="y")
        self._reach()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for two plots beside each other, there is one, to be chosen."""
        super().resizeEvent(event)
        if (self.width() < TWO) != self._narrow:
            self._narrow = not self._narrow
            self.controls.be_narrow(self._narrow)
            self._arrange()
            self._read()
        left = self.height() - self.controls.sizeHint().height() - SPACE
        for box, seen in zip(self._boxes, seen_below(left, narrow=self._narrow), strict=True):
            box.setVisible(seen)

    def _arrange(self) -> None:
        """Put the plots, rate and reading where they belong."""
        chosen = self.controls.measure.currentData()
        places = ((0, 0), (0, 0), (1, 0), (2, 0)) if self._narrow else ((0, 0), (0, 1), (1, 0), (1, 1))
        parts = (self.loss, self.accuracy, *self._boxes)
        for part, (row, column) in zip(parts, places, strict=True):
            self._grid.addWidget(part, row, column)
        for plot in (self.loss, self.accuracy):
            plot.setVisible(not self._narrow or plot.measure.name == chosen)
            plot.heading.setVisible(not self._narrow)
        self._boxes[1].setFixedHeight(LINE if self._narrow else HEIGHT + 6)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(not self._narrow))

    def _reach(self) -> None:
        both = zip(self.runs, self._shown, strict=True)
        ends = [columns.end(self.axis, run.epochs) for (_, columns), run in both]
        end = max([end for end in ends if end > 0], default=1.0)
        if end != self._end or self._following:
            self._end = end
            for view in self.views:
                view.box.setLimits(xMin=-0.03 * end, xMax=1.05 * end, minXRange=CLOSEST * end)
        if self._following:
            self._spread_range(-0.02 * end, 1.03 * end)

    def _spread_range(self, low: float, high: float) -> None:
        self._spreading = True
        for view in self.views:
            view.box.setXRange(low, high, padding=0)
        self._spreading = False

    @Slot(object, object)
    def _spread(self, box: Any, places: Any) -> None:
        if not self._spreading:
            self._spread_range(*(float(place) for place in places))

    @Slot()
    def _seize(self) -> None:
        self._following = False

    @Slot()
    def _redraw(self) -> None:
        self._arrange()
        self.show_runs(self._shown)

    @Slot(float)
    def _point(self, place: float) -> None:
        self._pinned = False
        self._go(place)

    @Slot()
    def _leave(self) -> None:
        if not self._pinned:
            self._go(None)

    @Slot(str)
    def _answer(self, asked: str) -> None:
        """Do what was asked for by a key; see `CurveView.asked`."""
        low, high = self.x_range
        width = high - low
        if asked == "fit":
            self.fit()
        elif asked == "away":
            self._pinned = False
            self._go(None)
        elif asked in ("in", "out"):
            centre = self.place if self.place is not None else (low + high) / 2
            factor = 1 / ZOOM if asked == "in" else ZOOM
            self._following = False
            self._spread_range(centre - factor * (centre - low), centre + factor * (high - centre))
        elif asked in ("left", "right"):
            move = SHIFT * width * (1 if asked == "right" else -1)
            self._following = False
            self._spread_range(low + move, high + move)
        else:
            self._walk(asked)

    def _walk(self, asked: str) -> None:
        if not self.runs:
            return
        columns = self.runs[0][1]
        low, high = self.x_range
        by_epochs = asked.startswith("epoch")
        steps = columns.rows.axes[self.axis].values if by_epochs else columns.steps(self.axis)
        pixel = 0.0 if by_epochs else (high - low) / max(self.loss.view.box.width(), 1)
        place = next_place(steps, self.place, asked.removeprefix("epoch "), pixel)
        if place is None:
            return
        self._pinned = True
        self._go(place)
        if not low <= place <= high:
            self._spread_range(place - (high - low) / 2, place + (high - low) / 2)

    def _go(self, place: float | None) -> None:
        self.place = place
        for plot in (self.loss, self.accuracy, self.rate):
            plot.show_place(place)
        self._read()

    @Slot()
    def _read(self) -> None:
        legends = [plot.legend for plot in (self.loss, self.accuracy) if not plot.isHidden()]
        whole = all(legend.whole for legend in legends)
        text = hint_text(len(self.runs), narrow=self._narrow, whole=whole)
        if self.place is not None and self.runs:
            between = ", " if self._narrow else "\n"
            text = between.join(place_texts(self.runs, self.axis, self.place))
            for plot in (self.loss, self.accuracy):
                said = f"{text.replace(chr(10), ', ')}: {plot.legend.text}"
                plot.view.setAccessibleDescription(said)
        if self.readout.text() != text:
            self.readout.setText(text)

    def _lay_out(self) -> None:
        self.readout.setWordWrap(True)
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setProperty("small", True)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.readout.setMinimumWidth(1)
        boxes: list[QFrame] = []
        for part in (self.rate, self.readout):
            box = QFrame()
            box.setProperty("panel", True)
            inside = QHBoxLayout(box)
            inside.setContentsMargins(2 * SPACE, 2, SPACE, 2)
            inside.addWidget(part)
            box.setFixedHeight(HEIGHT + 6)
            boxes.append(box)
        self._boxes = boxes
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE)
        self._grid.setRowStretch(0, 1)
        self._arrange()
        column_box = QVBoxLayout(self)
        # It becomes narrow only where it may be smaller than it is now.
        column_box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(SPACE)
        column_box.addWidget(self.controls)
        column_box.addWidget(self.figure, 1)


def seen_below(height: int, *, narrow: bool) -> tuple[bool, bool]:
    """Whether learning rate and reading are seen: in a low window the plots come first.

    `height` is that of plots, rate and reading in pixels.
    """
    strip, line = HEIGHT + 6 + SPACE, LINE + SPACE
    if not narrow:
        return (height >= ROOM + strip,) * 2
    return height >= ROOM + line + strip, height >= ROOM + line


def hint_text(runs: int, *, narrow: bool, whole: bool) -> str:
    """What stands where a place would be read; in a narrow window so short that it fits in a line.

    Args:
        runs: how many are shown.
        narrow: the window is.
        whole: the legends have room for all values.
    """
    if not runs:
        return tr("Curves appear here once training has begun.")
    if runs == 1:
        if narrow:
            return tr("Point, or use the arrow keys, to read values.")
        return tr("Point at the curves, or walk with the arrow keys, to read their values.")
    if whole:
        if narrow:
            return tr("Validation (thicker) / training, the last values.")
        return tr("Validation / training, the last values. Validation is the thicker line.")
    if narrow:
        return tr("Validation, the last values; the legend's tooltip has all.")
    return tr("Validation, the last values: the thicker line. The legend's tooltip has all.")


def place_texts(runs: Sequence[tuple[int, Columns]], axis: str, place: float) -> list[str]:
    """Where a place is; of a single run its learning rate and stage too."""
    columns = runs[0][1]
    parts = [columns.place_text(axis, place) or tr("Nothing was told of this place.")]
    rate, stage = columns.rate_at(axis, place), columns.stage_at(axis, place)
    if rate == rate and len(runs) == 1:
        parts.append(tr("Learning rate {rate}", rate=rate_text(rate)))
        if stage:
            parts[-1] += ", " + tr("stage: {name}", name=stage)
    return parts


def next_place(steps: Any, place: float | None, asked: str, pixel: float) -> float | None:
    """Where one comes to from `place`: 'on', 'back', 'first' or 'last' of `steps`, rising.

    Steps that are less than `pixel` away are passed over. From no place at all 'on' leads to the first,
    'back' to the last. None where there is no step.
    """
    if not len(steps):
        return None
    if asked == "first" or (asked == "on" and place is None):
        return float(steps[0])
    if asked == "last" or place is None:
        return float(steps[-1])
    if asked == "on":
        index = int(np.searchsorted(steps, place + max(pixel, 1e-9 * abs(place)), side="right"))
    else:
        index = int(np.searchsorted(steps, place - max(pixel, 1e-9 * abs(place)))) - 1
    return float(steps[min(max(index, 0), len(steps) - 1)])
