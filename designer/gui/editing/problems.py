"""The list of what is wrong with the network; a click leads to the layer."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr
from designer.session.results import Problem

SHOWN = 3
"""How many lines are seen without scrolling."""


class ProblemList(QFrame):
    """Problems, errors first. Hidden while there are none.

    Signals:
        chosen(layer id): the user wants to see the layer.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._problems: tuple[Problem, ...] = ()
        self.setProperty("panel", True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Problems"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.list)
        look.changed.connect(self._fill)
        self.hide()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these."""
        if problems != self._problems:
            self._problems = problems
            self._fill()
        self.setVisible(bool(problems))

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        for problem in sorted(self._problems, key=lambda problem: problem.severity != "error"):
            role = "danger" if problem.severity == "error" else "warning"
            item = QListWidgetItem(icon("triangle-alert", self._look.colours, role), problem.message)
            item.setData(Qt.ItemDataRole.UserRole, problem.layer)
            item.setToolTip(problem.message)
            self.list.addItem(item)
        self.setFixedHeight(8 + 34 * min(max(len(self._problems), 1), SHOWN))

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        layer_id = str(item.data(Qt.ItemDataRole.UserRole))
        if layer_id:
            self.chosen.emit(layer_id)
