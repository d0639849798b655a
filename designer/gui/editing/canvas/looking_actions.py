"""What changes how the network is looked at, by keys: the canvas's own actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from designer.messages import tr

ROWS = (
    ("find", "Find layers ...", ""),
    ("find_next", "Find next", "F3"),
    ("find_previous", "Find previous", "Shift+F3"),
    ("show_all", "Show all of the network", "F"),
    ("show_selection", "Show the selection", "Shift+F"),
    ("minimap", "Map of the network", "M"),
    ("save_picture", "Save a picture ...", ""),
)
"""Key, text in English, and shortcut of each: those that mean the canvas alone. Ctrl+F is the page's."""


def make_actions(widget: QWidget, slots: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """The actions, by key, with their shortcuts while the widget or what is in it has the focus."""
    made = {}
    for key, text, keys in ROWS:
        action = QAction(tr(text), widget)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slots[key])
        widget.addAction(action)
        made[key] = action
    return made
