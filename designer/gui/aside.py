"""Windows beside the main one, such as the analysis: they end what runs for them alone when they go."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.notices import NoticeBar
from designer.messages import tr


class AsideWindow(QDialog):
    """A window of its own, with a bar for notices above what it shows. It is gone once it is closed.

    Attributes:
        notices: the bar.
        column: everything else stands in it, below the bar.
        search: a field for words that layers are looked for by, which Ctrl+F goes to; not yet in the column.

    Args:
        look: how it is dressed.
        title: of the window.
        size: width and height at first, in pixels.
    """

    def __init__(self, look: Look, title: str, size: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(*size)
        self.notices = NoticeBar(look)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search layers"))
        self.search.setAccessibleName(tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.column = QVBoxLayout()
        self.column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        self.column.setSpacing(SPACE + SPACE // 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.notices)
        whole.addLayout(self.column, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)

    def leave(self) -> None:
        """The window goes: end what runs for it alone. It may be told more than once."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """See Qt."""
        self.leave()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """See Qt: Escape closes the window like its button."""
        self.leave()
        super().done(result)
