"""Ends a step of undo when another field is gone to: what is changed there is a step of its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from designer.gui.editing.history import History


class Sealing(QObject):
    """Watches the keyboard's focus leave fields of a page."""

    def __init__(self, history: History, page: QWidget) -> None:
        super().__init__(page)
        self._history = history
        self._page = page
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._seal)

    @Slot(QWidget, QWidget)
    def _seal(self, old: QWidget | None, new: QWidget | None) -> None:
        # A page that is being deleted loses the focus once more.
        if old is not None and isValid(self._page) and self._page.isAncestorOf(old):
            self._history.seal()
