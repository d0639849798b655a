"""The canvas between its two panels: how wide each is, until the user decides."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from designer.gui.editing.side import SidePanel

LEAST, MOST = (252, 310), (340, 344)
"""Widths of the left and the right panel in pixels, in a narrow and in a wide window."""
CRAMPED = 900
"""Below this width in pixels the left panel is folded at first, so that something is seen of the network."""
NARROW, WIDE = 1130, 1500
"""Widths of the whole in pixels for which they hold; between, the panels grow with it.

In a window of 1,360 pixels three columns of boxes can be read between them.
"""


def widths(whole: int) -> tuple[int, int]:
    """How wide the left and the right panel are at first."""
    share = min(max((whole - NARROW) / (WIDE - NARROW), 0.0), 1.0)
    left, right = (round(low + share * (high - low)) for low, high in zip(LEAST, MOST, strict=True))
    return left, right


class Sides(QSplitter):
    """A splitter of panel, canvas and panel."""

    def __init__(self, left: SidePanel, middle: QWidget, right: SidePanel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._panels = (left, right)
        self._decided = self._ours = False
        for widget in (left, middle, right):
            self.addWidget(widget)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self.decide)
        for panel in self._panels:
            panel.widened.connect(self.decide)
            panel.folded_changed.connect(self.decide)

    @Slot()
    def decide(self) -> None:
        """The widths are the user's from now on."""
        self._decided = self._decided or not self._ours

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panels a share of the room, until the user has decided."""
        super().resizeEvent(event)
        if not self._decided:
            self._ours = True
            self._panels[0].fold(self.width() < CRAMPED)
            self._ours = False
            for panel, width in zip(self._panels, widths(self.width()), strict=True):
                panel.be_wide(width)
