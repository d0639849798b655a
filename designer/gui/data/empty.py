"""What the data page shows while there are no pictures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from designer.gui.look.icons import set_icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class EmptyPanel(QWidget):
    """What a folder must look like, and two buttons.

    Attributes:
        folder, sample: the buttons.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        title = QLabel(tr("No pictures yet"))
        title.setProperty("subheading", True)
        text = QLabel(
            tr(
                "Choose a folder that has one sub-folder for each class, such as flowers/daisy and "
                "flowers/rose, or drop it here.\n\nWhere a picture may show several classes, put a table "
                "labels.csv beside the pictures. Its columns are file and labels, with semicolons between "
                "the labels; or file and a column of 0 and 1 for each class.\n\nJPEG, PNG, WebP, BMP, GIF "
                "and TIFF files are read; the files stay where they are."
            )
        )
        text.setProperty("muted", True)
        text.setWordWrap(True)
        text.setMinimumWidth(460)
        text.setMaximumWidth(460)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.folder = QPushButton(tr("Choose a folder ..."))
        self.folder.setProperty("primary", True)
        self.sample = QPushButton(tr("Use the handwritten digits"))
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.folder)
        buttons.addWidget(self.sample)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE + 4)
        column.addStretch(2)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        # A layout asks a label that wraps for its height only where it is not aligned.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(text)
        row.addStretch(1)
        column.addLayout(row)
        column.addLayout(buttons)
        column.addStretch(3)
        look.changed.connect(self._paint)
        self._paint()

    @Slot()
    def _paint(self) -> None:
        set_icon(self.folder, "folder-open", self._look.colours, "accent_text")
        set_icon(self.sample, "sparkles", self._look.colours)
