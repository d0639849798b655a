"""The strip that says how training goes: state, device, numbers, progress bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from designer.gui.look.progress_bar import ProgressBar
from designer.gui.look.tokens import SPACE
from designer.gui.training.texts import NONE, Status
from designer.messages import tr

TILES = (
    ("epoch", "Epoch"),
    ("iteration", "Iteration"),
    ("elapsed", "Elapsed"),
    ("remaining", "Remaining"),
    ("best", "Best"),
    ("rate", "Learning rate"),
    ("speed", "Pictures/s"),
    ("waiting", "Waiting for data"),
    ("memory", "Memory used"),
)
"""Field of `Status` and English title of each tile."""

NARROW = 5
"""Tiles in a row where there is no room for all of them in one."""

WIDEST = 72
"""Pixels of a long value, as '12 min 05 s'."""

FINE = 1000
"""Steps of the progress bar."""


class ElidedLabel(QLabel):
    """A line of text that gives way; the whole of it is in the tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show as much of `text` as fits."""
        if text != self._whole:
            self._whole = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text again."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))


class Tile(QWidget):
    """A title, and the value below it.

    Attributes:
        value: the label with the value.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        label = QLabel(title)
        label.setProperty("small", True)
        self.value = QLabel()
        self.value.setProperty("strong", True)
        self.value.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label)
        column.addWidget(self.value)


class StatusStrip(QFrame):
    """Shows a `Status`; writes only what has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setAccessibleName(tr("State of training"))
        self._state = QLabel()
        self._state.setProperty("strong", True)
        self._device = ElidedLabel()
        self._device.setProperty("muted", True)
        self._device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._values: dict[str, Tile] = {}
        self._bar = ProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, FINE)
        self._bar.setAccessibleName(tr("Progress of training"))
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE)
        top.addWidget(self._state)
        top.addWidget(self._device, 1)
        self._tiles = QGridLayout()
        self._tiles.setHorizontalSpacing(SPACE)
        self._tiles.setVerticalSpacing(SPACE // 2)
        self._in_row = 0
        for name, title in TILES:
            self._values[name] = Tile(tr(title))
        self._arrange(NARROW)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(2 * SPACE, SPACE + SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        column_box.setSpacing(SPACE)
        column_box.addLayout(top)
        column_box.addLayout(self._tiles)
        column_box.addWidget(self._bar)

    def value(self, name: str) -> str:
        """What a tile shows."""
        return self._values[name].value.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All tiles in one row where they fit."""
        super().resizeEvent(event)
        needed = [max(tile.sizeHint().width(), WIDEST) + 2 * SPACE for tile in self._values.values()]
        self._arrange(len(TILES) if sum(needed) + 2 * SPACE <= self.width() else NARROW)

    @property
    def state(self) -> str:
        """What is going on, as shown."""
        return self._state.text()

    def show_status(self, status: Status) -> None:
        """Show `status`."""
        stage = f" – {status.stage}" if status.stage else ""
        _write(self._state, status.state + stage)
        parts = (status.device, status.device_reason)
        self._device.show_text(" – ".join(part for part in parts if part and part != NONE))
        for name, _ in TILES:
            _write(self._values[name].value, getattr(status, name))
        top = FINE if status.done is not None else 0
        if self._bar.maximum() != top:
            self._bar.setRange(0, top)
        if status.done is not None:
            self._bar.setValue(round(FINE * status.done))

    def _arrange(self, in_row: int) -> None:
        if in_row == self._in_row:
            return
        self._in_row = in_row
        for number, tile in enumerate(self._values.values()):
            self._tiles.addWidget(tile, number // in_row, number % in_row)
        for column in range(len(TILES)):
            self._tiles.setColumnStretch(column, int(column < in_row))


def _write(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
