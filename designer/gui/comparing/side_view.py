"""One side of a comparison on a canvas of its own, before or after, with what differs in colour."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from designer.gui.comparing.state import Row, overlay_of
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.jobs.comparing import Compared
from designer.jobs.runner import Runner
from designer.messages import tr

SIDES = ("before", "after")


class SideView(QWidget):
    """The canvas, and two buttons that choose the side.

    Attributes:
        canvas: shows the chosen side; it edits nothing.
        selection: the layers that are selected on it.
        side: 'before' or 'after'.

    Signals:
        chosen(side, layer id): the user has selected a layer on the canvas.
        failed(exception): the arranging failed.
    """

    chosen = Signal(str, str)
    failed = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Of its own: the page's canvas and this one would take the lane from one another.
        self._runner = Runner(self)
        self.selection = Selection(self)
        self._compared: Compared | None = None
        self._following = False
        self.side = "before"
        self.canvas = Canvas(self._runner, look, self.selection)
        self._group = QButtonGroup(self)
        self.buttons = {"before": QPushButton(tr("Before")), "after": QPushButton(tr("After"))}
        self._title = QLabel()
        self._title.setProperty("muted", True)
        self._lay_out()
        self._group.buttonClicked.connect(self._switch)
        self.selection.changed.connect(self._tell)
        self.canvas.failed.connect(self.failed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        for side in SIDES:
            button = self.buttons[side]
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setChecked(side == self.side)
            self._group.addButton(button)
            row.addWidget(button)
        row.addSpacing(SPACE)
        row.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.canvas, 1)

    def show_compared(self, compared: Compared, side: str) -> None:
        """Show a comparison, this side of it first."""
        former, self._compared = self._compared, compared
        same = (
            former is not None
            and self.side == side
            and getattr(former, side).network is getattr(compared, side).network
        )
        self._show(side, again=not same)

    def seek(self, row: Row) -> None:
        """Show a layer, on the other side where this one does not have it."""
        here = row.before if self.side == "before" else row.after
        if not here:
            self._show("after" if self.side == "before" else "before")
            here = row.before if self.side == "before" else row.after
        self._following = True
        self.selection.select([here])
        self._following = False
        self.canvas.show_layer(here)

    def shut_down(self) -> None:
        """End what still runs for the canvas."""
        self._runner.shut_down()

    def _show(self, side: str, *, again: bool = True) -> None:
        if self._compared is None:
            return
        self.side = side
        self.buttons[side].setChecked(True)
        opened = self._compared.before if side == "before" else self._compared.after
        self._title.setText(opened.side.title)
        if again:
            self._following = True
            self.selection.select(())
            self._following = False
            self.canvas.open(opened.network)
            self.canvas.update_facts(opened.facts)
        self.canvas.set_overlay(overlay_of(self._compared, side, tr("Differences")))

    @Slot()
    def _switch(self) -> None:
        side = next(side for side, button in self.buttons.items() if button.isChecked())
        if side != self.side:
            self._show(side)

    @Slot()
    def _tell(self) -> None:
        if not self._following and len(self.selection.layers) == 1:
            self.chosen.emit(self.side, self.selection.layers[0])
