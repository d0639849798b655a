"""The filter's button with its menu, and the menu of the columns."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QTableView, QToolButton, QWidget

from designer.gui.editing.table.model import FROZEN, NAME
from designer.gui.editing.table.rows import COLUMNS, Filter, Row, kinds_in
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr

_STATES = (("", "All layers"), ("trainable", "Trainable layers"), ("frozen", "Frozen layers"))


class FilterButton(QToolButton):
    """Chooses which kinds of layers are shown, and whether frozen ones or those that learn.

    Signals:
        changed(): something else was chosen.
        about_to_open(): the menu comes up; `take_kinds` fills it.
    """

    changed = Signal()
    about_to_open = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._kinds: frozenset[str] = frozenset()
        self._state = ""
        self._offered: dict[str, int] = {}
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName(tr("Filter layers"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._open)
        self._menu.triggered.connect(self._take)
        self.setMenu(self._menu)
        look.changed.connect(self._paint)
        self._paint()

    def wanted(self, words: str) -> Filter:
        """The filter as chosen here, with the words of the search field."""
        return Filter(words, self._kinds, self._state)

    def take_kinds(self, rows: Iterable[Row]) -> None:
        """Offer the kinds that are there; a chosen one that is gone is chosen no more."""
        self._offered = dict(kinds_in(rows))
        left = self._kinds & self._offered.keys()
        if left != self._kinds:
            self._choose(left, self._state)

    def choose(self, kinds: Iterable[str] = (), state: str = "") -> None:
        """Show only these kinds (titles), and only what is 'frozen' or 'trainable'."""
        self._choose(frozenset(kinds), state)

    def _choose(self, kinds: frozenset[str], state: str) -> None:
        if (kinds, state) != (self._kinds, self._state):
            self._kinds, self._state = kinds, state
            self._paint()
            self.changed.emit()

    @Slot()
    def _open(self) -> None:
        self.about_to_open.emit()
        menu = self._menu
        menu.clear()
        states = QActionGroup(menu)
        for key, text in _STATES:
            action = menu.addAction(tr(text))
            action.setCheckable(True)
            action.setChecked(key == self._state)
            action.setData(("state", key))
            states.addAction(action)
        menu.addSeparator()
        for title, count in self._offered.items():
            action = menu.addAction(f"{title}  ({count:,})")
            action.setCheckable(True)
            action.setChecked(title in self._kinds)
            action.setData(("kind", title))
        menu.addSeparator()
        clear = menu.addAction(tr("Show everything"))
        clear.setEnabled(bool(self._kinds or self._state))
        clear.setData(("clear", ""))

    @Slot(QAction)
    def _take(self, action: QAction) -> None:
        what, key = action.data()
        if what == "state":
            self._choose(self._kinds, key)
        elif what == "kind":
            self._choose(self._kinds ^ {key}, self._state)
        else:
            self._choose(frozenset(), "")

    @Slot()
    def _paint(self) -> None:
        active = bool(self._kinds or self._state)
        self.setIcon(icon("filter", self._look.colours, "accent" if active else "text_muted"))
        chosen = [tr(text) for key, text in _STATES if key and key == self._state]
        chosen += sorted(self._kinds)
        self.setToolTip(tr("Shown: {what}", what=", ".join(chosen)) if active else tr("Filter layers"))
        self.setAccessibleDescription(self.toolTip())


class ColumnMenu(QObject):
    """The menu on a table's header: which columns are shown."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open)

    def menu(self) -> QMenu:
        """The menu as it is now; it goes when it is closed."""
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, column in enumerate(COLUMNS):
            if number == NAME:
                continue
            action = menu.addAction(tr(column.tip))
            action.setCheckable(True)
            action.setChecked(not self._table.isColumnHidden(number))
            action.setData(number)
        menu.addSeparator()
        menu.addAction(tr("All columns, as at first")).setData(-1)
        menu.triggered.connect(self._take)
        return menu

    @Slot(QPoint)
    def _open(self, place: QPoint) -> None:
        self.menu().popup(self._table.horizontalHeader().mapToGlobal(place))

    @Slot(QAction)
    def _take(self, action: QAction) -> None:
        number = int(action.data())
        if number >= 0:
            self._table.setColumnHidden(number, not action.isChecked())
            return
        header = self._table.horizontalHeader()
        for place, column in enumerate(COLUMNS):
            self._table.setColumnHidden(place, False)
            header.moveSection(header.visualIndex(place), place)
            if place != FROZEN:
                header.resizeSection(place, column.width)
