"""The canvas: mirrors the open network as boxes and lines. It never edits; it tells what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.gui.editing.canvas.drawing import Drawing
from designer.gui.editing.canvas.furniture import Furniture
from designer.gui.editing.canvas.gazing import Gazing
from designer.gui.editing.canvas.gestures.gestures import Gestures
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.looking import read_look, written_look
from designer.gui.editing.canvas.marks import Overlay
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.picture_saving import save_picture
from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.canvas.walker import Walker
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.jobs.runner import Runner
from designer.network.network import Network
from designer.session.results import Facts


class Canvas(QWidget):
    """Shows a network.

    Attributes:
        mirror: what of the network is seen, and how it is arranged.
        view: where one looks.
        pointing: what is selected there.
        gestures: what the user does there with mouse and keys, and asks for.
        furniture: what stands around and over the view: find bar, breadcrumbs, map, legend, menus.

    Signals:
        arranged(): another arrangement is shown.
        failed(exception): the arranging failed.
    """

    arranged = Signal()
    failed = Signal(object)

    def __init__(
        self, runner: Runner, look: Look, selection: Selection, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look = look
        item = NetworkItem(look.colours, self.font())
        self.view = CanvasView(item, self)
        self.mirror = Mirror(runner, self)
        self.gazing = Gazing(self.view, self.mirror)
        self.setFocusProxy(self.view)
        self.pointing = Pointing(self.view, selection, self)
        Walker(self.view, self.pointing, selection)
        self.gestures = Gestures(self.view, self.pointing, look, self)
        self.furniture = Furniture(self, selection)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.furniture.bar, self.furniture.find_bar, self.view, self.furniture.legend):
            column.addWidget(part)
        overlaying = self.furniture.overlaying
        hands = (self.pointing, self.gestures)
        self._drawing = Drawing(item, self.mirror, self.gazing, hands, overlaying, look, self)
        self._drawing.arranged.connect(self.arranged)
        self.pointing.toggle_asked.connect(self.mirror.toggle)
        self.mirror.failed.connect(self.failed)

    @property
    def picture(self) -> Picture | None:
        """What is drawn now; None before the first arrangement."""
        return self.mirror.picture

    def open(self, network: Network | None) -> None:
        """Show another network, its groups expanded as suits its size."""
        self.mirror.open(network)

    def update_network(self, network: Network, structural: bool) -> None:
        """Show the network as it is after an edit; `structural` when layers or connections differ."""
        self.mirror.update_network(network, structural)
        self.gestures.show(network, self.mirror.picture)

    def update_facts(self, facts: Facts | None) -> None:
        """Show shapes and problems."""
        self.mirror.update_facts(facts)

    @Slot(str)
    def toggle(self, path: str) -> None:
        """Expand a collapsed group, or collapse an expanded one."""
        self.mirror.toggle(path)

    @Slot()
    def expand_all(self) -> None:
        """Show every layer."""
        self.mirror.expand_all()

    @Slot()
    def collapse_all(self) -> None:
        """Show the outermost groups."""
        self.mirror.collapse_all()

    @Slot(str)
    def show_layer(self, layer_id: str) -> None:
        """Expand what hides the layer, and scroll to it."""
        self.gazing.seek(layer_id)

    def set_direction(self, direction: str) -> None:
        """Let the network run 'down' or 'right'."""
        self.mirror.look(replace(self.mirror.sight, direction=direction))

    @Slot(object)
    def set_hidden(self, kinds: Iterable[str]) -> None:
        """Hide the layers of these kinds where nothing is lost by it, and show all others."""
        self.mirror.look(replace(self.mirror.sight, hidden=frozenset(kinds), revealed=frozenset()))

    def set_overlay(self, overlay: Overlay | None) -> None:
        """Colour the boxes by what was worked out elsewhere; None takes that away."""
        self.furniture.overlaying.show(overlay)

    def find_layers(self, text: str) -> None:
        """Let the layers stand out that a text finds, by name, kind or shape."""
        self.furniture.find_bar.find_text(text)

    def view_state(self) -> dict[str, Any]:
        """How the network is looked at, as JSON values."""
        return written_look(self) if self.mirror.network is not None else {}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Look at the network as when `view_state` gave this; what cannot be made out is passed over."""
        if self.mirror.network is not None and state:
            read_look(self, state)

    def save_picture(self, path: Path, what: str = "all", appearance: str = "light") -> None:
        """Write a picture as PNG, SVG or PDF, by the path's ending.

        `what` is 'all', 'selection' or 'view'; `appearance` 'light', 'dark' or 'screen' (as it is now).

        Raises:
            PictureError: there is nothing to draw, it would be too large, or it cannot be written.
        """
        save_picture(self, path, what, appearance)
