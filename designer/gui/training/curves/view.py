"""A plot that can be pointed at, walked along, zoomed and moved with the mouse and the keyboard."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGraphicsView

from designer.gui.training.curves.axes import PlaceAxis, ValueAxis

_KEYS = {
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Right: "on",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_PageUp: "epoch back",
    Qt.Key.Key_PageDown: "epoch on",
    Qt.Key.Key_Plus: "in",
    Qt.Key.Key_Equal: "in",
    Qt.Key.Key_Minus: "out",
    Qt.Key.Key_0: "fit",
    Qt.Key.Key_Escape: "away",
}
_SHIFTED = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right"}


class CurveView(pg.PlotWidget):  # type: ignore[misc]
    """Attributes:
    plot, box: pyqtgraph's plot and its area.
    """

    pointed = Signal(float)
    """The mouse is over this place."""
    left = Signal()
    """The mouse has left."""
    asked = Signal(str)
    """A key: a value of the tables above; a double click is 'fit'."""
    seized = Signal()
    """The view was moved or zoomed by hand."""

    def __init__(self) -> None:
        super().__init__(axisItems={"bottom": PlaceAxis(), "left": ValueAxis()})
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # One plain colour: a picture of it would be in every drawing that is saved.
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.plot: Any = self.getPlotItem()
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.box: Any = self.plot.getViewBox()
        self.box.setDefaultPadding(0.06)
        self.box.disableAutoRange(axis="x")
        self.box.enableAutoRange(axis="y")
        self.box.sigRangeChangedManually.connect(self._seize)
        self.scene().sigMouseMoved.connect(self._point)

    @property
    def bottom(self) -> Any:
        """The lower axis, a `PlaceAxis`."""
        return self.plot.getAxis("bottom")

    @property
    def x_range(self) -> tuple[float, float]:
        """The places in view."""
        low, high = self.box.viewRange()[0]
        return float(low), float(high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, zoom, move."""
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        asked = (_SHIFTED if shifted else {}).get(Qt.Key(event.key())) or _KEYS.get(Qt.Key(event.key()))
        if asked is None:
            event.ignore()
        else:
            self.asked.emit(asked)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        self.asked.emit("fit")

    def leaveEvent(self, event: QEvent) -> None:
        """The place is no longer pointed at."""
        super().leaveEvent(event)
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The panel around it shows the focus."""
        super().focusInEvent(event)
        self.update()

    @Slot(object)
    def _point(self, where: QPointF) -> None:
        if self.box.sceneBoundingRect().contains(where):
            self.pointed.emit(float(self.box.mapSceneToView(where).x()))
        else:
            self.left.emit()

    @Slot(object)
    def _seize(self, _: object) -> None:
        self.seized.emit()
