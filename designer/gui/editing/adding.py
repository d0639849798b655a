"""Puts entries of the layer library into the network: where they belong, or where they were dropped."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.catalog import actions
from designer.catalog.library import ENTRIES, Around
from designer.gui.context import Context
from designer.gui.editing.editor import Editor
from designer.gui.editing.selection import Selection
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.fragment import Fragment
from designer.network.network import Connection, Network, Place, Port

_ENDS = ("Output", "AuxiliaryOutput")


class Adding(QObject):
    """Adds what the library has, fitted to the shapes around it."""

    def __init__(
        self, context: Context, editor: Editor, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._editor = editor
        self._selection = selection

    def add_entry(self, key: str, place: Place | None) -> bool:
        """Put an entry of the library where it belongs: into the selected connection, after the selected
        layer, or by itself at `place`.
        """
        return self._editor.attempt(lambda network: self._put(network, key, place))

    @Slot(str, object, object)
    def drop(self, key: str, connection: Connection | None, place: Place) -> None:
        """Put an entry into a connection, or by itself at a place."""

        def make(network: Network) -> Edit:
            if connection is None:
                return actions.add(network, self.fragment(network, key, None), place)
            port = Port(connection.source, connection.output)
            return actions.insert(network, connection, self.fragment(network, key, port))

        if key in ENTRIES:
            self._editor.attempt(make)

    def fragment(self, network: Network, key: str, port: Port | None) -> Fragment:
        """An entry of the library as it fits behind an output, None for none."""
        facts = self._context.session.facts
        known = facts.layers.get(port.layer) if facts is not None and port is not None else None
        shape = None
        if known is not None and port is not None and port.output < len(known.shapes):
            shape = known.shapes[port.output]
        return ENTRIES[key].make(Around(shape, max(len(network.classes), 2)))

    def place_text(self) -> str:
        """Where `add_entry` would put something, in words."""
        network = self._editor.network
        if network is None:
            return ""
        connection = self._connection(network)
        if connection is not None:
            ends = network[connection.source].name, network[connection.target].name
            return tr("Goes between {one} and {other}", one=ends[0], other=ends[1])
        after = self._last(network)
        if after:
            return tr("Goes after {name}", name=network[after].name)
        return tr("Stands by itself: select a layer or a connection to put it there")

    def _put(self, network: Network, key: str, place: Place | None) -> Edit:
        connection, after = self._connection(network), self._last(network)
        if connection is not None:
            port = Port(connection.source, connection.output)
            return actions.insert(network, connection, self.fragment(network, key, port))
        if after:
            return actions.append(network, after, self.fragment(network, key, Port(after)))
        return actions.add(network, self.fragment(network, key, None), place)

    def _connection(self, network: Network) -> Connection | None:
        """The connection that something would go into: the selected one, or the one to the output."""
        chosen = [c for c in self._selection.connections if c in network.connections]
        if chosen:
            return chosen[-1]
        layers = [i for i in self._selection.layers if i in network]
        if len(layers) == 1 and network[layers[0]].kind in _ENDS:
            return next((c for c in network.connections if c.target == layers[0]), None)
        return None

    def _last(self, network: Network) -> str:
        """The last of the selected layers on the way through the network, '' when none is selected."""
        chosen = {i for i in self._selection.layers if i in network}
        if len(chosen) < 2:
            return next(iter(chosen), "")
        return next((i for i in reversed(network.order) if i in chosen), "")
