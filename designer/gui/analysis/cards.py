"""The figures of a network as cards in rows, as many in a row as there is room for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from designer.catalog.analysis import Figure
from designer.gui.look.tokens import SPACE

WIDTH = 134
"""Least width of a card in pixels."""


class Card(QFrame):
    """One figure; what just it counts is its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self._title = QLabel()
        self._title.setProperty("small", True)
        self._text = QLabel()
        self._text.setProperty("subheading", True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE + SPACE // 2, SPACE, SPACE, SPACE)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._text)

    def show_figure(self, figure: Figure) -> None:
        """Show a figure."""
        self._title.setText(figure.title)
        self._text.setText(figure.text)
        self.setToolTip(figure.help)
        self.setAccessibleName(f"{figure.title}: {figure.text}. {figure.help}")


class Cards(QWidget):
    """Cards in a grid that has as many columns as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[Card] = []
        self._columns = 0
        self._stretched = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that are shown."""
        return tuple(self._cards)

    def show_figures(self, figures: tuple[Figure, ...]) -> None:
        """Show these figures; cards are kept while their number is the same."""
        while len(self._cards) < len(figures):
            self._cards.append(Card(self))
            self._columns = 0
        while len(self._cards) > len(figures):
            card = self._cards.pop()
            self._grid.removeWidget(card)
            card.deleteLater()
            self._columns = 0
        for card, figure in zip(self._cards, figures, strict=True):
            card.show_figure(figure)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self._cards)
        fitting = max((self.width() + SPACE) // (WIDTH + SPACE), 1)
        # As many rows as needed, filled evenly.
        rows = -(-count // fitting) if count else 1
        columns = -(-count // rows) if count else 1
        if columns == self._columns:
            return
        for column in range(max(self._stretched, columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = self._stretched = columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
