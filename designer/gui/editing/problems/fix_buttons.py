"""The remedies of a problem: buttons one after another, in as many lines as they need."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from designer.gui.look.tokens import SPACE


class FixButtons(QWidget):
    """Buttons that look like links. Tab goes through them; Enter and Space press.

    Signals:
        chosen(text): that remedy is wanted.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: tuple[QPushButton, ...] = ()
        self._texts: tuple[str, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Offer these."""
        if tuple(texts) == self._texts:
            return
        self._texts = tuple(texts)
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = tuple(self._made(text) for text in texts)
        self._place(self.width())
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """See Qt."""
        return True

    def heightForWidth(self, width: int) -> int:
        """See Qt: as many lines as fit the buttons."""
        places = self._places(width)
        return places[-1].y() + self._height() if places else 0

    def sizeHint(self) -> QSize:
        """See Qt."""
        width = sum(button.sizeHint().width() + SPACE for button in self.buttons)
        return QSize(width, self._height())

    def minimumSizeHint(self) -> QSize:
        """See Qt: whatever the texts, they are cut to fit."""
        return QSize(1, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._place(event.size().width())

    def _made(self, text: str) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("link", True)
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        # Enter presses it, as it would follow a link.
        button.setAutoDefault(True)
        button.setText(text.replace("&", "&&"))
        button.clicked.connect(self._choose)
        button.show()
        return button

    def _height(self) -> int:
        return max((button.sizeHint().height() for button in self.buttons), default=0)

    def _places(self, width: int) -> list[QPoint]:
        places, x, y = [], 0, 0
        for button in self.buttons:
            wide = min(button.sizeHint().width(), width)
            if x and x + wide > width:
                x, y = 0, y + self._height()
            places.append(QPoint(x, y))
            x += wide + SPACE
        return places

    def _place(self, width: int) -> None:
        for button, place in zip(self.buttons, self._places(width), strict=True):
            button.move(place)
            button.resize(min(button.sizeHint().width(), width), button.sizeHint().height())

    @Slot()
    def _choose(self) -> None:
        sender = self.sender()
        number = next((n for n, button in enumerate(self.buttons) if button is sender), -1)
        if number >= 0:
            self.chosen.emit(self._texts[number])
