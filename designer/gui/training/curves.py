"""Live curves of loss and accuracy. The one module of the page that loads pyqtgraph."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsItem, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE, Colours
from designer.gui.training.record import Record, best_epoch
from designer.gui.training.texts import loss_text, percent_text
from designer.messages import tr

MARKED = 60
"""Up to this many epochs each has a mark and the line is smooth; beyond, lines are thin and plain."""


ROOMY = 220
"""Height in pixels from which on the axis has a title."""
WIDE = 380
"""Width in pixels from which on the legend names the line of the best epoch."""


class Curves(QWidget):
    """Two plots beside each other: loss and accuracy over epochs, training and validation."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.loss = Plot(look, tr("Loss"), percent=False)
        self.accuracy = Plot(look, tr("Accuracy"), percent=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.loss, 1)
        row.addWidget(self.accuracy, 1)

    def show_record(self, record: Record | None, epochs: int) -> None:
        """Show a record of a run of `epochs` epochs, or empty plots."""
        rows = record.rows if record is not None else []
        best = best_epoch(rows)
        x = np.array([row.epoch for row in rows], dtype=float)
        if record is not None:
            self.loss.show_batches(np.array(record.batch_position), np.array(record.batch_loss))
        else:
            self.loss.show_batches(np.empty(0), np.empty(0))
        for plot, training, validation in (
            (self.loss, [row.train_loss for row in rows], [row.val_loss for row in rows]),
            (
                self.accuracy,
                [100 * row.train_accuracy for row in rows],
                [100 * row.val_accuracy for row in rows],
            ),
        ):
            plot.show_epochs(x, np.array(training, dtype=float), np.array(validation, dtype=float), epochs)
            plot.show_best(best)
        self._describe(record)

    def _describe(self, record: Record | None) -> None:
        rows = record.rows if record is not None else []
        if not rows:
            for plot in (self.loss, self.accuracy):
                plot.setAccessibleDescription(tr("No epoch is over yet."))
            return
        last = rows[-1]
        text = tr("Epoch {epoch}: training {training}, validation {validation}")
        for plot, pair in (
            (self.loss, (loss_text(last.train_loss), loss_text(last.val_loss))),
            (self.accuracy, (percent_text(last.train_accuracy), percent_text(last.val_accuracy))),
        ):
            plot.setAccessibleDescription(text.format(epoch=last.epoch, training=pair[0], validation=pair[1]))


class Plot(QFrame):
    """One plot with a title and a legend above it. Curves are made once and only given other data."""

    def __init__(self, look: Look, title: str, *, percent: bool) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setAccessibleName(tr("Curves: {title}", title=title))
        self._look = look
        self._percent = percent
        self._best = 0
        self._epochs = 0
        self.view: Any = pg.PlotWidget()
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot: Any = self.view.getPlotItem()
        self.plot.setMenuEnabled(False)
        self.plot.setLabel("bottom", tr("Epoch"))
        for side in ("left", "bottom"):
            # Axes are drawn anew only when they change: their texts take half the time of a frame.
            axis = self.plot.getAxis(side)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._limit()
        self.batches = self._curve(None)
        # After adding, since PlotItem.addItem overrides what the curve was made with (pyqtgraph 0.14).
        self.batches.setDownsampling(auto=True, method="peak")
        self.batches.setClipToView(True)
        self.training = self._curve("o")
        self.validation = self._curve("s")
        self._line: Any = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(-10)
        self._line.hide()
        self.plot.addItem(self._line, ignoreBounds=True)
        self._legend = [QLabel() for _ in range(4)]
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(self._head(title))
        column.addWidget(self.view, 1)
        look.changed.connect(self._dress)
        self._dress()

    def minimumSizeHint(self) -> QSize:
        """Small enough for a small window."""
        return QSize(220, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the title of the axis where there is little room."""
        super().resizeEvent(event)
        self.plot.getAxis("bottom").showLabel(self.height() >= ROOMY)
        self.show_best(self._best)

    def show_batches(self, x: Any, y: Any) -> None:
        """Loss of the batches, thin and behind the means."""
        self.batches.setData(x, y)

    def show_epochs(self, x: Any, training: Any, validation: Any, epochs: int) -> None:
        """Means of the epochs; the axis reaches to `epochs`."""
        marked = len(x) <= MARKED
        for curve, symbol, values in ((self.training, "o", training), (self.validation, "s", validation)):
            curve.opts["antialias"] = marked
            curve.setData(x, values, symbol=symbol if marked else None, connect="finite")
        if epochs != self._epochs:
            self._epochs = epochs
            self.view.setXRange(0, max(epochs, 1), padding=0.04)

    def show_best(self, epoch: int) -> None:
        """Mark the best epoch with a line; 0 for none."""
        self._best = epoch
        self._line.setVisible(epoch > 0)
        if epoch > 0:
            self._line.setPos(epoch)
        for label in self._legend[2:]:
            label.setVisible(epoch > 0 and self.width() >= WIDE)

    def _curve(self, symbol: str | None) -> Any:
        curve = pg.PlotDataItem(symbol=symbol, symbolSize=6)
        self.plot.addItem(curve)
        return curve

    def _limit(self) -> None:
        box = self.plot.getViewBox()
        box.setDefaultPadding(0.06)
        box.setLimits(xMin=-0.5, minXRange=0.5)
        if self._percent:
            box.setLimits(yMin=-3, yMax=103, minYRange=5)
            box.setYRange(0, 100, padding=0.03)
        else:
            box.setLimits(yMin=-0.1)
        box.enableAutoRange(axis="y")

    def _head(self, title: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(SPACE // 2)
        heading = QLabel(title + (" (%)" if self._percent else ""))
        heading.setProperty("strong", True)
        head.addWidget(heading)
        head.addStretch(1)
        names = (tr("Training"), tr("Validation"), tr("Best"))
        self._swatches = [QLabel() for _ in names]
        self._legend = [
            part for pair in zip(self._swatches, map(QLabel, names), strict=True) for part in pair
        ]
        for index, part in enumerate(self._legend):
            if index % 2:
                part.setProperty("small", True)
            elif index:
                head.addSpacing(SPACE)
            head.addWidget(part)
        self._legend = [*self._legend[:2], *self._legend[4:]]
        for part in self._legend[2:]:
            part.hide()
        return head

    @Slot()
    def _dress(self) -> None:
        colours = self._look.colours
        training, validation = line_colours(colours)
        self.view.setBackground(colours.surface)
        faint = QColor(training)
        faint.setAlpha(110)
        self.batches.setPen(pg.mkPen(faint, width=1))
        for curve, colour in ((self.training, training), (self.validation, validation)):
            curve.setPen(pg.mkPen(colour, width=2))
            curve.setSymbolPen(None)
            curve.setSymbolBrush(pg.mkBrush(colour))
        self._line.setPen(pg.mkPen(colours.text_muted, width=1, style=Qt.PenStyle.DashLine))
        font = QFont(self.font())
        font.setPixelSize(self._look.sizes.small)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(colours.border))
            axis.setTextPen(pg.mkPen(colours.text_muted))
            axis.setTickFont(font)
            axis.label.setFont(font)
        self.plot.showGrid(x=False, y=True, alpha=0.35)
        for label, colour, style in zip(
            self._swatches,
            (training, validation, colours.text_muted),
            (Qt.PenStyle.SolidLine, Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine),
            strict=True,
        ):
            label.setPixmap(_swatch(colour, style, self.devicePixelRatioF()))


def line_colours(colours: Colours) -> tuple[str, str]:
    """Colours of training and validation, told apart by people who see colours less well too."""
    return colours.accent, colours.category["Activation"]


def _swatch(colour: str, style: Qt.PenStyle, scale: float) -> QPixmap:
    drawn = QPixmap(math.ceil(18 * scale), math.ceil(12 * scale))
    drawn.setDevicePixelRatio(scale)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    pen = pg.mkPen(colour, width=2, style=style)
    painter.setPen(pen)
    painter.drawLine(1, 6, 17, 6)
    painter.end()
    return drawn
