"""Library entries that are dragged over the canvas from outside."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Qt, Signal, Slot

from designer.gui.editing.canvas.gestures.drop import DropGesture
from designer.gui.editing.canvas.gestures.layer import SketchLayer
from designer.gui.editing.canvas.gestures.scrolling import BorderScroll
from designer.gui.editing.canvas.gestures.touch import Touch
from designer.gui.editing.canvas.view import CanvasView


class Dropping(QObject):
    """Shows where a dragged entry would come, and tells where it was dropped.

    Signals:
        dropped(key, connection, place): an entry was dropped; see `Gestures.drop_asked`.
    """

    dropped = Signal(str, object, object)

    def __init__(self, view: CanvasView, layer: SketchLayer, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._layer = layer
        self._scroll = BorderScroll(view, self)
        self._last: tuple[Touch, str, str] | None = None
        view.moved.connect(self._follow)

    def drag(self, touch: Touch, key: str, title: str) -> bool:
        """See `Drops.drag`."""
        self._last = (touch, key, title)
        sketch = DropGesture(self._view.wiring, key, title).move(touch)
        self._layer.show(sketch)
        self._scroll.follow(touch.place)
        return not sketch.wrong

    def left(self) -> None:
        """See `Drops.left`."""
        self._last = None
        self._scroll.stop()
        self._layer.clear()

    def drop(self, touch: Touch, key: str, title: str) -> bool:
        """See `Drops.drop`."""
        ask = DropGesture(self._view.wiring, key, title).finish(touch)
        self.left()
        if ask is not None:
            self.dropped.emit(*ask.given)
        return ask is not None

    @Slot()
    def _follow(self) -> None:
        """What is seen has changed under the pointer."""
        if self._last is not None:
            touch, key, title = self._last
            here = self._view.touch(QPointF(*touch.place), Qt.KeyboardModifier.NoModifier)
            self._last = (replace(here, button=touch.button), key, title)
            self._layer.show(DropGesture(self._view.wiring, key, title).move(here))
