"""Editors of the options: one for each kind of field, all read, written and heard alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QRegularExpressionValidator, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from designer.gui.look.tokens import SPACE
from designer.gui.training.fields import Field
from designer.gui.training.rates import next_rate
from designer.messages import tr

SEEDS = 2**63 - 1


class WholeBox(QSpinBox):
    """A spin box that leaves the wheel to the panel unless it has the focus."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.setRange(int(low), int(high))
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DoublingBox(WholeBox):
    """A spin box whose arrows go to the next power of two."""

    def stepBy(self, steps: int) -> None:
        """Double or halve."""
        value = self.value()
        for _ in range(abs(steps)):
            value = 1 << value.bit_length() if steps > 0 else 1 << max((value - 1).bit_length() - 1, 0)
        self.setValue(value)


class RateBox(QDoubleSpinBox):
    """A spin box for numbers over many powers of ten; its arrows go 1, 2, 5, 10."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.setDecimals(15)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def textFromValue(self, value: float) -> str:
        """Short: '0.001', '1e-05'."""
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        """Any way of writing a number that Python reads."""
        return float(text.replace(",", "."))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Numbers in bounds are taken, beginnings of numbers may be typed on."""
        try:
            fits = self.minimum() <= float(text.replace(",", ".")) <= self.maximum()
        except ValueError:
            fits = False
        if fits:
            return QValidator.State.Acceptable, text, position
        writable = all(letter in "0123456789.,eE+-" for letter in text)
        return (QValidator.State.Intermediate if writable else QValidator.State.Invalid), text, position

    def stepBy(self, steps: int) -> None:
        """Go to the next round number."""
        value = self.value()
        for _ in range(abs(steps)):
            value = next_rate(value, steps > 0, self.minimum(), self.maximum())
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceBox(QComboBox):
    """A list to choose from; a value that it does not know is added as it is."""

    def __init__(self, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # As narrow as the panel wants it; the list itself shows whole titles.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        for value, title in choices:
            self.addItem(tr(title), value)

    def choose(self, value: str) -> None:
        """Show `value`."""
        if self.findData(value) < 0:
            self.addItem(value, value)
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SeedEdit(QLineEdit):
    """A whole number of up to 63 bits, which a spin box cannot hold."""

    picked = Signal()

    def __init__(self) -> None:
        super().__init__("0")
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{1,19}"), self))
        self.editingFinished.connect(self.picked)

    def seed(self) -> int:
        """The number; 0 while there is none."""
        return min(int(self.text() or 0), SEEDS)


class FileEdit(QWidget):
    """A path that can be written or chosen; '' for none. Without a `pattern` it is a folder's."""

    picked = Signal()

    def __init__(self, title: str, pattern: str) -> None:
        super().__init__()
        self._title, self._pattern = title, pattern
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("None"))
        self.line.editingFinished.connect(self.picked)
        self.button = QToolButton()
        self.button.setText("…")
        help_text = tr("Choose a file") if pattern else tr("Choose a folder")
        self.button.setAccessibleName(help_text)
        self.button.setToolTip(help_text)
        self.button.clicked.connect(self._choose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def text(self) -> str:
        """The path."""
        return self.line.text().strip()

    def setText(self, text: str) -> None:
        """Show a path."""
        self.line.setText(text)

    @Slot()
    def _choose(self) -> None:
        if self._pattern:
            name, _ = QFileDialog.getOpenFileName(self, self._title, self.text(), self._pattern)
        else:
            name = QFileDialog.getExistingDirectory(self, self._title, self.text())
        if name:
            self.line.setText(name)
            self.picked.emit()


@dataclass(frozen=True, slots=True)
class EditorKind:
    """How editors of a kind are made, read, written and heard."""

    make: Callable[[Field], Any]
    read: Callable[[Any], object]
    write: Callable[[Any, Any], None]
    signal: Callable[[Any], Any]


def _spin(make: Callable[[Field], QWidget]) -> EditorKind:
    return EditorKind(make, lambda w: w.value(), lambda w, v: w.setValue(v), lambda w: w.valueChanged)


class ShareBox(RateBox):
    """A share of 0 to 1, whose arrows go in twentieths."""

    def stepBy(self, steps: int) -> None:
        """A twentieth more or less."""
        self.setValue(round(self.value() + 0.05 * steps, 4))


class NumberBox(RateBox):
    """A plain number, whose arrows go in halves."""

    def stepBy(self, steps: int) -> None:
        """Half more or less."""
        self.setValue(round(self.value() + 0.5 * steps, 4))


EDITORS: dict[str, EditorKind] = {
    "whole": _spin(lambda field: WholeBox(field.low, field.high)),
    "doubling": _spin(lambda field: DoublingBox(field.low, field.high)),
    "rate": _spin(lambda field: RateBox(field.low, field.high)),
    "share": _spin(lambda field: ShareBox(field.low, field.high)),
    "number": _spin(lambda field: NumberBox(field.low, field.high)),
    "seed": EditorKind(
        lambda field: SeedEdit(),
        lambda w: w.seed(),
        lambda w, v: w.setText(str(v)),
        lambda w: w.picked,
    ),
    "file": EditorKind(
        lambda field: FileEdit(tr(field.label), tr("Python files ({pattern})", pattern="*.py")),
        lambda w: w.text(),
        lambda w, v: w.setText(v),
        lambda w: w.picked,
    ),
    "folder": EditorKind(
        lambda field: FileEdit(tr(field.label), ""),
        lambda w: w.text(),
        lambda w, v: w.setText(v),
        lambda w: w.picked,
    ),
    "switch": EditorKind(
        lambda field: QCheckBox(tr(field.label)),
        lambda w: w.isChecked(),
        lambda w, v: w.setChecked(v),
        lambda w: w.toggled,
    ),
    "choice": EditorKind(
        lambda field: ChoiceBox(field.choices),
        lambda w: w.currentData(),
        lambda w, v: w.choose(v),
        lambda w: w.activated,
    ),
}
