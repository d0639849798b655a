"""How the texts of edits name what they are about: by the names that the user sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designer.messages import tr
from designer.network.network import Network

_LONG = 60

_LONGEST_VALUE = 48
"""Characters of a value, at most: a list of a hundred numbers is no name."""


def short(name: str) -> str:
    """A name as it goes into a line of the undo list: its end, where it is long."""
    return name if len(name) <= _LONG else "..." + name[3 - _LONG :]


def what_of(network: Network, layer_ids: Sequence[str]) -> str:
    """The name of one layer, or how many they are. Raises EditError for one that is not there."""
    if len(layer_ids) == 1:
        return short(network[layer_ids[0]].name)
    return tr("{count} layers", count=len(layer_ids))


def setting_text(settings: Mapping[str, Any], what: str) -> str:
    """What giving settings is called: 'Set kernel size of conv1 to 3 × 5', the value only of a single one."""
    words = [name.replace("_", " ") for name in settings]
    if len(words) == 1:
        (value,) = settings.values()
        return tr("Set {setting} of {what} to {value}", setting=words[0], what=what, value=_value(value))
    return tr("Change {settings} of {what}", settings=", ".join(words), what=what)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if value is None:
        return tr("none")
    sides = isinstance(value, list | tuple)
    text = " × ".join(str(part) for part in value) if sides else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
