"""The canvas: mirrors the open network as boxes and lines. It never edits; it tells what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.catalog.kinds import KINDS
from designer.gui.editing.canvas.gazing import Gazing
from designer.gui.editing.canvas.gestures.gestures import Gestures
from designer.gui.editing.canvas.gestures.gestures import Gestures
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.editing.canvas.sight import gaze_in, gaze_state, sight_in, sight_state
from designer.gui.editing.canvas.view import CanvasView
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
        self._look = look
        self._item = NetworkItem(look.colours, self.font())
        self.view = CanvasView(self._item, self)
        self.mirror = Mirror(runner, self)
        self._gazing = Gazing(self.view, self.mirror)
        self.setFocusProxy(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.pointing = Pointing(self.view, selection, self)
        self.gestures = Gestures(self.view, self.pointing, look, self)
        self.gestures = Gestures(self.view, self.pointing, look, self)
        self.pointing.toggle_asked.connect(self.mirror.toggle)
        self.mirror.opened.connect(self._clear)
        self.mirror.pictured.connect(self._show)
        self.mirror.refreshed.connect(self._refresh)
        self.mirror.failed.connect(self.failed)
        look.changed.connect(self._dress)

    @property
    def picture(self) -> Picture | None:
        """What is drawn now; None before the first arrangement."""
        return self.mirror.picture

    @property
    def expanded(self) -> frozenset[str]:
        """Paths of the expanded groups."""
        return self.mirror.sight.expanded

    def open(self, network: Network | None) -> None:
        """Show another network, its groups expanded as suits its size."""
        self.mirror.open(network)

    def update_network(self, network: Network, structural: bool) -> None:
        """Show the network as it is after an edit; `structural` when layers or connections differ."""
        self.mirror.update_network(network, structural)
        self.gestures.show(network, self.mirror.picture)
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

    def show_layer(self, layer_id: str) -> None:
        """Expand what hides the layer, and scroll to it."""
        self._gazing.seek(layer_id)

    def set_direction(self, direction: str) -> None:
        """Let the network run 'down' or 'right'."""
        self.mirror.look(replace(self.mirror.sight, direction=direction))

    def set_hidden(self, kinds: Iterable[str]) -> None:
        """Hide the layers of these kinds where nothing is lost by it, and show all others."""
        self.mirror.look(replace(self.mirror.sight, hidden=frozenset(kinds), revealed=frozenset()))

    def view_state(self) -> dict[str, Any]:
        """How the network is looked at, as JSON values."""
        if self.mirror.network is None:
            return {}
        gaze = self._gazing.now
        state = sight_state(self.mirror.sight)
        return state if gaze is None else {**state, "look": gaze_state(gaze)}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Look at the network as when `view_state` gave this; what cannot be made out is passed over."""
        if self.mirror.tree is None or not state:
            return
        self.mirror.look(sight_in(state, self.mirror.tree, frozenset(KINDS), self.mirror.sight))
        gaze = gaze_in(state)
        if gaze is not None:
            self._gazing.look(gaze)

    @Slot()
    def _clear(self) -> None:
        self._item.set_picture(None, {})
        self.gestures.show(None, None)
        self.gestures.show(None, None)

    @Slot(object)
    def _show(self, before: Picture | None) -> None:
        contents = self.mirror.contents()
        self._item.set_picture(self.mirror.picture, contents, self.mirror.texts(contents))
        self._gazing.follow(before)
        self.gestures.show(self.mirror.network, self.mirror.picture)
        self.gestures.show(self.mirror.network, self.mirror.picture)
        self.pointing.mark()
        self.arranged.emit()

    @Slot()
    def _refresh(self) -> None:
        self.gestures.show(self.mirror.network, self.mirror.picture)
        self.gestures.show(self.mirror.network, self.mirror.picture)
        contents = self.mirror.contents()
        self._item.set_contents(contents, self.mirror.texts(contents))
        self.pointing.mark()

    @Slot()
    def _dress(self) -> None:
        self._item.set_style(self._look.colours, self.font(), self.devicePixelRatioF())
