"""The zoom buttons, at the end of the tool bar, so that they hide nothing of the network."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from designer.gui.editing.canvas.view import CanvasView
from designer.gui.look.buttons import icon_button
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr


class ZoomBar(QWidget):
    """Zooms a canvas view, and shows its scale."""

    def __init__(self, look: Look, view: CanvasView) -> None:
        super().__init__()
        self._look = look
        self._view = view
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._buttons = {
            "zoom-out": self._button(tr("Zoom out (-)")),
            "percent": self._button(tr("Actual size (0)")),
            "zoom-in": self._button(tr("Zoom in (+)")),
            "maximize": self._button(tr("Show all of the network (Ctrl+0)")),
        }
        self._buttons["percent"].setMinimumWidth(52)
        ways = tr(
            "Drag on the empty canvas to select.\nPan: middle button, Space and drag, or Ctrl and arrows."
        )
        self._buttons["percent"].setToolTip(f"{self._buttons['percent'].toolTip()}\n{ways}")
        self._buttons["zoom-out"].clicked.connect(view.zoom_out)
        self._buttons["percent"].clicked.connect(self._actual)
        self._buttons["zoom-in"].clicked.connect(view.zoom_in)
        self._buttons["maximize"].clicked.connect(view.fit)
        view.moved.connect(self._follow)
        look.changed.connect(self._tint)
        self._tint()
        self._follow()

    def _button(self, name: str) -> QToolButton:
        made = icon_button(self, name)
        row = self.layout()
        assert row is not None
        row.addWidget(made)
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
        self._buttons["percent"].setText(percent_text(self._view.scale_now))


def percent_text(scale: float) -> str:
    """A scale in per cent; of very small ones one digit that is not 0."""
    percent = scale * 100
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.1g} %"
