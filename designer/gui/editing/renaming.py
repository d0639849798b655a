"""Renaming a layer on the canvas: a field over the name on its box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit

from designer.gui.announcing import announce
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.properties.inputs import mark
from designer.messages import tr
from designer.network.network import Network

LEAST, MOST = 200, 420
"""Width of the field in pixels."""
HEIGHT = 32
MARGIN = 6
"""Around why a name cannot be taken, in pixels."""

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)
"""The keys that end it."""


class Renaming(QObject):
    """Puts the field over a box, and takes it away once a name is typed that can be taken.

    Attributes:
        obstacle: says why a layer cannot have a name; '' when it can.
        reason: shows that below the field.

    Signals:
        renamed(layer id, name): Enter or Tab was pressed, or the field was left.
    """

    renamed = Signal(str, str)

    def __init__(self, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._layer = ""
        self._name = ""
        self._sought = False
        self.obstacle: Callable[[str, str], str] = lambda layer_id, name: ""
        self.field = QLineEdit(canvas.view.viewport())
        self.field.setAccessibleName(tr("Name of the layer"))
        self.field.hide()
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self._finish)
        self.field.textEdited.connect(self._forgive)
        self.reason = QLabel(canvas.view.viewport())
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setWordWrap(True)
        self.reason.setMargin(MARGIN)
        self.reason.setAutoFillBackground(True)
        for name in ("panel", "small", "danger"):
            self.reason.setProperty(name, True)
        self.reason.hide()
        canvas.view.moved.connect(self._follow)
        canvas.arranged.connect(self._follow)

    def begin(self, network: Network, layer_id: str) -> None:
        """Let the user type another name for a layer; it is brought into sight first."""
        self.cancel()
        self._layer, self._name, self._sought = layer_id, network[layer_id].name, True
        self._canvas.show_layer(layer_id)
        # In the middle until the box is drawn: what is typed meanwhile must not be keys of the canvas.
        place = QRect(0, 0, MOST, HEIGHT)
        place.moveCenter(self._canvas.view.viewport().rect().center())
        self.field.setGeometry(place)
        self._follow()
        self.field.setText(self._name)
        self.field.show()
        self.field.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    @Slot()
    def cancel(self) -> None:
        """Take the field away without renaming."""
        self._layer, self._sought = "", False
        self._forgive()
        if self.field.isVisible():
            if self.field.hasFocus():
                # First: a field that goes with the focus hands it to whoever comes after.
                self._canvas.view.setFocus()
            self.field.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Tab rename where the name can be taken, Escape does not; all of them lead back to the
        canvas, which hears none.
        """
        if isinstance(event, QKeyEvent) and event.key() in _ENDS:
            if event.type() == QEvent.Type.KeyPress:
                self._press(event.key())
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _press(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self.cancel()
            return
        name = self.field.text().strip()
        why = self.obstacle(self._layer, name) if self._layer and name and name != self._name else ""
        if why:
            self._refuse(why)
        else:
            self._finish()

    def _refuse(self, why: str) -> None:
        """Let the user put right what is typed."""
        mark(self.field, True)
        self.field.setAccessibleDescription(why)
        self.field.selectAll()
        self.reason.setText(why)
        self._put_reason()
        self.reason.show()
        self.reason.raise_()
        announce(self.field, why)

    @Slot()
    def _forgive(self) -> None:
        mark(self.field, False)
        self.field.setAccessibleDescription("")
        self.reason.hide()

    def _put_reason(self) -> None:
        """Below the field, or above it where there is no room below."""
        field, room = self.field.geometry(), self._canvas.view.viewport().rect()
        high = self.reason.heightForWidth(field.width())
        place = QRect(field.left(), field.bottom() + 1, field.width(), high)
        if place.bottom() > room.bottom():
            place.moveBottom(field.top() - 1)
        self.reason.setGeometry(place)

    @Slot()
    def _finish(self) -> None:
        layer_id, name = self._layer, self.field.text().strip()
        if not layer_id or not self.field.isVisible():
            return
        self.cancel()
        if name and name != self._name:
            self.renamed.emit(layer_id, name)

    @Slot()
    def _follow(self) -> None:
        """Stay over the box, as soon as it is there; go when it is gone."""
        picture = self._canvas.picture
        if not self._layer or picture is None:
            return
        if self._layer in picture.arrangement.rectangles:
            self._sought = False
            box = picture.rectangle(self._layer)
            transform = self._canvas.view.viewportTransform()
            corner = transform.map(QPointF(box.x, box.y)).toPoint()
            wide = round(box.width * transform.m11())
            self.field.setGeometry(QRect(corner.x(), corner.y(), min(max(wide, LEAST), MOST), HEIGHT))
            self._put_reason()
        elif not self._sought:
            self.cancel()
