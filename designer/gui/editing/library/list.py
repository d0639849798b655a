"""The list of the library: folding, walking, adding, dragging."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QDrag, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLabel, QListView, QWidget

from designer.gui.editing.library.drawing import RowDelegate, drag_picture
from designer.gui.editing.library.model import Index, LibraryModel
from designer.gui.editing.library.rows import Row
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr


def nothing_found() -> QLabel:
    """What stands in the place of the list where nothing is found; hidden at first."""
    made = QLabel(tr("Nothing is called so."))
    made.setProperty("muted", True)
    made.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
    made.hide()
    return made


class LibraryList(QListView):
    """Shows the rows.

    Signals:
        chosen(key): an entry is to be added.
        marked(key): another entry is the current one; '' for a heading.
        fold_asked(section): fold or unfold it.
        typed(text): the user began to type: it belongs into the search field.
    """

    chosen = Signal(str)
    marked = Signal(str)
    fold_asked = Signal(str)
    typed = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.rows_model = LibraryModel(self)
        self.setModel(self.rows_model)
        self.setItemDelegate(RowDelegate(look, self))
        self.setAccessibleName(tr("Layer library"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._click)
        self.doubleClicked.connect(self._double)
        look.changed.connect(self._dress)

    @property
    def row(self) -> Row | None:
        """The current row, None when there is none."""
        number = self.currentIndex().row()
        return self.rows_model.rows[number] if 0 <= number < len(self.rows_model.rows) else None

    def show_rows(self, rows: tuple[Row, ...], key: str = "") -> None:
        """Show other rows; the entry `key` stays the current one if it is there."""
        if rows == self.rows_model.rows:
            return
        self.rows_model.show_rows(rows)
        self.mark(key)

    def mark(self, key: str) -> None:
        """Make an entry the current one; none for one that is not shown."""
        number = self.rows_model.number_of(key)
        self._go(number) if number >= 0 else self.marked.emit("")

    def mark_first(self) -> None:
        """Make the first entry the current one."""
        first = next((n for n, row in enumerate(self.rows_model.rows) if row.key), -1)
        if first >= 0:
            self._go(first)

    def mark_heading(self, section: str) -> None:
        """Make a heading the current row."""
        rows = self.rows_model.rows
        number = next((n for n, row in enumerate(rows) if not row.key and row.section == section), -1)
        if number >= 0:
            self._go(number)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which entry is the current one."""
        super().currentChanged(current, previous)
        row = self.row
        self.marked.emit(row.key if row is not None else "")

    def spoken(self) -> str:
        """The current entry and its number among all, in words; '' for none."""
        row, entries = self.row, [row for row in self.rows_model.rows if row.key]
        if row is None or not row.key:
            return ""
        n, count = entries.index(row) + 1, len(entries)
        return tr("{title}, {n} of {count}", title=row.title, n=n, count=count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds or folds; left and right fold; letters go into the search."""
        key, row = Qt.Key(event.key()), self.row
        control = bool(
            event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        )
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.chosen.emit(row.key) if row.key else self.fold_asked.emit(row.section)
        elif key == Qt.Key.Key_Space and row is not None and not row.key:
            self.fold_asked.emit(row.section)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and row is not None:
            self._fold_by_key(row, key == Qt.Key.Key_Left)
        elif event.text().isprintable() and event.text().strip() and not control:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the entry, with a small box below the pointer."""
        index = self.currentIndex()
        row = self.row
        if row is None or not row.key:
            return
        drag = QDrag(self)
        drag.setMimeData(self.rows_model.mimeData([index]))
        drag.setPixmap(drag_picture(row, self._look, self.font(), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-8, -8))
        drag.exec(Qt.DropAction.CopyAction)

    def _go(self, number: int) -> None:
        index = self.rows_model.index(number)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def _fold_by_key(self, row: Row, fold: bool) -> None:
        if not row.key and row.folded is not fold:
            self.fold_asked.emit(row.section)
        elif row.key and fold:
            self.mark_heading(row.section)

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        row = self.rows_model.rows[index.row()]
        if not row.key:
            self.fold_asked.emit(row.section)

    @Slot(QModelIndex)
    def _double(self, index: QModelIndex) -> None:
        row = self.rows_model.rows[index.row()]
        self.chosen.emit(row.key) if row.key else self.fold_asked.emit(row.section)

    @Slot()
    def _dress(self) -> None:
        self.viewport().update()
