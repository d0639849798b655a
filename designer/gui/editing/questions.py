"""The commands of the network page that ask for something first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from designer.gui.context import Context
from designer.gui.editing.editor import Editor
from designer.gui.editing.head_dialog import HeadDialog
from designer.gui.editing.renaming import Renaming
from designer.gui.editing.replace_dialog import ReplaceDialog
from designer.gui.editing.selection import Selection


class Questions(QObject):
    """Asks, and hands the answer to the editor."""

    def __init__(
        self, context: Context, editor: Editor, selection: Selection, renaming: Renaming, page: QWidget
    ) -> None:
        super().__init__(page)
        self._context = context
        self._editor = editor
        self._selection = selection
        self._renaming = renaming
        self._page = page
        renaming.obstacle = editor.name_obstacle
        renaming.renamed.connect(editor.name_layer)

    @Slot()
    def replace_head(self) -> None:
        """Ask for classes and style, and replace the head."""
        if self._editor.network is not None:
            edit = HeadDialog.ask(self._context, self._page)
            if edit is not None:
                self._editor.apply(edit)

    @Slot()
    def replace_kind(self) -> None:
        """Ask for a kind, and replace the selected layer by one of it."""
        layer_id = self._one()
        if layer_id:
            edit = ReplaceDialog.ask(self._context, layer_id, self._page)
            if edit is not None:
                self._editor.apply(edit)

    @Slot()
    def rename(self) -> None:
        """Let the user type another name for the selected layer."""
        network, layer_id = self._editor.network, self._one()
        if network is not None and layer_id:
            self._renaming.begin(network, layer_id)

    def _one(self) -> str:
        network, chosen = self._editor.network, self._selection.layers
        return chosen[0] if network is not None and len(chosen) == 1 and chosen[0] in network else ""
