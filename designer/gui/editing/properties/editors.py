"""The editors of settings: one table from the type of a setting to the widget that edits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from designer.catalog.kind import GREATEST, Setting
from designer.errors import EditError
from designer.gui.editing.properties.inputs import SEVERAL, Combo, Line, Spin, mark, several_text
from designer.gui.editing.properties.parts import label
from designer.gui.editing.properties.values import help_of, parsed, text_of, title_of
from designer.messages import tr


class Editor(QWidget):
    """Edits one setting.

    Attributes:
        setting: what is edited.
        fields: the widgets that take the keyboard, the first one first.
        note: says why a text does not fit, and what a change would cost; whoever places the editor puts
            it below, as wide as there is room.

    Signals:
        edited(value): the user has given another value that fits.
        focused(bool): a field got the focus, or lost it.
    """

    edited = Signal(object)
    focused = Signal(bool)

    def __init__(
        self, setting: Setting, fields: Sequence[QWidget], *more: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setting = setting
        self.fields = tuple(fields)
        self._cost = ""
        self._wrong = ""
        self._look = ""
        self.note = label("", "small", wrap=True)
        self.note.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (*self.fields, *more):
            row.addWidget(widget, 1 if widget in self.fields else 0)
        self.setFocusProxy(self.fields[0])
        for number, widget in enumerate(self.fields, 1):
            # As narrow as the pane asks for, however long the longest value could be.
            widget.setMinimumWidth(30 if len(self.fields) > 2 else 48)
            name = title_of(setting)
            several = tr("{name}, {number} of {count}", name=name, number=number, count=len(self.fields))
            widget.setAccessibleName(several if len(self.fields) > 1 else name)
            widget.setAccessibleDescription(help_of(setting))
            widget.setToolTip(help_of(setting))
            widget.installEventFilter(self)

    @property
    def widget(self) -> QWidget:
        """The first field."""
        return self.fields[0]

    @property
    def wrong(self) -> str:
        """Why what is typed does not fit; '' when it does."""
        return self._wrong

    def show_value(self, value: Any, anew: bool = False) -> None:
        """Show a value without telling of it; `SEVERAL` where layers differ.

        What is being typed is left alone unless the value is another one, or `anew`: it is of other layers.
        """
        raise NotImplementedError

    def set_cost(self, cost: str) -> None:
        """What the user is told before another value is given; '' for nothing."""
        if cost != self._cost:
            self._cost = cost
            self._say()

    def refuse(self, error: EditError) -> None:
        """Say why a value that fits the setting cannot be taken all the same."""
        self._refuse(told(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell of the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.focused.emit(event.type() == QEvent.Type.FocusIn)
            self._say(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _refuse(self, wrong: str) -> None:
        """Mark what is typed as wrong, with the reason; '' when it fits."""
        if wrong != self._wrong:
            self._wrong = wrong
            for widget in self.fields:
                mark(widget, bool(wrong))
                widget.setToolTip(wrong or help_of(self.setting))
        self._say()

    def _say(self, focus: bool | None = None) -> None:
        here = any(widget.hasFocus() for widget in self.fields) if focus is None else focus
        text = self._wrong or (self._cost if here else "")
        look = "danger" if self._wrong else "warning" if text else ""
        if look != self._look:
            # Dressing anew takes long, and most calls change nothing.
            self._look = look
            for name in ("danger", "warning"):
                self.note.setProperty(name, name == look)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)
        if text != self.note.text():
            self.note.setText(text)
        self.note.setVisible(bool(text))


class IntEditor(Editor):
    """A whole number, with arrows."""

    def __init__(self, setting: Setting) -> None:
        low = -GREATEST if setting.minimum is None else int(setting.minimum)
        high = GREATEST if setting.maximum is None else int(setting.maximum)
        self._spin = Spin(low, high)
        self._value: Any = None
        super().__init__(setting, (self._spin,))
        self._spin.typed.connect(self._check)
        self._spin.given.connect(self._take)
        self._spin.escaped.connect(self._check)

    def show_value(self, value: Any, anew: bool = False) -> None:
        """See `Editor.show_value`."""
        same = value is self._value or (value is not SEVERAL and value == self._value)
        if anew or not same or not self._spin.pending:
            self._value = value
            several = value is SEVERAL or value is None
            self._spin.show_number(self._spin.value() if several else int(value), several)
            self._refuse("")

    @Slot()
    def _check(self) -> None:
        fits = self._spin.hasAcceptableInput() or not self._spin.pending
        self._refuse("" if fits else reason_of(self.setting, self._spin.lineEdit().text()))

    @Slot(int)
    def _take(self, number: int) -> None:
        self._refuse("")
        if number != self._value:
            self._value = number
            self.edited.emit(number)


class BoolEditor(Editor):
    """True or false."""

    def __init__(self, setting: Setting) -> None:
        self._check = QCheckBox()
        super().__init__(setting, (self._check,))
        self._check.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._check.clicked.connect(self._tell)

    def show_value(self, value: Any, anew: bool = False) -> None:
        """See `Editor.show_value`."""
        if value is SEVERAL:
            self._check.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self._check.setTristate(False)
            self._check.setChecked(bool(value))
        self._check.setText(several_text() if value is SEVERAL else "")

    @Slot(bool)
    def _tell(self, value: bool) -> None:
        # A click on a partly ticked box ticks it.
        self._check.setTristate(False)
        self._check.setText("")
        self.edited.emit(value)


class ChoiceEditor(Editor):
    """One of some texts."""

    def __init__(self, setting: Setting) -> None:
        self._combo = Combo()
        super().__init__(setting, (self._combo,))
        self._combo.addItems(list(setting.choices))
        self._combo.setPlaceholderText(several_text())
        self._combo.textActivated.connect(self._tell)
        self._value: Any = None

    def show_value(self, value: Any, anew: bool = False) -> None:
        """See `Editor.show_value`."""
        self._value = value
        self._combo.setCurrentIndex(-1 if value is SEVERAL else self._combo.findText(str(value)))

    @Slot(str)
    def _tell(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.edited.emit(value)


class TextEditor(Editor):
    """Anything that is typed: numbers with many digits, lists, optional values."""

    def __init__(self, setting: Setting) -> None:
        self._line = Line()
        super().__init__(setting, (self._line,))
        self._value: Any = None
        self._line.textEdited.connect(self._check)
        self._line.committed.connect(self._finish)
        self._line.escaped.connect(self._escape)
        self._line.stepped.connect(self._step)

    def show_value(self, value: Any, anew: bool = False) -> None:
        """See `Editor.show_value`."""
        same = value is self._value or (value is not SEVERAL and value == self._value)
        if anew or not same or not self._line.isModified():
            self._value = value
            self._line.setPlaceholderText(several_text() if value is SEVERAL else nothing_text(self.setting))
            self._line.setText("" if value is SEVERAL else text_of(self.setting, value))
            self._line.setCursorPosition(0)
            self._refuse("")

    @Slot()
    def _check(self) -> None:
        self._refuse(reason_of(self.setting, self._line.text()))

    @Slot()
    def _finish(self) -> None:
        if not self._line.isModified():
            return
        try:
            value = parsed(self.setting, self._line.text())
        except EditError as error:
            # It stays as it was typed, with the reason, until it is put right or Escape takes it away.
            self._refuse(told(error))
            return
        self._line.setModified(False)
        if value != self._value or self._value is SEVERAL:
            self._value = value
            self.edited.emit(value)
        else:
            self.show_value(value)

    @Slot()
    def _escape(self) -> None:
        self.show_value(self._value, anew=True)

    @Slot(int)
    def _step(self, by: int) -> None:
        """Arrow keys count whole numbers up and down."""
        try:
            value = parsed(self.setting, self._line.text())
            if isinstance(value, int) and not isinstance(value, bool):
                value = self.setting.checked(value + by)
                self.show_value(value, anew=True)
                self.edited.emit(value)
        except EditError as error:
            self._refuse(told(error))


def nothing_text(setting: Setting) -> str:
    """What an empty field says."""
    return tr("none") if setting.optional else ""


def reason_of(setting: Setting, text: str) -> str:
    """Why a text does not fit; '' when it does."""
    try:
        parsed(setting, text)
    except EditError as error:
        return told(error)
    return ""


def told(error: EditError) -> str:
    """What and why; the remedy is plain to see."""
    return " ".join(part for part in (error.what, error.why) if part)
