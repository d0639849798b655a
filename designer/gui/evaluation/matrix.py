"""The confusion matrix, painted: counts in rows of the true class, coloured by their share of the row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.evaluation.geometry import Grid, lay_out, mixed, moved, readable
from designer.gui.evaluation.scores import cell_text, row_shares
from designer.gui.look.style import Look
from designer.messages import tr
from designer.session.results import Report

ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
STRENGTH = 0.6
"""Shares are raised to this power for colour, so that a few mistakes are seen too."""


class Matrix(QWidget):
    """Shows a report; a click, or arrows and the selection that follows them, chooses a cell."""

    chosen = Signal(object)
    """Row and column of the cell that was chosen, or None for none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._report: Report | None = None
        self._cell: tuple[int, int] | None = None
        self._grid: Grid | None = None
        self._drawn: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Confusion matrix; the same as a table is on the page 'Counts'"))
        look.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        """A good size."""
        return QSize(560, 480)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a small window."""
        return QSize(280, 240)

    @property
    def cell(self) -> tuple[int, int] | None:
        """The chosen cell."""
        return self._cell

    @property
    def grid(self) -> Grid | None:
        """Where everything lies; None without a report."""
        return self._grid

    def show_report(self, report: Report | None) -> None:
        """Show `report`, with no cell chosen."""
        self._report = report
        self._cell = None
        self._redraw()

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Choose a cell, as a click does."""
        if self._report is None or cell == self._cell:
            return
        self._cell = cell
        self.setAccessibleDescription(cell_text(self._report, cell))
        self.update()
        self.chosen.emit(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse; beside the cells, or on the chosen one again, none."""
        if event.button() == Qt.MouseButton.LeftButton:
            cell = self._cell_at(event.position())
            self.choose(None if cell == self._cell else cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the choice, Escape gives it up."""
        if self._report is not None and event.key() in ARROWS:
            self.choose(moved(self._cell, len(self._report.classes), *ARROWS[Qt.Key(event.key())]))
        elif event.key() == Qt.Key.Key_Escape and self._cell is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell what lies under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(QPointF(event.pos()))
            if cell is not None and self._report is not None:
                QToolTip.showText(event.globalPos(), cell_text(self._report, cell), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture of the report, and the choice on top."""
        grid, report = self._grid, self._report
        if grid is None or report is None:
            return
        if self._drawn is None:
            self._drawn = self._draw(report, grid)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        colours = self._look.colours
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(QRectF(grid.left - 3, grid.top - 3, grid.side + 6, grid.side + 6))
        if self._cell is not None:
            left, top = grid.corner(*self._cell)
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRect(QRectF(left, top, grid.cell, grid.cell).adjusted(-1, -1, 1, 1))
        painter.end()

    @Slot()
    def _redraw(self) -> None:
        self._drawn = None
        report = self._report
        if report is None:
            self._grid = None
        else:
            metrics = QFontMetricsF(self.font())
            largest = max(map(max, report.confusion), default=0)
            self._grid = lay_out(
                self.width(),
                self.height(),
                report.classes,
                metrics.horizontalAdvance,
                metrics.height(),
                largest,
            )
        self.update()

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        return self._grid.cell_at(point.x(), point.y()) if self._grid is not None else None

    def _draw(self, report: Report, grid: Grid) -> QPixmap:
        scale = self.devicePixelRatioF()
        drawn = QPixmap(round(self.width() * scale), round(self.height() * scale))
        drawn.setDevicePixelRatio(scale)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(self.font())
        self._draw_cells(painter, report, grid)
        self._draw_names(painter, report, grid)
        painter.end()
        return drawn

    def _draw_cells(self, painter: QPainter, report: Report, grid: Grid) -> None:
        colours = self._look.colours
        gap = 1.0 if grid.cell >= 8 else 0.0
        painter.fillRect(QRectF(grid.left, grid.top, grid.side, grid.side), QColor(colours.grid))
        for row, shares in enumerate(row_shares(report.confusion)):
            for column, share in enumerate(shares):
                strong = colours.accent if row == column else colours.danger
                background = mixed(colours.surface, strong, share**STRENGTH)
                left, top = grid.corner(row, column)
                rect = QRectF(left, top, grid.cell - gap, grid.cell - gap)
                painter.fillRect(rect, QColor(background))
                count = report.confusion[row][column]
                if grid.numbers and count:
                    painter.setPen(QColor(readable(background, colours.text, colours.surface)))
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(count))

    def _draw_names(self, painter: QPainter, report: Report, grid: Grid) -> None:
        colours = self._look.colours
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setPen(QColor(colours.text_muted))
        painter.drawText(QRectF(grid.left, 0, grid.side, 18), middle, tr("Predicted class"))
        painter.save()
        painter.rotate(-90)
        painter.drawText(QRectF(-grid.top - grid.side, 0, grid.side, 18), middle, tr("True class"))
        painter.restore()
        if not grid.labels:
            return
        painter.setPen(QColor(colours.text))
        metrics, elide = QFontMetricsF(self.font()), Qt.TextElideMode.ElideRight
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for index, name in enumerate(report.classes):
            x, y = grid.corner(index, index)
            text = metrics.elidedText(name, elide, grid.row_width + 1)
            place = QRectF(grid.left - grid.row_width - 7, y, grid.row_width + 1, grid.cell)
            painter.drawText(place, right, text)
            if not grid.slanted:
                head = QRectF(x, grid.top - grid.column_height - 4, grid.cell, grid.column_height)
                painter.drawText(head, middle, metrics.elidedText(name, elide, grid.cell))
                continue
            painter.save()
            painter.translate(x, grid.top - 5)
            painter.rotate(-90)
            text = metrics.elidedText(name, elide, grid.column_height + 1)
            painter.drawText(QRectF(0, 0, grid.column_height + 1, grid.cell), left, text)
            painter.restore()
