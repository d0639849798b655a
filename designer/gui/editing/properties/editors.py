"""The editors of settings: one table from the type of a setting to the widget that edits it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from designer.catalog.kind import Setting
from designer.errors import EditError
from designer.gui.editing.properties.values import help_of, parsed, text_of

_BOUND = 2**31 - 1


class Editor(QWidget):
    """Edits one setting.

    Signals:
        edited(value): the user has given another value that fits.
    """

    edited = Signal(object)

    def __init__(self, setting: Setting, widget: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.widget = widget
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(widget)
        # As narrow as the pane asks for, however long the longest value could be.
        widget.setMinimumWidth(48)
        self.setFocusProxy(widget)
        widget.setToolTip(help_of(setting))
        widget.setAccessibleName(setting.name.replace("_", " "))
        widget.setAccessibleDescription(help_of(setting))

    def show_value(self, value: Any) -> None:
        """Show a value without telling of it."""
        raise NotImplementedError


class _Spin(QSpinBox):
    """A spin box that leaves the wheel to the pane unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Combo(QComboBox):
    """A combo box that leaves the wheel to the pane unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class IntEditor(Editor):
    """A whole number."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        self._spin = _Spin()
        super().__init__(setting, self._spin, parent)
        low = -_BOUND if setting.minimum is None else int(setting.minimum)
        high = _BOUND if setting.maximum is None else int(setting.maximum)
        self._spin.setRange(low, high)
        self._spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A value is told once it is typed in full, not digit by digit.
        self._spin.setKeyboardTracking(False)
        self._spin.valueChanged.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """See `Editor.show_value`."""
        with QSignalBlocker(self._spin):
            self._spin.setValue(int(value or 0))

    @Slot(int)
    def _tell(self, value: int) -> None:
        self.edited.emit(value)


class BoolEditor(Editor):
    """True or false."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        self._check = QCheckBox()
        super().__init__(setting, self._check, parent)
        self._check.clicked.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """See `Editor.show_value`."""
        self._check.setChecked(bool(value))

    @Slot(bool)
    def _tell(self, value: bool) -> None:
        self.edited.emit(value)


class ChoiceEditor(Editor):
    """One of some texts."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        self._combo = _Combo()
        super().__init__(setting, self._combo, parent)
        self._combo.addItems(list(setting.choices))
        self._combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._combo.textActivated.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """See `Editor.show_value`."""
        self._combo.setCurrentText(str(value))

    @Slot(str)
    def _tell(self, value: str) -> None:
        self.edited.emit(value)


class TextEditor(Editor):
    """Anything that is typed: numbers with many digits, sizes, lists, optional values."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        self._line = QLineEdit()
        super().__init__(setting, self._line, parent)
        self._value: Any = None
        self._line.textEdited.connect(self._check)
        self._line.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        """See `Editor.show_value`."""
        self._value = value
        self._line.setText(text_of(self.setting, value))
        self._mark("")

    @Slot()
    def _check(self) -> None:
        try:
            parsed(self.setting, self._line.text())
            self._mark("")
        except EditError as error:
            self._mark(str(error))

    @Slot()
    def _finish(self) -> None:
        try:
            value = parsed(self.setting, self._line.text())
        except EditError:
            # What does not fit is not kept; the field shows the value that still holds.
            self.show_value(self._value)
            return
        if value != self._value:
            self._value = value
            self.edited.emit(value)

    def _mark(self, wrong: str) -> None:
        if bool(self._line.property("wrong")) != bool(wrong):
            self._line.setProperty("wrong", bool(wrong))
            self._line.style().unpolish(self._line)
            self._line.style().polish(self._line)
        self._line.setToolTip(wrong or help_of(self.setting))


EDITORS: dict[str, Callable[[Setting], Editor]] = {
    "int": IntEditor,
    "float": TextEditor,
    "bool": BoolEditor,
    "choice": ChoiceEditor,
    "sizes": TextEditor,
    "ints": TextEditor,
    "text": TextEditor,
}
"""From the type of a setting to its editor."""


def editor_of(setting: Setting) -> Editor:
    """The editor of a setting."""
    if setting.optional and setting.type == "int":
        return TextEditor(setting)
    return EDITORS[setting.type](setting)
