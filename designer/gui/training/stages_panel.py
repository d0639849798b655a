"""The stages of a run: a small table with buttons, or, while there are none, a button that adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QKeyCombination, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.gui.context import Context
from designer.gui.look.icons import icon, set_icon
from designer.gui.look.tokens import SPACE
from designer.gui.observing import observe_while
from designer.gui.training.layers_dialog import LayersDialog
from designer.gui.training.stages_model import EPOCHS, LEARNS, NAME, RATE, StageDelegate, StagesModel
from designer.messages import tr
from designer.session.stages import ALL, Stage

ROW = 28
NAME_WIDTH = 10 * SPACE
"""Pixels for the name of a stage; the rest is for what learns."""
MOST = 8
"""Rows that are seen at once."""


class StagesPanel(QWidget):
    """Shows the session's stages, and sets them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.model = StagesModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(StageDelegate(self.table))
        self.table.setAccessibleName(tr("Stages of training"))
        self.table.setAccessibleDescription(
            tr("F2 edits, Delete removes, Insert adds, Alt with up or down moves a stage.")
        )
        self._dress()
        self.add_button = QPushButton(tr("Add stage"))
        self.add_button.setToolTip(tr("Trains in parts, with layers and a rate of their own."))
        self.remove_button = self._tool(tr("Remove stage"), "minus", Qt.Key.Key_Delete)
        self.up_button = self._tool(tr("Move stage up"), "arrow-up", Qt.Modifier.ALT | Qt.Key.Key_Up)
        self.down_button = self._tool(tr("Move stage down"), "arrow-down", Qt.Modifier.ALT | Qt.Key.Key_Down)
        self._on_key(Qt.Key.Key_Insert, self.add)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        row.addWidget(self.add_button)
        row.addStretch(1)
        for button in (self.up_button, self.down_button, self.remove_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.table)
        column.addLayout(row)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.up_button.clicked.connect(self.move_up)
        self.down_button.clicked.connect(self.move_down)
        self.model.edited.connect(self._set)
        # The editor is closed before the dialog opens.
        self.model.choosing.connect(self._choose, Qt.ConnectionType.QueuedConnection)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        context.look.changed.connect(self._paint)
        observe_while(self, context.session, self._heard)
        self._paint()
        self.show_stages()

    def show_stages(self) -> None:
        """Take over what the session holds."""
        session = self._context.session
        stages = session.training_options.stages
        self.model.show_stages(stages, session.network if stages else None)
        self.table.setVisible(bool(stages))
        self.table.setFixedHeight(self._height(len(stages)))
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setVisible(bool(stages))
        self._enable()

    def _heard(self, topic: str) -> None:
        # What learns is called by the layers that there are. Out of sight it can wait.
        if topic == "network" and self.model.stages and self.isVisible():
            self.show_stages()

    def showEvent(self, event: QShowEvent) -> None:
        """Take over what was changed elsewhere."""
        super().showEvent(event)
        self.show_stages()

    @Slot()
    def add(self) -> None:
        """Add a stage after all others: at first one as the run is, later a copy at a tenth of the rate."""
        options = self._context.session.training_options
        name = tr("Stage {number}", number=len(options.stages) + 1)
        if options.stages:
            last = options.stages[-1]
            new = Stage(name, last.epochs, last.learning_rate / 10, (ALL,))
        else:
            new = Stage(name, options.epochs, options.learning_rate)
        self._set((*options.stages, new), len(options.stages))
        self.table.setFocus()

    @Slot()
    def remove(self) -> None:
        """Remove the chosen stage."""
        row = self.table.currentIndex().row()
        if row >= 0:
            stages = self.model.stages
            self._set((*stages[:row], *stages[row + 1 :]), min(row, len(stages) - 2))
            if len(stages) == 1:
                self.add_button.setFocus()

    @Slot()
    def move_up(self) -> None:
        """Let the chosen stage be earlier."""
        self._move(-1)

    @Slot()
    def move_down(self) -> None:
        """Let the chosen stage be later."""
        self._move(1)

    def _move(self, by: int) -> None:
        stages, row = list(self.model.stages), self.table.currentIndex().row()
        if row >= 0 and 0 <= row + by < len(stages):
            stages.insert(row + by, stages.pop(row))
            self._set(tuple(stages), row + by)

    @Slot(object)
    def _set(self, stages: Sequence[Stage], row: int | None = None) -> None:
        here = self.table.currentIndex()
        session = self._context.session
        session.set_options(training=replace(session.training_options, stages=tuple(stages)))
        self.show_stages()
        if row is None:
            row = here.row()
        if 0 <= row < len(stages):
            self.table.setCurrentIndex(self.model.index(row, max(here.column(), 0)))

    @Slot(int)
    def _choose(self, row: int) -> None:
        network = self._context.session.network
        if network is None or row >= len(self.model.stages):
            return
        stage = self.model.stages[row]
        dialog = LayersDialog(network, stage, self.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.model.change(row, unfrozen=dialog.chosen)
        dialog.deleteLater()

    @Slot()
    def _enable(self) -> None:
        row, count = self.table.currentIndex().row(), len(self.model.stages)
        self.remove_button.setEnabled(row >= 0)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < count - 1)

    @Slot()
    def _paint(self) -> None:
        colours = self._context.look.colours
        set_icon(self.add_button, "plus", colours)
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setIcon(icon(button.objectName(), colours))

    def _tool(self, text: str, icon_name: str, key: Qt.Key | QKeyCombination) -> QToolButton:
        button = QToolButton()
        button.setObjectName(icon_name)
        shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{text} ({shown})")
        button.setAccessibleName(text)
        self._on_key(key, button.click)
        return button

    def _on_key(self, key: Qt.Key | QKeyCombination, act: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(key), self.table)
        # Not while a cell is edited, where these keys mean something else.
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(act)

    def _dress(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        # What tells groups apart is at the end of their paths.
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(NAME, NAME_WIDTH)
        header.setSectionResizeMode(LEARNS, QHeaderView.ResizeMode.Stretch)
        for column in (EPOCHS, RATE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _height(self, rows: int) -> int:
        header = self.table.horizontalHeader().sizeHint().height()
        return header + min(rows, MOST) * ROW + 2 * self.table.frameWidth()
