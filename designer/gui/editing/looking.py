"""The commands of the network page that change how the network is seen, and nothing of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.history_pane import HistoryPane
from designer.gui.editing.library.panel import LibraryPanel
from designer.gui.editing.side import SidePanel


class Looking(QObject):
    """Turns the drawing, hides what clutters, and shows the panels.

    Signals:
        changed(): something checkable is on or off now.
    """

    changed = Signal()

    def __init__(
        self, canvas: Canvas, left: SidePanel, right: SidePanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._left = left
        self._right = right
        left.folded_changed.connect(self.changed)
        right.folded_changed.connect(self.changed)
        canvas.mirror.sight_changed.connect(self.changed)

    @property
    def on(self) -> frozenset[str]:
        """Keys of the commands that are on."""
        states = {
            "direction": self._canvas.mirror.sight.direction == "right",
            "left_panel": not self._left.folded,
            "right_panel": not self._right.folded,
        }
        return frozenset(key for key, on in states.items() if on)

    @Slot(bool)
    def direction(self, right: bool) -> None:
        """Let the network run to the right, or down."""
        self._canvas.set_direction("right" if right else "down")

    @Slot()
    def add_layer(self) -> None:
        """Search the library."""
        panel = self._left.tabs.widget(0)
        if isinstance(panel, LibraryPanel):
            self._left.show_tab(panel)
            panel.focus_search()

    @Slot()
    def history(self) -> None:
        """Show the list of steps."""
        for number in range(self._right.tabs.count()):
            pane = self._right.tabs.widget(number)
            if isinstance(pane, HistoryPane):
                self._right.show_tab(pane)
                pane.list.setFocus()

    @Slot()
    def left_panel(self) -> None:
        """Fold the panel on the left away, or show it."""
        self._left.toggle()

    @Slot()
    def right_panel(self) -> None:
        """Fold the panel on the right away, or show it."""
        self._right.toggle()
