"""The commands of the network page that change how the network is seen, and nothing of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QKeySequence

from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.history_pane import HistoryPane
from designer.gui.editing.library.panel import LibraryPanel
from designer.gui.editing.selection import Selection
from designer.gui.editing.side import SidePanel


class Looking(QObject):
    """Turns the drawing, hides what clutters, and shows the panels.

    Signals:
        changed(): something checkable is on or off now.
    """

    changed = Signal()

    def __init__(
        self,
        canvas: Canvas,
        selection: Selection,
        panels: tuple[SidePanel, SidePanel],
        lists: tuple[LibraryPanel, HistoryPane],
        parent: QObject | None = None,
    ) -> None:
        """`panels`: left and right; `lists`: what is in them."""
        super().__init__(parent)
        left, right = panels
        self._library, self._history = lists
        self._canvas = canvas
        self._selection = selection
        self._left = left
        self._right = right
        left.folded_changed.connect(self.changed)
        right.folded_changed.connect(self.changed)
        canvas.mirror.sight_changed.connect(self.changed)
        canvas.furniture.minimap.changed.connect(self.changed)
        # The page finds from wherever the keyboard is; two actions with one key would do nothing.
        canvas.furniture.actions["find"].setShortcut(QKeySequence())

    @property
    def on(self) -> frozenset[str]:
        """Keys of the commands that are on."""
        states = {
            "direction": self._canvas.mirror.sight.direction == "right",
            "minimap": self._canvas.furniture.minimap.wanted,
            "left_panel": not self._left.folded,
            "right_panel": not self._right.folded,
        }
        return frozenset(key for key, on in states.items() if on)

    @Slot()
    def find(self) -> None:
        """Let layers be found."""
        self._canvas.furniture.find_bar.open_bar()

    @Slot()
    def show_all(self) -> None:
        """Show all of the network."""
        self._canvas.view.fit()

    @Slot()
    def show_selection(self) -> None:
        """Show what is selected, as near as it can be seen."""
        self._canvas.furniture.show_selection()

    @Slot()
    def minimap(self) -> None:
        """Show the map, or hide it."""
        self._canvas.furniture.toggle_map()

    @Slot()
    def save_picture(self) -> None:
        """Ask where to save a picture, and of what."""
        self._canvas.furniture.ask_for_picture()

    @Slot(bool)
    def direction(self, right: bool) -> None:
        """Let the network run to the right, or down; what is selected stays in sight."""
        self._canvas.set_direction("right" if right else "down")
        if self._selection.layers:
            self._canvas.show_layer(self._selection.layers[0])

    @Slot()
    def add_layer(self) -> None:
        """Search the library."""
        self._left.show_tab(self._library)
        self._library.focus_search()

    @Slot()
    def history(self) -> None:
        """Show the list of steps."""
        self._right.show_tab(self._history)
        self._history.list.setFocus()

    @Slot()
    def left_panel(self) -> None:
        """Fold the panel on the left away, or show it."""
        self._left.toggle()

    @Slot()
    def right_panel(self) -> None:
        """Fold the panel on the right away, or show it."""
        self._right.toggle()
