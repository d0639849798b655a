"""The strip that says how training goes: state, device, numbers, progress bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout

from designer.gui.look.tokens import SPACE
from designer.gui.training.texts import NONE, Status
from designer.messages import tr

TILES = (
    ("epoch", "Epoch"),
    ("best", "Best accuracy"),
    ("rate", "Learning rate"),
    ("speed", "Pictures per second"),
    ("elapsed", "Elapsed"),
    ("remaining", "Remaining"),
)
"""Field of `Status` and English title of each tile."""

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
        self._values: dict[str, QLabel] = {}
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, FINE)
        self._bar.setAccessibleName(tr("Progress of training"))
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE)
        top.addWidget(self._state)
        top.addWidget(self._device, 1)
        tiles = QGridLayout()
        tiles.setHorizontalSpacing(2 * SPACE)
        tiles.setVerticalSpacing(0)
        for column, (name, title) in enumerate(TILES):
            label = QLabel(tr(title))
            label.setProperty("small", True)
            value = QLabel()
            value.setProperty("subheading", True)
            value.setAccessibleName(tr(title))
            tiles.addWidget(label, 0, column)
            tiles.addWidget(value, 1, column)
            tiles.setColumnStretch(column, 1)
            self._values[name] = value
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(2 * SPACE, SPACE + SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        column_box.setSpacing(SPACE)
        column_box.addLayout(top)
        column_box.addLayout(tiles)
        column_box.addWidget(self._bar)

    def value(self, name: str) -> str:
        """What a tile shows."""
        return self._values[name].text()

    @property
    def state(self) -> str:
        """What is going on, as shown."""
        return self._state.text()

    def show_status(self, status: Status) -> None:
        """Show `status`."""
        _write(self._state, status.state)
        parts = (status.device, status.device_reason)
        self._device.show_text(" – ".join(part for part in parts if part and part != NONE))
        for name, _ in TILES:
            _write(self._values[name], getattr(status, name))
        top = FINE if status.done is not None else 0
        if self._bar.maximum() != top:
            self._bar.setRange(0, top)
        if status.done is not None:
            self._bar.setValue(round(FINE * status.done))


def _write(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
