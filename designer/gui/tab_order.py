"""Where Tab leads: widgets that are made later come last, wherever they are seen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def lead_on(before: QWidget, within: QWidget) -> QWidget:
    """Let Tab lead from `before` into `within`, through all of it as it was made; its last comes back.

    `before` must not be around `within`: Qt takes the last widget in it.
    """
    last = before
    # Not by `nextInFocusChain`: PySide takes each for a child of the one before, and lets it go with that.
    for widget in (within, *within.findChildren(QWidget)):
        # Menus are windows of their own.
        here = widget.window() is before.window() and widget.focusProxy() is None
        if here and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            QWidget.setTabOrder(last, widget)
            last = widget
    return last
