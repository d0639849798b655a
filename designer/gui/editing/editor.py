"""Turns what is asked for on the network page into edits, and tells what cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal, Slot

from designer.catalog import actions
from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.editing.selection import Selection
from designer.gui.notices import notice_of
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetPlaces
from designer.network.network import Connection, Network, Place, Port


class Editor(QObject):
    """Edits the open network on behalf of canvas, library, panes and commands.

    An edit that does not fit is told in a notice; the network stays as it was.

    Attributes:
        agrees: asked before each edit; False keeps it from being made.

    Signals:
        refused(): an edit did not fit, so that fields show again what holds.
        added(layer ids): layers were put in; they are selected already.
    """

    refused = Signal()
    added = Signal(object)

    def __init__(self, context: Context, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._selection = selection
        self.agrees: Callable[[Network, Edit], bool] = lambda network, edit: True

    @property
    def network(self) -> Network | None:
        """The open network."""
        return self._context.session.network

    @Slot(object)
    def apply(self, edit: Edit) -> bool:
        """Make an edit, and select the layers that it adds; False when it does not fit."""
        return self.attempt(lambda network: edit)

    def attempt(self, make: Callable[[Network], Edit]) -> bool:
        """Make the edit that `make(network)` gives; see `apply`."""
        network = self.network
        if network is None:
            return False
        try:
            edit = make(network)
            if not self.agrees(network, edit):
                self.refused.emit()
                return False
            self._context.session.apply(edit)
        except DesignerError as error:
            self.tell(error)
            self.refused.emit()
            return False
        new = [i for i in actions.new_ids(edit) if self.network is not None and i in self.network]
        if new:
            self._selection.select(new)
            self.added.emit(tuple(new))
        return True

    @Slot(object)
    def tell(self, error: BaseException) -> None:
        """Show an error above the page."""
        self._context.notify(notice_of(error))

    @Slot(object, str, int)
    def connect_ports(self, source: Port, target: str, number: int) -> None:
        """Lead an output to an input."""
        self.attempt(lambda network: actions.connect(network, source, target, number))

    @Slot(object, object, str, int)
    def reroute(self, old: Connection, source: Port, target: str, number: int) -> None:
        """Lead an output to an input in place of a connection that was there."""

        def make(network: Network) -> Edit:
            there = actions.connect(network, source, target, number)
            left = there.apply(network)
            if old not in left.connections:
                return there
            return Compound(there.text, (there, actions.disconnect(left, (old,))))

        self.attempt(make)

    @Slot(object)
    def disconnect_all(self, connections: tuple[Connection, ...]) -> None:
        """Take connections away."""
        self.attempt(lambda network: actions.disconnect(network, connections))

    @Slot(object)
    def move(self, places: Mapping[str, Place]) -> None:
        """Put boxes somewhere."""
        many = len(places) > 1
        text = tr("Move {count} boxes", count=len(places)) if many else tr("Move a box")
        self.apply(SetPlaces(dict(places), text))

    @Slot()
    def select_all(self) -> None:
        """Select every layer."""
        if self.network is not None:
            self._selection.select(self.network.layers)

    @Slot()
    def delete(self) -> None:
        """Delete the selected layers, or take the selected connections away."""
        facts = self._context.session.facts
        if self._selection.connections:
            self.disconnect_all(self._selection.connections)
        else:
            chosen = self._selection.layers
            self.attempt(lambda network: actions.delete_layers(network, chosen, facts))

    @Slot()
    def duplicate(self) -> None:
        """A copy of each selected layer."""
        self.attempt(lambda network: actions.duplicate(network, self._selection.layers))

    @Slot(str, str)
    def name_layer(self, layer_id: str, name: str) -> None:
        """Give a layer another name."""
        network = self.network
        if network is not None and layer_id in network and network[layer_id].name != name.strip():
            self.attempt(lambda network: actions.rename(network, layer_id, name))

    def name_obstacle(self, layer_id: str, name: str) -> str:
        """Why a layer cannot have a name, and what to do; '' when it can."""
        network = self.network
        if network is None or layer_id not in network:
            return ""
        try:
            actions.rename(network, layer_id, name)
        except DesignerError as error:
            return f"{error.what} {error.remedy}".strip()
        return ""

    def targets(self, source: Port) -> Mapping[tuple[str, int], actions.Target]:
        """For every input that an output could be led to, whether it may be."""
        network = self.network
        return {} if network is None else actions.targets(network, self._context.session.facts, source)

    def sources(self, target: str, number: int) -> Mapping[Port, actions.Target]:
        """For every output that could be led to an input, whether it may be."""
        network, facts = self.network, self._context.session.facts
        return {} if network is None else actions.sources(network, facts, target, number)
