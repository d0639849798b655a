"""Walks the canvas by the keyboard: from box to box, and off a connection to its ends."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.canvas.walking import first, last, step
from designer.gui.editing.selection import Selection


class Walker(QObject):
    """Takes the keyboard where the arrows lead."""

    def __init__(self, view: CanvasView, pointing: Pointing, selection: Selection) -> None:
        super().__init__(pointing)
        self._view = view
        self._pointing = pointing
        self._selection = selection
        view.walked.connect(self._walk)

    @Slot(str, bool)
    def _walk(self, direction: str, extend: bool) -> None:
        picture, here = self._view.picture, self._pointing.current
        if picture is None:
            return
        find = {"first": first, "last": last}.get(direction)
        if find is not None:
            self._pointing.go(find(picture), extend)
        elif self._selection.connections:
            self._walk_off(direction)
        elif not here:
            self._view.pan(direction)
        else:
            self._pointing.go(step(picture, here, direction), extend)

    def _walk_off(self, direction: str) -> None:
        """From a connection to the layer at one of its ends."""
        wiring, connection = self._view.wiring, self._selection.connections[0]
        if wiring is not None:
            back = direction in ("up", "left")
            self._pointing.go(wiring.box_of(connection.source if back else connection.target))
