"""Tells screen readers what each edit, undo and redo has done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from designer.gui.announcing import announce
from designer.gui.editing.history import History
from designer.messages import tr


class Telling(QObject):
    """Follows the history, and says where it has gone."""

    def __init__(self, history: History, widget: QWidget, parent: QObject | None = None) -> None:
        """`widget`: where edits are seen."""
        super().__init__(parent)
        self._history = history
        self._widget = widget
        self._here, self._texts = history.stack.index(), history.texts()
        history.stack.indexChanged.connect(self._tell)

    @Slot(int)
    def _tell(self, here: int) -> None:
        before, texts = self._here, self._texts
        self._here, self._texts = here, self._history.texts()
        if self._texts or here:
            announce(self._widget, told(before, texts, here, self._texts))


def told(before: int, former: tuple[str, ...], here: int, texts: tuple[str, ...]) -> str:
    """What has been done: so many steps were done, and are now; what they were called, and are."""
    if here == before + 1:
        return texts[before]
    if here == before - 1:
        return tr("Undone: {step}", step=former[here])
    if here > before:
        return tr("{count} steps done again", count=here - before)
    return tr("{count} steps undone", count=before - here) if here < before else ""
