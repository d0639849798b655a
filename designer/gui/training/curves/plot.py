"""One plot of the training page: title and legend, curves, stages, marks, and a place that is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.training.curves.columns import Columns, Measure
from designer.gui.training.curves.furniture import Furniture
from designer.gui.training.curves.legend import Entry, Legend
from designer.gui.training.curves.lines import KINDS, RunLines, Sight, names_of
from designer.gui.training.curves.view import CurveView
from designer.gui.training.texts import loss_text, percent_text
from designer.messages import tr

USABLE = 130
"""Pixels of height that are left to the curves and their axis, whatever the legend would take."""

Numbered = tuple[int, Columns]
"""A run's number and its columns."""


class Plot(QFrame):
    """Shows one measure of a run, or of several laid over each other."""

    def __init__(self, look: Look, measure: Measure) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.measure = measure
        self._look = look
        self._runs: tuple[Numbered, ...] = ()
        self._titles: dict[int, str] = {}
        self._axis, self._log = "epoch", False
        self._place: float | None = None
        self.view = CurveView()
        self._limit()
        self.furniture = Furniture(named=True)
        self.view.plot.addItem(self.furniture, ignoreBounds=True)
        self.lines = [RunLines(self.view.plot, 0)]
        self.best_line = self._upright(-10)
        self.mark = self._upright(10)
        self.dots: Any = pg.ScatterPlotItem(size=8)
        self.dots.setZValue(11)
        self.view.plot.addItem(self.dots, ignoreBounds=True)
        self.legend = Legend()
        self.heading = QLabel()
        self.name_as(measure.title)
        self.heading.setProperty("strong", True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        self._column.setSpacing(SPACE // 2)
        self._column.addWidget(self.heading)
        self._column.addWidget(self.legend)
        self._column.addWidget(self.view, 1)
        self.view.box.sigXRangeChanged.connect(self._draw)
        self.view.box.sigResized.connect(self._draw)
        look.changed.connect(self._dress)
        self._dress()

    def minimumSizeHint(self) -> QSize:
        """Small enough for a small window."""
        return QSize(220, 130)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The curves keep a usable height; the legend has what is left."""
        super().resizeEvent(event)
        self._share_height()

    def name_as(self, title: str) -> None:
        """Have this English title."""
        self.heading.setText(tr(title) + (" (%)" if self.measure.factor != 1 else ""))
        self.view.setAccessibleName(tr("Curves: {title}", title=tr(title)))

    def show_runs(
        self, runs: Sequence[Numbered], axis: str, titles: Sequence[str] = (), *, log: bool
    ) -> None:
        """Show runs, named in full as `titles` say, over `axis`. `show_place` is to follow."""
        before = len(self._runs) > 1
        self._runs = tuple(runs)
        self._titles = {number: title for (number, _), title in zip(runs, titles, strict=False)}
        self._axis = axis
        self.view.bottom.show_kind(axis)
        if log != self._log:
            self._log = log
            self._limit()
            self.view.plot.getAxis("left").setLogMode(log)
        while len(self.lines) < len(runs):
            self.lines.append(RunLines(self.view.plot, len(self.lines)))
            self.lines[-1].dress(self._look.colours, alone=False)
        if before != (len(runs) > 1):
            self._dress_lines()
        self._draw()
        self._show_marks()

    def show_place(self, place: float | None) -> None:
        """Read all curves at `place`; at None their last values."""
        self._place = place
        self.mark.setVisible(place is not None)
        if place is not None:
            self.mark.setPos(place)
        entries, dots = [], []
        for lines, (number, columns) in zip(self.lines, self._runs, strict=False):
            points = {kind: columns.point(kind, self.measure, self._axis, place) for kind in KINDS}
            entries += self._entries(lines, number, {kind: y for kind, (_, y) in points.items()})
            dots += [(*points[kind], lines.pen(kind).color()) for kind in lines.kinds if kind != "raw"]
        self.legend.show_entries(entries)
        self._show_dots(place, dots)
        text = self.legend.text or tr("No epoch is over yet.")
        self.view.setAccessibleDescription(text)

    def _entries(self, lines: RunLines, number: int, values: dict[str, float]) -> list[Entry]:
        if len(self._runs) > 1:
            training = values["smooth" if "smooth" in lines.kinds else "means"]
            value = f"{self.text(values['validation'])} / {self.text(training)}"
            name, short = tr("Run {number}", number=number), self.text(values["validation"])
            long = self._titles.get(number, name)
            pen, symbol = lines.pen("validation"), lines.symbol("validation")
            return [Entry(name, value, pen, symbol, short=short, long=long)]
        smoothed = "smooth" in lines.kinds
        return [
            Entry(
                tr(name),
                self.text(values[kind]),
                lines.pen(kind),
                lines.symbol(kind),
                kind != "means" or not smoothed,
            )
            for kind, name in names_of(lines.kinds).items()
        ]

    def text(self, value: float) -> str:
        """A value of this measure as text."""
        if self.measure.factor == 1:
            return loss_text(value)
        return percent_text(value / self.measure.factor)

    def _share_height(self) -> None:
        margins, gaps = self._column.contentsMargins(), 2 * self._column.spacing()
        heading = self.heading.sizeHint().height() if not self.heading.isHidden() else 0
        around = margins.top() + margins.bottom() + gaps + heading
        self.legend.leave(self.height() - around - USABLE)

    def _show_dots(self, place: float | None, dots: Sequence[tuple[float, float, Any]]) -> None:
        spots = []
        for x, value, colour in dots if place is not None else ():
            drawn = value
            if self._log:
                drawn = math.log10(value) if value > 0 else math.nan
            if math.isfinite(drawn):
                spots.append({"pos": (x, drawn), "brush": pg.mkBrush(colour), "pen": None})
        self.dots.setData(spots)

    def _show_marks(self) -> None:
        alone = len(self._runs) == 1
        columns = self._runs[0][1] if alone else None
        index = columns.record.best_index if columns is not None else -1
        self.best_line.setVisible(index >= 0)
        if columns is None:
            self.furniture.show_places((), (), np.empty(0))
            return
        if index >= 0:
            self.best_line.setPos(float(columns.rows.axes[self._axis].values[index]))
        starts = columns.stages.axes[self._axis].values
        checkpoints = columns.checkpoints.axes[self._axis].values
        self.furniture.show_places(starts.tolist(), columns.record.stage_names, checkpoints)

    def _upright(self, height: int) -> Any:
        line = pg.InfiniteLine(angle=90, movable=False)
        line.setZValue(height)
        line.hide()
        self.view.plot.addItem(line, ignoreBounds=True)
        return line

    def _limit(self) -> None:
        """How far one may look up and down."""
        box = self.view.box
        if self.measure.factor != 1:
            box.setLimits(yMin=-3, yMax=103, minYRange=0.5)
            box.setYRange(0, 100, padding=0.03)
        else:
            box.setLimits(yMin=-12 if self._log else -0.1, yMax=12 if self._log else 1e12)
        box.enableAutoRange(axis="y")

    @Slot()
    def _draw(self, *_: object) -> None:
        low, high = self.view.x_range
        sight = Sight(self._axis, self._log, low, high, round(self.view.box.width()))
        alone = len(self._runs) <= 1
        for number, lines in enumerate(self.lines):
            columns = self._runs[number][1] if number < len(self._runs) else None
            lines.draw(columns, self.measure, sight, alone=alone)

    @Slot()
    def _dress(self) -> None:
        colours = self._look.colours
        font = QFont(self.font())
        font.setPixelSize(self._look.sizes.small)
        self.view.setBackground(colours.surface)
        muted = pg.mkPen(colours.text_muted, width=1, style=Qt.PenStyle.DashLine)
        self.best_line.setPen(muted)
        self.mark.setPen(pg.mkPen(colours.text, width=1))
        self.furniture.dress(colours, font)
        self.legend.dress(colours, font)
        self._share_height()
        dress_axes(self.view, self._look)
        self.view.plot.showGrid(x=False, y=True, alpha=0.35)
        self._dress_lines()
        self.show_place(self._place)

    def _dress_lines(self) -> None:
        for lines in self.lines:
            lines.dress(self._look.colours, alone=len(self._runs) <= 1)


def dress_axes(view: CurveView, look: Look) -> None:
    """Give the axes of a view their colours and font."""
    font = QFont(view.font())
    font.setPixelSize(look.sizes.small)
    for side in ("left", "bottom"):
        axis = view.plot.getAxis(side)
        axis.setPen(pg.mkPen(look.colours.border))
        axis.setTextPen(pg.mkPen(look.colours.text_muted))
        axis.setTickFont(font)
