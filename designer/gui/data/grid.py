"""The pictures as a grid of tiles; only those in sight are decoded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from designer.gui.context import Context
from designer.gui.data.thumbnails import Thumbnail, thumbnails
from designer.gui.look.tokens import RADIUS, SPACE
from designer.messages import tr
from designer.session.data import ImageData, Picture

Index = QModelIndex | QPersistentModelIndex
SIDE = 112
"""Side of a picture in pixels."""
TILE = QSize(SIDE + 2 * SPACE, SIDE + 4 * SPACE)
KEPT = 3000
"""How many small pictures are kept."""
PAUSE = 40
"""Milliseconds after the last scrolling before pictures are asked for."""
LANE = "pictures"
PATH = Qt.ItemDataRole.UserRole + 1
HELD_OUT = Qt.ItemDataRole.UserRole + 2
NAMES = Qt.ItemDataRole.UserRole + 3


class PictureList(QAbstractListModel):
    """The pictures of all classes or of one, each with its small picture once there is one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data: ImageData | None = None
        self._label: int | None = None
        self._rows: tuple[int, ...] = ()
        self._held_out: frozenset[int] = frozenset()
        self._small: OrderedDict[Path, QPixmap] = OrderedDict()
        self._row_of: dict[Path, int] = {}

    def show(self, data: ImageData | None, label: int | None) -> None:
        """Show the pictures of a class, of all classes when `label` is None."""
        held_out = frozenset(() if data is None else data.validation)
        former = self._data
        if (
            data is not None
            and former is not None
            and (former.pictures, self._label) == (data.pictures, label)
        ):
            # Split anew: the same tiles, other marks.
            self._data, self._held_out = data, held_out
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
            return
        self.beginResetModel()
        self._data, self._label = data, label
        pictures = () if data is None else data.pictures
        self._rows = tuple(i for i, p in enumerate(pictures) if label is None or label in p.labels)
        self._held_out = held_out
        self._row_of = {pictures[i].path: row for row, i in enumerate(self._rows)}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Number of pictures."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Class, small picture, path and side of the split."""
        if self._data is None or not index.isValid():
            return None
        number = self._rows[index.row()]
        picture = self._data.pictures[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(picture)
        if role == PATH:
            return picture.path
        if role == NAMES:
            return self._names(picture)
        if role == HELD_OUT:
            return number in self._held_out
        if role == Qt.ItemDataRole.DecorationRole:
            return self._small.get(picture.path)
        if role == Qt.ItemDataRole.ToolTipRole:
            use = tr("validation") if number in self._held_out else tr("training")
            return f"{picture.path.name}\n{self._shown(picture)}, {use}"
        return None

    def _shown(self, picture: Picture) -> str:
        return ", ".join(self._names(picture))

    def _names(self, picture: Picture) -> list[str]:
        assert self._data is not None
        return [self._data.classes[label] for label in picture.labels] or [tr("none")]

    def missing(self, first: int, last: int) -> list[Path]:
        """Paths of rows `first` to `last` that have no small picture yet."""
        if self._data is None:
            return []
        rows = self._rows[max(first, 0) : last + 1]
        paths = [self._data.pictures[i].path for i in rows]
        return [path for path in paths if path not in self._small]

    def put(self, thumbnail: Thumbnail, scale: float) -> None:
        """Take a small picture."""
        small = QPixmap.fromImage(thumbnail.image)
        small.setDevicePixelRatio(scale)
        self._small[thumbnail.path] = small
        while len(self._small) > KEPT:
            self._small.popitem(last=False)
        row = self._row_of.get(thumbnail.path)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


def fitted(names: Sequence[str], metrics: QFontMetrics, width: int) -> str:
    """As many whole names as fit `width` pixels, and how many more there are; the first one at least."""
    for count in range(len(names), 0, -1):
        more = f" +{len(names) - count}" if count < len(names) else ""
        text = ", ".join(names[:count]) + more
        if metrics.horizontalAdvance(text) <= width:
            return text
    room = width - metrics.horizontalAdvance(more)
    return metrics.elidedText(names[0], Qt.TextElideMode.ElideMiddle, room) + more


class _Tile(QStyledItemDelegate):
    """Draws a picture, its class, and a mark when it is held out for validation."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._look = context.look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for all."""
        return TILE

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one tile."""
        colours, scale = self._look.colours, self._look.sizes
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        tile: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        box = QRect(tile.center().x() - SIDE // 2, tile.top() + SPACE, SIDE, SIDE)
        small = index.data(Qt.ItemDataRole.DecorationRole)
        self._draw_picture(painter, box, small)
        font = painter.font()
        font.setPixelSize(scale.small)
        painter.setFont(font)
        text = QRect(box.left(), box.bottom() + 3, SIDE, tile.bottom() - box.bottom() - 4)
        if index.data(HELD_OUT):
            self._draw_mark(painter, box)
        painter.setPen(QColor(colours.text if chosen else colours.text_muted))
        name = fitted(index.data(NAMES), QFontMetrics(font), SIDE)
        painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def _draw_picture(self, painter: QPainter, box: QRect, small: object) -> None:
        colours = self._look.colours
        shape = QPainterPath()
        shape.addRoundedRect(box, RADIUS, RADIUS)
        painter.fillPath(shape, QColor(colours.raised))
        if not isinstance(small, QPixmap):
            return
        if small.isNull():
            painter.setPen(QColor(colours.text_muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("Not readable"))
            return
        size = small.deviceIndependentSize().toSize().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(box.center())
        painter.setClipPath(shape)
        painter.drawPixmap(place, small)
        painter.setClipping(False)

    def _draw_mark(self, painter: QPainter, box: QRect) -> None:
        colours = self._look.colours
        text = tr("val")
        width = painter.fontMetrics().horizontalAdvance(text) + SPACE
        mark = QRect(box.right() - width - 3, box.top() + 4, width, painter.fontMetrics().height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(mark, 4, 4)
        painter.setPen(QColor(colours.accent_text))
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, text)


class PictureGrid(QListView):
    """The grid; it asks for the pictures in sight once scrolling rests."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.pictures = PictureList(self)
        self.setModel(self.pictures)
        self.setItemDelegate(_Tile(context, self))
        self.setAccessibleName(tr("Pictures"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(TILE)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(TILE.height() // 3)
        # Always there, so that its coming and going does not change the number of columns.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(self._wait)
        self.pictures.modelReset.connect(self._wait)
        context.look.changed.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the width among the tiles; other pictures may be in sight."""
        width = self.viewport().width() - 1
        tile = QSize(width // max(1, width // TILE.width()), TILE.height())
        if tile != self.gridSize():
            self.setGridSize(tile)
        super().resizeEvent(event)
        self._wait()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask anew for what is still missing: another page's job may have taken the lane meanwhile."""
        super().showEvent(event)
        self._wait()

    def in_sight(self) -> tuple[int, int]:
        """First and last row that are in sight, with one line more on either side; (0, -1) for none."""
        count = self.pictures.rowCount()
        if not count or not self.isVisible():
            return 0, -1
        columns = max(1, self.viewport().width() // self.gridSize().width())
        top = self.verticalScrollBar().value()
        first = (top // TILE.height() - 1) * columns
        last = ((top + self.viewport().height()) // TILE.height() + 2) * columns - 1
        return max(first, 0), min(last, count - 1)

    @Slot()
    def _wait(self) -> None:
        if self.isVisible():
            self._pause.start()

    @Slot()
    def _ask(self) -> None:
        paths = self.pictures.missing(*self.in_sight())
        if not paths:
            return
        side = round(SIDE * self.devicePixelRatioF())
        job = self._context.runner.start(tr("Reading pictures"), thumbnails(paths, side), LANE)
        job.news.connect(self._take)

    @Slot(object)
    def _take(self, news: object) -> None:
        if isinstance(news, Thumbnail):
            self.pictures.put(news, self.devicePixelRatioF())
