"""What is selected, shared by canvas, table, property pane and commands: layers, or connections."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, Signal

from designer.network.network import Connection


class Selection(QObject):
    """The selected layers, or the selected connections; never both.

    Signals:
        lost(layer ids, there): of these, which were selected or fed a connection that was, some are no more
            or the connection is not; the layers `there` are. Comes before `changed`.
        changed(): something else is selected.
    """

    lost = Signal(object, object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[str, ...] = ()
        self._connections: tuple[Connection, ...] = ()

    @property
    def layers(self) -> tuple[str, ...]:
        """Ids of the selected layers, in the order in which they were selected."""
        return self._layers

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The selected connections, in the order in which they were selected."""
        return self._connections

    def select(self, layer_ids: Iterable[str]) -> None:
        """Select just these layers."""
        self._set(tuple(dict.fromkeys(layer_ids)), ())

    def select_connections(self, connections: Iterable[Connection]) -> None:
        """Select just these connections."""
        self._set((), tuple(dict.fromkeys(connections)))

    def toggle(self, layer_ids: Collection[str]) -> None:
        """Add these layers, or take them out when all of them are selected."""
        if set(layer_ids) <= set(self._layers):
            self.select(i for i in self._layers if i not in layer_ids)
        else:
            self.select((*self._layers, *layer_ids))

    def keep_only(self, there: Collection[str], connections: Collection[Connection] = ()) -> None:
        """Forget layers and connections that are gone."""
        left = set(connections) if self._connections else ()
        gone = (
            *(i for i in self._layers if i not in there),
            *(connection.source for connection in self._connections if connection not in left),
        )
        if gone:
            self.lost.emit(gone, there)
        self._set(
            tuple(i for i in self._layers if i in there),
            tuple(connection for connection in self._connections if connection in left),
        )

    def _set(self, layers: tuple[str, ...], connections: tuple[Connection, ...]) -> None:
        if (layers, connections) != (self._layers, self._connections):
            self._layers, self._connections = layers, connections
            self.changed.emit()
