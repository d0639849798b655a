"""The property pane while nothing is selected: the network; and while several layers are."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from designer.gui.editing.properties.parts import LABEL_WIDTH, Facts, column, form, label, line
from designer.gui.editing.properties.state import NetworkState, SeveralState
from designer.gui.editing.properties.training_part import TrainingPart
from designer.messages import tr

NAMED = 40
"""How many classes are named in full."""


class NetworkPane(QWidget):
    """The network's name, sizes, classes and preprocessing.

    Signals:
        renamed(name): the user gave another name.
    """

    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: NetworkState | None = None
        self._name = QLineEdit()
        self._name.setAccessibleName(tr("Name of the network"))
        self._name.editingFinished.connect(self._rename)
        self._facts = Facts()
        self._classes = label("", "small", wrap=True)
        everything = column(self)
        everything.addWidget(label(tr("Network"), "subheading"))
        rows = form()
        name = label(tr("Name"), "muted")
        name.setMinimumWidth(LABEL_WIDTH)
        name.setBuddy(self._name)
        rows.addRow(name, self._name)
        everything.addLayout(rows)
        everything.addWidget(self._facts)
        everything.addWidget(line())
        everything.addWidget(label(tr("Classes"), "strong"))
        everything.addWidget(self._classes)
        everything.addStretch(1)

    def show_state(self, state: NetworkState) -> None:
        """Show the network."""
        self._state = state
        self._name.setText(state.name)
        self._facts.show_rows(state.rows)
        more = len(state.classes) - NAMED
        named = ", ".join(state.classes[:NAMED])
        self._classes.setText(
            tr("{names} and {count} more", names=named, count=more)
            if more > 0
            else named or tr("not named yet")
        )

    @Slot()
    def _rename(self) -> None:
        name = self._name.text().strip()
        if self._state is not None and name and name != self._state.name:
            self.renamed.emit(name)


class SeveralPane(QWidget):
    """What several layers have in common.

    Signals:
        delete_asked(): the user wants them deleted.
    """

    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "subheading", wrap=True)
        self._facts = Facts()
        self.training = TrainingPart()
        delete = QPushButton(tr("Delete layers"))
        delete.setProperty("danger", True)
        delete.setToolTip(tr("What they fed is then fed by what fed them, where that is one layer."))
        delete.clicked.connect(self.delete_asked)
        everything = column(self)
        everything.addWidget(self._title)
        everything.addWidget(self._facts)
        everything.addWidget(line())
        everything.addWidget(self.training)
        everything.addWidget(delete)
        everything.addStretch(1)

    def show_state(self, state: SeveralState) -> None:
        """Show these layers."""
        self._title.setText(state.title)
        self._facts.show_rows(state.rows)
        self.training.show_state(state.tick, state.rates if state.learning else None)
