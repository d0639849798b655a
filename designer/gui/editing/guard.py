"""Guards the weights that layers were opened with: the first loss is asked about, once a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from designer.catalog.weight_shapes import deciding
from designer.gui.asking import Choice, ask
from designer.gui.editing.canvas.content import kind_of
from designer.gui.editing.counts import layers_text
from designer.gui.editing.properties.fields import has_weights
from designer.gui.editing.properties.values import title_of
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Layer, Network
from designer.session.results import Facts
from designer.session.session import Session


@dataclass(frozen=True, slots=True)
class Loss:
    """What an edit would cost.

    Attributes:
        layers: ids of the layers whose weights would no longer fit.
        settings: titles of the settings that are to blame.
    """

    layers: tuple[str, ...]
    settings: tuple[str, ...]


def loss_of(before: Network, edit: Edit, weights: object, misfits: Mapping[str, str]) -> Loss | None:
    """The weights that changes of settings would take from layers that stay; None for none.

    Layers that are deleted or replaced are not counted: that is what was asked for.

    Raises:
        EditError: the edit does not fit.
    """
    after = edit.apply(before)
    layers, settings = [], dict[str, None]()
    for layer_id, new in after.layers.items():
        old = before.layers.get(layer_id)
        if old is None or old is new or old.settings == new.settings:
            continue
        blamed = _blamed(old, new)
        if blamed and has_weights(old, weights) and layer_id not in misfits:
            layers.append(layer_id)
            settings.update(dict.fromkeys(blamed))
    return Loss(tuple(layers), tuple(settings)) if layers else None


def _blamed(old: Layer, new: Layer) -> list[str]:
    row = kind_of(old)
    if row is None or old.kind != new.kind:
        return []
    return [title_of(row.setting(name)).lower() for name in deciding(row, old.settings, new.settings)]


def question_of(network: Network, loss: Loss, facts: Facts | None) -> tuple[str, str]:
    """What the user is asked: what would be lost, and how it comes back."""
    names = [network[layer_id].name for layer_id in loss.layers]
    what = tr("'{name}'", name=names[0][:60]) if len(names) == 1 else layers_text(len(names))
    known = facts.layers if facts is not None else {}
    count = sum(known[layer_id].parameters for layer_id in loss.layers if layer_id in known)
    setting = ", ".join(loss.settings)
    text = tr("Change {setting} of {what}, and begin with new weights?", setting=setting, what=what)
    detail = tr(
        "The {count} values that came with {origin} would no longer fit, and what they have learned would be "
        "lost: training begins from random ones. Undo brings them back. You are asked this once.",
        count=f"{count:,}",
        origin=network.origin,
    )
    return text, detail


class Guard(QObject):
    """Asks before the first loss.

    Attributes:
        misfits: for each layer whose weights no longer fit, why: they are lost already.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._asked = False
        self.misfits: Mapping[str, str] = {}

    def agrees(self, network: Network, edit: Edit) -> bool:
        """Whether an edit may be made. Raises EditError when it does not fit."""
        if self._asked or not network.origin:
            return True
        loss = loss_of(network, edit, self._session.weights, self.misfits)
        if loss is None:
            return True
        text, detail = question_of(network, loss, self._session.facts)
        choices = (Choice("change", tr("Change it")), Choice("keep", tr("Cancel"), "cancel"))
        # Once it is said it is known, whatever the answer.
        self._asked = True
        return ask(self._window, text, detail, choices) == "change"
