"""Small widgets of the property pane: rows of facts, notes, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.look.icons import pixmap
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE

LABEL_WIDTH = 110
BETWEEN = 2
"""Between a field and what belongs to it, in pixels."""

LONG_WORD = 20
"""Characters of a word that may be too long for a line of the pane."""

_ENDS = re.compile(r"([._/])")


def form() -> QFormLayout:
    """A form of labels and fields, as the pane's parts have it."""
    made = QFormLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(SPACE)
    made.setVerticalSpacing(SPACE // 2)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return made


def label(text: str, *properties: str, wrap: bool = False) -> QLabel:
    """A label with those properties of the style sheet; wrapped or selectable text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if wrap:
        # A long word, such as a group's path, does not make the pane wider than there is room; and the
        # height is that of the width there is, not of the least one.
        made.setMinimumWidth(1)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    for name in properties:
        made.setProperty(name, True)
    return made


def breakable(text: str) -> str:
    """A text to be shown in a narrow place: long paths of layers may break after each of their parts."""
    words = text.split(" ")
    return " ".join(_ENDS.sub("\\1\u200b", word) if len(word) > LONG_WORD else word for word in words)


def in_lines(text: str) -> str:
    """A text that breaks after its commas sooner than within the short parts between them."""
    parts = text.split(", ")
    return ", ".join(part.replace(" ", "\u00a0") if len(part) <= LONG_WORD else part for part in parts)


def field_row(caption: QLabel, *fields: QWidget) -> QHBoxLayout:
    """A label of the usual width and what belongs to it; the first field takes the room."""
    row = QHBoxLayout()
    row.setSpacing(BETWEEN)
    # So that fields begin where the texts of facts do.
    caption.setFixedWidth(LABEL_WIDTH + SPACE - BETWEEN)
    row.addWidget(caption)
    for number, field in enumerate(fields):
        row.addWidget(field, 0 if number else 1)
    return row


def line() -> QFrame:
    """A thin line between two parts."""
    made = QFrame()
    made.setProperty("line", True)
    return made


class Facts(QWidget):
    """Rows of a muted label and a text; texts can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form()
        self.setLayout(self._form)
        self._rows: tuple[tuple[str, ...], ...] = ()

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show other rows: a label, a text and maybe a tip. Widgets stay where only texts differ."""
        new = tuple(rows)
        if [row[0] for row in new] != [row[0] for row in self._rows]:
            while self._form.rowCount():
                self._form.removeRow(0)
            for row in new:
                self._form.addRow(self._name(row[0]), self._text(row[1]))
        for number, row in enumerate(new):
            place = self._form.itemAt(number, QFormLayout.ItemRole.FieldRole)
            shown = place.widget() if place is not None else None
            if isinstance(shown, QLabel):
                shown.setText(in_lines(row[1]))
                # A path has no place to break: whatever is cut off is told in full.
                shown.setToolTip(row[2] if len(row) > 2 else row[1])
        self._rows = new

    def _name(self, text: str) -> QLabel:
        made = label(text, "muted")
        # Beside the first line of its text, where that has several.
        made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        made.setFixedWidth(LABEL_WIDTH)
        return made

    def _text(self, text: str) -> QLabel:
        made = label(text, wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made


class Note(QFrame):
    """An icon and a sentence: a problem, or that weights will be new."""

    def __init__(self, look: Look, icon_name: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._drawn = (icon_name, role)
        self._icon = QLabel()
        self._said = ""
        self._text = label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        look.changed.connect(self.paint_icon)
        self.paint_icon()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._said

    def show_text(self, text: str) -> None:
        """Say this; nothing hides the note."""
        self._said = text
        self._text.setText(breakable(text))
        self.setVisible(bool(text))

    def paint_icon(self) -> None:
        """Tint the icon anew."""
        name, role = self._drawn
        self._icon.setPixmap(pixmap(name, self._look.colours, role, 16, self.devicePixelRatioF()))


def column(widget: QWidget) -> QVBoxLayout:
    """A column that fills `widget`, without margins."""
    made = QVBoxLayout(widget)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(SPACE + SPACE // 2)
    return made
