"""The classes as bars: how many pictures each has, for training and for validation."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from designer.gui.look.style import Look
from designer.gui.look.tokens import RADIUS, SPACE
from designer.messages import tr
from designer.session.data import ImageData

Index = QModelIndex | QPersistentModelIndex
COUNTS = Qt.ItemDataRole.UserRole + 1
HEIGHT = 40


class ClassList(QAbstractListModel):
    """All classes, after a first row that stands for all of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, int, int], ...] = ()
        self.most = 1

    def show(self, data: ImageData | None) -> None:
        """Show the classes of some pictures."""
        self.beginResetModel()
        self._rows = ()
        self.most = 1
        if data is not None:
            sides = zip(data.classes, data.counts(data.training), data.counts(data.validation), strict=True)
            rows = tuple(sides)
            everything = (tr("All classes"), len(data.training), len(data.validation))
            self._rows = (everything, *rows)
            self.most = max(1, *(training + validation for _, training, validation in rows))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Number of classes and one."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, and counts for training and validation."""
        if not index.isValid():
            return None
        name, training, validation = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == COUNTS:
            return training, validation
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr(
                "{name}: {training} for training, {validation} for validation",
                name=name,
                training=training,
                validation=validation,
            )
        return None


class _Bar(QStyledItemDelegate):
    """Name and count above a bar; validation is the paler part."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for all."""
        return QSize(120, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one class."""
        colours = self._look.colours
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row: QRect = option.rect
        state = option.state
        painter.setPen(Qt.PenStyle.NoPen)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(QColor(colours.selection if chosen else colours.raised))
            painter.drawRoundedRect(row.adjusted(2, 1, -2, -1), RADIUS, RADIUS)
        box = row.adjusted(SPACE + 4, 4, -SPACE - 4, -7)
        training, validation = index.data(COUNTS)
        total = f"{training + validation:,}"
        width = painter.fontMetrics().horizontalAdvance(total)
        painter.setPen(QColor(colours.text_muted))
        height = painter.fontMetrics().height() if index.row() > 0 else box.height() + 3
        line = QRect(box.left(), box.top(), box.width(), height)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, total)
        painter.setPen(QColor(colours.text))
        room = box.width() - width - SPACE
        name = QFontMetrics(painter.font()).elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        if index.row() > 0:
            self._draw_bar(painter, QRect(box.left(), box.bottom() - 4, box.width(), 5), index)
        painter.restore()

    def _draw_bar(self, painter: QPainter, box: QRect, index: Index) -> None:
        colours = self._look.colours
        model = index.model()
        assert isinstance(model, ClassList)
        training, validation = index.data(COUNTS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(box, 2, 2)
        paler = QColor(colours.accent)
        paler.setAlphaF(0.45)
        both = round(box.width() * (training + validation) / model.most)
        first = round(box.width() * training / model.most)
        painter.setBrush(paler)
        painter.drawRoundedRect(QRect(box.left(), box.top(), both, box.height()), 2, 2)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(QRect(box.left(), box.top(), first, box.height()), 2, 2)


class ClassBars(QListView):
    """The list of classes; the chosen one's pictures are shown beside it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassList(self)
        self.setModel(self.classes)
        self.setItemDelegate(_Bar(look, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Classes"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        look.changed.connect(self.viewport().update)

    @property
    def label(self) -> int | None:
        """Number of the chosen class, None for all."""
        row = self.currentIndex().row()
        return row - 1 if row > 0 else None
