"""The rows of settings in the pane: a label, an editor, and a button back to the default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSignalMapper, QSize, Signal, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from designer.gui.editing.properties.editor_table import editor_of
from designer.gui.editing.properties.editors import Editor
from designer.gui.editing.properties.fields import Field
from designer.gui.editing.properties.parts import field_row, label
from designer.gui.editing.properties.sizes_editor import SizesEditor
from designer.gui.editing.properties.values import text_of
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class FieldsForm(QWidget):
    """Editors of some settings, made for these and no others.

    Signals:
        given(name, value): the user gave another value, or went back to the default.
        focused(field or None): whose editor has the keyboard now.
    """

    given = Signal(str, object)
    focused = Signal(object)

    def __init__(self, look: Look, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._fields = {field.setting.name: field for field in fields}
        self.editors: dict[str, Editor] = {}
        self.resets: dict[str, QToolButton] = {}
        self._mapper = QSignalMapper(self)
        self._mapper.mappedString.connect(self._reset)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE // 2)
        for field in fields:
            self._add(rows, field)
        look.changed.connect(self._paint)
        self._paint()

    def fits(self, fields: Sequence[Field]) -> bool:
        """Whether there are editors for just these settings."""
        return [field.setting for field in fields] == [field.setting for field in self._fields.values()]

    def show_fields(self, fields: Sequence[Field], anew: bool) -> None:
        """Show values; `anew`: of other layers. What is being typed is not disturbed otherwise."""
        for field in fields:
            name = field.setting.name
            self._fields[name] = field
            self.editors[name].show_value(field.value, anew)
            self.editors[name].set_cost(field.cost)
            self.resets[name].setEnabled(not field.is_default)

    def _add(self, rows: QVBoxLayout, field: Field) -> None:
        name = field.setting.name
        editor = editor_of(field.setting)
        self.editors[name] = editor
        # Before the button, so that Tab comes to it first.
        editor.setParent(self)
        editor.edited.connect(self._give)
        editor.focused.connect(self._focus)
        # Of this form from the start: a button that is shown before it is laid out would be a window.
        reset = QToolButton(self)
        reset.setToolTip(tr("Back to the default"))
        if not field.setting.required:
            default = text_of(field.setting, field.setting.default) or tr("none")
            reset.setToolTip(tr("Back to the default: {value}", value=default))
        reset.setAccessibleName(tr("Back to the default of {name}", name=field.label))
        reset.setIconSize(QSize(14, 14))
        reset.clicked.connect(self._mapper.map)
        self._mapper.setMapping(reset, name)
        keep = reset.sizePolicy()
        # The fields of the others end where this one does.
        keep.setRetainSizeWhenHidden(field.setting.type != "text")
        reset.setSizePolicy(keep)
        reset.setVisible(not field.setting.required)
        self.resets[name] = reset
        caption = label(field.label, "muted", wrap=True)
        caption.setBuddy(editor.widget)
        caption.setToolTip(field.setting.help)
        rows.addLayout(field_row(caption, editor, reset))
        rows.addWidget(editor.note)

    @Slot(object)
    def _give(self, value: Any) -> None:
        sender: QObject | None = self.sender()
        if isinstance(sender, Editor):
            self.given.emit(sender.setting.name, value)

    @Slot(bool)
    def _focus(self, here: bool) -> None:
        sender: QObject | None = self.sender()
        if isinstance(sender, Editor):
            self.focused.emit(self._fields[sender.setting.name] if here else None)

    @Slot(str)
    def _reset(self, name: str) -> None:
        default = self.editors[name].setting.default
        # What was being typed gives way.
        self.editors[name].show_value(default, anew=True)
        self.given.emit(name, default)

    @Slot()
    def _paint(self) -> None:
        for reset in self.resets.values():
            reset.setIcon(icon("undo-2", self._look.colours, "text_muted"))
        for editor in self.editors.values():
            if isinstance(editor, SizesEditor):
                editor.paint(self._look.colours)
