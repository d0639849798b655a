"""The bar to find layers in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton

from designer.gui.announcing import announce
from designer.gui.editing.canvas.finding import found, step
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.selection import Selection
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class FindBar(QFrame):
    """Finds layers by name, kind or shape, lets them stand out, and goes from one to the next.

    Signals:
        went(layer id): that layer is to be brought into sight.
        closed(): the bar is gone.
    """

    went = Signal(str)
    closed = Signal()

    def __init__(self, look: Look, mirror: Mirror, item: NetworkItem, selection: Selection) -> None:
        super().__init__()
        self._look = look
        self._mirror = mirror
        self._item = item
        self._selection = selection
        self._hits: tuple[str, ...] = ()
        self._current = ""
        self.setObjectName("findBar")
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Name, kind or shape, such as 64 × 56 × 56 or *x7x7"))
        self.field.setAccessibleName(tr("Find layers"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.count.setMinimumWidth(96)
        self._buttons = {
            "chevron-up": self._button(tr("The one before (Shift+F3)"), self.previous),
            "chevron-down": self._button(tr("The next one (F3)"), self.next),
            "x": self._button(tr("Close (Esc)"), self.close_bar),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.field, 1)
        row.addSpacing(SPACE // 2)
        row.addWidget(self.count)
        for button in self._buttons.values():
            row.addWidget(button)
        mirror.pictured.connect(self._again)
        mirror.refreshed.connect(self._again)
        mirror.opened.connect(self._again)
        look.changed.connect(self._tint)
        self._tint()
        self.hide()

    @Slot()
    def open_bar(self) -> None:
        """Show the bar, and put the cursor in it."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._again()

    def find_text(self, text: str) -> None:
        """Show the bar, and find what the text says."""
        self.open_bar()
        self.field.setText(text)

    @Slot()
    def close_bar(self) -> None:
        """Put the bar away; nothing stands out as found any more. The text is kept for the next time."""
        if not self.isHidden():
            self.hide()
            self._item.set_found(frozenset())
            self.closed.emit()

    @Slot()
    def next(self) -> None:
        """Go to the next layer that was found."""
        self._go(ahead=True)

    @Slot()
    def previous(self) -> None:
        """Go to the layer that was found before this one."""
        self._go(ahead=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on, Shift+Enter back, Esc closes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go(ahead=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)

    def _go(self, ahead: bool) -> None:
        if self.isHidden():
            self.open_bar()
        selected = self._selection.layers
        # One goes on from what is selected, when that is one of those found.
        here = selected[0] if len(selected) == 1 and selected[0] in self._hits else self._current
        self._current = step(self._hits, here, ahead)
        if self._current:
            self._selection.select([self._current])
            self.went.emit(self._current)
        self._tell()
        self._say()

    @Slot()
    def _search(self) -> None:
        self._current = ""
        self._again()
        self._say()

    @Slot()
    def _again(self) -> None:
        if self.isHidden():
            return
        network, picture = self._mirror.network, self._mirror.picture
        self._hits = found(network, self._mirror.facts, self.field.text()) if network is not None else ()
        if self._current not in self._hits:
            self._current = ""
        shown = picture.view.shown if picture is not None else {}
        self._item.set_found(frozenset(shown[layer_id] for layer_id in self._hits if layer_id in shown))
        self._tell()

    def _tell(self) -> None:
        text = ""
        if self.field.text().strip():
            total = len(self._hits)
            text = tr("1 found") if total == 1 else tr("{count} found", count=total)
            if not total:
                text = tr("Nothing found")
            elif self._current:
                number = self._hits.index(self._current) + 1
                text = tr("{number} of {count}", number=number, count=total)
        self.count.setText(text)
        self.field.setProperty("wrong", bool(self.field.text().strip()) and not self._hits)
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        for name in ("chevron-up", "chevron-down"):
            self._buttons[name].setEnabled(bool(self._hits))

    def _say(self) -> None:
        """Let screen readers say what was found while one types."""
        network = self._mirror.network
        name = network[self._current].name if network is not None and self._current else ""
        announce(self.field, ", ".join(text for text in (name, self.count.text()) if text))

    def _button(self, name: str, slot: object) -> QToolButton:
        made = QToolButton(self)
        made.setToolTip(name)
        made.setAccessibleName(name)
        made.setIconSize(QSize(16, 16))
        made.clicked.connect(slot)
        return made

    @Slot()
    def _tint(self) -> None:
        for name, button in self._buttons.items():
            button.setIcon(icon(name, self._look.colours))
