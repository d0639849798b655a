"""The commands that freeze and unfreeze."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.catalog import actions
from designer.gui.editing.commands.states import frozen_layers, group_around
from designer.gui.editing.editor import Editor
from designer.gui.editing.selection import Selection


class Freezing(QObject):
    """Freezes by layer, by group, and along the network."""

    def __init__(self, editor: Editor, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._selection = selection

    @Slot(object, bool)
    def freeze(self, layer_ids: tuple[str, ...], frozen: bool) -> None:
        """Freeze or unfreeze some layers."""
        self._editor.attempt(lambda network: actions.freeze(network, layer_ids, frozen))

    @Slot()
    def freeze_backbone(self) -> None:
        """Freeze everything before the head."""
        self._editor.attempt(actions.freeze_backbone)

    @Slot()
    def freeze_all_but_head(self) -> None:
        """Freeze every layer but the head."""
        self._editor.attempt(actions.freeze_all_but_head)

    @Slot()
    def unfreeze_all(self) -> None:
        """Let every layer learn."""
        self._editor.attempt(lambda network: actions.freeze(network, frozen_layers(network), False))

    @Slot()
    def freeze_up_to(self) -> None:
        """Freeze the last selected layer and all that feed it."""
        chosen = self._end(last=True)
        self._editor.attempt(lambda network: actions.freeze_up_to(network, chosen))

    @Slot()
    def unfreeze_from(self) -> None:
        """Unfreeze the first selected layer and all that come after it."""
        chosen = self._end(last=False)
        self._editor.attempt(lambda network: actions.unfreeze_from(network, chosen))

    @Slot()
    def freeze_group(self) -> None:
        """Freeze the group around the selection."""
        self._group(True)

    @Slot()
    def unfreeze_group(self) -> None:
        """Unfreeze the group around the selection."""
        self._group(False)

    @Slot()
    def freeze_selected(self) -> None:
        """Freeze the selected layers."""
        self.freeze(self._selection.layers, True)

    @Slot()
    def unfreeze_selected(self) -> None:
        """Unfreeze the selected layers."""
        self.freeze(self._selection.layers, False)

    def _group(self, frozen: bool) -> None:
        chosen = self._selection.layers
        self._editor.attempt(
            lambda network: actions.freeze_group(network, group_around(network, chosen), frozen)
        )

    def _end(self, *, last: bool) -> str:
        """The first or the last of the selected layers on the way through the network."""
        network, chosen = self._editor.network, set(self._selection.layers)
        if network is None:
            return ""
        order = reversed(network.order) if last else iter(network.order)
        return next((layer_id for layer_id in order if layer_id in chosen), "")
