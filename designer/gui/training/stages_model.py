"""The stages of a run as a table that can be edited, and the editors of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from designer.catalog.recipes import Learning, learning_choices, learning_title
from designer.gui.training.editors import ChoiceBox, RateBox, WholeBox
from designer.messages import tr
from designer.network.network import Network
from designer.session.options import BOUNDS
from designer.session.stages import Stage

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

NAME, EPOCHS, RATE, LEARNS = range(4)
COLUMNS = ("Stage", "Epochs", "Rate", "What learns")
HELP = (
    "Name of the stage.",
    "Passes over the training pictures in this stage.",
    "Learning rate of this stage, before its schedule and the layers' factors.",
    "Layers that learn in this stage although the network freezes them.",
)
WIDEST = 120
"""Pixels of an editor of numbers: enough for one of six digits and its arrows."""
CHOOSE = "choose"
"""In the list of what learns: the user wants to tick layers."""


class StagesModel(QAbstractTableModel):
    """Stages as rows.

    Signals:
        edited(stages): the user has changed them.
        choosing(row): the user wants to tick the layers of a stage.
    """

    edited = Signal(object)
    choosing = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[Stage, ...] = ()
        self._network: Network | None = None
        self.choices: tuple[Learning, ...] = learning_choices(None)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What is shown."""
        return self._stages

    def show_stages(self, stages: Sequence[Stage], network: Network | None) -> None:
        """Show stages of a run of this network."""
        if network is not self._network:
            self._network, self.choices = network, learning_choices(network)
        if len(stages) == len(self._stages):
            self._stages = tuple(stages)
            if stages:
                self.dataChanged.emit(self.index(0, 0), self.index(len(stages) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._stages = tuple(stages)
        self.endResetModel()

    def change(self, row: int, **values: Any) -> None:
        """Give a stage other values, and tell of it."""
        changed = replace(self._stages[row], **values)
        if changed != self._stages[row]:
            self.edited.emit((*self._stages[:row], changed, *self._stages[row + 1 :]))

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self._stages)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """All cells can be edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and value of a cell."""
        stage, column = self._stages[index.row()], index.column()
        if role == Qt.ItemDataRole.EditRole:
            return (stage.name, stage.epochs, stage.learning_rate, stage.unfrozen)[column]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            digits = 2 if role == Qt.ItemDataRole.DisplayRole else 6
            learns = learning_title(self.choices, self._network, stage.unfrozen)
            return (stage.name, str(stage.epochs), f"{stage.learning_rate:.{digits}g}", learns)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was edited; an empty name is none."""
        if role != Qt.ItemDataRole.EditRole or index.row() >= len(self._stages):
            return False
        if index.column() == LEARNS and value == CHOOSE:
            self.choosing.emit(index.row())
            return True
        name = ("name", "epochs", "learning_rate", "unfrozen")[index.column()]
        if index.column() == NAME:
            value = str(value).strip()
            if not value:
                return False
        self.change(index.row(), **{name: value})
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(COLUMNS[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(HELP[section])
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


class StageDelegate(QStyledItemDelegate):
    """The editors of the cells: as those of the options above."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """See Qt."""
        made: QWidget
        if index.column() == EPOCHS:
            made = WholeBox(*BOUNDS["epochs"])
        elif index.column() == RATE:
            made = RateBox(*BOUNDS["learning_rate"])
        elif index.column() == LEARNS:
            made = self._list(index.model())
        else:
            made = QLineEdit()
        made.setParent(parent)
        made.setAccessibleName(tr(COLUMNS[index.column()]))
        made.setAutoFillBackground(True)
        return made

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """See Qt."""
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, WholeBox | RateBox):
            editor.setValue(value)
        elif isinstance(editor, QComboBox):
            shown = editor.findText(index.data(Qt.ItemDataRole.DisplayRole))
            # Layers that were ticked: no choice of the list, but where ticking is.
            editor.setCurrentIndex(shown if shown >= 0 else editor.count() - 1)
        elif isinstance(editor, QLineEdit):
            editor.setText(value)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """See Qt."""
        if isinstance(editor, WholeBox | RateBox):
            editor.interpretText()
            model.setData(index, editor.value())
        elif isinstance(editor, QComboBox) and isinstance(model, StagesModel):
            number = editor.currentIndex()
            choosing = number == editor.count() - 1
            if choosing and not editor.property("picked"):
                return
            model.setData(index, CHOOSE if choosing else model.choices[number][1])
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """The whole cell, and as much more as numbers with arrows need."""
        rect = option.rect
        if index.column() in (EPOCHS, RATE):
            rect.setLeft(rect.right() - max(rect.width(), WIDEST))
        editor.setGeometry(rect)

    def _list(self, model: Any) -> ChoiceBox:
        made = ChoiceBox(())
        for title, _ in model.choices:
            made.addItem(title)
        made.addItem(tr("Choose layers ..."))
        made.view().setMinimumWidth(made.view().sizeHintForColumn(0) + 32)
        made.activated.connect(self._picked)
        return made

    def _picked(self) -> None:
        editor = self.sender()
        assert isinstance(editor, QComboBox)
        editor.setProperty("picked", True)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (EPOCHS, RATE) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
