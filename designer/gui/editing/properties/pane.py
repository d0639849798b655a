"""The property pane: shows what is selected, and asks for the edits that the user makes there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.editing.properties.help_box import HelpBox
from designer.gui.editing.properties.layer_pane import LayerPane
from designer.gui.editing.properties.network_pane import NetworkPane
from designer.gui.editing.properties.network_state import NetworkState
from designer.gui.editing.properties.parts import line
from designer.gui.editing.properties.several_pane import SeveralPane
from designer.gui.editing.properties.state import LayerState, SeveralState, State
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.tab_order import lead_on
from designer.messages import tr


class PropertyPane(QFrame):
    """One of three panes, for the network, a layer, or several layers.

    Attributes:
        layer, several: the panes as they were shown last; None before.

    Signals:
        asked(action): the user changed something; the action makes a network's edit.
        delete_asked(): the user wants the selected layers deleted.
        select_asked(layer ids): the user wants other layers selected.
    """

    asked = Signal(object)
    delete_asked = Signal()
    select_asked = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._state: State | None = None
        self.setProperty("panel", True)
        self.setAccessibleName(tr("Properties"))
        self.network = NetworkPane(look)
        self.layer: LayerPane | None = None
        self.several: SeveralPane | None = None
        self.help = HelpBox()
        self._line = line()
        self._line.hide()
        self._stack = QStackedWidget()
        self._areas: dict[str, QScrollArea] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._line)
        column.addWidget(self.help)
        self._take("network", self.network)

    @property
    def state(self) -> State | None:
        """What is shown."""
        return self._state

    def show_state(self, state: State | None) -> None:
        """Show this; widgets are kept as far as they fit."""
        if state == self._state and state is not None:
            return
        self._show(state)

    def restore(self) -> None:
        """Show again what holds, after an edit that was refused."""
        self._show(self._state, anew=True)

    def _show(self, state: State | None, anew: bool = False) -> None:
        self._state = state
        title = text = ""
        if isinstance(state, NetworkState):
            self.network.show_state(state, anew)
            self._stack.setCurrentWidget(self._areas["network"])
        elif isinstance(state, SeveralState):
            self._show_several(state, anew)
        elif isinstance(state, LayerState):
            self._show_layer(state, anew)
            title, text = state.kind, state.help
        if (title, text) != self.help.resting:
            self.help.rest_on(title, text)
            self._line.setVisible(bool(text))
        self.setVisible(state is not None)

    def _show_layer(self, state: LayerState, anew: bool) -> None:
        if self.layer is not None and self.layer.fits(state):
            self.layer.show_state(state, anew)
        else:
            self.layer = LayerPane(self._look, state)
            self._take("layer", self.layer)
        self._stack.setCurrentWidget(self._areas["layer"])

    def _show_several(self, state: SeveralState, anew: bool) -> None:
        if self.several is not None and self.several.fits(state):
            self.several.show_state(state, anew)
        else:
            self.several = SeveralPane(self._look, state)
            self.several.delete_asked.connect(self.delete_asked)
            self.several.select_asked.connect(self.select_asked)
            self._take("several", self.several)
        self._stack.setCurrentWidget(self._areas["several"])

    def _take(self, key: str, pane: LayerPane | SeveralPane | NetworkPane) -> None:
        """Put a pane in place of the former one of its sort."""
        pane.asked.connect(self.asked)
        pane.focused.connect(self.help.show_field)
        former = self._areas.get(key)
        self._areas[key] = _scrolling(pane)
        self._stack.addWidget(self._areas[key])
        if key != "network":
            lead_on(self._areas["network"], self._areas[key])
        if former is not None:
            self._stack.removeWidget(former)
            former.deleteLater()


def _scrolling(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    # Its fields take the keyboard; from them Page Up and Page Down scroll it.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder = QWidget()
    around = QVBoxLayout(holder)
    around.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE + 4)
    around.addWidget(widget)
    area.setWidget(holder)
    # The panel's own colour is behind it.
    holder.setAutoFillBackground(False)
    return area
