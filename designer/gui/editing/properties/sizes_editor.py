"""The editor of sizes: one number for all sides, or one for each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QSize, Slot
from PySide6.QtWidgets import QToolButton

from designer.catalog.kind import Setting
from designer.errors import EditError
from designer.gui.editing.properties.editors import Editor, nothing_text, reason_of, told
from designer.gui.editing.properties.inputs import SEVERAL, Line, several_text
from designer.gui.editing.properties.values import parsed, title_of
from designer.gui.look.icons import icon
from designer.gui.look.tokens import Colours
from designer.messages import tr


class SizesEditor(Editor):
    """As many fields as there are sides. A button links them: then the first one is for all sides."""

    def __init__(self, setting: Setting) -> None:
        self._lines = tuple(Line() for _ in range(setting.sides))
        self.link = QToolButton()
        super().__init__(setting, self._lines, self.link)
        self._value: Any = None
        self._linked = True
        # By the button: then it is not for a value to join them.
        self._parted = False
        self._colours: Colours | None = None
        self._painted: tuple[Colours, bool] | None = None
        self.link.setIconSize(QSize(14, 14))
        self.link.setAccessibleName(tr("One number for all sides of {name}", name=title_of(setting)))
        self.link.clicked.connect(self._toggle)
        for line in self._lines:
            line.textEdited.connect(self._check)
            line.committed.connect(self._finish)
            line.escaped.connect(self._escape)
            line.stepped.connect(self._step)
        self._lay()

    def paint(self, colours: Colours) -> None:
        """Draw the button in these colours."""
        if (colours, self._linked) == self._painted:
            return
        self._colours, self._painted = colours, (colours, self._linked)
        self.link.setIcon(icon("link" if self._linked else "unlink", colours, "text_muted"))

    def show_value(self, value: Any, anew: bool = False) -> None:
        """See `Editor.show_value`. Sides that are equal stay apart while the user has parted them, or types
        there; as in an undo, another value from elsewhere joins them again.
        """
        same = value is self._value or (value is not SEVERAL and value == self._value)
        if same and not anew and any(line.isModified() for line in self._lines):
            return
        self._value = value
        numbers = _spread(value, self.setting.sides)
        if anew:
            self._parted = False
        if len(set(numbers)) > 1:
            self._linked = False
        elif not same or anew:
            self._linked = not self._parted
        placeholder = several_text() if value is SEVERAL else nothing_text(self.setting)
        for line, number in zip(self._lines, numbers, strict=True):
            line.setPlaceholderText(placeholder)
            line.setText("" if number is None else str(number))
            line.setCursorPosition(0)
        self._lay()
        self._refuse("")

    def _lay(self) -> None:
        if self._linked and any(line.hasFocus() for line in self._lines[1:]):
            # A field that goes with the keyboard hands it to whoever comes after.
            self._lines[0].setFocus()
        for line in self._lines[1:]:
            line.setVisible(not self._linked)
        name = title_of(self.setting)
        one = tr("{name}, {number} of {count}", name=name, number=1, count=len(self._lines))
        self._lines[0].setAccessibleName(name if self._linked else one)
        self.link.setToolTip(
            tr("One number for all sides; click for one each")
            if self._linked
            else tr("A number for each side; click for one for all")
        )
        self.link.setAccessibleDescription(self.link.toolTip())
        if self._colours is not None:
            self.paint(self._colours)

    def _text(self) -> str:
        if self._linked:
            return self._lines[0].text()
        texts = [line.text().strip() for line in self._lines]
        return ", ".join(texts) if any(texts) else ""

    def _read(self) -> Any:
        """The value as typed: one number where all sides are the same. Raises EditError."""
        value = parsed(self.setting, self._text())
        return value[0] if isinstance(value, list) and len(set(value)) == 1 else value

    @Slot()
    def _check(self) -> None:
        self._refuse(reason_of(self.setting, self._text()))

    @Slot()
    def _finish(self) -> None:
        if any(line.isModified() for line in self._lines):
            self._commit()

    def _commit(self) -> None:
        try:
            value = self._read()
        except EditError as error:
            self._refuse(told(error))
            return
        for line in self._lines:
            line.setModified(False)
        other = self._value is SEVERAL or _spread(value, self.setting.sides) != _spread(
            self._value, self.setting.sides
        )
        self._value = value
        self.show_value(value)
        if other:
            self.edited.emit(value)

    @Slot()
    def _escape(self) -> None:
        linked, parted = self._linked, self._parted
        self.show_value(self._value, anew=True)
        self._parted = parted
        if not linked:
            self._linked = False
            self._lay()

    @Slot(int)
    def _step(self, by: int) -> None:
        sender: QObject | None = self.sender()
        line = next((line for line in self._lines if line is sender), self._lines[0])
        try:
            line.setText(str(int(line.text()) + by))
        except ValueError:
            return
        self._commit()

    @Slot()
    def _toggle(self) -> None:
        self._linked = not self._linked
        self._parted = not self._linked
        if self._linked:
            self._commit()
        else:
            for line in self._lines[1:]:
                line.setText(self._lines[0].text())
        self._lay()


def _spread(value: Any, sides: int) -> tuple[int | None, ...]:
    """A value as one number for each side; None where there is none."""
    if isinstance(value, list | tuple):
        return tuple(value) if len(value) == sides else (None,) * sides
    return (None if value is None or value is SEVERAL else int(value),) * sides
