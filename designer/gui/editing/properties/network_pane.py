"""The property pane while nothing is selected: the network itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from designer.errors import EditError
from designer.gui.editing.properties.fields import Field
from designer.gui.editing.properties.fields_form import FieldsForm
from designer.gui.editing.properties.inputs import Line
from designer.gui.editing.properties.network_state import RECIPE, NetworkState, recipe_value, with_part
from designer.gui.editing.properties.parts import Facts, column, field_row, label, line
from designer.gui.look.style import Look
from designer.messages import tr
from designer.network.edits import Edit, SetPurpose
from designer.network.network import Network

NAMED = 40
"""How many classes are named in full."""


class NetworkPane(QWidget):
    """The network's name, its summary, classes and preprocessing.

    Signals:
        asked(action): the user changed something; the action makes a network's edit.
        focused(field or None): which setting has the keyboard.
    """

    asked = Signal(object)
    focused = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: NetworkState | None = None
        self.name = Line()
        self.name.setAccessibleName(tr("Name of the network"))
        self.name.committed.connect(self._rename)
        self.name.escaped.connect(self._show_name)
        self._facts = Facts()
        self._classes = label("", "small", wrap=True)
        self.form = FieldsForm(look, [Field(setting, None, False) for setting in RECIPE])
        self.form.given.connect(self._set)
        self.form.focused.connect(self.focused)
        everything = column(self)
        everything.addWidget(label(tr("Network"), "subheading"))
        caption = label(tr("Name"), "muted")
        caption.setBuddy(self.name)
        everything.addLayout(field_row(caption, self.name))
        everything.addWidget(self._facts)
        everything.addWidget(line())
        everything.addWidget(label(tr("Preprocessing"), "strong"))
        everything.addWidget(self.form)
        everything.addWidget(line())
        everything.addWidget(label(tr("Classes"), "strong"))
        everything.addWidget(self._classes)
        everything.addStretch(1)

    def show_state(self, state: NetworkState, anew: bool = False) -> None:
        """Show the network."""
        self._state = state
        if anew or not self.name.isModified():
            self._show_name()
        self._facts.show_rows(state.rows)
        recipe = state.preprocessing
        fields = []
        for setting in RECIPE:
            value = recipe_value(recipe, setting.name)
            fields.append(Field(setting, value, value == setting.default))
        self.form.show_fields(fields, anew)
        more = len(state.classes) - NAMED
        named = ", ".join(state.classes[:NAMED])
        self._classes.setText(
            tr("{names} and {count} more", names=named, count=more)
            if more > 0
            else named or tr("not named yet")
        )

    @Slot()
    def _show_name(self) -> None:
        self.name.setText(self._state.name if self._state is not None else "")
        self.name.setCursorPosition(0)

    @Slot()
    def _rename(self) -> None:
        name = self.name.text().strip()
        if self._state is None or not self.name.isModified():
            return
        if name and name != self._state.name:
            self.asked.emit(partial(_renamed, name=name))
        else:
            self._show_name()

    @Slot(str, object)
    def _set(self, name: str, value: Any) -> None:
        if self._state is None:
            return
        try:
            with_part(self._state.preprocessing, name, value)
        except EditError as error:
            self.form.editors[name].refuse(error)
            return
        self.asked.emit(partial(_prepared, name=name, value=value))


def _renamed(network: Network, name: str) -> Edit:
    return SetPurpose(name=name)


def _prepared(network: Network, name: str, value: Any) -> Edit:
    return SetPurpose(preprocessing=with_part(network.preprocessing, name, value))
