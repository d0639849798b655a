"""The lines of one run in one plot. They are made once and only given other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from designer.gui.look.tokens import Colours
from designer.gui.training.curves.colours import FAINT, STYLES, SYMBOLS, line_colours, run_colours
from designer.gui.training.curves.columns import Columns, Measure
from designer.gui.training.curves.numbers import thinned

KINDS = ("raw", "smooth", "means", "validation")
APART = 9
"""Pixels from point to point, at least, where each has a mark."""
FINE = 400
"""Up to this many points a line has smooth edges."""
WIDE = 3_000
"""Up to this many points a line may be two pixels wide; more would cost too much."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How curves are looked at.

    Attributes:
        axis: 'epoch', 'iteration' or 'time'.
        log: powers of ten of the loss.
        low, high: the places in view.
        pixels: width of the view.
    """

    axis: str
    log: bool
    low: float
    high: float
    pixels: int


class RunLines:
    """Lines of batches, their running mean, means of epochs, and validation.

    Attributes:
        items: pyqtgraph's curves, by `KINDS`.
        kinds: those that are shown.
    """

    def __init__(self, plot: Any, slot: int) -> None:
        self.slot = slot
        self.kinds: tuple[str, ...] = ()
        self.items: dict[str, Any] = {}
        for kind in KINDS:
            item = pg.PlotDataItem(symbolSize=6)
            plot.addItem(item)
            self.items[kind] = item
            item.hide()

    def draw(self, columns: Columns | None, measure: Measure, sight: Sight, *, alone: bool) -> None:
        """Show a run, or nothing. Laid over others, its batches are left out."""
        self.kinds = shown_kinds(columns, measure, alone=alone)
        for kind, item in self.items.items():
            item.setVisible(kind in self.kinds)
            if columns is None or kind not in self.kinds:
                if item.xData is not None:
                    item.setData([], [])
                continue
            line = columns.line(kind, measure, sight.axis)
            x, y = thinned(*line, sight.low, sight.high, sight.pixels, peaks=kind != "smooth")
            y *= measure.factor
            if sight.log:
                y = np.log10(np.where(y > 0, y, np.nan))
            few = len(x) <= sight.pixels / APART
            self._fill(kind, item, x, y, few=few, joined=kind != "means" or "smooth" not in self.kinds)

    def dress(self, colours: Colours, *, alone: bool) -> None:
        """Take on colours: two for a single run, or one of its own."""
        training, validation = line_colours(colours)
        style = Qt.PenStyle.SolidLine
        if not alone:
            choices = run_colours(colours)
            training = validation = choices[self.slot % len(choices)]
            style = STYLES[self.slot // len(choices) % len(STYLES)]
        faint = QColor(training)
        faint.setAlpha(FAINT)
        self._pens = {
            "raw": pg.mkPen(faint, width=1),
            "smooth": pg.mkPen(training, width=2 if alone else 1),
            "means": pg.mkPen(training, width=2 if alone else 1),
            "validation": pg.mkPen(validation, width=2, style=style),
        }
        for kind, item in self.items.items():
            item.setPen(self._pens[kind])
            item.setSymbolPen(None)
            item.setSymbolBrush(pg.mkBrush(validation if kind == "validation" else training))

    def pen(self, kind: str) -> Any:
        """The pen of a line, as in the legend."""
        return self._pens[kind]

    def symbol(self, kind: str) -> str | None:
        """The mark of a line's points, where they have any."""
        if kind == "means":
            return "o"
        return SYMBOLS[self.slot % len(SYMBOLS)] if kind == "validation" else None

    def _fill(self, kind: str, item: Any, x: Any, y: Any, *, few: bool, joined: bool) -> None:
        symbol = self.symbol(kind) if few or not joined else None
        item.opts["antialias"] = len(x) <= FINE and kind != "raw"
        pen = self._pens[kind]
        if not joined:
            pen = None
        elif len(x) > WIDE and pen.width() > 1:
            pen = pg.mkPen(pen.color(), width=1)
        item.setData(x, y, symbol=symbol, connect="finite", pen=pen)


def shown_kinds(columns: Columns | None, measure: Measure, *, alone: bool) -> tuple[str, ...]:
    """Which lines there are of a run."""
    if columns is None:
        return ()
    if not columns.has_batches(measure):
        return ("means", "validation")
    return KINDS if alone else ("smooth", "validation")


def names_of(kinds: Sequence[str]) -> dict[str, str]:
    """English names of the lines of a single run."""
    names = {"raw": "Batches", "smooth": "Smoothed", "means": "Epochs", "validation": "Validation"}
    if "smooth" not in kinds:
        names["means"] = "Training"
    return {kind: names[kind] for kind in kinds}
