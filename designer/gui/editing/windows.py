"""The windows beside the network page: the analysis, and the comparison with another network."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from designer.errors import DesignerError
from designer.gui.analysis.window import AnalysisWindow
from designer.gui.comparing.window import ComparisonWindow
from designer.gui.context import Context
from designer.gui.editing.canvas.canvas import Canvas


class Windows(QObject):
    """Opens each window once, and brings it to the front when it is asked for again.

    Signals:
        layer_chosen(layer id): a layer was chosen there, so the canvas should show it.
    """

    layer_chosen = Signal(str)

    def __init__(self, context: Context, canvas: Canvas, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._canvas = canvas
        self._page = page
        self._open: dict[str, QDialog] = {}

    @Slot()
    def analyze(self) -> None:
        """Show the analysis of the open network."""
        if self._context.session.network is not None and not self._raised("analysis"):
            window = AnalysisWindow(self._context, self._page, self._drawing)
            window.layer_chosen.connect(self.layer_chosen)
            self._show("analysis", window)

    @Slot()
    def compare(self) -> None:
        """Compare the open network with what it began as, or with any other."""
        if self._context.session.network is not None and not self._raised("comparison"):
            self._show("comparison", ComparisonWindow(self._context, self._canvas, self._page))

    def _raised(self, key: str) -> bool:
        window = self._open.get(key)
        if window is None or not isValid(window):
            return False
        window.raise_()
        window.activateWindow()
        return True

    def _show(self, key: str, window: QDialog) -> None:
        self._open[key] = window
        window.show()

    def _drawing(self) -> bytes:
        """The whole network as SVG; b'' when it cannot be drawn just now."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.svg"
            try:
                self._canvas.save_picture(path, "all", "light")
                return path.read_bytes()
            except (DesignerError, OSError):
                return b""
