"""How the rows of the library are drawn, and what is seen below the pointer while one drags."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from designer.gui.editing.library.rows import Row
from designer.gui.look.icons import pixmap
from designer.gui.look.style import Look
from designer.gui.look.tokens import RADIUS, SPACE

HEADING = 34
"""Height of a heading in pixels."""
SWATCH = 4
"""Width of the stripe in the colour of the category."""
_EDGE = 2
"""Between a row's background and the edges of the list."""


class RowDelegate(QStyledItemDelegate):
    """Draws headings and entries."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._font_of = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """See Qt: as wide as the list, never wider."""
        row = index.data(Qt.ItemDataRole.UserRole)
        if not row.key:
            return QSize(0, HEADING)
        sizes = self._look.sizes
        return QSize(
            0, _lines_height(self._font_of.font().toString(), sizes.text, sizes.small) + SPACE + SPACE // 2
        )

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        row = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._back(painter, option)
        if row.key:
            self._entry(painter, option, row)
        else:
            self._heading(painter, option, row)
        painter.restore()

    def _font(self, *, small: bool = False, strong: bool = False) -> QFont:
        size = self._look.sizes.small if small else self._look.sizes.text
        return _sized(self._font_of.font(), size, QFont.Weight.DemiBold if strong else QFont.Weight.Normal)

    def _back(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = self._look.colours
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if not chosen and not over:
            return
        where = QRectF(option.rect).adjusted(_EDGE, 1, -_EDGE, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.accent), 1.5))
        painter.setBrush(QColor(colours.selection if chosen else colours.raised))
        painter.drawRoundedRect(where, RADIUS, RADIUS)

    def _entry(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        colours, rect = self._look.colours, option.rect
        stripe = QRectF(rect.left() + SPACE, rect.top() + 7, SWATCH, rect.height() - 14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.category.get(row.category, colours.accent)))
        painter.drawRoundedRect(stripe, 2, 2)
        left = rect.left() + SPACE + SWATCH + SPACE + 2
        room = rect.right() - SPACE - left
        title, small = self._font(), self._font(small=True)
        top = rect.top() + SPACE // 2 + 1
        painter.setFont(title)
        painter.setPen(QColor(colours.text))
        metrics = QFontMetrics(title)
        painter.drawText(
            QPointF(left, top + metrics.ascent()),
            metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, room),
        )
        painter.setFont(small)
        painter.setPen(QColor(colours.text_muted))
        lower = QFontMetrics(small)
        painter.drawText(
            QPointF(left, top + metrics.height() + lower.ascent()),
            lower.elidedText(row.text, Qt.TextElideMode.ElideRight, room),
        )

    def _heading(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        colours, rect = self._look.colours, option.rect
        side = 14
        scale = painter.device().devicePixelRatio()
        arrow = pixmap("chevron-right" if row.folded else "chevron-down", colours, "text_muted", side, scale)
        middle = rect.center().y()
        painter.drawPixmap(rect.left() + 5, middle - side // 2 + 1, arrow)
        strong = self._font(small=True, strong=True)
        painter.setFont(strong)
        painter.setPen(QColor(colours.text_muted))
        left = rect.left() + 5 + side + 6
        count = QFontMetrics(strong).horizontalAdvance(row.text) + SPACE
        room = QRect(left, rect.top(), rect.right() - left - count - SPACE, rect.height())
        text = QFontMetrics(strong).elidedText(row.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setFont(self._font(small=True))
        end = rect.adjusted(0, 0, -SPACE, 0)
        painter.drawText(end, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.text)


def _sized(font: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(pixels)
    sized.setWeight(weight)
    return sized


@lru_cache(maxsize=8)
def _lines_height(font: str, *sizes: int) -> int:
    """Height of lines of text in these sizes; the list asks for it a thousand times before it is seen."""
    plain = QFont()
    plain.fromString(font)
    return sum(QFontMetrics(_sized(plain, pixels)).height() for pixels in sizes)


def drag_picture(row: Row, look: Look, font: QFont, scale: float) -> QPixmap:
    """The small box that hangs on the pointer."""
    font = QFont(font)
    font.setPixelSize(look.sizes.text)
    metrics = QFontMetrics(font)
    text = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, 200)
    size = QSize(metrics.horizontalAdvance(text) + 4 * SPACE, metrics.height() + 2 * SPACE)
    drawn = QPixmap(size * scale)
    drawn.setDevicePixelRatio(scale)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = look.colours
    painter.setPen(QPen(QColor(colours.accent), 1.5))
    painter.setBrush(QColor(colours.surface))
    painter.drawRoundedRect(QRectF(1, 1, size.width() - 2, size.height() - 2), RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.category.get(row.category, colours.accent)))
    painter.drawRoundedRect(QRectF(6, 7, SWATCH, size.height() - 14), 2, 2)
    painter.setFont(font)
    painter.setPen(QColor(colours.text))
    painter.drawText(QPointF(2 * SPACE + 2, SPACE + metrics.ascent()), text)
    painter.end()
    return drawn
