"""The curve of the search for a learning rate. It loads pyqtgraph."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QFrame, QVBoxLayout

from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.results import RateCurve


class RatePlot(QFrame):
    """Smoothed loss over the learning rate, which goes by powers of ten; a line marks the chosen rate."""

    moved = Signal(float)
    """The user has dragged the line to this rate."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setAccessibleName(tr("Loss over the learning rate"))
        self._look = look
        self.view: Any = pg.PlotWidget()
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.plot: Any = self.view.getPlotItem()
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setLogMode(x=True, y=False)
        self.plot.setLabel("bottom", tr("Learning rate"))
        self.plot.setLabel("left", tr("Loss"))
        # Else the axis would count in thousandths.
        self.plot.getAxis("bottom").enableAutoSIPrefix(False)
        self.curve: Any = pg.PlotDataItem()
        self.plot.addItem(self.curve)
        self.line: Any = pg.InfiniteLine(angle=90, movable=True)
        self.line.hide()
        self.plot.addItem(self.line, ignoreBounds=True)
        self.line.sigDragged.connect(self._dragged)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.addWidget(self.view)
        look.changed.connect(self._dress)
        self._dress()

    def sizeHint(self) -> QSize:
        """Wide enough for eight powers of ten."""
        return QSize(560, 320)

    def show_curve(self, curve: RateCurve) -> None:
        """Show a curve and its suggestion. Where it breaks out upwards it leaves the plot."""
        self.curve.setData(list(curve.rates), list(curve.losses))
        low, first = min(curve.losses), curve.losses[0]
        top = max(first, low + 1e-9) + 0.5 * max(first - low, 0.1 * abs(first), 1e-9)
        self.plot.setYRange(low, top, padding=0.05)
        self.plot.setXRange(math.log10(curve.rates[0]), math.log10(curve.rates[-1]), padding=0.02)
        self.line.setBounds((math.log10(curve.rates[0]), math.log10(curve.rates[-1])))
        self.line.setVisible(curve.suggestion is not None)
        if curve.suggestion is not None:
            self.line.setPos(math.log10(curve.suggestion))
            told = tr("Suggested learning rate: {rate}", rate=f"{curve.suggestion:g}")
            self.setAccessibleDescription(told)

    @Slot()
    def _dragged(self, _: object = None) -> None:
        self.moved.emit(float(f"{10 ** self.line.value():.2g}"))

    @Slot()
    def _dress(self) -> None:
        colours = self._look.colours
        self.view.setBackground(colours.surface)
        self.curve.setPen(pg.mkPen(colours.accent, width=2))
        marked = colours.category["Activation"]
        self.line.setPen(pg.mkPen(marked, width=2, style=Qt.PenStyle.DashLine))
        self.line.setHoverPen(pg.mkPen(QColor(marked).lighter(120), width=3))
        font = QFont(self.font())
        font.setPixelSize(self._look.sizes.small)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(colours.border))
            axis.setTextPen(pg.mkPen(colours.text_muted))
            axis.setTickFont(font)
            axis.label.setFont(font)
        self.plot.showGrid(x=True, y=True, alpha=0.25)
