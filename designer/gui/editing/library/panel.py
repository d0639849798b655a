"""The library panel: a field to search, the list, and what the marked entry does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from designer.catalog.library import ENTRIES, SECTIONS
from designer.gui.announcing import announce
from designer.gui.editing.library.list import LibraryList, nothing_found
from designer.gui.editing.library.rows import rows_of
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class LibraryPanel(QWidget):
    """Everything that can be put into a network.

    Signals:
        add_asked(key): put this entry in where it belongs.
        left(): the user wants back to the canvas.
    """

    add_asked = Signal(str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folded: frozenset[str] = frozenset()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search the library"))
        self.search.setAccessibleName(tr("Search the library"))
        self.search.setToolTip(tr("Search by name, word or formula; Enter adds what is marked (Ctrl+L or /)"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._add)
        self.list = LibraryList(look)
        self.list.chosen.connect(self.add_asked)
        self.list.marked.connect(self._describe)
        self.list.fold_asked.connect(self._fold)
        self.list.typed.connect(self._type)
        self.empty = nothing_found()
        self._make_details()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.search)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.details)
        self.list.show_rows(rows_of("", self._folded))

    def focus_search(self) -> None:
        """Begin to search: what was typed before is marked, so that it is typed over."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_place(self, text: str) -> None:
        """Say where an entry would go, such as 'after conv1'."""
        self._where.setText(text)

    def view_state(self) -> dict[str, Any]:
        """Which headings are folded, as JSON values."""
        return {"folded": sorted(self._folded)}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Fold as when `view_state` gave this."""
        folded = state.get("folded")
        if isinstance(folded, list):
            self._folded = frozenset(name for name in folded if name in SECTIONS)
            self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field up and down walk the list; Escape clears, and then leaves."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                announce(self.search, self.list.spoken())
                return True
            if key == Qt.Key.Key_Escape:
                self.search.clear() if self.search.text() else self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _make_details(self) -> None:
        self.details = QFrame()
        self.details.setProperty("raised", True)
        self._title, self._text, self._formula, self._where = QLabel(), QLabel(), QLabel(), QLabel()
        self._title.setProperty("strong", True)
        self._formula.setProperty("formula", True)
        self._text.setProperty("muted", True)
        self._where.setProperty("small", True)
        for label in (self._title, self._text, self._formula, self._where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_button = QPushButton(tr("Add"))
        self.add_button.setToolTip(tr("Put the marked layer into the network (Enter)"))
        self.add_button.clicked.connect(self._add)
        inside = QVBoxLayout(self.details)
        inside.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        inside.setSpacing(SPACE // 2)
        for widget in (self._title, self._text, self._formula, self._where, self.add_button):
            inside.addWidget(widget)
        self.details.hide()

    @Slot()
    def _add(self) -> None:
        row = self.list.row
        if row is not None and row.key:
            self.add_asked.emit(row.key)

    @Slot(str)
    def _describe(self, key: str) -> None:
        entry = ENTRIES.get(key)
        self.details.setVisible(entry is not None)
        if entry is None:
            return
        self._title.setText(tr(entry.title))
        self._text.setText(tr(entry.text))
        self._formula.setText(entry.formula)
        self._formula.setVisible(bool(entry.formula))
        self.add_button.setAccessibleName(tr("Add {title}", title=tr(entry.title)))

    @Slot(str)
    def _fold(self, section: str) -> None:
        self._folded ^= {section}
        self._refresh()
        self.list.mark_heading(section)

    @Slot(str)
    def _type(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.setText(text if text != "/" else "")

    @Slot()
    def _search(self) -> None:
        self._refresh()
        if self.search.text().strip():
            self.list.mark_first()
            announce(self.search, self.list.spoken() or self.empty.text())

    def _refresh(self) -> None:
        row = self.list.row
        rows = rows_of(self.search.text(), self._folded)
        self.list.show_rows(rows, row.key if row is not None else "")
        self.empty.setVisible(not rows)
