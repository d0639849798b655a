"""What an edit would change, as rows with a plus or a minus: for dialogs that ask before they do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.editing.canvas.content import kind_of, settings_text
from designer.gui.look.tokens import SPACE
from designer.messages import count_text, shape_text, tr
from designer.network.network import Layer
from designer.session.results import Facts

MOST = 40
"""Rows that are shown; more are counted."""


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One layer.

    Attributes:
        sign: '+' comes, '-' goes, '' is told of.
        name: of the layer.
        text: its kind and settings.
        shape: of its output, '' while it is not known.
        parameters: their number in words, '' while it is not known or 0.
    """

    sign: str
    name: str
    text: str
    shape: str = ""
    parameters: str = ""

    @property
    def spoken(self) -> str:
        """All of it in one line."""
        what = {"+": tr("added"), "-": tr("removed")}.get(self.sign, "")
        parts = (what, self.name, self.text, self.shape, self.parameters)
        return ", ".join(part for part in parts if part)


def rows_of(
    removed: Iterable[Layer], added: Iterable[Layer], before: Facts | None, after: Facts | None
) -> tuple[DiffRow, ...]:
    """Rows for layers that go and come, with what is known of them before and after."""
    return (
        *(_row("-", layer, before) for layer in removed),
        *(_row("+", layer, after) for layer in added),
    )


def _row(sign: str, layer: Layer, facts: Facts | None) -> DiffRow:
    row = kind_of(layer)
    title = layer.kind if row is None else row.title
    text = ", ".join(part for part in (title, settings_text(layer)) if part)
    known = facts.layers.get(layer.id) if facts is not None else None
    shape = f"→ {shape_text(known.shapes[0])}" if known is not None and known.shapes else ""
    count = known.parameters if known is not None else 0
    parameters = ""
    if count:
        parameters = tr("1 parameter") if count == 1 else tr("{count} parameters", count=count_text(count))
    return DiffRow(sign, layer.name, text, shape, parameters)


class DiffView(QScrollArea):
    """Shows rows: red with a minus, green with a plus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[DiffRow, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("What will change"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._holder: QWidget | None = None

    def show_rows(self, rows: tuple[DiffRow, ...]) -> None:
        """Show these."""
        if rows == self.rows and self._holder is not None:
            return
        self.rows = rows
        holder = QWidget()
        holder.setAutoFillBackground(False)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for number, row in enumerate(rows[:MOST]):
            self._fill(grid, number, row)
        if len(rows) > MOST:
            more = QLabel(tr("and {count} more", count=len(rows) - MOST))
            more.setProperty("small", True)
            grid.addWidget(more, 2 * MOST, 1)
        column.addLayout(grid)
        column.addStretch(1)
        self.setWidget(holder)
        holder.setAutoFillBackground(False)
        self._holder = holder

    def _fill(self, grid: QGridLayout, number: int, row: DiffRow) -> None:
        role = {"+": "success", "-": "danger"}.get(row.sign, "muted")
        sign = QLabel({"-": "−"}.get(row.sign, row.sign))
        sign.setProperty(role, True)
        sign.setProperty("strong", True)
        sign.setAccessibleName(row.spoken)
        sign.setFixedWidth(14)
        name, text = QLabel(row.name), QLabel(row.text)
        name.setProperty("strong", True)
        text.setProperty("small", True)
        for label in (name, text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        text.setContentsMargins(0, 0, 0, SPACE // 2)
        grid.addWidget(sign, 2 * number, 0, Qt.AlignmentFlag.AlignTop)
        # Facts on the lines of what they tell of.
        for line, label in enumerate((name, text)):
            grid.addWidget(label, 2 * number + line, 1)
        for line, said in enumerate(part for part in (row.shape, row.parameters) if part):
            fact = QLabel(said)
            fact.setProperty("small", True)
            fact.setContentsMargins(0, 0, 0, line * (SPACE // 2))
            side = Qt.AlignmentFlag.AlignTop if line else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(fact, 2 * number + line, 2, Qt.AlignmentFlag.AlignRight | side)
