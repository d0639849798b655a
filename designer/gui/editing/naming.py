"""What a change is called in the list of undo: by names of layers, never by their keys. Pure functions."""

from __future__ import annotations

from designer.catalog.actions.texts import setting_text
from designer.messages import tr
from designer.network.document import Change
from designer.network.edits import AddLayer, Compound, Edit, RemoveLayer, SetInputs, SetSettings
from designer.network.network import Network


def title_of(change: Change) -> str:
    """The change in a few words, such as 'Set stride of conv1 to 2'."""
    return _title(change.edit, change.before, change.after)


def _title(edit: Edit, before: Network, after: Network) -> str:
    if isinstance(edit, Compound) and len(edit.parts) == 1 and not edit.text:
        return _title(edit.parts[0], before, after)
    if isinstance(edit, SetSettings):
        name = _name(edit.layer_id, before, after)
        return setting_text(edit.settings, name)
    if isinstance(edit, RemoveLayer):
        return tr("Delete {name}", name=_name(edit.layer_id, before, after))
    if isinstance(edit, SetInputs):
        return tr("Connect {name}", name=_name(edit.layer_id, before, after))
    if isinstance(edit, AddLayer):
        return tr("Add {name}", name=edit.layer.name)
    return edit.text or tr("Change the network")


def _name(layer_id: str, before: Network, after: Network) -> str:
    for network in (after, before):
        if layer_id in network:
            return network[layer_id].name
    return layer_id
