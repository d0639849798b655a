"""The part of the property pane on training: frozen, and the learning-rate factors."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from designer.gui.editing.properties.editors import TextEditor
from designer.gui.editing.properties.inputs import SEVERAL
from designer.gui.editing.properties.parts import column, field_row, label
from designer.gui.editing.properties.values import BIAS_RATE, WEIGHT_RATE
from designer.gui.look.tokens import SPACE
from designer.messages import tr


class TrainingPart(QWidget):
    """Frozen, and the factors.

    Signals:
        frozen_asked(bool): the user ticked or unticked Frozen.
        rates_asked(weight, bias): the user gave a factor; None for the one that stays.
    """

    frozen_asked = Signal(bool)
    rates_asked = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frozen = QCheckBox(tr("Frozen"))
        self._frozen.setToolTip(
            tr("Parameters and running statistics stay as they are, and the layer runs as in evaluation.")
        )
        self._frozen.clicked.connect(self._ask_frozen)
        self._weight = TextEditor(WEIGHT_RATE)
        self._bias = TextEditor(BIAS_RATE)
        self._weight.edited.connect(self._ask_weight)
        self._bias.edited.connect(self._ask_bias)
        self._rates = QWidget()
        rows = QVBoxLayout(self._rates)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE // 2)
        for text, editor in ((tr("Weights × rate"), self._weight), (tr("Bias × rate"), self._bias)):
            name = label(text, "muted")
            name.setBuddy(editor.widget)
            rows.addLayout(field_row(name, editor))
            rows.addWidget(editor.note)
        all_of_it = column(self)
        all_of_it.setSpacing(4)
        all_of_it.addWidget(self._frozen)
        all_of_it.addWidget(self._rates)

    def show_state(
        self, tick: str, rates: tuple[float | None, float | None] | None, anew: bool = False
    ) -> None:
        """Show 'on', 'some', 'off' or '' (nothing to freeze), and the factors; None hides them.

        A factor that is None differs from layer to layer. `anew`: these are other layers.
        """
        states = {"on": Qt.CheckState.Checked, "some": Qt.CheckState.PartiallyChecked}
        self._frozen.setCheckState(states.get(tick, Qt.CheckState.Unchecked))
        self._frozen.setVisible(bool(tick))
        self._rates.setVisible(rates is not None)
        if rates is not None:
            self._weight.show_value(SEVERAL if rates[0] is None else rates[0], anew)
            self._bias.show_value(SEVERAL if rates[1] is None else rates[1], anew)
        self.setVisible(bool(tick) or rates is not None)

    @Slot(bool)
    def _ask_frozen(self, on: bool) -> None:
        # A click on a partly ticked box ticks it.
        self._frozen.setTristate(False)
        self.frozen_asked.emit(on)

    @Slot(object)
    def _ask_weight(self, value: object) -> None:
        self.rates_asked.emit(value, None)

    @Slot(object)
    def _ask_bias(self, value: object) -> None:
        self.rates_asked.emit(None, value)
