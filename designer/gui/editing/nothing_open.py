"""What the network page shows while no network is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from designer.gui.look.tokens import SPACE
from designer.messages import tr


class NothingOpen(QWidget):
    """Says so, with a button that leads to the models."""

    def __init__(self, choose: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = QLabel(tr("No network is open"))
        text.setProperty("heading", True)
        button = QPushButton(tr("Choose a model"))
        button.setProperty("primary", True)
        button.clicked.connect(choose)
        column = QVBoxLayout(self)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
