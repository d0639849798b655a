"""The network page: lays out library, table, canvas, properties and history around one document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from designer.gui.context import Context
from designer.gui.editing.adding import Adding
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.gestures.connect import Rules
from designer.gui.editing.clipboard import Clipboard
from designer.gui.editing.commands.actions import Actions
from designer.gui.editing.commands.context_menus import ContextMenus
from designer.gui.editing.commands.doers import Doers, handlers
from designer.gui.editing.commands.states import NetworkStates, Situation, network_states, resolve
from designer.gui.editing.editor import Editor
from designer.gui.editing.freezing import Freezing
from designer.gui.editing.guard import Guard
from designer.gui.editing.history_pane import HistoryPane
from designer.gui.editing.library.panel import LibraryPanel
from designer.gui.editing.looking import Looking
from designer.gui.editing.misfits import MisfitsKeeper
from designer.gui.editing.nothing_open import NothingOpen
from designer.gui.editing.placing import Placing
from designer.gui.editing.problems.panel import ProblemList
from designer.gui.editing.properties.pane import PropertyPane
from designer.gui.editing.properties.state import resolve as resolve_properties
from designer.gui.editing.questions import Questions
from designer.gui.editing.renaming import Renaming
from designer.gui.editing.sealing import Sealing
from designer.gui.editing.selection import Selection
from designer.gui.editing.side import SidePanel
from designer.gui.editing.sides import Sides
from designer.gui.editing.summing import SummaryKeeper
from designer.gui.editing.table.panel import LayerTable
from designer.gui.editing.telling import Telling
from designer.gui.editing.timing import Timing
from designer.gui.editing.view_state import panels_state, restore_panels
from designer.gui.editing.watching import Watching
from designer.gui.editing.windows import Windows
from designer.gui.editing.zoom_bar import ZoomBar
from designer.gui.look.tokens import SPACE
from designer.gui.page import Page
from designer.gui.readiness import network_obstacle
from designer.messages import tr
from designer.network.edits import Edit


class NetworkPage(Page):
    """Shows and edits the open network.

    Attributes:
        canvas, library, table, pane, history_pane, problems, zoom_bar: its parts.
        left, right: the panels at the sides.
        selection: what is selected, shared by all parts.
        editor, adding, clipboard, questions, freezing, placing, looking, windows: who
            does the commands.
        actions_by_key: the commands as Qt's actions.
    """

    step = "network"
    title = "Network"
    icon_name = "workflow"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        look = context.look
        self.selection = Selection(self)
        self.guard = Guard(context.session, self)
        self.editor = Editor(context, self.selection, self)
        self.editor.agrees = self.guard.agrees
        self.adding = Adding(context, self.editor, self.selection, self)
        self.clipboard = Clipboard(context, self.editor, self.selection, self)
        self._misfits = MisfitsKeeper(context.session, context.runner, self)
        self._summaries = SummaryKeeper(context.session, context.runner, self)
        self._known = NetworkStates()
        self.canvas = Canvas(context.runner, look, self.selection)
        self.timing = Timing(context, self.canvas, self)
        self.watching = Watching(context, self.canvas, self)
        self.library = LibraryPanel(look)
        self.table = LayerTable(look, self.selection)
        self.pane = PropertyPane(look)
        self.history_pane = HistoryPane(context.history, look)
        self.problems = ProblemList(look)
        self.zoom_bar = ZoomBar(look, self.canvas.view)
        self.left = SidePanel(look, "left", tr("Library and layers"), 220)
        self.right = SidePanel(look, "right", tr("Properties and history"), 284)
        self.renaming = Renaming(self.canvas, self)
        self.questions = Questions(context, self.editor, self.selection, self.renaming, self)
        self.freezing = Freezing(self.editor, self.selection, self)
        self.placing = Placing(self.editor, self.canvas, self.selection, self)
        panels, lists = (self.left, self.right), (self.library, self.history_pane)
        self.looking = Looking(self.canvas, self.selection, panels, lists, self)
        self.windows = Windows(context, self.canvas, self)
        doers = Doers(
            self.editor,
            self.clipboard,
            self.questions,
            self.freezing,
            self.placing,
            self.looking,
            self.windows,
        )
        self._actions = Actions(look, self, handlers(doers, self.canvas.mirror))
        self.menus = ContextMenus(self._actions, self)
        self.actions_by_key: Mapping[str, QAction] = self._actions.by_key
        self.sealing = Sealing(context.history, self)
        Telling(context.history, self.canvas.view, self)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        for hear in (self._misfits.hear, self._summaries.hear, self._hear, self.watching.hear):
            self.observe(hear)
        self._misfits.hear("weights")
        self._hear("opened")

    def need(self) -> str:
        """See `Page.need`."""
        obstacle = network_obstacle(self.context.session.network, self.context.session.facts)
        return obstacle.need if obstacle is not None else ""

    def shown(self) -> None:
        """See `Page.shown`."""
        if self.context.session.network is not None:
            self.canvas.view.setFocus()

    def view_state(self) -> dict[str, Any]:
        """See `Page.view_state`."""
        return {
            "canvas": self.canvas.view_state(),
            "library": self.library.view_state(),
            **panels_state(self.left, self.right),
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """See `Page.restore_view`."""
        for name, part in (("canvas", self.canvas), ("library", self.library)):
            found = state.get(name)
            if isinstance(found, dict):
                part.restore_view(found)
        restore_panels(state, self.left, self.right)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From all around the canvas Escape leads back to it, once there is nothing else to leave."""
        if event.key() == Qt.Key.Key_Escape and self.context.session.network is not None:
            self.canvas.view.setFocus()
            event.accept()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """See Qt."""
        super().showEvent(event)
        self.watching.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """See Qt: nobody sees the layers any more, as when the window is minimised."""
        super().hideEvent(event)
        self.watching.look(False)

    def apply(self, edit: Edit) -> bool:
        """Make an edit; one that does not fit is told of, and False comes back."""
        return self.editor.apply(edit)

    @Slot(str)
    def go_to_layer(self, layer_id: str) -> None:
        """Select a layer, and bring it into sight."""
        self.selection.select([layer_id])
        self.canvas.show_layer(layer_id)

    def _lay_out(self) -> None:
        for panel in (self.table, self.pane):
            # The panel around them has the frame.
            panel.setProperty("panel", False)
        self.left.add(self.library, tr("Library"))
        self.left.add(self.table, tr("Layers"))
        self.right.add(self.pane, tr("Properties"))
        self.right.add(self.history_pane, tr("History"))
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.problems)
        splitter = Sides(self.left, middle, self.right)
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._actions.bar.addWidget(room)
        self._actions.bar.addWidget(self.zoom_bar)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._actions.bar)
        around = QVBoxLayout()
        around.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        around.addWidget(splitter)
        inside.addLayout(around, 1)
        self._stack.addWidget(whole)
        self._stack.addWidget(NothingOpen(partial(self.context.go_to, "start")))
        page = QHBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._stack)

    def _connect(self) -> None:
        furniture = self.canvas.furniture
        self._actions.add_menu("view", furniture.overlay_menu, "palette")
        self._actions.add_menu("view", furniture.hiding_menu, "filter")
        editor, pointing, gestures = self.editor, self.canvas.pointing, self.canvas.gestures
        gestures.rules = Rules(editor.targets, editor.sources)
        for signal, slot in (
            (pointing.freeze_asked, self.freezing.freeze),
            (pointing.delete_asked, editor.delete),
            (gestures.connect_asked, editor.connect_ports),
            (gestures.reroute_asked, editor.reroute),
            (gestures.disconnect_asked, editor.disconnect_all),
            (gestures.move_asked, editor.move),
            (gestures.drop_asked, self.adding.drop),
            (gestures.menu_asked, self.menus.show_for_hit),
            (gestures.open_asked, self._open_layer),
            (self.canvas.failed, editor.tell),
            (self.library.add_asked, self._add_entry),
            (self.library.left, self.canvas.view.setFocus),
            (self.table.asked, editor.attempt),
            (self.table.refused, editor.tell),
            (self.table.delete_asked, editor.delete),
            (self.table.chosen, self.canvas.show_layer),
            (self.table.open_asked, self._open_layer),
            (self.table.copy_asked, self.clipboard.copy_rows),
            (self.table.menu_asked, self.menus.show_for_layer),
            (self.pane.asked, editor.attempt),
            (self.pane.select_asked, self.selection.select),
            (self.pane.delete_asked, editor.delete),
            (self.problems.chosen, self.go_to_layer),
            (self.windows.layer_chosen, self.go_to_layer),
            (self.problems.asked, editor.attempt),
            (self.problems.left, self.canvas.view.setFocus),
            (editor.refused, self.pane.restore),
            (editor.added, self._show_added),
            (self.selection.changed, self._refresh),
            (self._misfits.changed, self._refresh),
            (self._misfits.failed, editor.tell),
            (self._summaries.changed, self._refresh),
            (self._summaries.failed, editor.tell),
            (self.clipboard.changed, self._refresh_commands),
            (self.looking.changed, self._refresh_commands),
            (self.canvas.arranged, self._refresh_commands),
        ):
            signal.connect(slot)

    @Slot(str)
    def _add_entry(self, key: str) -> None:
        self.adding.add_entry(key, self.placing.middle())

    @Slot(object)
    def _show_added(self, layer_ids: tuple[str, ...]) -> None:
        self.canvas.show_layer(layer_ids[0])

    @Slot(str)
    def _open_layer(self, layer_id: str) -> None:
        self.go_to_layer(layer_id)
        self.right.show_tab(self.pane)
        field = self.pane.layer.findChild(QLineEdit) if self.pane.layer is not None else None
        (field or self.pane).setFocus(Qt.FocusReason.TabFocusReason)

    def _hear(self, topic: str) -> None:
        session = self.context.session
        if topic == "opened":
            self.clipboard.opened()
            self.renaming.cancel()
            self.selection.select(())
            self.canvas.open(session.network)
            self.canvas.update_facts(session.facts)
        elif topic == "network" and session.network is not None and session.last_change is not None:
            self.selection.keep_only(session.network.layers, session.network.connections)
            if self.context.history.replaying and session.last_change.added:
                # What comes back is what one was at.
                self.selection.select(session.last_change.added)
            self.canvas.update_network(session.network, session.last_change.structural)
        elif topic == "facts":
            self.canvas.update_facts(session.facts)
        if topic in ("opened", "network", "facts"):
            self.table.show_network(session.network, session.facts)
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        session = self.context.session
        self._stack.setCurrentIndex(0 if session.network is not None else 1)
        known = self._misfits.known(None if self.selection.layers else self._summaries.newest())
        self.pane.show_state(resolve_properties(session.network, self.selection.layers, known))
        self.problems.show_problems(session.network, session.facts, self._misfits.found)
        self.guard.misfits = self._misfits.found
        self.library.show_place(self.adding.place_text())
        self._refresh_commands()

    @Slot()
    def _refresh_commands(self) -> None:
        network = self.context.session.network
        if self._known.network is not network:
            self._known = network_states(network, self._known)
        situation = Situation(
            network,
            self.selection.layers,
            self.selection.connections,
            len(self.canvas.pointing.selected),
            self.clipboard.obstacle,
            self.looking.on,
        )
        self._actions.show_states(resolve(situation, self._known))
