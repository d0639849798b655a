"""The fields that editors are made of: a number with arrows, a line for what is typed, a choice."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QShowEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from designer.messages import tr

SEVERAL = object()
"""Stands for a value where several layers have different ones."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def several_text() -> str:
    """What a field says while the layers differ."""
    return tr("several")


def mark(field: QWidget, wrong: bool) -> None:
    """Give a field the look of one whose text does not fit, or take it away."""
    if bool(field.property("wrong")) != wrong:
        field.setProperty("wrong", wrong)
        field.style().unpolish(field)
        field.style().polish(field)


class Combo(QComboBox):
    """A combo box that leaves the wheel to the pane: whoever scrolls there means the pane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumContentsLength(4)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """See the class; the open list has the wheel for itself."""
        event.ignore()


class Line(QLineEdit):
    """A line to type in. Up and Down ask for a step, Escape for the value that holds.

    Signals:
        committed(): Enter was pressed, or the field left.
        stepped(by): an arrow key was pressed.
        left(): Escape was pressed.
    """

    committed = Signal()
    stepped = Signal(int)
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editingFinished.connect(self.committed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the signals."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers():
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class Spin(QSpinBox):
    """A number with arrows. Whatever is typed stays there until it is put right: nothing is cut to fit.

    Signals:
        typed(text): the user is typing.
        given(number): the user has given a number; the same as before too.
        escaped(): what was typed was thrown away.
    """

    typed = Signal(str)
    given = Signal(int)
    escaped = Signal()

    def __init__(self, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._several = False
        self.setRange(low, high)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A value is told once it is typed in full, not digit by digit.
        self.setKeyboardTracking(False)
        self.setCorrectionMode(QSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.valueChanged.connect(self._tell)
        self.lineEdit().textEdited.connect(self.typed)

    @property
    def pending(self) -> bool:
        """Something has been typed that is not taken yet. What Qt writes itself does not count."""
        return self.lineEdit().isModified()

    def show_number(self, number: int, several: bool = False) -> None:
        """Show a number without telling of it; `several`: none, the layers differ."""
        with QSignalBlocker(self):
            self.setValue(number)
        self._several = several
        self.lineEdit().setPlaceholderText(several_text() if several else "")
        self._restore()

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Any text may be typed; numbers in range count."""
        fits = _whole(text) is not None and self.minimum() <= (_whole(text) or 0) <= self.maximum()
        state = QValidator.State.Acceptable if fits else QValidator.State.Intermediate
        return state, text, place

    def valueFromText(self, text: str) -> int:
        """See Qt."""
        return _whole(text) or 0

    def fixup(self, text: str) -> str:
        """Nothing is put right behind the user's back."""
        return text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter leaves a text that does not fit as it is; Escape brings the value back."""
        if event.key() == Qt.Key.Key_Escape and self.pending:
            self._restore()
            self.escaped.emit()
        elif event.key() in ENTER:
            if self.pending and self.hasAcceptableInput():
                self._take()
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed; what does not fit stays, to be put right."""
        typed, pending = self.lineEdit().text(), self.pending
        if pending and self.hasAcceptableInput():
            self._take()
            pending = False
        super().focusOutEvent(event)
        if pending:
            self.lineEdit().setText(typed)
            self.lineEdit().setModified(True)
        elif self._several:
            self._restore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt writes the number anew; where layers differ there is none."""
        super().focusInEvent(event)
        if self._several and not self.pending:
            self._restore()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt writes the number anew; where layers differ there is none."""
        super().showEvent(event)
        if self._several:
            self._restore()

    def stepBy(self, steps: int) -> None:
        """Arrows start from the value that holds when the text does not fit."""
        if self.pending and not self.hasAcceptableInput():
            self._restore()
        super().stepBy(steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel is left to the pane: whoever scrolls there means the pane."""
        event.ignore()

    def _take(self) -> None:
        number = self.valueFromText(self.lineEdit().text())
        with QSignalBlocker(self):
            self.setValue(number)
        self.lineEdit().setModified(False)
        self._tell(number)

    @Slot(int)
    def _tell(self, number: int) -> None:
        self._several = False
        self.given.emit(number)

    def _restore(self) -> None:
        self.lineEdit().setText("" if self._several else self.textFromValue(self.value()))


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
