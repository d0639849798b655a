"""What a setting means, at the foot of the property pane: no window comes up, nothing moves."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.editing.properties.fields import Field
from designer.gui.editing.properties.parts import label
from designer.gui.editing.properties.values import help_of
from designer.gui.look.tokens import SPACE

LEAST = 84
"""Height in pixels: a title and three lines."""


class HelpBox(QFrame):
    """Tells of the setting that has the keyboard, else of what is selected.

    Attributes:
        resting: title and text while no setting has the keyboard.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.resting = ("", "")
        self.title = label("", "strong", wrap=True)
        self.text = label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addStretch(1)
        self.setMinimumHeight(LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def rest_on(self, title: str, text: str) -> None:
        """What is told while no setting has the keyboard; without a text the box goes."""
        self.resting = (title, text)
        self.setVisible(bool(text))
        self.show_field(None)

    @Slot(object)
    def show_field(self, field: Field | None) -> None:
        """Tell of a setting; None: of what is selected."""
        title, text = self.resting if field is None else (field.label, help_of(field.setting))
        self.title.setText(title)
        self.text.setText(text)
