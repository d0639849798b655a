"""Keeps small widgets in the corners of a view, over what it shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

MARGIN = 12


class Corner(QObject):
    """Keeps one widget, at its size hint, in a lower corner of a view: 'left' or 'right'."""

    def __init__(self, widget: QWidget, view: QAbstractScrollArea, side: str) -> None:
        super().__init__(view)
        self._widget = widget
        self._view = view
        self._side = side
        widget.setParent(view)
        widget.raise_()
        view.installEventFilter(self)
        # It has its new size after the view.
        view.viewport().installEventFilter(self)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put the widget in its place when the view, or the widget, takes another size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Put the widget in its corner."""
        area = self._view.viewport().geometry()
        size = self._widget.sizeHint().boundedTo(area.size())
        x = area.left() + MARGIN if self._side == "left" else area.right() - MARGIN - size.width()
        self._widget.setGeometry(x, area.bottom() - MARGIN - size.height(), size.width(), size.height())
