"""The list of what is wrong with the network; a click leads to the layer."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.results import Problem

SHOWN = 3
"""How many problems are seen without scrolling."""
MOST = 160
"""Height of the list in pixels at most."""


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
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Problems"))
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setIconSize(QSize(16, 16))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        look.changed.connect(self._fill)
        self.hide()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these."""
        if problems != self._problems:
            self._problems = problems
            self._fill()
        self.setVisible(bool(problems))
        self._fit()

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        for problem in sorted(self._problems, key=lambda problem: problem.severity != "error"):
            role = "danger" if problem.severity == "error" else "warning"
            item = QListWidgetItem(icon("triangle-alert", self._look.colours, role), problem.message)
            item.setData(Qt.ItemDataRole.UserRole, problem.layer)
            item.setToolTip(problem.message)
            self.list.addItem(item)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            # The list within takes its new size just after this.
            QTimer.singleShot(0, self, self._fit)

    @Slot()
    def _fit(self) -> None:
        """As high as the first problems are, whole."""
        self.list.doItemsLayout()
        seen = range(min(self.list.count(), SHOWN))
        height = sum(self.list.visualItemRect(self.list.item(row)).height() for row in seen)
        self.setFixedHeight(min(height, MOST) + SPACE // 2)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        layer_id = str(item.data(Qt.ItemDataRole.UserRole))
        if layer_id:
            self.chosen.emit(layer_id)
