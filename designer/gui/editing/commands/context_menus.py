"""The menus that come up where one points."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QWidget

from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.commands.actions import Actions
from designer.network.groups import GROUP


def spot_of(hit: Hit) -> str:
    """What is pointed at: 'layer', 'group', 'connection' or 'canvas'."""
    if hit.part == "line":
        return "connection"
    if not hit.key:
        return "canvas"
    return "group" if hit.key.startswith(GROUP) else "layer"


class ContextMenus(QObject):
    """Shows the menu for what lies there."""

    def __init__(self, actions: Actions, page: QWidget) -> None:
        super().__init__(page)
        self._actions = actions
        self._page = page

    @Slot(object, QPoint)
    def show_for_hit(self, hit: Hit, place: QPoint) -> None:
        """For a part of the drawing; `place` is on the screen."""
        self._actions.context_menu(spot_of(hit), self._page).popup(place)

    @Slot(str, QPoint)
    def show_for_layer(self, layer_id: str, place: QPoint) -> None:
        """For a row of the table."""
        self._actions.context_menu("layer", self._page).popup(place)
