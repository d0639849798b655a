"""The property pane of several layers: what they have in common, edited together."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalMapper, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from designer.catalog.actions import freeze, set_rates, set_settings
from designer.gui.editing.properties.fields_form import FieldsForm
from designer.gui.editing.properties.parts import Facts, Note, breakable, column, label, line
from designer.gui.editing.properties.state import SeveralState
from designer.gui.editing.properties.training_part import TrainingPart
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr

PROBLEMS = 3
"""So many problems are told in full."""


class SeveralPane(QWidget):
    """What several layers have in common. Built for the settings that they share.

    Signals:
        asked(action): the user changed something; the action makes a network's edit.
        focused(field or None): which setting has the keyboard.
        delete_asked(): the user wants them deleted.
        select_asked(layer ids): the user wants only these of them.
    """

    asked = Signal(object)
    focused = Signal(object)
    delete_asked = Signal()
    select_asked = Signal(object)

    def __init__(self, look: Look, state: SeveralState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._title = label("", "subheading", wrap=True)
        self._facts = Facts()
        self._problems = Note(look, "triangle-alert", "danger")
        self.new_weights = Note(look, "sparkles", "warning")
        self.training = TrainingPart()
        self.training.frozen_asked.connect(self._freeze)
        self.training.rates_asked.connect(self._set_rates)
        self.form = FieldsForm(look, state.fields)
        self.form.given.connect(self._set)
        self.form.focused.connect(self.focused)
        self._nothing = label(tr("These layers have no setting in common."), "small", wrap=True)
        if state.fields:
            self._nothing.hide()
        self._kinds = QWidget()
        self._kind_rows = QVBoxLayout(self._kinds)
        self._kind_rows.setContentsMargins(0, 0, 0, 0)
        self._kind_rows.setSpacing(2)
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._select)
        delete = QPushButton(tr("Delete layers"))
        delete.setProperty("danger", True)
        delete.setToolTip(tr("What they fed is then fed by what fed them, where that fits."))
        delete.clicked.connect(self.delete_asked)
        everything = column(self)
        everything.addWidget(self._title)
        everything.addWidget(self._problems)
        everything.addWidget(self.new_weights)
        everything.addWidget(self._facts)
        everything.addWidget(line())
        everything.addWidget(self.training)
        everything.addWidget(self.form)
        everything.addWidget(self._nothing)
        everything.addWidget(self._kinds)
        everything.addSpacing(SPACE)
        everything.addWidget(delete)
        everything.addStretch(1)
        self._shown_kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self.show_state(state, anew=True)

    def fits(self, state: SeveralState) -> bool:
        """Whether this pane has the editors for that state."""
        return self.form.fits(state.fields)

    def show_state(self, state: SeveralState, anew: bool = False) -> None:
        """Show a state that fits."""
        anew = anew or state.layer_ids != self._state.layer_ids
        self._state = state
        self._title.setText(breakable(state.title))
        more = len(state.problems) - PROBLEMS
        told = [*state.problems[:PROBLEMS], *([tr("And {count} more.", count=more)] if more > 0 else [])]
        self._problems.show_text("\n".join(told))
        self.new_weights.show_text(state.new_weights)
        self._facts.show_rows(state.rows)
        self.training.show_state(state.tick, state.rates if state.learning else None, anew)
        self.form.show_fields(state.fields, anew)
        self._show_kinds(state.kinds)

    def _show_kinds(self, kinds: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        """A button for each kind, to go on with the layers of that one."""
        self._kinds.setVisible(bool(kinds))
        if kinds == self._shown_kinds:
            return
        self._shown_kinds = kinds
        while (item := self._kind_rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                # It goes later; the new ones are shown now.
                old.hide()
                old.deleteLater()
        if kinds:
            self._kind_rows.addWidget(label(tr("Select only"), "small"))
        for number, (title, ids) in enumerate(kinds):
            button = QPushButton(tr("{kind} ({count})", kind=title, count=f"{len(ids):,}"))
            button.setProperty("flat", True)
            button.setToolTip(tr("Select these {count} of the selected layers alone", count=len(ids)))
            button.setStyleSheet("text-align: left;")
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, number)
            self._kind_rows.addWidget(button)

    @Slot(int)
    def _select(self, number: int) -> None:
        self.select_asked.emit(self._shown_kinds[number][1])

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        self.asked.emit(partial(set_settings, layer_ids=self._state.layer_ids, settings={name: value}))

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        self.asked.emit(partial(freeze, layer_ids=self._state.layer_ids, frozen=frozen))

    @Slot(object, object)
    def _set_rates(self, weight: float | None, bias: float | None) -> None:
        ids = self._state.learning
        self.asked.emit(partial(set_rates, layer_ids=ids, weight_rate=weight, bias_rate=bias))
