"""Ticking the layers that learn in a stage."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.actions import freezable
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.network.network import Network
from designer.session.stages import ALL, Stage

ID = Qt.ItemDataRole.UserRole


class LayersDialog(QDialog):
    """The layers that the network freezes, with a tick for each that learns in the stage."""

    def __init__(self, network: Network, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What learns in '{name}'", name=stage.name[:60]))
        self.resize(420, 520)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find layers"))
        self.search.setAccessibleName(tr("Find layers"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Layers that learn in this stage"))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        for layer in network:
            if layer.frozen and freezable(layer):
                item = QListWidgetItem(layer.name)
                item.setData(ID, layer.id)
                item.setSizeHint(QSize(0, 3 * SPACE))
                learns = ALL in stage.unfrozen or layer.id in stage.unfrozen
                item.setCheckState(Qt.CheckState.Checked if learns else Qt.CheckState.Unchecked)
                self.list.addItem(item)
        text = QLabel(
            tr("Frozen layers of the network. Those with a tick learn in this stage.")
            if self.list.count()
            else tr("No layer of the network is frozen, so all of them learn in every stage.")
        )
        text.setWordWrap(True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.search.textChanged.connect(self._filter)
        self.list.itemChanged.connect(self._tick_alike)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for part in (text, self.search, self.list, buttons):
            column.addWidget(part)
        self.list.setFocus()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the layers with a tick, in file order."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(item.data(ID) for item in items if item.checkState() == Qt.CheckState.Checked)

    @Slot(str)
    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(wanted not in item.text().casefold())

    @Slot(QListWidgetItem)
    def _tick_alike(self, item: QListWidgetItem) -> None:
        """A tick on one of several selected layers is one on all of them."""
        if not item.isSelected():
            return
        self.list.blockSignals(True)
        for other in self.list.selectedItems():
            if not other.isHidden():
                other.setCheckState(item.checkState())
        self.list.blockSignals(False)
        self.list.viewport().update()
