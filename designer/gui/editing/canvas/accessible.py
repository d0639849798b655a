"""The canvas for screen readers: a list of its boxes, each with a name, a place and a state.

Qt keeps these interfaces by number and deletes them itself: its own when the view goes, those of the
boxes when they are told to. Python must hold on to each until then, and to none after. Where None may
be returned the type is `Any`: PySide's stubs do not know of it.
"""

from __future__ import annotations

from collections.abc import Container
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor
from PySide6.QtWidgets import QAccessibleWidget

from designer.gui.editing.canvas.view import CanvasView
from designer.messages import tr

_installed: list[bool] = []
"""Not empty once Qt knows how to ask for the interfaces of this file."""


class BoxAccessible(QAccessibleInterface):
    """One box of the canvas."""

    def __init__(self, view: CanvasView, key: str) -> None:
        super().__init__()
        self._view: CanvasView | None = view
        self.key = key

    def retire(self) -> None:
        """The box is gone: nothing of it is asked for any more."""
        self._view = None

    def isValid(self) -> bool:
        """See Qt."""
        view = self._view
        return view is not None and view.picture is not None and view.item.content(self.key) is not None

    def object(self) -> Any:
        """See Qt: a box is no object of its own."""
        return None

    def window(self) -> Any:
        """See Qt."""
        return self._view.window().windowHandle() if self._view is not None else None

    def role(self) -> QAccessible.Role:
        """See Qt."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """See Qt."""
        state = QAccessible.State()
        view = self._view
        if view is None or not self.isValid():
            state.invalid = True
            return state
        state.selectable = state.focusable = True
        marks = view.item.marks
        state.selected = self.key in marks.selected
        state.focused = self.key == marks.current and view.hasFocus()
        state.offscreen = not self.rect().intersects(_on_screen(view))
        content = view.item.content(self.key)
        if content is not None and content.path:
            state.expandable = state.collapsed = True
        return state

    def text(self, which: QAccessible.Text) -> str:
        """See Qt."""
        if which == QAccessible.Text.Name and self._view is not None:
            return self._view.item.spoken(self.key)
        return ""

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """See Qt: names are changed in the properties."""

    def rect(self) -> QRect:
        """See Qt: where it lies on the screen."""
        view = self._view
        if view is None or view.picture is None or not self.isValid():
            return QRect()
        box = view.picture.rectangle(self.key)
        there = view.viewportTransform().mapRect(QRectF(*box)).toRect()
        return QRect(view.viewport().mapToGlobal(there.topLeft()), there.size())

    def parent(self) -> Any:
        """See Qt."""
        return QAccessible.queryAccessibleInterface(self._view) if self._view is not None else None

    def child(self, index: int) -> Any:
        """See Qt."""
        return None

    def childAt(self, x: int, y: int) -> Any:
        """See Qt."""
        return None

    def childCount(self) -> int:
        """See Qt."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """See Qt."""
        return -1

    def focusChild(self) -> Any:
        """See Qt."""
        return None

    def foregroundColor(self) -> QColor:
        """See Qt."""
        return QColor()

    def backgroundColor(self) -> QColor:
        """See Qt."""
        return QColor()


class CanvasAccessible(QAccessibleWidget):
    """A canvas view as a list of its boxes, in the order of the network."""

    def __init__(self, view: CanvasView, boxes: Boxes) -> None:
        super().__init__(view, QAccessible.Role.List)
        self._view = view
        self._boxes = boxes

    def childCount(self) -> int:
        """See Qt."""
        return len(self._keys())

    def child(self, index: int) -> Any:
        """See Qt."""
        keys = self._keys()
        return self._boxes.box(keys[index]) if 0 <= index < len(keys) else None

    def childAt(self, x: int, y: int) -> Any:
        """See Qt: the box at a place on the screen."""
        hit = self._view.hit(self._view.viewport().mapFromGlobal(QPoint(x, y)).toPointF())
        return self._boxes.box(hit.key) if self._view.item.content(hit.key) is not None else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """See Qt."""
        keys = self._keys()
        return keys.index(child.key) if isinstance(child, BoxAccessible) and child.key in keys else -1

    def focusChild(self) -> Any:
        """See Qt: the box that the keyboard is on."""
        current = self._view.item.marks.current
        there = self._view.item.content(current) is not None and self._view.hasFocus()
        return self._boxes.box(current) if there else None

    def _keys(self) -> tuple[str, ...]:
        return self._view.picture.keys if self._view.picture is not None else ()


class Boxes:
    """The interfaces of the boxes that screen readers have asked for, each made when it first was."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._made: dict[str, tuple[int, BoxAccessible]] = {}
        self.whole: CanvasAccessible | None = None

    def __len__(self) -> int:
        return len(self._made)

    def box(self, key: str) -> BoxAccessible:
        """The interface of a box."""
        if key not in self._made:
            box = BoxAccessible(self._view, key)
            self._made[key] = (QAccessible.registerAccessibleInterface(box), box)
        return self._made[key][1]

    def keep_only(self, there: Container[str]) -> None:
        """Let the interfaces of all other boxes go."""
        for key in [key for key in self._made if key not in there]:
            number, box = self._made.pop(key)
            box.retire()
            # Qt deletes it.
            QAccessible.deleteAccessibleInterface(number)


class Listing(QObject):
    """Keeps what screen readers see of a canvas in step with it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.boxes = Boxes(view)
        view.setAccessibleDescription(
            tr(
                "Arrow keys walk along connections, Home goes to the first layer, Tab to the ports. "
                "C connects, Space freezes, on a port it selects the connection. "
                "Enter opens, Shift+Enter closes a group."
            )
        )
        if not _installed:
            _installed.append(True)
            QAccessible.installFactory(_made)
        # With the view all of them go, while there still is a Python to call.
        self.destroyed.connect(partial(self.boxes.keep_only, ()))

    def whole(self) -> CanvasAccessible:
        """The interface of the view itself; asked for by Qt."""
        if self.boxes.whole is None:
            self.boxes.whole = CanvasAccessible(self._view, self.boxes)
        return self.boxes.whole

    def renew(self) -> None:
        """Other boxes are shown."""
        picture = self._view.picture
        self.boxes.keep_only(frozenset(picture.keys) if picture is not None else ())
        if self.boxes.whole is not None and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self._view, QAccessible.Event.ObjectReorder))


def _made(name: str, thing: QObject) -> QAccessibleInterface | None:
    if name != "CanvasView" or not isinstance(thing, CanvasView):
        return None
    listing = thing.findChild(Listing)
    return listing.whole() if isinstance(listing, Listing) else None


def _on_screen(view: CanvasView) -> QRect:
    area = view.viewport()
    return QRect(area.mapToGlobal(QPoint(0, 0)), area.size())
