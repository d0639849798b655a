"""The layer of a canvas view on which ports and gestures are drawn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.gui.editing.canvas.gestures.sketch import NOTHING, Sketch
from designer.gui.editing.canvas.gestures.sketch_item import PortsItem, SketchItem
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.gui.look.style import Look

FEW = 12
"""Of so many selected boxes the ports are shown."""


class SketchLayer(QObject):
    """Shows ports and the sketch of a gesture over the network."""

    def __init__(self, view: ZoomView, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._look = look
        self._line = -1
        style = self._style()
        self.ports = PortsItem(style)
        self.drawing = SketchItem(style)
        view.scene().addItem(self.ports)
        view.scene().addItem(self.drawing)
        look.changed.connect(self._dress)

    @property
    def sketch(self) -> Sketch:
        """What is shown of a gesture."""
        return self.drawing.sketch

    @property
    def hovered_line(self) -> int:
        """Number of the line that the pointer is on, -1 for none."""
        return self._line

    def set_wiring(self, wiring: Wiring | None) -> None:
        """Draw over another picture."""
        self._line = -1
        self.ports.set_wiring(wiring)
        self.drawing.set_wiring(wiring)

    def show(self, sketch: Sketch) -> None:
        """Show a gesture."""
        self.drawing.show_sketch(sketch, self._line, self._view.scale_now, self._view.seen)

    def clear(self) -> None:
        """Show no gesture."""
        self.show(NOTHING)

    def hover_line(self, number: int) -> None:
        """The pointer has come onto a line, -1 for none."""
        if number != self._line:
            self._line = number
            self.show(self.sketch)

    def show_ports(self, keys: frozenset[str], current: Spot | None) -> None:
        """Show the ports of these boxes; while something is connected, those of all that are seen."""
        self.ports.set_shown(keys, self.sketch.targets, current)

    @Slot()
    def _dress(self) -> None:
        style = self._style()
        self.ports.set_style(style)
        self.drawing.set_style(style)

    def _style(self) -> CanvasStyle:
        return CanvasStyle(self._look.colours, self._view.font(), self._view.devicePixelRatioF())
