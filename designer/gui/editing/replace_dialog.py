"""The dialog that replaces a layer by one of another kind: search, and see what stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.actions import replace_kind
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.gui.announcing import announce
from designer.gui.context import Context
from designer.gui.editing.canvas.content import kind_of, value_text
from designer.gui.editing.library.list import LibraryList, nothing_found
from designer.gui.editing.library.rows import Row, rows_of
from designer.gui.editing.previewing import Previewing
from designer.gui.editing.properties.fields import has_weights
from designer.gui.editing.properties.parts import Facts as FactRows
from designer.gui.look.tokens import SPACE
from designer.jobs.previews import Preview
from designer.messages import count_text, shape_text, tr
from designer.network.document import Change
from designer.network.edits import Edit
from designer.network.network import Layer, Network
from designer.session.results import Facts

_ENDS = ("Input", "Output", "AuxiliaryOutput")
_WALKS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays and what does not when a layer becomes one of another kind.

    Attributes:
        edit: does it; None when it cannot be done.
        rows: label and text of what is told.
        why: why it cannot be done.
        layer: the new layer, None when there is none.
    """

    edit: Edit | None
    rows: tuple[tuple[str, str], ...] = ()
    why: str = ""
    layer: Layer | None = None


def kept(network: Network, layer_id: str, key: str, facts: Facts | None) -> Kept:
    """What replacing the layer by one of the kind `key` keeps."""
    try:
        edit = replace_kind(network, layer_id, key, facts)
        change = Change(network, edit.apply(network), edit)
    except EditError as error:
        return Kept(None, why=str(error))
    old = network[layer_id]
    new = change.after[change.added[0]]
    same = [n for n, v in new.settings.items() if _former(old, new, n, v)]
    lost = [n for n in old.settings if n not in new.settings and not _lives_on(old, new, n)]
    fresh = [n for n in new.settings if n not in same]
    rows = [(tr("Settings kept"), _listed(new, same) or tr("none"))]
    if fresh:
        rows.append((tr("Settings new"), _listed(new, fresh)))
    if lost:
        rows.append((tr("Settings gone"), _listed(old, lost)))
    rows.append((tr("Connections"), _connections(change, layer_id, new.id)))
    return Kept(edit, tuple(rows), layer=new)


def weights_text(new: Layer, weights: object, after: Preview | None) -> str:
    """Whether the new layer begins with the old one's weights; '' while it is not known."""
    known = after.facts.layers.get(new.id) if after is not None else None
    if after is None or known is None:
        return ""
    if not known.parameters:
        return tr("none needed")
    if has_weights(new, weights) and new.id not in after.misfits:
        return tr("stay")
    return tr("new, {count} parameters", count=count_text(known.parameters))


def _former(old: Layer, new: Layer, name: str, value: Any) -> bool:
    """Whether a setting has the value that it had, perhaps by another name of the same meaning."""
    if name in old.settings:
        return bool(old.settings[name] == value)
    return any(b == name and old.settings.get(a) == value for a, b in _twins(old, new))


def _lives_on(old: Layer, new: Layer, name: str) -> bool:
    return any(a == name and new.settings.get(b) == old.settings[name] for a, b in _twins(old, new))


def _twins(old: Layer, new: Layer) -> tuple[tuple[str, str], ...]:
    """Names of the two kinds for the numbers of features that come in and go out."""
    before, after = kind_of(old), kind_of(new)
    if before is None or after is None:
        return ()
    pairs = ((before.input_width, after.input_width), (before.output_width, after.output_width))
    return tuple(pair for pair in pairs if all(pair))


def _listed(layer: Layer, names: list[str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value_text(layer.settings[name])}" for name in names)


def _connections(change: Change, old: str, new: str) -> str:
    came, left = len(change.before.inputs[old]), len(change.before.consumers[old])
    comes = sum(port is not None for port in change.after.inputs[new])
    leaves = len(change.after.consumers[new])
    if comes >= came and leaves >= left:
        return tr("all stay")
    return tr("{kept} of {count} stay", kept=min(comes, came) + leaves, count=came + left)


class ReplaceDialog(QDialog):
    """Asks for the kind."""

    def __init__(self, context: Context, layer_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        network = context.session.network
        assert network is not None
        self._network, self._layer = network, network[layer_id]
        self._facts = context.session.facts
        self._weights = context.session.weights
        self._after: Preview | None = None
        self._kept = Kept(None)
        self._key = ""
        self._previewing = Previewing(context.runner, self)
        self._previewing.found.connect(self._take)
        self.setWindowTitle(tr("Replace {name} by another kind", name=self._layer.name))
        self.resize(760, 520)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search kinds"))
        self.search.setAccessibleName(tr("Search kinds"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._search)
        self.list = LibraryList(context.look)
        self.list.setAccessibleName(tr("Kinds of layers"))
        self.list.setDragEnabled(False)
        self.list.marked.connect(self._choose)
        self.list.chosen.connect(self._accept_key)
        self.empty = nothing_found()
        self._title, self._help = QLabel(), QLabel()
        self._title.setProperty("subheading", True)
        self._help.setProperty("muted", True)
        self._why = QLabel()
        self._why.setProperty("danger", True)
        for label in (self._title, self._help, self._why):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = FactRows()
        self.accept_button = QPushButton(tr("Replace"))
        self._lay_out()
        self._search()
        self.search.setFocus()

    @property
    def edit(self) -> Edit | None:
        """The edit that would be made now."""
        return self._kept.edit

    @classmethod
    def ask(cls, context: Context, layer_id: str, parent: QWidget | None) -> Edit | None:
        """Ask, and give the edit; None when the user thinks better of it."""
        dialog = cls(context, layer_id, parent)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        edit = dialog.edit if agreed else None
        dialog.deleteLater()
        return edit

    def done(self, result: int) -> None:
        """Nothing more is asked for once it is closed."""
        self._previewing.stop()
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field up and down walk the list."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _WALKS:
            self.list.keyPressEvent(event)
            announce(self.search, self.list.spoken())
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        row = kind_of(self._layer)
        now = QLabel(tr("Now: {kind}", kind=self._layer.kind if row is None else row.title))
        now.setProperty("small", True)
        left, right = QVBoxLayout(), QVBoxLayout()
        for widget in (self.search, self.empty, self.list):
            left.addWidget(widget)
        panel = QFrame()
        panel.setProperty("panel", True)
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        inside.setSpacing(SPACE)
        for shown in (now, self._title, self._help, self.facts, self._why):
            inside.addWidget(shown)
        inside.addStretch(1)
        right.addWidget(panel)
        both = QHBoxLayout()
        both.setSpacing(2 * SPACE)
        both.addLayout(left, 4)
        both.addLayout(right, 5)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button.setProperty("primary", True)
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(both, 1)
        column.addWidget(buttons)
        # Once it lies in the dialog: else Enter would mean the button that was focused last.
        self.accept_button.setDefault(True)

    def _rows(self) -> tuple[Row, ...]:
        """Kinds that the layer could become, under their headings."""
        able = {key for key in KINDS if key not in _ENDS and key != self._layer.kind}
        rows = [row for row in rows_of(self.search.text(), ()) if not row.key or row.key in able]
        there = {row.section for row in rows if row.key}
        return tuple(row for row in rows if row.key or row.section in there)

    @Slot()
    def _search(self) -> None:
        rows = self._rows()
        self.list.show_rows(rows)
        self.empty.setVisible(not rows)
        self.list.mark_first()
        announce(self.search, self.list.spoken())

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._key, self._after = key, None
        self._kept = Kept(None)
        if key:
            self._kept = kept(self._network, self._layer.id, key, self._facts)
            if self._kept.edit is not None:
                self._previewing.ask(self._kept.edit.apply(self._network), self._weights)
        self._show()

    @Slot(str)
    def _accept_key(self, key: str) -> None:
        if self._kept.edit is not None:
            self.accept()

    @Slot(object)
    def _take(self, found: Preview) -> None:
        self._after = found
        self._show()

    def _show(self) -> None:
        row, layer = KINDS.get(self._key), self._kept.layer
        self._title.setText(row.title if row is not None else tr("Choose a kind"))
        self._help.setText(row.help if row is not None else "")
        rows = self._kept.rows
        if layer is not None:
            weights = weights_text(layer, self._weights, self._after)
            known = self._after.facts.layers.get(layer.id) if self._after is not None else None
            shape = "…" if self._after is None else tr("not known")
            if known is not None and known.shapes:
                shape = shape_text(known.shapes[0])
            rows = (*rows, (tr("Weights"), weights or "…"), (tr("Output then"), shape))
        self.facts.show_rows(rows)
        self.facts.setVisible(bool(rows))
        self._why.setText(self._kept.why)
        self._why.setVisible(bool(self._kept.why))
        self.accept_button.setEnabled(self._kept.edit is not None)
