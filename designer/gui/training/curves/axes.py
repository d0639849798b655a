"""The axes of plots: what their ticks stand at and say."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsItem

from designer.gui.training.texts import clock_text

_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Seconds between two ticks that read well."""

TICK = 72
"""Pixels between two ticks of the axis of time, at least."""


class PlaceAxis(pg.AxisItem):  # type: ignore[misc]
    """The lower axis: epochs, iterations or time.

    Attributes:
        kind: which of them.
    """

    def __init__(self) -> None:
        super().__init__("bottom")
        self.kind = "epoch"
        self.enableAutoSIPrefix(False)
        # Axes are drawn anew only when they change: their texts take half the time of a frame.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_kind(self, kind: str) -> None:
        """Be the axis of `kind` from now on."""
        if kind != self.kind:
            self.kind = kind
            self.picture = None
            self.update()

    def tickSpacing(self, low: float, high: float, size: float) -> Any:
        """See pyqtgraph: pairs of distance and offset, widest first."""
        if self.kind == "time":
            wanted = (high - low) * TICK / max(size, 1)
            if wanted > _TIMES[0]:
                last = _TIMES[-1]
                step = next((t for t in _TIMES if t >= wanted), last * math.ceil(wanted / last))
                return [(step, 0)]
        spacing = super().tickSpacing(low, high, size)
        if self.kind == "time":
            return spacing[:1]
        # Between two epochs or iterations there is a tick only when nothing else is in view.
        return [pair for pair in spacing if pair[0] >= 1] or spacing[:1]

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        """See pyqtgraph."""
        if self.kind == "time":
            return [clock_text(value, 0 if spacing >= 1 else 2) for value in values]
        digits = 0 if spacing >= 1 else math.ceil(-math.log10(spacing) - 1e-9)
        return [f"{value:,.{digits}f}" for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis on the left; of all plots it is equally wide, so that they stand below each other."""

    WIDTH = 52

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        self.setWidth(self.WIDTH)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        """See pyqtgraph."""
        if self.logMode:
            return [f"{10**value:.3g}" for value in values]
        digits = 0 if spacing >= 1 else min(math.ceil(-math.log10(spacing) - 1e-9), 6)
        return [f"{value:.{digits}f}" if abs(value) < 1e5 else f"{value:.3g}" for value in values]

    def logTickValues(self, low: float, high: float, size: float, standard: Any) -> Any:
        """Powers of ten; 2 and 5 times them where few of them are in view; even steps where none is."""
        powers = [float(n) for n in range(math.ceil(low), math.floor(high) + 1)]
        few = [
            n + math.log10(digit)
            for n in range(math.floor(low), math.floor(high) + 1)
            for digit in (2, 3, 5, 7)
            if low <= n + math.log10(digit) <= high
        ]
        if len(powers) + len(few) < 3:
            return standard
        return [(1.0, powers), (0.3, few)] if high - low < 3 else [(1.0, powers)]
