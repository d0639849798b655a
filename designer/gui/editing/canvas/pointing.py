"""What is selected on the canvas, and what is asked for by pointing at it or by a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.announcing import announce
from designer.gui.editing.canvas.picture import Hit, Picture
from designer.gui.editing.canvas.resting import Resting
from designer.gui.editing.canvas.speaking import Speaker, name_of
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.selection import Selection
from designer.messages import tr
from designer.network.groups import GROUP
from designer.network.network import Connection


class Pointing(QObject):
    """Keeps the marks on the canvas and the selection alike.

    Attributes:
        part: what part of a box the keyboard is on, in words; '' for the box itself.
        resting: where the keyboard is while no box is selected.

    Signals:
        toggle_asked(path): expand or collapse the group.
        freeze_asked(layer ids, frozen): the user ticked a box, or pressed Space.
        delete_asked(): the user pressed Delete.
        disconnect_asked(connections): the user pressed Delete while connections were selected.
        open_asked(layer id): Enter or a double click on a layer.
        marked(): something else stands out.
    """

    toggle_asked = Signal(str)
    freeze_asked = Signal(object, bool)
    delete_asked = Signal()
    disconnect_asked = Signal(object)
    open_asked = Signal(str)
    marked = Signal()

    def __init__(self, view: CanvasView, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._selection = selection
        self._hovered = ""
        self._current = ""
        self.resting = Resting(view, selection, self)
        self._speaker = Speaker(view)
        self.part: Callable[[], str] = str
        view.asked.connect(self._ask)
        selection.changed.connect(self.mark)

    @property
    def current(self) -> str:
        """Key of the box that the keyboard starts from, '' for none."""
        return self._current

    @property
    def hovered(self) -> str:
        """Key of the box that the pointer is on, '' for none."""
        return self._hovered

    @property
    def selected(self) -> tuple[str, ...]:
        """Keys of the selected boxes, in the order of the drawing."""
        picture, keys = self._view.picture, self._view.item.marks.selected
        return tuple(key for key in picture.keys if key in keys) if picture is not None else ()

    @Slot()
    def mark(self) -> None:
        """Let what is selected stand out."""
        picture = self._view.picture
        if picture is None:
            return
        chosen = set(self._selection.layers)
        keys = frozenset(box.key for box in picture.view.boxes if chosen.issuperset(box.layers))
        rest = self.resting.place(picture)
        if self._current not in keys:
            self._current = next((key for key in picture.keys if key in keys), "") or rest
        wiring, connections = self._view.wiring, self._selection.connections
        lines = (
            frozenset(wiring.line_of(c) for c in connections) - {-1} if wiring is not None else frozenset()
        )
        marks = self._view.item.marks
        self._view.item.set_marks(replace(marks, selected=keys, current=self._current, connections=lines))
        self.speak()
        self.marked.emit()

    def speak(self) -> None:
        """Let screen readers say what the keyboard is on."""
        self._speaker.name(
            self.part() or name_of(self._selection, self._view.item, self._view.wiring, self._current)
        )

    def announce(self, text: str) -> None:
        """Let screen readers say what has happened."""
        announce(self._view, text)

    def press(self, hit: Hit, extend: bool) -> None:
        """A click on a part."""
        content = self._view.item.content(hit.key)
        if hit.part in ("collapse", "button"):
            self.toggle_asked.emit(hit.key.removeprefix(GROUP))
        elif hit.part == "tick" and content is not None:
            self.freeze_asked.emit(content.layers, content.tick != "on")
        elif hit.part == "line":
            self._press_line(hit.number, extend)
        elif hit.key:
            self._current = hit.key if content is not None else ""
            if extend:
                self._selection.toggle(self.layers_at(hit))
            else:
                self._selection.select(self.layers_at(hit))
            self.mark()
        elif not extend:
            self._clear()

    def layers_at(self, hit: Hit) -> tuple[str, ...]:
        """Ids of the layers of a box or a frame."""
        content, picture = self._view.item.content(hit.key), self._view.picture
        frame = picture.frames.get(hit.key) if picture is not None else None
        return content.layers if content is not None else frame.layers if frame is not None else ()

    def holds(self, hit: Hit) -> bool:
        """True when what lies there is selected."""
        if hit.part == "line":
            found = self._connections(hit.number)
            return bool(found) and set(found) <= set(self._selection.connections)
        layers = self.layers_at(hit)
        return bool(layers) and set(layers) <= set(self._selection.layers)

    @Slot(object, bool)
    def choose(self, layers: tuple[str, ...], extend: bool) -> None:
        """Select the layers that a band has met."""
        self._selection.select((*self._selection.layers, *layers) if extend else layers)

    @Slot(object)
    def choose_connections(self, connections: Iterable[Connection]) -> None:
        """Select just these connections."""
        self._selection.select_connections(connections)

    def double(self, hit: Hit) -> None:
        """A double click."""
        if hit.key.startswith(GROUP):
            self.toggle_asked.emit(hit.key.removeprefix(GROUP))
        elif hit.part == "box":
            self.open_asked.emit(hit.key)

    def hover(self, key: str) -> None:
        """The pointer has come onto a box, '' for none."""
        if key != self._hovered:
            self._hovered = key
            self._view.item.set_marks(replace(self._view.item.marks, hovered=key))
            self.marked.emit()

    def go(self, key: str, extend: bool = False) -> None:
        """The keyboard goes to a box and selects it."""
        content, picture = self._view.item.content(key), self._view.picture
        if content is not None and picture is not None:
            self._current = key
            self._selection.select((*self._selection.layers, *content.layers) if extend else content.layers)
            self.mark()
            self._view.reveal(picture.rectangle(key))

    def _press_line(self, number: int, extend: bool) -> None:
        found = self._connections(number)
        there = self._selection.connections if extend else ()
        if extend and set(found) <= set(there):
            self._selection.select_connections(c for c in there if c not in found)
        else:
            self._selection.select_connections((*there, *found))

    def _connections(self, number: int) -> tuple[Connection, ...]:
        return self._view.wiring.connections(number) if self._view.wiring is not None else ()

    @Slot(str)
    def _ask(self, what: str) -> None:
        picture = self._view.picture
        if picture is None:
            return
        if what == "clear":
            self._clear()
        elif what == "all":
            self._selection.select(picture.view.shown)
        elif what == "delete" and self._selection.connections:
            self.disconnect_asked.emit(self._selection.connections)
        elif what == "delete":
            self.delete_asked.emit()
        elif what == "open" and self._current.startswith(GROUP):
            self.toggle_asked.emit(self._current.removeprefix(GROUP))
        elif what == "open" and self._current:
            self.open_asked.emit(self._current)
        elif what == "close":
            self._close(picture)
        elif what == "freeze" and self._selection.layers:
            content = self._view.item.content(self._current)
            self.freeze_asked.emit(self._selection.layers, content is None or content.tick != "on")

    def _close(self, picture: Picture) -> None:
        """Collapse the innermost group around the box that the keyboard is on; it goes to the group."""
        here = set(self.layers_at(Hit("box", self._current)))
        around = [frame for frame in picture.frames.values() if here and here.issubset(frame.layers)]
        if not around:
            self.announce(tr("There is no open group around this."))
            return
        inner = min(around, key=lambda frame: len(frame.layers))
        self.toggle_asked.emit(inner.path)
        self._selection.select(inner.layers)

    def _clear(self) -> None:
        self.resting.leave()
        self._selection.select(())
        self.mark()
