"""Keeps a small widget in the corner of a view, over what it shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

MARGIN = 12

_TELL = frozenset(
    (
        QEvent.Type.Resize,
        QEvent.Type.Move,
        QEvent.Type.LayoutRequest,
        QEvent.Type.Show,
        QEvent.Type.Hide,
    )
)


class Corner(QObject):
    """Keeps a widget, at its size hint, in the right lower corner of a view."""

    def __init__(self, widget: QWidget, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._widget = widget
        self._view = view
        widget.setParent(view)
        widget.raise_()
        view.installEventFilter(self)
        # It has its new size after the view.
        view.viewport().installEventFilter(self)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put the widget in its place when the view, or the widget, takes another size."""
        if event.type() in _TELL:
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Put the widget in its corner."""
        area = self._view.viewport().geometry()
        size = self._widget.sizeHint().boundedTo(area.size())
        x, y = area.right() - MARGIN - size.width(), area.bottom() - MARGIN - size.height()
        place = QRect(x, y, size.width(), size.height())
        if place != self._widget.geometry():
            self._widget.setGeometry(place)
