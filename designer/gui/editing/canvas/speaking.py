"""What the canvas tells screen readers: the name of what the keyboard is on."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.gestures.wording import connection_text
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.selection import Selection
from designer.messages import tr


class Speaker:
    """Speaks for a widget."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget

    def name(self, text: str) -> None:
        """What the keyboard is on: the widget's accessible name, told when it changes; '' leaves it."""
        if text and text != self._widget.accessibleName():
            self._widget.setAccessibleName(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self._widget, QAccessible.Event.NameChanged))


def name_of(selection: Selection, item: NetworkItem, wiring: Wiring | None, current: str) -> str:
    """The box of the key `current`, and what is selected, in words; '' until what is selected is drawn."""
    layers, connections = selection.layers, selection.connections
    if connections and wiring is not None:
        if len(connections) == 1:
            return tr("Connection {connection}", connection=connection_text(wiring.network, connections[0]))
        return tr("{count} connections selected", count=len(connections))
    here, boxes = item.spoken(current), item.marks.selected
    if not layers:
        return here or tr("Network")
    if not here or boxes == {current}:
        return here
    if current not in boxes and len(layers) == 1 and wiring is not None and layers[0] in wiring.network:
        return tr("{name} in {group}", name=wiring.network[layers[0]].name, group=here)
    return tr("{name}; {count} layers selected", name=here, count=len(layers))
