"""Scrolling by itself while something is led to the border of the view."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.network.arranging import Point

BORDER = 28.0
"""Breadth of the border that scrolls, in pixels."""
FASTEST = 22.0
"""Pixels in one tick at the very edge and beyond."""
TICK = 16
"""Milliseconds."""


def pace(place: Point, width: float, height: float) -> tuple[int, int]:
    """How far to scroll in one tick when the pointer is at `place`: more, the nearer to the edge."""
    return (_pace(place[0], width), _pace(place[1], height))


def _pace(at: float, extent: float) -> int:
    # A view that is hardly larger than its borders would scroll all the time.
    border = min(BORDER, extent / 4)
    depth = max(border - at, at - (extent - border), 0.0) / border
    speed = round(min(depth, 1.0) * FASTEST)
    return -speed if at < border else speed


class BorderScroll(QObject):
    """Scrolls a view while the pointer is led along its border."""

    def __init__(self, view: ZoomView, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._by = (0, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._scroll)

    @property
    def running(self) -> bool:
        """True while it scrolls."""
        return self._timer.isActive()

    def follow(self, place: Point) -> None:
        """The pointer is there, with something."""
        area = self._view.viewport()
        self._by = pace(place, area.width(), area.height())
        if self._by == (0, 0):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Nothing is led any more."""
        self._timer.stop()

    @Slot()
    def _scroll(self) -> None:
        self._view.scroll_by(-self._by[0], -self._by[1])
