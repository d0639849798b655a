"""The commands that move boxes: align, distribute, arrange again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.gui.editing.aligning import aligned, distributed
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.gestures.placing import place_at, places_of
from designer.gui.editing.editor import Editor
from designer.gui.editing.selection import Selection
from designer.messages import tr
from designer.network.arranging import Rectangle
from designer.network.edits import SetPlaces
from designer.network.network import Place


class Placing(QObject):
    """Moves the boxes of the selected layers as the canvas shows them."""

    def __init__(
        self, editor: Editor, canvas: Canvas, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._canvas = canvas
        self._selection = selection

    @property
    def boxes(self) -> dict[str, Rectangle]:
        """The selected boxes by key, where they are."""
        picture = self._canvas.picture
        if picture is None or not self._selection.layers:
            return {}
        chosen = set(self._selection.layers)
        keys = [box.key for box in picture.view.boxes if chosen.issuperset(box.layers)]
        return {key: picture.rectangle(key) for key in keys}

    def middle(self, width: float = 248.0, height: float = 60.0) -> Place:
        """The place in the middle of what is seen, for a box of this size."""
        picture = self._canvas.picture
        if picture is None:
            return Place("", 0.0, 0.0)
        seen = self._canvas.view.seen
        x, y = seen.x + (seen.width - width) / 2, seen.y + (seen.height - height) / 2
        return place_at(picture, Rectangle(x, y, width, height))

    @Slot()
    def align_left(self) -> None:
        """Left edges in one line."""
        self._align("left")

    @Slot()
    def align_middle(self) -> None:
        """One column."""
        self._align("middle")

    @Slot()
    def align_right(self) -> None:
        """Right edges in one line."""
        self._align("right")

    @Slot()
    def align_top(self) -> None:
        """Upper edges in one line."""
        self._align("top")

    @Slot()
    def align_centre(self) -> None:
        """One row."""
        self._align("centre")

    @Slot()
    def align_bottom(self) -> None:
        """Lower edges in one line."""
        self._align("bottom")

    @Slot()
    def distribute_across(self) -> None:
        """Even gaps from left to right."""
        self._put(distributed(self.boxes, True), tr("Distribute boxes across"))

    @Slot()
    def distribute_down(self) -> None:
        """Even gaps from top to bottom."""
        self._put(distributed(self.boxes, False), tr("Distribute boxes down"))

    @Slot()
    def arrange(self) -> None:
        """Leave the selected boxes, or all, to the automatic arrangement again."""
        network = self._editor.network
        if network is None:
            return
        chosen = [key for key in self.boxes if key in network.places] or list(network.places)
        if chosen:
            self._editor.apply(SetPlaces(dict.fromkeys(chosen), tr("Arrange again")))

    def _align(self, how: str) -> None:
        self._put(aligned(self.boxes, how), tr("Align {count} boxes", count=len(self.boxes)))

    def _put(self, there: dict[str, Rectangle], text: str) -> None:
        picture = self._canvas.picture
        if picture is not None and there:
            self._editor.apply(SetPlaces(dict(places_of(picture, there)), text))
