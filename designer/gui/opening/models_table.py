"""The pretrained models as a table: one row each, searchable and sortable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from designer.catalog.models import MODELS, PretrainedModel, weights_here
from designer.messages import bytes_text, count_text, tr

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole + 1
ID = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title in English, what is shown, what it is sorted by, and whether it is a number."""

    title: str
    text: Callable[[PretrainedModel], str]
    order: Callable[[PretrainedModel], float | str]
    number: bool = True
    tip: str = ""


def weights_text(row: PretrainedModel) -> str:
    """Where the weights are: with the program, on this computer, or to be downloaded."""
    if row.bundled:
        return tr("Included")
    return tr("Here") if weights_here(row) else tr("Download")


def _top1(row: PretrainedModel) -> str:
    return "-" if row.top1 is None else f"{row.top1:.1f} %"


COLUMNS = (
    Column("Model", lambda row: row.title, lambda row: row.title.lower(), number=False),
    Column("Weights", weights_text, weights_text, number=False),
    Column(
        "Top-1",
        _top1,
        lambda row: row.top1 if row.top1 is not None else -1.0,
        tip="Share of ImageNet validation pictures whose first class is right, as published",
    ),
    Column("Size", lambda row: bytes_text(round(row.file_mb * 1e6)), lambda row: row.file_mb),
    Column(
        "Params",
        lambda row: count_text(row.parameters),
        lambda row: row.parameters,
        tip="Learnable values",
    ),
    Column(
        "Input",
        lambda row: f"{row.input_size} px",
        lambda row: row.input_size,
        tip="Height and width of the pictures it takes",
    ),
    Column("Family", lambda row: row.family, lambda row: row.family.lower(), number=False),
    Column("Licence", lambda row: row.licence, lambda row: row.licence.lower(), number=False),
)


class ModelsTable(QAbstractTableModel):
    """All rows of the catalog."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = tuple(MODELS.values())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Number of models."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, order, alignment and id of a cell."""
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.title} - {row.source}\n{row.licence}"
        if role == SORT:
            return column.order(row)
        if role == ID:
            return row.id
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(column.title)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(column.tip) if column.tip else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def refresh(self) -> None:
        """Look again which weights are here."""
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))


def matches(row: PretrainedModel, words: str) -> bool:
    """Whether every word is found in the model's title, id or family; signs between letters are skipped."""
    text = _plain(f"{row.title} {row.id} {row.family} {weights_text(row)} {row.licence}")
    return all(_plain(word) in text for word in words.split())


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


class FoundModels(QSortFilterProxyModel):
    """The models that a search finds, in the order of a column."""

    def __init__(self, source: ModelsTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setSourceModel(source)
        self.setSortRole(SORT)

    def search(self, words: str) -> None:
        """Show the models that match."""
        self._words = words
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether a row matches the search."""
        index = self.sourceModel().index(source_row, 0)
        return matches(MODELS[str(self.sourceModel().data(index, ID))], self._words)
