"""The table itself: how it looks and what keys do in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QFont, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from designer.catalog.actions import freeze
from designer.gui.editing.table.model import FROZEN, NAME, SWATCH, TableModel
from designer.gui.editing.table.rows import COLUMNS, PLACES, Row, table_text
from designer.gui.look.row_hover import RowHover
from designer.gui.look.style import Look
from designer.messages import tr

ROW = 28
"""Height of a row in pixels."""

LEAST = 110
"""Width in pixels down to which names give way in a narrow table, so that the next column is seen whole."""

_KEYS = frozenset((Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter))
"""Keys that mean something here, whatever else they may mean on the page."""

_VERSION = "-".join(column.key for column in COLUMNS)
"""What was remembered for other columns fits these no more."""


class _Cells(RowHover):
    """Cuts what is too long at the end that tells less: names at their start, kinds at their end."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        super().initStyleOption(option, index)
        if index.column() == PLACES["kind"]:
            option.textElideMode = Qt.TextElideMode.ElideRight


class TableView(QTableView):
    """Rows that are chosen as a whole.

    Signals:
        asked(action): Space was pressed; the action makes a network's edit.
        delete_asked(): Del was pressed.
        open_asked(layer id): Enter was pressed; the canvas should show the layer.
        copy_asked(text): the selected rows should be copied; so they read in a spreadsheet.
        menu_asked(layer id, global place): a menu is wanted for a layer.
        entered_by_focus(): it has the keyboard from now on.
    """

    asked = Signal(object)
    delete_asked = Signal()
    open_asked = Signal(str)
    copy_asked = Signal(str)
    menu_asked = Signal(str, QPoint)
    entered_by_focus = Signal()

    def __init__(self, look: Look, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self._decided = self._ours = False
        self.setModel(model)
        self.setAccessibleName(tr("Layers"))
        small = QFont(self.font())
        small.setPixelSize(look.sizes.small)
        self.setFont(small)
        self.setShowGrid(False)
        _Cells(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(*SWATCH))
        # Names differ at their end: 'blocks.3.1.project', 'blocks.3.1.project_norm'.
        self.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self._set_up_header()

    def chosen_rows(self) -> tuple[Row, ...]:
        """The selected rows, from top to bottom."""
        numbers: set[int] = set()
        # Range by range: cell by cell takes long where thousands are selected.
        selection = self.selectionModel().selection()
        for part in (selection.at(number) for number in range(selection.count())):
            numbers.update(range(part.top(), part.bottom() + 1))
        return tuple(self.rows.rows[number] for number in sorted(numbers))

    def current_layer(self) -> str:
        """Id of the layer whose row has the keyboard; '' for none."""
        number = self.currentIndex().row()
        return self.rows.rows[number].layer.id if 0 <= number < len(self.rows.rows) else ""

    def shown_columns(self) -> list[int]:
        """Numbers of the columns that are not hidden, as they stand."""
        header = self.horizontalHeader()
        order = (header.logicalIndex(place) for place in range(header.count()))
        return [number for number in order if not self.isColumnHidden(number)]

    def copy(self) -> None:
        """Ask for the selected rows to be put on the clipboard, also as a spreadsheet takes them."""
        rows = self.chosen_rows()
        if rows:
            self.copy_asked.emit(table_text(rows, self.shown_columns()))

    def rename(self) -> None:
        """Type another name for the current layer, in its place."""
        current = self.currentIndex()
        if current.isValid():
            self.edit(self.rows.index(current.row(), NAME))

    def layout_text(self) -> str:
        """Widths, order and hidden columns as text, to be remembered."""
        if not self._decided:
            # What the width of the table makes of it is not worth remembering.
            self._give_names(COLUMNS[NAME].width)
        state = bytes(self.horizontalHeader().saveState().toBase64().data()).decode()
        self._share()
        return f"{_VERSION}:{state}"

    def restore_layout(self, text: str) -> None:
        """Take what `layout_text` gave; anything else is left aside."""
        header = self.horizontalHeader()
        version, _, state = text.partition(":")
        if version == _VERSION and header.restoreState(QByteArray.fromBase64(state.encode())):
            # Names must be there, and the order of rows is chosen anew each time.
            self.setColumnHidden(NAME, False)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._decided = header.sectionSize(NAME) != COLUMNS[NAME].width
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names have what the other columns leave, until the user decides."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        if self._decided:
            return
        header, room, usual = self.horizontalHeader(), self.viewport().width(), COLUMNS[NAME].width
        beside = sum(header.sectionSize(number) for number in self.shown_columns()[:3] if number != NAME)
        others = sum(header.sectionSize(number) for number in self.shown_columns() if number != NAME)
        self._give_names(max(min(max(room - beside, LEAST), usual), room - others))

    def _give_names(self, width: int) -> None:
        self._ours = True
        self.horizontalHeader().resizeSection(NAME, width)
        self._ours = False

    @Slot(int, int, int)
    def _decide(self, column: int, before: int, after: int) -> None:
        """The width of names is the user's from now on, or the usual one again."""
        if column == NAME and not self._ours:
            self._decided = after != COLUMNS[NAME].width

    def event(self, event: QEvent) -> bool:
        """Keys of the table go before shortcuts of the page."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and event.key() in _KEYS
            standard = QKeySequence.StandardKey
            if plain or event.matches(standard.Copy) or event.matches(standard.SelectAll):
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """See `entered_by_focus`."""
        super().focusInEvent(event)
        self.entered_by_focus.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the signals; F2 types a name, Ctrl+C copies rows."""
        if self.state() == QAbstractItemView.State.EditingState:
            # What the editor did not want.
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self._freeze()
        elif event.key() == Qt.Key.Key_Delete:
            if self.chosen_rows():
                self.delete_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_layer():
            self.open_asked.emit(self.current_layer())
        elif event.key() == Qt.Key.Key_F2:
            editable = self.rows.flags(self.currentIndex()) if self.currentIndex().isValid() else None
            if editable is not None and editable & Qt.ItemFlag.ItemIsEditable:
                self.edit(self.currentIndex())
            else:
                self.rename()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu on the layer under the pointer, or the current one by keyboard."""
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard or not index.isValid():
            index = self.currentIndex()
        if index.isValid():
            place = event.globalPos()
            if event.reason() == QContextMenuEvent.Reason.Keyboard:
                place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_asked.emit(self.rows.rows[index.row()].layer.id, place)

    def _freeze(self) -> None:
        """Freeze the selected layers; where all are frozen already, unfreeze them."""
        ticked = [row for row in self.chosen_rows() if row.tick]
        if ticked:
            frozen = any(row.tick == "off" for row in ticked)
            chosen = tuple(row.layer.id for row in ticked)
            self.asked.emit(partial(freeze, layer_ids=chosen, frozen=frozen))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # Else it asks every cell whether its column is selected as a whole, although it does not show it.
        header.setSelectionModel(QItemSelectionModel(self.rows, header))
        header.setMinimumSectionSize(30)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setSortIndicatorClearable(True)
        for number, column in enumerate(COLUMNS):
            header.resizeSection(number, column.width)
        header.sectionResized.connect(self._decide)
        header.setSectionResizeMode(FROZEN, QHeaderView.ResizeMode.Fixed)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setAccessibleName(tr("Columns"))
        self.setSortingEnabled(True)
