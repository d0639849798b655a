"""A panel at the side of the canvas: tabs, and a button that folds it into a narrow strip."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.gui.look.buttons import icon_button
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr

STRIP = 34
"""Width of a folded panel in pixels."""


class SidePanel(QFrame):
    """Tabs that can be folded away.

    Signals:
        folded_changed(): it has been folded or unfolded.
        widened(): a width was asked for.
    """

    folded_changed = Signal()
    widened = Signal()

    def __init__(self, look: Look, side: str, name: str, least: int, parent: QWidget | None = None) -> None:
        """`side` is 'left' or 'right'; `least` the width that it needs."""
        super().__init__(parent)
        self._look = look
        self._side = side
        self._name = name
        self._least = least
        self._width = least
        self._folded = False
        self._held: list[QWidget] = []
        self.setProperty("panel", True)
        self.setAccessibleName(name)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.tabBar().setExpanding(False)
        self.tabs.tabBar().setUsesScrollButtons(False)
        self.fold_button = self._button(tr("Fold {name} away", name=name))
        self.tabs.setCornerWidget(self.fold_button, Qt.Corner.TopRightCorner)
        self.open_button = self._button(tr("Show {name}", name=name))
        self._strip = QWidget()
        inside = QVBoxLayout(self._strip)
        inside.setContentsMargins(2, 4, 2, 4)
        inside.addWidget(self.open_button)
        inside.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.addWidget(self.tabs)
        row.addWidget(self._strip)
        self._strip.hide()
        self.setMinimumWidth(least)
        look.changed.connect(self._tint)
        self._tint()

    @property
    def folded(self) -> bool:
        """Whether only the strip is shown."""
        return self._folded

    def add(self, widget: QWidget, title: str) -> None:
        """Put a tab in."""
        # In a holder: what hides and shows itself must not come up over another tab.
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(widget)
        self.tabs.addTab(holder, title)
        self._held.append(widget)

    @property
    def shown(self) -> QWidget:
        """What is in the tab in front."""
        return self._held[self.tabs.currentIndex()]

    def show_tab(self, widget: QWidget) -> None:
        """Unfold it with that tab in front."""
        self.fold(False)
        self.tabs.setCurrentIndex(self._held.index(widget))

    @Slot()
    def toggle(self) -> None:
        """Fold it away, or show it again."""
        self.fold(not self._folded)

    def fold(self, folded: bool) -> None:
        """Fold it away, or show it again as wide as it was."""
        if folded == self._folded:
            return
        if folded:
            self._width = max(self.width(), self._least)
        self._folded = folded
        # Whoever has the keyboard now: the panel's own `focusWidget` is whoever had it last in here.
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.tabs.setVisible(not folded)
        self._strip.setVisible(folded)
        self.setMinimumWidth(STRIP if folded else self._least)
        self.setMaximumWidth(STRIP if folded else 16_777_215)
        self._share(STRIP if folded else self._width)
        if had_focus:
            (self.open_button if folded else self.fold_button).setFocus()
        self.folded_changed.emit()

    def take_width(self, width: int) -> None:
        """Be so wide from now on, as far as there is room."""
        self.be_wide(width)
        self.widened.emit()

    def be_wide(self, width: int) -> None:
        """Be so wide for now; folded, once it is unfolded."""
        self._width = max(width, self._least)
        if not self._folded:
            self._share(self._width)

    def _share(self, width: int) -> None:
        """Take so much of the splitter's room; the canvas in its middle has the rest."""
        splitter = self.parentWidget()
        if not isinstance(splitter, QSplitter):
            return
        sizes = splitter.sizes()
        here = splitter.indexOf(self)
        middle = 1
        sizes[middle] = max(sizes[middle] + sizes[here] - width, 0)
        sizes[here] = width
        splitter.setSizes(sizes)

    @property
    def wide(self) -> int:
        """How wide it is, or was before it was folded."""
        return self._width if self._folded else self.width()

    def _button(self, name: str) -> QToolButton:
        made = icon_button(self, name)
        made.clicked.connect(self.toggle)
        return made

    @Slot()
    def _tint(self) -> None:
        colours = self._look.colours
        self.fold_button.setIcon(icon(f"panel-{self._side}-close", colours, "text_muted"))
        self.open_button.setIcon(icon(f"panel-{self._side}", colours, "text_muted"))
