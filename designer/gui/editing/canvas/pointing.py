"""What is selected on the canvas, and what is asked for by pointing at it or by a key."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.editing.canvas.gestures.wording import connection_text
from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.canvas.speaking import Speaker
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.canvas.walking import first, last, step
from designer.gui.editing.selection import Selection
from designer.messages import tr
from designer.network.groups import GROUP
from designer.network.network import Connection


class Pointing(QObject):
    """Keeps the marks on the canvas and the selection alike.

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
        self._speaker = Speaker(view)
        view.walked.connect(self._walk)
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
        if self._current not in keys:
            self._current = next((key for key in picture.keys if key in keys), "")
        wiring, connections = self._view.wiring, self._selection.connections
        lines = (
            frozenset(wiring.line_of(c) for c in connections) - {-1} if wiring is not None else frozenset()
        )
        marks = self._view.item.marks
        self._view.item.set_marks(replace(marks, selected=keys, current=self._current, connections=lines))
        self._speaker.name(self._name())
        self.marked.emit()

    def say(self, name: str) -> None:
        """Let screen readers say what part of a box the keyboard is on; '' for the box itself."""
        self._speaker.name(name or self._name())

    def announce(self, text: str) -> None:
        """Let screen readers say what has happened."""
        self._speaker.announce(text)

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
            self._selection.select(())

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

    def _name(self) -> str:
        """What is selected, in words."""
        count, connections = len(self._selection.layers), self._selection.connections
        if connections and self._view.wiring is not None:
            if len(connections) == 1:
                return tr(
                    "Connection {connection}",
                    connection=connection_text(self._view.wiring.network, connections[0]),
                )
            return tr("{count} connections selected", count=len(connections))
        if count > 1 and not self._current.startswith(GROUP):
            return tr("{count} layers selected", count=count)
        return self._view.item.spoken(self._current) or tr("Network")

    def _press_line(self, number: int, extend: bool) -> None:
        found = self._connections(number)
        there = self._selection.connections if extend else ()
        if extend and set(found) <= set(there):
            self._selection.select_connections(c for c in there if c not in found)
        else:
            self._selection.select_connections((*there, *found))

    def _connections(self, number: int) -> tuple[Connection, ...]:
        return self._view.wiring.connections(number) if self._view.wiring is not None else ()

    @Slot(str, bool)
    def _walk(self, direction: str, extend: bool) -> None:
        picture = self._view.picture
        if picture is None:
            return
        find = {"first": first, "last": last}.get(direction)
        if find is not None:
            self.go(find(picture), extend)
        elif self._selection.connections:
            self._walk_off(direction)
        elif not self._current:
            self._view.pan(direction)
        else:
            self.go(step(picture, self._current, direction), extend)

    def _walk_off(self, direction: str) -> None:
        """From a connection to the layer at one of its ends."""
        wiring, connection = self._view.wiring, self._selection.connections[0]
        if wiring is not None:
            back = direction in ("up", "left")
            self.go(wiring.box_of(connection.source if back else connection.target))

    @Slot(str)
    def _ask(self, what: str) -> None:
        picture = self._view.picture
        if picture is None:
            return
        if what == "clear":
            self._selection.select(())
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
        elif what == "freeze" and self._selection.layers:
            content = self._view.item.content(self._current)
            self.freeze_asked.emit(self._selection.layers, content is None or content.tick != "on")
