"""The pictures of a cell of the matrix as small versions with what they were taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPixmap
from PySide6.QtWidgets import QListView

from designer.gui.evaluation.scores import Judged
from designer.gui.evaluation.thumbnails import SIDE, Thumbnails
from designer.gui.look.icons import pixmap
from designer.gui.look.style import Look
from designer.messages import tr

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MOST = 300
"""Pictures that are shown at most: the surest."""


class GalleryModel(QAbstractListModel):
    """One item for each picture."""

    def __init__(self, look: Look, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._look = look
        self._thumbnails = thumbnails
        self._shown: tuple[Judged, ...] = ()
        thumbnails.came.connect(self._came)
        look.changed.connect(self._came)

    @property
    def shown(self) -> tuple[Judged, ...]:
        """The pictures that are shown."""
        return self._shown

    def show_pictures(self, pictures: Sequence[Judged]) -> None:
        """Show these."""
        self.beginResetModel()
        self._shown = tuple(pictures[:MOST])
        self.endResetModel()
        self.want()

    def want(self) -> None:
        """Ask for the small versions that are still missing."""
        if self._shown:
            self._thumbnails.want([judged.path for judged in self._shown])

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Number of pictures."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Small version and caption; all that is known in the tooltip."""
        judged = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._caption(judged)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(judged)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            text = judged.text or tr(
                "shows {truth}, taken for {predicted} with {share} %",
                truth=judged.truth,
                predicted=judged.predicted,
                share=f"{100 * judged.confidence:.1f}",
            )
            return f"{judged.path}\n{text}" + (
                "\n" + tr("The file cannot be read.") if self._broken(judged) else ""
            )
        return None

    def _caption(self, judged: Judged) -> str:
        share = f" {100 * judged.confidence:.0f} %"
        metrics, width = QFontMetrics(QGuiApplication.font()), SIDE - 6
        room = width - metrics.horizontalAdvance("→ " + share)
        predicted = metrics.elidedText(judged.predicted, Qt.TextElideMode.ElideRight, room)
        truth = metrics.elidedText(judged.truth, Qt.TextElideMode.ElideRight, width)
        # Two lines: other blanks must not break them.
        return f"{truth}\n→ {predicted}{share}".replace(" ", "\u00a0")

    def _broken(self, judged: Judged) -> bool:
        return self._thumbnails.broken(judged.path)

    def _picture(self, judged: Judged) -> QPixmap:
        image = self._thumbnails.get(judged.path)
        if image is not None:
            return QPixmap.fromImage(image)
        return pixmap("circle-x" if self._broken(judged) else "image", self._look.colours, "border", SIDE)

    @Slot()
    def _came(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))


def gallery_of(model: GalleryModel) -> QListView:
    """A grid of the pictures that follows the width of the view."""
    view = QListView()
    view.setModel(model)
    view.setAccessibleName(tr("Pictures of the chosen cell"))
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setMovement(QListView.Movement.Static)
    view.setUniformItemSizes(True)
    view.setWordWrap(True)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setIconSize(QSize(SIDE, SIDE))
    view.setGridSize(QSize(SIDE + 32, SIDE + 56))
    return view
