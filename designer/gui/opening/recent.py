"""Recent projects: open one, or take it off the list; those that are gone are greyed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer import settings
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import ICON, RADIUS, SPACE
from designer.messages import tr

HEIGHT = 48


class _ProjectButton(QAbstractButton):
    """Name and folder of a project in two lines."""

    def __init__(self, path: Path, look: Look) -> None:
        super().__init__()
        self.path = path
        self._look = look
        self.there = path.exists()
        self.setText(path.stem)
        self.setEnabled(self.there)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        gone = "" if self.there else tr("It is not there any more.")
        self.setToolTip(f"{path}\n{gone}".strip())
        self.setAccessibleName(f"{path.stem} {gone}".strip())

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon, name and folder."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, scale = self._look.colours, self._look.sizes
        box = self.rect().adjusted(1, 1, -1, -1)
        if (self.underMouse() and self.there) or self.hasFocus():
            painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        place = QRect(box.left() + SPACE, box.center().y() - ICON // 2, ICON, ICON)
        icon("file", colours, "text_muted").paint(painter, place)
        left = place.right() + SPACE + 4
        width = box.right() - SPACE - left
        name, second = QFont(self.font()), QFont(self.font())
        name.setPixelSize(scale.text)
        second.setPixelSize(scale.small)
        first, below = QFontMetrics(name), QFontMetrics(second)
        top = box.center().y() - (first.height() + below.height()) // 2
        painter.setFont(name)
        painter.setPen(QColor(colours.text if self.there else colours.text_muted))
        text = first.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(QRect(left, top, width, first.height()), 0, text)
        painter.setFont(second)
        painter.setPen(QColor(colours.text_muted))
        where = str(self.path.parent) if self.there else tr("Not there any more")
        text = below.elidedText(where, Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(QRect(left, top + first.height(), width, below.height()), 0, text)


class RecentProjects(QWidget):
    """The list, read from the settings when the page is shown.

    Signals:
        chosen: a project's path.
    """

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._shown: tuple[tuple[str, bool], ...] | None = None
        self.rows: list[tuple[_ProjectButton, QToolButton]] = []
        look.changed.connect(self._repaint)

    def refresh(self) -> None:
        """Read the list again."""
        paths = settings.load().recent
        now = tuple((path, Path(path).exists()) for path in paths)
        if now == self._shown:
            return
        self._shown = now
        self.rows = []
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for path in paths:
            self._column.addWidget(self._make_row(Path(path)))
        if not paths:
            empty = QLabel(tr("Projects that you save appear here."))
            empty.setProperty("muted", True)
            empty.setWordWrap(True)
            self._column.addWidget(empty)
        self._column.addStretch(1)

    def _make_row(self, path: Path) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        button = _ProjectButton(path, self._look)
        button.clicked.connect(self._open)
        remove = QToolButton()
        remove.setIcon(icon("x", self._look.colours, "text_muted"))
        remove.setIconSize(QSize(14, 14))
        remove.setAccessibleName(tr("Take {name} off the list", name=path.stem))
        remove.setToolTip(tr("Take it off this list; the file stays"))
        remove.setProperty("path", str(path))
        remove.clicked.connect(self._remove)
        line.addWidget(button, 1)
        line.addWidget(remove)
        self.rows.append((button, remove))
        return row

    @Slot()
    def _open(self) -> None:
        button = self.sender()
        if isinstance(button, _ProjectButton):
            self.chosen.emit(button.path)

    @Slot()
    def _remove(self) -> None:
        path = str(self.sender().property("path"))
        kept = settings.load()
        settings.save(replace(kept, recent=tuple(name for name in kept.recent if name != path)))
        self.refresh()

    @Slot()
    def _repaint(self) -> None:
        for button, remove in self.rows:
            remove.setIcon(icon("x", self._look.colours, "text_muted"))
            button.update()
