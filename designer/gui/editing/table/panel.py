"""The table with a search field and a filter, in step with the page's selection."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from designer import settings
from designer.gui.editing.selection import Selection
from designer.gui.editing.table.menus import ColumnMenu, FilterButton
from designer.gui.editing.table.model import NAME, TableModel
from designer.gui.editing.table.rows import Row, arranged, ids_of, rows_of, runs_of
from designer.gui.editing.table.view import TableView
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.network.network import Network
from designer.session.results import Facts


class LayerTable(QFrame):
    """The text twin of the canvas.

    Attributes:
        model, table, search, filter: its parts.

    Signals:
        chosen(layer id): the user chose a layer here, so the canvas should show it.
        open_asked(layer id): Enter: the canvas should show the layer and take the keyboard.
        copy_asked(text): the selected layers should be copied; so they read as rows.
        asked(action): ticks were changed, a name or a factor typed; the action makes a network's edit.
        refused(exception): what was typed does not fit.
        delete_asked(): the selected layers should be deleted.
        menu_asked(layer id, global place): a menu is wanted.
    """

    chosen = Signal(str)
    open_asked = Signal(str)
    copy_asked = Signal(str)
    asked = Signal(object)
    refused = Signal(object)
    delete_asked = Signal()
    menu_asked = Signal(str, QPoint)

    def __init__(self, look: Look, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._all: tuple[Row, ...] = ()
        self._ids: list[str] = []
        self._known = False
        self._order = (-1, False)
        self._following = False
        self.setProperty("panel", True)
        self.model = TableModel(look, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search layers"))
        self.search.setToolTip(tr("Words in the name, kind, group or shape; all must be found"))
        self.search.setAccessibleName(tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.filter = FilterButton(look)
        self.table = TableView(look, self.model)
        self._columns = ColumnMenu(self.table)
        self._count = QLabel()
        self._count.setProperty("small", True)
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._connect()
        self.table.restore_layout(str(settings.load().columns))
        self._layout_text = self.table.layout_text()

    def show_network(self, network: Network | None, facts: Facts | None) -> None:
        """Show these layers. Rows stay in their order while the layers are the same."""
        before, self._all = self._all, rows_of(network, facts, self._all)
        ids, known = [] if network is None else list(network.layers), facts is not None
        same = known == self._known and ids == self._ids
        self._ids, self._known = ids, known
        if not before:
            self.filter.take_kinds(self._all)
        if same and not self.filter.wanted(self.search.text()).active:
            self.model.refresh([row for old, row in zip(before, self._all, strict=True) if row is not old])
        else:
            self._arrange()

    def hideEvent(self, event: QHideEvent) -> None:
        """Widths and columns are remembered from one time to the next."""
        super().hideEvent(event)
        now = self.table.layout_text()
        if now != self._layout_text:
            self._layout_text = now
            settings.change(columns=now)

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(SPACE // 2)
        above.addWidget(self.search, 1)
        above.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        column.addWidget(self._count)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._take_first)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._take_first)
        self.filter.changed.connect(self._narrow)
        self.table.entered_by_focus.connect(self._leave_hidden)
        self.filter.about_to_open.connect(self._offer_kinds)
        for signal, own in (
            (self.model.asked, self.asked),
            (self.model.refused, self.refused),
            (self.table.asked, self.asked),
            (self.table.delete_asked, self.delete_asked),
            (self.table.open_asked, self.open_asked),
            (self.table.copy_asked, self.copy_asked),
            (self.table.menu_asked, self.menu_asked),
        ):
            signal.connect(own)
        self.model.sort_asked.connect(self._sort)
        self.table.selectionModel().selectionChanged.connect(self._choose)
        self._selection.changed.connect(self._follow)

    @Slot(int, bool)
    def _sort(self, column: int, descending: bool) -> None:
        if (column, descending) != self._order:
            self._order = (column, descending)
            self._arrange()

    @Slot()
    def _offer_kinds(self) -> None:
        self.filter.take_kinds(self._all)

    @Slot()
    def _arrange(self) -> None:
        """Filter and sort anew."""
        wanted = self.filter.wanted(self.search.text())
        self._show(arranged(self._all, wanted, *self._order))

    @Slot()
    def _narrow(self) -> None:
        """The user searches or filters: what that hides is selected no more, as on the canvas."""
        self._arrange()
        self._leave_hidden()

    @Slot()
    def _leave_hidden(self) -> None:
        """Let go of what the table does not show, so that its keys do nothing to it unseen."""
        chosen = self._selection.layers
        shown = [layer_id for layer_id in chosen if self.model.place(layer_id) is not None]
        if len(shown) < len(chosen):
            self._selection.select(shown)

    def _show(self, rows: tuple[Row, ...]) -> None:
        same = ids_of(rows) == ids_of(self.model.rows)
        self._following = True
        self.model.show_rows(rows)
        self._following = False
        if not same:
            self._follow()
        self._count.setText(self._count_text())

    def _count_text(self) -> str:
        shown, there = len(self.model.rows), len(self._all)
        if shown < there:
            return tr("{shown} of {count} layers", shown=f"{shown:,}", count=f"{there:,}")
        return tr("1 layer") if there == 1 else tr("{count} layers", count=f"{there:,}")

    @Slot()
    def _take_first(self) -> None:
        """Enter or Down in the search field goes to the first row that was found."""
        if self.model.rows:
            self.table.setFocus()
            self.table.selectRow(0)

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, taken: QItemSelection, left: QItemSelection) -> None:
        if self._following:
            return
        rows = [row.layer.id for row in self.table.chosen_rows()]
        self._following = True
        self._selection.select(rows)
        self._following = False
        current = self.table.current_layer()
        if rows and current:
            self.chosen.emit(current)

    @Slot()
    def _follow(self) -> None:
        """Mark the selected layers' rows, and bring the first into sight."""
        if self._following:
            return
        self._following = True
        places = (self.model.place(layer_id) for layer_id in self._selection.layers)
        numbers = sorted(place for place in places if place is not None)
        marked = QItemSelection()
        for start, end in runs_of(numbers):
            marked.select(self.model.index(start, 0), self.model.index(end, NAME))
        model = self.table.selectionModel()
        rows = QItemSelectionModel.SelectionFlag.Rows
        model.select(marked, QItemSelectionModel.SelectionFlag.ClearAndSelect | rows)
        if numbers and self.table.currentIndex().row() not in set(numbers):
            where = self.model.index(numbers[0], NAME)
            model.setCurrentIndex(where, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.table.scrollTo(where)
        elif not numbers:
            model.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        self._following = False

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(300, 480)
