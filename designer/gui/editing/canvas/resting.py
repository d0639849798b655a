"""Where the keyboard rests while no box is selected: beside what is gone, or on what hides the selection."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import QObject, Slot

from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.selection import Selection
from designer.network.hiding import hidden_layers
from designer.network.network import Network


class Resting(QObject):
    """Finds the box that the keyboard is on while no selected one is drawn."""

    def __init__(self, view: CanvasView, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._selection = selection
        self._beside = ""
        selection.lost.connect(self._lose)

    def leave(self) -> None:
        """What was gone is no matter any more."""
        self._beside = ""

    def place(self, picture: Picture) -> str:
        """Key of that box; '' for none."""
        if self._selection.layers:
            self._beside = ""
            shown = picture.view.shown
            return next((shown[i] for i in self._selection.layers if i in shown), "")
        if self._selection.connections:
            self._beside = ""
        return self._beside if self._beside in picture.arrangement.rectangles else ""

    def leave_hidden(self, picture: Picture) -> None:
        """Select what is hidden no more: Delete would reach it unseen."""
        hidden = frozenset(hidden_layers(picture.view))
        # A line past a hidden layer stands for the connection that leaves it, none for the one that feeds it.
        lines = [line for line in self._selection.connections if line.target not in hidden]
        self._selection.keep_only(picture.view.shown.keys() - hidden, lines)

    @Slot(object, object)
    def _lose(self, gone: Sequence[str], there: Container[str]) -> None:
        wiring = self._view.wiring
        if wiring is not None:
            self._beside = wiring.box_of(beside(wiring.network, gone, there))


def beside(network: Network, gone: Sequence[str], there: Container[str]) -> str:
    """Of the layers that are `there`, the one nearest to those that are gone: the first that fed them, or
    else that they fed. `network`: as it was before; '' when there is none.
    """
    for back in (True, False):
        way = [i for i in gone if i in network]
        met = set(way)
        for layer_id in way:
            if layer_id in there:
                return layer_id
            fed_by = [port.layer for port in network.inputs[layer_id] if port is not None]
            for other in fed_by if back else [c.target for c in network.consumers[layer_id]]:
                if other not in met:
                    met.add(other)
                    way.append(other)
    return ""
