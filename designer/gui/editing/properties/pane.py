"""The property pane: shows what is selected, and tells of the edits that the user makes there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.editing.properties.layer_pane import LayerPane
from designer.gui.editing.properties.network_pane import NetworkPane, SeveralPane
from designer.gui.editing.properties.state import LayerState, NetworkState, SeveralState, State
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.network.edits import SetPurpose, SetRates


class PropertyPane(QFrame):
    """One of three panes, for the network, a layer, or several layers.

    Signals:
        edit_asked(edit): the user changed something.
        freeze_asked(layer ids, frozen): the user ticked Frozen.
        delete_asked(): the user wants the selected layers deleted.
    """

    edit_asked = Signal(object)
    freeze_asked = Signal(object, bool)
    delete_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._state: State | None = None
        self.setProperty("panel", True)
        self.setAccessibleName(tr("Properties"))
        self._network = NetworkPane()
        self._network.renamed.connect(self._rename_network)
        self._several = SeveralPane()
        self._several.training.frozen_asked.connect(self._freeze)
        self._several.training.rates_asked.connect(self._set_rates)
        self._several.delete_asked.connect(self.delete_asked)
        self.layer: LayerPane | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(_scrolling(self._network))
        self._stack.addWidget(_scrolling(self._several))
        self._layer_area: QScrollArea | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._stack)

    @property
    def state(self) -> State | None:
        """What is shown."""
        return self._state

    def show_state(self, state: State | None) -> None:
        """Show this; widgets are kept as far as they fit."""
        if state == self._state and state is not None:
            return
        self._state = state
        if isinstance(state, NetworkState):
            self._network.show_state(state)
            self._stack.setCurrentIndex(0)
        elif isinstance(state, SeveralState):
            self._several.show_state(state)
            self._stack.setCurrentIndex(1)
        elif isinstance(state, LayerState):
            self._show_layer(state)
        self.setVisible(state is not None)

    def restore(self) -> None:
        """Show again what holds, after an edit that was refused."""
        state, self._state = self._state, None
        self.show_state(state)

    def _show_layer(self, state: LayerState) -> None:
        if self.layer is None or self._layer_area is None or not self.layer.fits(state):
            former = self._layer_area
            self.layer = LayerPane(self._look, state)
            self.layer.edit_asked.connect(self.edit_asked)
            self.layer.freeze_asked.connect(self.freeze_asked)
            self._layer_area = _scrolling(self.layer)
            self._stack.addWidget(self._layer_area)
            if former is not None:
                self._stack.removeWidget(former)
                former.deleteLater()
        else:
            self.layer.show_state(state)
        self._stack.setCurrentWidget(self._layer_area)

    @Slot(str)
    def _rename_network(self, name: str) -> None:
        self.edit_asked.emit(SetPurpose(name=name))

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        if isinstance(self._state, SeveralState):
            self.freeze_asked.emit(self._state.layer_ids, frozen)

    @Slot(object, object)
    def _set_rates(self, weight: float | None, bias: float | None) -> None:
        if isinstance(self._state, SeveralState):
            self.edit_asked.emit(SetRates(self._state.learning, weight, bias))


def _scrolling(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder = QWidget()
    around = QVBoxLayout(holder)
    around.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE + 4)
    around.addWidget(widget)
    area.setWidget(holder)
    return area
