"""Changing layers: their names, settings and learning-rate factors, told by the names that users see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from designer.catalog.actions.texts import setting_text, short, what_of
from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Compound, Edit, PutLayers, Rename, SetRates
from designer.network.network import Network


def rename(network: Network, layer_id: str, name: str) -> Edit:
    """Give a layer another name.

    Raises:
        EditError: the layer is not there, or the name is empty, too long or in use.
    """
    old = network[layer_id].name
    edit = Rename(layer_id, name)
    new = edit.apply(network)[layer_id].name
    return Compound(tr("Rename {old} to {new}", old=short(old), new=short(new)), (edit,))


def set_settings(network: Network, layer_ids: Iterable[str], settings: Mapping[str, Any]) -> Edit:
    """Change settings of layers, all of them alike; each layer's kind must have them all.

    Raises:
        EditError: nothing is chosen, or a setting is unknown or does not fit.
    """
    chosen = _chosen(layer_ids)
    changed = []
    for layer_id in chosen:
        layer = network[layer_id]
        row = kind(layer.kind)
        checked = {name: row.setting(name).checked(value) for name, value in settings.items()}
        changed.append(replace(layer, settings={**layer.settings, **checked}))
    return PutLayers(tuple(changed), setting_text(settings, what_of(network, chosen)))


def set_rates(
    network: Network,
    layer_ids: Iterable[str],
    weight_rate: float | None = None,
    bias_rate: float | None = None,
) -> Edit:
    """Set learning-rate factors; None leaves that one as it is.

    Raises:
        EditError: nothing is chosen, or a factor is negative or not finite.
    """
    chosen = _chosen(layer_ids)
    edit = SetRates(chosen, weight_rate, bias_rate)
    edit.apply(network)
    text = tr("Set learning-rate factors of {what}", what=what_of(network, chosen))
    return Compound(text, (edit,))


def _chosen(layer_ids: Iterable[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(layer_ids))
    if not chosen:
        raise EditError(
            tr("Nothing is chosen."), tr("No layer is marked."), tr("Choose the layers to change.")
        )
    return chosen
