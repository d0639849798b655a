"""The property pane of one layer: name, settings, training, facts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QSignalMapper, QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from designer.gui.editing.properties.editors import Editor, editor_of
from designer.gui.editing.properties.parts import LABEL_WIDTH, Facts, Note, column, form, label, line
from designer.gui.editing.properties.state import Field, LayerState
from designer.gui.editing.properties.training_part import TrainingPart
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr
from designer.network.edits import Rename, SetRates, SetSettings


class LayerPane(QWidget):
    """Shows a layer's properties and tells of edits. Built for a kind; another kind gets another pane.

    What it tells names the layer itself: an editor that loses the focus because another layer was
    selected still means the former one.

    Signals:
        edit_asked(edit): the user changed something.
        freeze_asked(layer ids, frozen): the user ticked Frozen.
    """

    edit_asked = Signal(object)
    freeze_asked = Signal(object, bool)

    def __init__(self, look: Look, state: LayerState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.training = TrainingPart()
        self.training.frozen_asked.connect(self._freeze)
        self.training.rates_asked.connect(self._set_rates)
        self._state = state
        self._kind = label("", "subheading", wrap=True)
        self._help = label("", "small", wrap=True)
        self._name = QLineEdit()
        self._name.setAccessibleName(tr("Name of the layer"))
        self._name.editingFinished.connect(self._rename)
        self._new_weights = Note(look, "sparkles", "warning")
        self._problems = Note(look, "triangle-alert", "danger")
        self._facts = Facts()
        self._editors: dict[str, Editor] = {}
        self._resets: dict[str, QToolButton] = {}
        self._mapper = QSignalMapper(self)
        self._mapper.mappedString.connect(self._reset)
        everything = column(self)
        everything.addWidget(self._kind)
        everything.addWidget(self._help)
        everything.addWidget(self._problems)
        everything.addWidget(self._new_weights)
        settings = form()
        name = label(tr("Name"), "muted")
        name.setMinimumWidth(LABEL_WIDTH)
        name.setBuddy(self._name)
        settings.addRow(name, self._name)
        for field in state.fields:
            self._add(settings, field)
        everything.addLayout(settings)
        everything.addWidget(line())
        everything.addWidget(self.training)
        everything.addWidget(self._facts)
        everything.addStretch(1)
        look.changed.connect(self._tint)
        self._tint()
        self.show_state(state)

    def fits(self, state: LayerState) -> bool:
        """Whether this pane has the editors for that state."""
        return [field.setting for field in state.fields] == [field.setting for field in self._state.fields]

    def show_state(self, state: LayerState) -> None:
        """Show a state that fits; only what differs is touched, so that typing is not disturbed."""
        other = state.layer_id != self._state.layer_id
        self._state = state
        self._kind.setText(state.kind)
        self._help.setText(state.help)
        self._help.setVisible(bool(state.help))
        if other or not self._name.hasFocus() or self._name.text() != state.name:
            self._name.setText(state.name)
        self._problems.show_text("\n".join(state.problems))
        reason = tr("Weights will be new: {reason}.", reason=state.new_weights) if state.new_weights else ""
        self._new_weights.show_text(reason)
        for field in state.fields:
            self._editors[field.setting.name].show_value(field.value)
            self._resets[field.setting.name].setEnabled(not field.is_default)
        tick = "" if state.frozen is None else "on" if state.frozen else "off"
        self.training.show_state(tick, state.rates)
        self._facts.show_rows(state.rows)

    def editor(self, name: str) -> Editor:
        """The editor of a setting."""
        return self._editors[name]

    def _add(self, settings: Any, field: Field) -> None:
        editor = editor_of(field.setting)
        self._editors[field.setting.name] = editor
        editor.edited.connect(self._set)
        reset = QToolButton()
        reset.setToolTip(tr("Back to the default"))
        reset.setAccessibleName(tr("Back to the default of {name}", name=field.label))
        reset.setIconSize(QSize(14, 14))
        reset.clicked.connect(self._mapper.map)
        self._mapper.setMapping(reset, field.setting.name)
        keep = reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        reset.setSizePolicy(keep)
        reset.setVisible(not field.setting.required)
        self._resets[field.setting.name] = reset
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(editor, 1)
        row.addWidget(reset)
        name = label(field.label, "muted")
        name.setMinimumWidth(LABEL_WIDTH)
        name.setBuddy(editor.widget)
        name.setToolTip(field.setting.help)
        settings.addRow(name, both)

    def _tint(self) -> None:
        for reset in self._resets.values():
            reset.setIcon(icon("undo-2", self._look.colours, "text_muted"))

    @Slot()
    def _rename(self) -> None:
        name = self._name.text().strip()
        if name != self._state.name:
            self.edit_asked.emit(Rename(self._state.layer_id, name))

    @Slot(object)
    def _set(self, value: object) -> None:
        sender: QObject | None = self.sender()
        if isinstance(sender, Editor):
            self.edit_asked.emit(SetSettings(self._state.layer_id, {sender.setting.name: value}))

    @Slot(str)
    def _reset(self, name: str) -> None:
        default = self._editors[name].setting.default
        self.edit_asked.emit(SetSettings(self._state.layer_id, {name: default}))

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        self.freeze_asked.emit((self._state.layer_id,), frozen)

    @Slot(object, object)
    def _set_rates(self, weight: float | None, bias: float | None) -> None:
        self.edit_asked.emit(SetRates((self._state.layer_id,), weight, bias))
