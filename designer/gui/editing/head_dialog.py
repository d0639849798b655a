"""The dialog of Replace head: asks for the classes, and says what will change."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.actions import class_names, head_layers, replace_head
from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Network


@dataclass(frozen=True, slots=True)
class HeadPlan:
    """What the dialog would do.

    Attributes:
        edit: the edit; None when it cannot be made.
        text: what will change, or why it cannot be.
    """

    edit: Edit | None
    text: str


def names_in(text: str) -> tuple[str, ...]:
    """Class names that were typed: one a line, or several on one line with commas between."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = [name.strip() for name in lines[0].split(",") if name.strip()]
    return tuple(lines)


def planned(network: Network, classes: tuple[str, ...]) -> HeadPlan:
    """The edit for these classes and what it changes, in words."""
    try:
        edit = replace_head(network, classes)
        texts = []
        for layer_id in head_layers(network):
            layer = network[layer_id]
            row = kind(layer.kind)
            texts.append(
                tr(
                    "{kind} '{name}' is replaced: {before} outputs become {after}.",
                    kind=row.title,
                    name=layer.name,
                    before=layer.settings.get(row.output_width, "?"),
                    after=len(classes),
                )
            )
    except EditError as error:
        return HeadPlan(None, str(error))
    texts.append(
        tr("Its weights start anew and learn at 10 times the rate. All other layers stay as they are.")
    )
    return HeadPlan(edit, "\n".join(texts))


class HeadDialog(QDialog):
    """Asks for class names or a number of classes."""

    def __init__(
        self, network: Network, suggested: tuple[str, ...] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._network = network
        self.setWindowTitle(tr("Replace head"))
        self.setMinimumWidth(460)
        self.by_number = QRadioButton(tr("A number of classes"))
        self.number = QSpinBox()
        self.number.setRange(2, 100_000)
        self.number.setValue(max(len(suggested), 2))
        self.number.setAccessibleName(tr("Number of classes"))
        self.by_names = QRadioButton(tr("Class names, one a line"))
        self.names = QPlainTextEdit("\n".join(suggested))
        self.names.setAccessibleName(tr("Class names, one a line"))
        self.names.setPlaceholderText(tr("daisy\nrose\ntulip"))
        self.names.setTabChangesFocus(True)
        self.names.setMinimumHeight(120)
        panel = QFrame()
        panel.setProperty("panel", True)
        self._plan = QLabel()
        self._plan.setWordWrap(True)
        self._plan.setAccessibleName(tr("What will change"))
        inside = QVBoxLayout(panel)
        inside.addWidget(self._plan)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = QPushButton(tr("Replace head"))
        self.accept_button.setProperty("primary", True)
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self.by_number, self.number, self.by_names, self.names, panel, buttons):
            column.addWidget(widget)
        (self.by_names if suggested else self.by_number).setChecked(True)
        self.by_number.toggled.connect(self._refresh)
        self.number.valueChanged.connect(self._refresh)
        self.names.textChanged.connect(self._refresh)
        self._refresh()

    @property
    def plan(self) -> HeadPlan:
        """What would be done now."""
        by_number = self.by_number.isChecked()
        classes = class_names(self.number.value()) if by_number else names_in(self.names.toPlainText())
        return planned(self._network, classes)

    @classmethod
    def ask(cls, network: Network, suggested: tuple[str, ...], parent: QWidget | None) -> Edit | None:
        """Ask, and give the edit; None when the user thinks better of it."""
        dialog = cls(network, suggested, parent)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        edit = dialog.plan.edit if agreed else None
        dialog.deleteLater()
        return edit

    @Slot()
    def _refresh(self) -> None:
        by_number = self.by_number.isChecked()
        self.number.setEnabled(by_number)
        self.names.setEnabled(not by_number)
        plan = self.plan
        self._plan.setText(plan.text)
        self.accept_button.setEnabled(plan.edit is not None)
