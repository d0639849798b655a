"""The learning rate, in a low plot below the losses, over the same places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFont

from designer.gui.look.style import Look
from designer.gui.training.curves.colours import line_colours, run_colours
from designer.gui.training.curves.columns import Columns
from designer.gui.training.curves.furniture import Furniture
from designer.gui.training.curves.numbers import thinned
from designer.gui.training.curves.plot import dress_axes
from designer.gui.training.curves.view import CurveView
from designer.messages import tr

HEIGHT = 44
CAPTION = 0.4
"""Of the width, where the caption may stand."""


class RateStrip(CurveView):
    """Draws the learning rate of the runs that are shown."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._columns: tuple[Columns, ...] = ()
        self._axis = "epoch"
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Learning rate"))
        self.plot.hideAxis("bottom")
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setDefaultPadding(0.2)
        self.plot.setContentsMargins(0, 0, 0, 4)
        self.furniture = Furniture(named=False, caption=tr("Learning rate"))
        self.plot.addItem(self.furniture, ignoreBounds=True)
        self.lines: list[Any] = []
        self.mark: Any = pg.InfiniteLine(angle=90, movable=False)
        self.mark.hide()
        self.plot.addItem(self.mark, ignoreBounds=True)
        self.box.sigXRangeChanged.connect(self._draw)
        self.box.sigResized.connect(self._draw)
        look.changed.connect(self._dress)
        self._dress()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the plot above it."""
        return QSize(100, HEIGHT)

    def show_runs(self, columns: Sequence[Columns], axis: str) -> None:
        """Show the rates of runs."""
        self._columns, self._axis = tuple(columns), axis
        alone = columns[0] if len(columns) == 1 else None
        if alone is None:
            self.furniture.show_places((), (), np.empty(0))
        else:
            starts = alone.stages.axes[axis].values.tolist()
            self.furniture.show_places(starts, alone.record.stage_names, np.empty(0))
        while len(self.lines) < len(columns):
            line = pg.PlotDataItem()
            self.plot.addItem(line)
            self.lines.append(line)
        self._dress()
        self._draw()

    def show_place(self, place: float | None) -> None:
        """Mark a place."""
        self.mark.setVisible(place is not None)
        if place is not None:
            self.mark.setPos(place)

    @Slot()
    def _draw(self, *_: object) -> None:
        low, high = self.x_range
        top, ends = 0.0, []
        right = low + (1 - CAPTION) * (high - low)
        for number, line in enumerate(self.lines):
            columns = self._columns[number] if number < len(self._columns) else None
            if columns is None:
                line.setData([], [])
                continue
            x, y = thinned(*columns.rate(self._axis), low, high, round(self.box.width()))
            line.setData(x, y, connect="finite")
            top = max(top, float(np.nanmax(y, initial=0.0)))
            ends += [float(rate) for rate in y[x >= right] if rate == rate]
        self.plot.getAxis("left").setTicks([[(0.0, "0"), (top, short_rate_text(top))] if top else []])
        self.box.setYRange(0, top or 1.0)
        # Where the lines leave it more room.
        self.furniture.lay_caption(low=bool(ends) and min(ends) > top - max(ends))

    @Slot()
    def _dress(self) -> None:
        colours = self._look.colours
        font = QFont(self.font())
        font.setPixelSize(self._look.sizes.small)
        self.setBackground(colours.surface)
        self.furniture.dress(colours, font)
        self.mark.setPen(pg.mkPen(colours.text, width=1))
        choices = run_colours(colours) if len(self._columns) > 1 else line_colours(colours)[:1]
        for number, line in enumerate(self.lines):
            line.setPen(pg.mkPen(choices[number % len(choices)], width=1))
        dress_axes(self, self._look)


def short_rate_text(rate: float) -> str:
    """A learning rate in at most six letters: '0.0013', '9.5e-4'."""
    text = f"{rate:.2g}"
    if len(text) <= 6 and "e" not in text:
        return text
    digits, power = f"{rate:.1e}".split("e")
    return f"{digits}e{int(power)}"
