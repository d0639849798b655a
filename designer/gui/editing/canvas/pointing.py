"""What the user does on the canvas, turned into a selection and into what is asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent

from designer.gui.editing.canvas.marks import Marks
from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.canvas.walking import first, last, step
from designer.gui.editing.selection import Selection
from designer.messages import tr
from designer.network.groups import GROUP


class Pointing(QObject):
    """Keeps the marks on the canvas and the selection alike.

    Signals:
        toggle_asked(path): expand or collapse the group.
        freeze_asked(layer ids, frozen): the user ticked a box, or pressed Space.
        delete_asked(): the user pressed Delete.
    """

    toggle_asked = Signal(str)
    freeze_asked = Signal(object, bool)
    delete_asked = Signal()

    def __init__(self, view: CanvasView, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._selection = selection
        self._hovered = ""
        self._current = ""
        view.pressed.connect(self._press)
        view.doubled.connect(self._double)
        view.hovered.connect(self._hover)
        view.walked.connect(self._walk)
        view.asked.connect(self._ask)
        selection.changed.connect(self.mark)

    @property
    def current(self) -> str:
        """Key of the box that the keyboard starts from, '' for none."""
        return self._current

    @Slot()
    def mark(self) -> None:
        """Let the selected boxes stand out."""
        picture = self._view.picture
        if picture is None:
            return
        chosen = set(self._selection.layers)
        keys = frozenset(box.key for box in picture.view.boxes if chosen.issuperset(box.layers))
        self._view.item.set_marks(Marks(keys, self._hovered))
        if self._current not in keys:
            self._current = next((key for key in picture.keys if key in keys), "")
        self._speak()

    def _speak(self) -> None:
        """Let screen readers say what is selected."""
        count = len(self._selection.layers)
        said = self._view.item.spoken(self._current) if self._current else ""
        if count > 1 and not self._current.startswith(GROUP):
            said = tr("{count} layers selected", count=count)
        said = said or tr("Network")
        if said != self._view.accessibleName():
            self._view.setAccessibleName(said)
            QAccessible.updateAccessibility(QAccessibleEvent(self._view, QAccessible.Event.NameChanged))

    @Slot(object, bool)
    def _press(self, hit: Hit, extend: bool) -> None:
        content = self._view.item.content(hit.key)
        if hit.part in ("collapse", "button"):
            self.toggle_asked.emit(hit.key.removeprefix(GROUP))
        elif hit.part == "tick" and content is not None:
            self.freeze_asked.emit(content.layers, content.tick != "on")
        else:
            picture = self._view.picture
            frame = picture.frames.get(hit.key) if picture is not None else None
            layers = content.layers if content is not None else frame.layers if frame is not None else ()
            self._current = hit.key if content is not None else ""
            if extend:
                self._selection.toggle(layers)
            else:
                self._selection.select(layers)

    @Slot(object)
    def _double(self, hit: Hit) -> None:
        if hit.key.startswith(GROUP):
            self.toggle_asked.emit(hit.key.removeprefix(GROUP))

    @Slot(str)
    def _hover(self, key: str) -> None:
        self._hovered = key
        self._view.item.set_marks(Marks(self._view.item.marks.selected, key))

    @Slot(str, bool)
    def _walk(self, direction: str, extend: bool) -> None:
        picture = self._view.picture
        if picture is None:
            return
        find = {"first": first, "last": last}.get(direction)
        key = find(picture) if find is not None else step(picture, self._current, direction)
        content = self._view.item.content(key)
        if content is not None:
            self._current = key
            self._selection.select((*self._selection.layers, *content.layers) if extend else content.layers)
            self._view.reveal(picture.rectangle(key))

    @Slot(str)
    def _ask(self, what: str) -> None:
        picture = self._view.picture
        if picture is None:
            return
        if what == "clear":
            self._selection.select(())
        elif what == "all":
            self._selection.select(picture.view.shown)
        elif what == "delete":
            self.delete_asked.emit()
        elif what == "expand" and self._current.startswith(GROUP):
            self.toggle_asked.emit(self._current.removeprefix(GROUP))
        elif what == "freeze" and self._selection.layers:
            content = self._view.item.content(self._current)
            self.freeze_asked.emit(self._selection.layers, content is None or content.tick != "on")
