"""The zoom buttons over the lower right corner of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from designer.gui.editing.canvas.view import CanvasView
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class ZoomBar(QFrame):
    """Zooms a canvas view, on top of which it lies."""

    def __init__(self, look: Look, view: CanvasView) -> None:
        super().__init__(view)
        self._look = look
        self._view = view
        self.setProperty("panel", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        self._buttons = {
            "zoom-in": self._button(tr("Zoom in (+)")),
            "percent": self._button(tr("Actual size (0)")),
            "zoom-out": self._button(tr("Zoom out (-)")),
            "maximize": self._button(tr("Show all of the network (Ctrl+0)")),
        }
        self._buttons["percent"].setMinimumWidth(52)
        self._buttons["zoom-out"].clicked.connect(view.zoom_out)
        self._buttons["percent"].clicked.connect(self._actual)
        self._buttons["zoom-in"].clicked.connect(view.zoom_in)
        self._buttons["maximize"].clicked.connect(view.fit)
        view.moved.connect(self._follow)
        look.changed.connect(self._tint)
        self._tint()
        self._follow()

    def _button(self, name: str) -> QToolButton:
        made = QToolButton(self)
        made.setToolTip(name)
        made.setAccessibleName(name)
        made.setIconSize(QSize(18, 18))
        column = self.layout()
        assert column is not None
        column.addWidget(made)
        column.setAlignment(made, Qt.AlignmentFlag.AlignHCenter)
        return made

    @Slot()
    def _actual(self) -> None:
        self._view.zoom_to(1.0)

    @Slot()
    def _tint(self) -> None:
        for name, button in self._buttons.items():
            if name != "percent":
                button.setIcon(icon(name, self._look.colours))

    @Slot()
    def _follow(self) -> None:
        self._buttons["percent"].setText(f"{round(self._view.scale_now * 100)} %")
        self.adjustSize()
        room = self._view.viewport().size()
        self.move(room.width() - self.width() - SPACE, room.height() - self.height() - SPACE)
