"""What the canvas tells screen readers: the name of what the keyboard is on, and news."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QWidget


class Speaker:
    """Speaks for a widget."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget

    def name(self, text: str) -> None:
        """What the keyboard is on: the widget's accessible name, told when it changes."""
        if text != self._widget.accessibleName():
            self._widget.setAccessibleName(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self._widget, QAccessible.Event.NameChanged))

    def announce(self, text: str) -> None:
        """News that is not the name of anything, such as why something cannot be done."""
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._widget, text))
