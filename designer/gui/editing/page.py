"""The network page: puts table, canvas and property pane together around one document."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.actions import delete_layers, freeze, freeze_backbone
from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.commands import COMMANDS, frozen_layers, resolve
from designer.gui.editing.head_dialog import HeadDialog
from designer.gui.editing.misfits import MisfitsKeeper
from designer.gui.editing.problems import ProblemList
from designer.gui.editing.properties.pane import PropertyPane
from designer.gui.editing.properties.state import resolve as resolve_properties
from designer.gui.editing.selection import Selection
from designer.gui.editing.table.panel import LayerTable
from designer.gui.editing.zoom_bar import ZoomBar
from designer.gui.look.icons import BUTTON_ICON, padded_icon
from designer.gui.look.tokens import SPACE
from designer.gui.notices import notice_of
from designer.gui.page import Page
from designer.gui.readiness import network_obstacle
from designer.messages import tr
from designer.network.edits import Edit


class NetworkPage(Page):
    """Shows and edits the open network.

    Attributes:
        canvas, table, pane, problems: its parts.
        selection: the selected layers, shared by all parts.
    """

    step = "network"
    title = "Network"
    icon_name = "workflow"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.selection = Selection(self)
        self._misfits = MisfitsKeeper(context.session, context.runner, self)
        self.canvas = Canvas(context.runner, context.look, self.selection)
        self.table = LayerTable(context.look, self.selection)
        self.pane = PropertyPane(context.look)
        self.problems = ProblemList(context.look)
        self.zoom_bar = ZoomBar(context.look, self.canvas.view)
        self.actions_by_key: dict[str, QAction] = {}
        self._bar = self._make_bar()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._tint()
        for hear in (self._misfits.hear, self._hear):
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

    def apply(self, edit: Edit) -> bool:
        """Make an edit; one that does not fit is told of, and False comes back."""
        try:
            self.context.session.apply(edit)
        except DesignerError as error:
            self.context.notify(notice_of(error))
            self.pane.restore()
            return False
        return True

    def go_to_layer(self, layer_id: str) -> None:
        """Select a layer, and bring it into sight."""
        self.selection.select([layer_id])
        self.canvas.show_layer(layer_id)

    def replace_head(self) -> None:
        """Ask for classes, and replace the head."""
        network, data = self.context.session.network, self.context.session.data
        if network is not None:
            edit = HeadDialog.ask(network, data.classes if data is not None else (), self)
            if edit is not None:
                self.apply(edit)

    def freeze_backbone(self) -> None:
        """Freeze everything before the head."""
        self._act(freeze_backbone)

    def unfreeze_all(self) -> None:
        """Let every layer learn."""
        self._act(lambda network: freeze(network, frozen_layers(network), False))

    def delete(self) -> None:
        """Delete the selected layers."""
        self._act(partial(delete_layers, layer_ids=self.selection.layers))

    @Slot(object)
    def _act(self, action: object) -> None:
        network = self.context.session.network
        if network is None or not callable(action):
            return
        try:
            edit = action(network)
        except DesignerError as error:
            self.context.notify(notice_of(error))
            return
        self.apply(edit)

    def _make_bar(self) -> QToolBar:
        bar = QToolBar(tr("Network"))
        bar.setIconSize(BUTTON_ICON)
        handlers = {
            "replace_head": self.replace_head,
            "freeze_backbone": self.freeze_backbone,
            "unfreeze_all": self.unfreeze_all,
            "delete": self.delete,
            "expand_all": self.canvas.expand_all,
            "collapse_all": self.canvas.collapse_all,
        }
        for command in COMMANDS:
            # Of the bar, not of the page: it must not be deleted while the bar still shows it.
            action = QAction(tr(command.text), bar)
            action.setShortcut(command.keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(handlers[command.key])
            self.addAction(action)
            self.actions_by_key[command.key] = action
            bar.addAction(action)
            button = bar.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setAccessibleName(tr(command.text))
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                if command.titled:
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            if command.ends_part:
                bar.addSeparator()
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(room)
        bar.addWidget(self.zoom_bar)
        return bar

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.problems)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.table, middle, self.pane):
            splitter.addWidget(widget)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([300, 640, 312])
        self.table.setMinimumWidth(180)
        self.pane.setMinimumWidth(280)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._bar)
        around = QVBoxLayout()
        around.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        around.addWidget(splitter)
        inside.addLayout(around, 1)
        self._stack.addWidget(whole)
        self._stack.addWidget(self._make_empty())
        page = QHBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._stack)

    def _make_empty(self) -> QWidget:
        empty = QWidget()
        text = QLabel(tr("No network is open"))
        text.setProperty("heading", True)
        button = QPushButton(tr("Choose a model"))
        button.setProperty("primary", True)
        button.clicked.connect(partial(self.context.go_to, "start"))
        column = QVBoxLayout(empty)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return empty

    def _connect(self) -> None:
        self.canvas.pointing.freeze_asked.connect(self._freeze)
        self.canvas.pointing.delete_asked.connect(self.delete)
        self.canvas.failed.connect(self._tell)
        self.table.asked.connect(self._act)
        self.table.refused.connect(self._tell)
        self.table.delete_asked.connect(self.delete)
        self.table.chosen.connect(self.canvas.show_layer)
        self.table.open_asked.connect(self._open_layer)
        self.pane.edit_asked.connect(self.apply)
        self.pane.freeze_asked.connect(self._freeze)
        self.pane.delete_asked.connect(self.delete)
        self.problems.chosen.connect(self.go_to_layer)
        self.selection.changed.connect(self._refresh)
        self._misfits.changed.connect(self._refresh)
        self._misfits.failed.connect(self._tell)
        self.context.look.changed.connect(self._tint)

    @Slot(str)
    def _open_layer(self, layer_id: str) -> None:
        self.go_to_layer(layer_id)
        self.canvas.view.setFocus()

    @Slot(object, bool)
    def _freeze(self, layer_ids: tuple[str, ...], frozen: bool) -> None:
        self._act(lambda network: freeze(network, layer_ids, frozen))

    @Slot(object)
    def _tell(self, error: BaseException) -> None:
        self.context.notify(notice_of(error))

    def _hear(self, topic: str) -> None:
        session = self.context.session
        if topic == "opened":
            self.selection.select(())
            self.canvas.open(session.network)
            self.canvas.update_facts(session.facts)
        elif topic == "network" and session.network is not None and session.last_change is not None:
            self.selection.keep_only(session.network.layers)
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
        for key, state in resolve(session.network, self.selection.layers).items():
            row = next(command for command in COMMANDS if command.key == key)
            action = self.actions_by_key[key]
            action.setEnabled(state.enabled)
            keys = f" ({row.keys})" if row.keys else ""
            action.setToolTip(state.reason or f"{tr(row.tip)}{keys}")
        self.pane.show_state(
            resolve_properties(session.network, session.facts, self.selection.layers, self._misfits.found)
        )
        self.problems.show_problems(session.facts.problems if session.facts is not None else ())

    @Slot()
    def _tint(self) -> None:
        for command in COMMANDS:
            self.actions_by_key[command.key].setIcon(padded_icon(command.icon, self.context.look.colours))
