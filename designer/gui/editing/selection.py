"""Which layers are selected, shared by canvas, outline and property pane."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The selected layers.

    Signals:
        changed(): other layers are selected.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[str, ...]:
        """Ids of the selected layers, in the order in which they were selected."""
        return self._layers

    def select(self, layer_ids: Iterable[str]) -> None:
        """Select just these layers."""
        chosen = tuple(dict.fromkeys(layer_ids))
        if chosen != self._layers:
            self._layers = chosen
            self.changed.emit()

    def toggle(self, layer_ids: Collection[str]) -> None:
        """Add these layers, or take them out when all of them are selected."""
        if set(layer_ids) <= set(self._layers):
            self.select(i for i in self._layers if i not in layer_ids)
        else:
            self.select((*self._layers, *layer_ids))

    def keep_only(self, there: Collection[str]) -> None:
        """Forget layers that are gone."""
        self.select(i for i in self._layers if i in there)
