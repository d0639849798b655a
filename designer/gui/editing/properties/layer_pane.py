"""The property pane of one layer: name, settings, training, facts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from designer.catalog.actions import freeze, rename, set_rates, set_settings
from designer.gui.editing.properties.fields_form import FieldsForm
from designer.gui.editing.properties.inputs import Line
from designer.gui.editing.properties.parts import Facts, Note, column, field_row, label, line
from designer.gui.editing.properties.state import LayerState
from designer.gui.editing.properties.training_part import TrainingPart
from designer.gui.look.style import Look
from designer.messages import tr


class LayerPane(QWidget):
    """Shows a layer's properties and asks for edits. Built for a kind; another kind gets another pane.

    What it asks for names the layer itself: an editor that loses the focus because another layer was
    selected still means the former one.

    Signals:
        asked(action): the user changed something; the action makes a network's edit.
        focused(field or None): which setting has the keyboard.
    """

    asked = Signal(object)
    focused = Signal(object)

    def __init__(self, look: Look, state: LayerState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.training = TrainingPart()
        self.training.frozen_asked.connect(self._freeze)
        self.training.rates_asked.connect(self._set_rates)
        self._kind = label("", "subheading", wrap=True)
        self.name = Line()
        self.name.setAccessibleName(tr("Name of the layer"))
        self.name.committed.connect(self._rename)
        self.name.escaped.connect(self._show_name)
        self.new_weights = Note(look, "sparkles", "warning")
        self._problems = Note(look, "triangle-alert", "danger")
        self._facts = Facts()
        self.form = FieldsForm(look, state.fields)
        self.form.given.connect(self._set)
        self.form.focused.connect(self.focused)
        everything = column(self)
        everything.addWidget(self._kind)
        everything.addWidget(self._problems)
        everything.addWidget(self.new_weights)
        caption = label(tr("Name"), "muted")
        caption.setBuddy(self.name)
        everything.addLayout(field_row(caption, self.name))
        everything.addWidget(self.form)
        self._line = line()
        everything.addWidget(self._line)
        everything.addWidget(self.training)
        everything.addWidget(self._facts)
        everything.addStretch(1)
        self.show_state(state, anew=True)

    def fits(self, state: LayerState) -> bool:
        """Whether this pane has the editors for that state."""
        return self.form.fits(state.fields)

    def show_state(self, state: LayerState, anew: bool = False) -> None:
        """Show a state that fits; only what differs is touched, so that typing is not disturbed."""
        anew = anew or state.layer_id != self._state.layer_id
        other_name = state.name != self._state.name
        self._state = state
        self._kind.setText(state.kind)
        if anew or other_name or not self.name.isModified():
            self._show_name()
        self._problems.show_text("\n".join(state.problems))
        self.new_weights.show_text(state.new_weights)
        self.form.show_fields(state.fields, anew)
        tick = "" if state.frozen is None else "on" if state.frozen else "off"
        self.training.show_state(tick, state.rates, anew)
        self._facts.show_rows(state.rows)
        self._line.setVisible(bool(tick or state.rates or state.rows))

    @Slot()
    def _show_name(self) -> None:
        self.name.setText(self._state.name)
        self.name.setCursorPosition(0)

    @Slot()
    def _rename(self) -> None:
        name = self.name.text().strip()
        if self.name.isModified() and name != self._state.name:
            self.asked.emit(partial(rename, layer_id=self._state.layer_id, name=name))

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        self.asked.emit(partial(set_settings, layer_ids=(self._state.layer_id,), settings={name: value}))

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        self.asked.emit(partial(freeze, layer_ids=(self._state.layer_id,), frozen=frozen))

    @Slot(object, object)
    def _set_rates(self, weight: float | None, bias: float | None) -> None:
        ids = (self._state.layer_id,)
        self.asked.emit(partial(set_rates, layer_ids=ids, weight_rate=weight, bias_rate=bias))
