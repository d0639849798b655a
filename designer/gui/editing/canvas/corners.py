"""Keeps small widgets in the corners of a view, over what it shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Signal
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
    """Keeps one widget, at its size hint, in a lower corner of a view: 'left' or 'right'.

    Where the view is so narrow that it would lie over `other`, it goes above that one.

    Signals:
        placed(): the widget has come, gone, or taken another place.
    """

    placed = Signal()

    def __init__(
        self, widget: QWidget, view: QAbstractScrollArea, side: str, other: QWidget | None = None
    ) -> None:
        super().__init__(view)
        self._widget = widget
        self._view = view
        self._side = side
        self._other = other
        widget.setParent(view)
        widget.raise_()
        view.installEventFilter(self)
        # It has its new size after the view.
        view.viewport().installEventFilter(self)
        widget.installEventFilter(self)
        if other is not None:
            other.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put the widget in its place when the view, or one of the widgets, takes another size."""
        if event.type() in _TELL:
            self.place()
        if watched is self._widget and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.placed.emit()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Put the widget in its corner."""
        area = self._view.viewport().geometry()
        size = self._widget.sizeHint().boundedTo(area.size())
        x = area.left() + MARGIN if self._side == "left" else area.right() - MARGIN - size.width()
        place = QRect(x, area.bottom() - MARGIN - size.height(), size.width(), size.height())
        other = self._other
        if other is not None and not other.isHidden() and other.geometry().intersects(place):
            place.moveBottom(other.geometry().top() - MARGIN)
            place.setTop(max(place.top(), area.top() + MARGIN))
        if place != self._widget.geometry():
            self._widget.setGeometry(place)
            self.placed.emit()
