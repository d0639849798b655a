"""The actions of the network page as one table, and which of them can be done now: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designer.catalog.actions import backbone_layers, freezable, head_layers
from designer.errors import DesignerError
from designer.gui.editing.canvas.content import kind_of
from designer.messages import tr
from designer.network.network import Network


@dataclass(frozen=True, slots=True)
class Command:
    """An action of the page.

    Attributes:
        key: its name.
        text, tip: in English, translated where they are shown.
        icon: name of its icon.
        keys: shortcut, '' for none.
        titled: the button shows the text beside the icon.
        ends_part: a line follows in the toolbar.
    """

    key: str
    text: str
    tip: str
    icon: str
    keys: str = ""
    titled: bool = False
    ends_part: bool = False


COMMANDS = (
    Command(
        "replace_head",
        "Replace head ...",
        "Put a fresh last layer in, for your own classes",
        "replace",
        "Ctrl+H",
        titled=True,
    ),
    Command(
        "freeze_backbone",
        "Freeze backbone",
        "Keep everything before the head as it is",
        "lock",
        "Ctrl+B",
        titled=True,
    ),
    Command(
        "unfreeze_all",
        "Unfreeze all",
        "Let every layer learn",
        "lock-open",
        "Ctrl+Shift+B",
        titled=True,
        ends_part=True,
    ),
    Command("delete", "Delete", "Delete the selected layers", "trash-2", "", ends_part=True),
    Command("expand_all", "Expand all groups", "Show every layer", "unfold-vertical", "Ctrl+E"),
    Command(
        "collapse_all", "Collapse all groups", "Show the outermost groups", "fold-vertical", "Ctrl+Shift+E"
    ),
)


@dataclass(frozen=True, slots=True)
class CommandState:
    """Whether a command can be done; the reason why not."""

    enabled: bool
    reason: str = ""


def resolve(network: Network | None, selected: tuple[str, ...]) -> Mapping[str, CommandState]:
    """The state of every command."""
    if network is None:
        closed = CommandState(False, tr("No network is open."))
        return {command.key: closed for command in COMMANDS}
    grouped = any(layer.group for layer in network)
    groups = CommandState(grouped, "" if grouped else tr("The network has no groups."))
    return {
        "replace_head": _head_state(network),
        "freeze_backbone": _backbone_state(network),
        "unfreeze_all": _unfreeze_state(network),
        "delete": _delete_state(network, selected),
        "expand_all": groups,
        "collapse_all": groups,
    }


def _head_state(network: Network) -> CommandState:
    try:
        head_layers(network)
    except DesignerError as error:
        return CommandState(False, str(error))
    return CommandState(True)


def _backbone_state(network: Network) -> CommandState:
    try:
        backbone = backbone_layers(network)
    except DesignerError as error:
        return CommandState(False, str(error))
    if not backbone:
        return CommandState(False, tr("No layer before the head could be frozen."))
    if all(network[layer_id].frozen for layer_id in backbone):
        return CommandState(False, tr("The backbone is frozen already."))
    return CommandState(True)


def frozen_layers(network: Network) -> tuple[str, ...]:
    """Ids of the layers that are frozen and could be unfrozen."""
    return tuple(
        layer.id for layer in network if layer.frozen and kind_of(layer) is not None and freezable(layer)
    )


def _unfreeze_state(network: Network) -> CommandState:
    if not frozen_layers(network):
        return CommandState(False, tr("No layer is frozen."))
    return CommandState(True)


def _delete_state(network: Network, selected: tuple[str, ...]) -> CommandState:
    there = [network.layers[layer_id] for layer_id in selected if layer_id in network]
    if not there:
        return CommandState(False, tr("Select the layers to delete."))
    for layer in there:
        if layer.kind in ("Input", "Output"):
            return CommandState(False, tr("A network needs its input and its output."))
    return CommandState(True)
