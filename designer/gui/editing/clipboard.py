"""Copying, cutting and pasting layers, with their weights, also into another window."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

from designer.catalog import actions
from designer.errors import DesignerError, EditError
from designer.gui.context import Context
from designer.gui.editing.canvas.content import kind_of, settings_text
from designer.gui.editing.editor import Editor
from designer.gui.editing.selection import Selection
from designer.gui.notices import Notice
from designer.jobs import clips
from designer.messages import tr
from designer.network.clipping import Clip, clip_from_text, clip_to_text, is_clip
from designer.network.edits import Edit
from designer.network.fragment import Fragment
from designer.network.network import Layer, Network

LAYERS = "application/x-netgraft-layers"
"""The layers: JSON as UTF-8."""
WEIGHTS = "application/x-netgraft-weights"
"""Their weights in safetensors' format, by the ids that the layers have in the clip."""
COPY = "application/x-netgraft-copy"
"""Which copy it is, so that weights come to the layers that they are of."""


@dataclass(frozen=True)
class Pasting:
    """What is being pasted while the weights are read.

    Attributes:
        network, weights: the session's when it began.
        edit: what puts the layers in.
        fragment: the layers.
        data: their weights.
    """

    network: Network
    weights: object
    edit: Edit
    fragment: Fragment
    data: bytes


def readable(layers: Sequence[Layer]) -> str:
    """The layers as lines of text, for whoever pastes them into a letter."""
    lines = []
    for layer in layers:
        row = kind_of(layer)
        parts = (layer.kind if row is None else row.title, settings_text(layer))
        lines.append(f"{layer.name}: {', '.join(part for part in parts if part)}")
    return "\n".join(lines)


class Clipboard(QObject):
    """The system's clipboard as the network page uses it.

    Within a document copies begin with the weights of what they are copies of. For other documents the
    weights are put on the clipboard too, by a job just after the layers.

    Signals:
        changed(): something else can be pasted now.
    """

    changed = Signal()

    def __init__(
        self, context: Context, editor: Editor, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._editor = editor
        self._selection = selection
        self._document = secrets.token_hex(8)
        self._copy = ""
        self._pasting: Pasting | None = None
        self._hinted = False
        self._system = QGuiApplication.clipboard()
        self._obstacle: str | None = None
        self._system.dataChanged.connect(self._forget)

    def opened(self) -> None:
        """Another network is open: what was copied before is of another document."""
        self._document = secrets.token_hex(8)
        self._pasting = None

    @property
    def obstacle(self) -> str:
        """Why nothing can be pasted, '' when something can."""
        # Asking another program for its clipboard may take long: once is enough until it changes.
        if self._obstacle is None:
            self._obstacle = self._look()
        return self._obstacle

    def _look(self) -> str:
        found = self._system.mimeData()
        if found is not None and (found.hasFormat(LAYERS) or is_clip(found.text())):
            return ""
        if found is not None and (found.hasText() or found.hasUrls() or found.hasImage()):
            return tr("What is on the clipboard are no layers.")
        return tr("Nothing has been copied.")

    @Slot()
    def _forget(self) -> None:
        self._obstacle = None
        self.changed.emit()

    @Slot()
    def copy(self) -> bool:
        """Put the selected layers on the clipboard; False when they cannot be copied."""
        network = self._editor.network
        if network is None:
            return False
        try:
            self._put_layers(network)
        except DesignerError as error:
            self._editor.tell(error)
            return False
        return True

    @Slot(str)
    def copy_rows(self, text: str) -> None:
        """Put the selected layers on the clipboard, with a text of their rows in the table.

        The text alone where there are but the network's own input and output.
        """
        network = self._editor.network
        if network is None:
            return
        try:
            self._put_layers(network, text)
        except DesignerError:
            self._system.setText(text)

    def _put_layers(self, network: Network, text: str = "") -> None:
        """Raises DesignerError when they cannot be copied."""
        fragment = actions.copied(network, self._selection.layers)
        layers = clip_to_text(fragment, self._document)
        self._copy = secrets.token_hex(8)
        made = QMimeData()
        made.setText(text or readable(fragment.layers))
        made.setData(LAYERS, layers.encode())
        made.setData(COPY, self._copy.encode())
        self._system.setMimeData(made, QClipboard.Mode.Clipboard)
        weights = self._context.session.weights
        if weights is not None:
            chosen = tuple(layer.id for layer in fragment.layers)
            step = clips.clip_weights(network, weights, chosen)
            job = self._context.runner.start(tr("Copying weights"), step, "clipboard")
            job.finished.connect(self._add_weights)
            job.failed.connect(self._editor.tell)

    @Slot()
    def cut(self) -> None:
        """Copy the selected layers and delete them."""
        if self.copy():
            self._editor.delete()

    @Slot()
    def paste(self) -> None:
        """Put in what was copied."""
        network, found = self._editor.network, self._system.mimeData()
        if network is None:
            return
        why = self._look()
        if found is None or why:
            self._context.notify(Notice(tr("There is nothing to paste."), why, "warning"))
            return
        try:
            clip = _read(found)
            fragment = clip.for_document(self._document)
            ours = clip.document == self._document
            data = bytes(found.data(WEIGHTS).data())
            if data and not ours and self._context.session.weights is not None:
                self._begin(fragment, data)
            elif self._editor.attempt(lambda network: self._edit(network, fragment)):
                self._tell_of_connecting()
                if not ours:
                    self._tell_of_new_weights(fragment)
        except DesignerError as error:
            self._editor.tell(error)

    def _edit(self, network: Network, fragment: Fragment) -> Edit:
        chosen = [c for c in self._selection.connections if c in network.connections]
        if chosen and fragment.entrances and fragment.exit is not None:
            return actions.insert(network, chosen[-1], fragment)
        near = next((i for i in reversed(self._selection.layers) if i in network), "")
        return actions.paste(network, fragment, near)

    def _begin(self, fragment: Fragment, data: bytes) -> None:
        """Read the weights; the layers are put in together with them."""
        session = self._context.session
        network = session.network
        assert network is not None
        edit = self._edit(network, fragment)
        self._pasting = Pasting(network, session.weights, edit, fragment, data)
        names = (layer.id for layer in fragment.layers)
        ids = dict(zip(names, actions.new_ids(edit), strict=True))
        step = clips.put_weights(session.weights, data, ids)
        job = self._context.runner.start(tr("Pasting"), step, "pasting")
        job.finished.connect(self._put)
        job.failed.connect(self._fail)

    @Slot(object)
    def _put(self, weights: object) -> None:
        pasting, self._pasting = self._pasting, None
        session = self._context.session
        if pasting is None:
            return
        if session.network is not pasting.network or session.weights is not pasting.weights:
            # Something was edited or trained meanwhile: once more, for how it is now.
            self._begin(pasting.fragment, pasting.data)
            return
        session.set_weights(weights)
        if self._editor.apply(pasting.edit):
            self._tell_of_connecting()

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._pasting = None
        self._editor.tell(error)

    @Slot(object)
    def _add_weights(self, data: bytes | None) -> None:
        found = self._system.mimeData()
        if not data or found is None or bytes(found.data(COPY).data()).decode(errors="replace") != self._copy:
            return
        made = QMimeData()
        made.setText(found.text())
        for name in (LAYERS, COPY):
            made.setData(name, found.data(name))
        made.setData(WEIGHTS, data)
        self._system.setMimeData(made, QClipboard.Mode.Clipboard)

    def _tell_of_connecting(self) -> None:
        """Say once how pasted layers come into the network: they stand beside it."""
        network, new = self._editor.network, set(self._selection.layers)
        if self._hinted or network is None:
            return
        if any(connection.target not in new for i in new for connection in network.consumers[i]):
            return
        self._hinted = True
        self._context.notify(
            Notice(
                tr("What was pasted is not connected yet."),
                tr(
                    "Drag from port to port, or press C. Select a connection before pasting to put it in "
                    "there at once."
                ),
                until=("opened", "network"),
            )
        )

    def _tell_of_new_weights(self, fragment: Fragment) -> None:
        rows = [kind_of(layer) for layer in fragment.layers]
        if any(row is not None and row.learnable for row in rows):
            self._context.notify(
                Notice(
                    tr("The pasted layers have new weights."),
                    tr("Their weights were not on the clipboard: there were none, or too many."),
                    until=("opened", "network"),
                )
            )


def _read(found: QMimeData) -> Clip:
    """The layers, of whoever's making they are. Raises EditError."""
    if not found.hasFormat(LAYERS):
        return clip_from_text(found.text())
    try:
        return clip_from_text(bytes(found.data(LAYERS).data()).decode())
    except UnicodeDecodeError as error:
        raise EditError(
            tr("What is on the clipboard cannot be read."),
            tr("It is not text: {reason}.", reason=str(error)[:200]),
            tr("Copy the layers once more."),
        ) from error
