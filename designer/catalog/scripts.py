"""Scripts of edits: a JSON file with what is to be done to a network, one thing after the other.

`{"format": 1, "edits": [...]}`. Each is an edit as the window made it (`{"edit": "SetFrozen", ...}`, see
`designer.network.edit_file`), or an action by its name (`{"action": "replace_head", "classes": 5}`, see
`NAMED_ACTIONS`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from designer.catalog.kinds import kind
from designer.catalog.named_actions import NAMED_ACTIONS, Given
from designer.catalog.rows import row_of
from designer.errors import DesignerError, EditError
from designer.messages import tr
from designer.network.edit_file import KEY, edit_from_json, edit_to_json, listed, table
from designer.network.edits import Edit
from designer.network.network import Network
from designer.network.reading import parsed, text, whole
from designer.session.results import Facts

FORMAT = 1
ACTION = "action"
"""The entry that names an action."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An action that a script asks for by name."""

    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """What is to be done, in order."""

    steps: tuple[Edit | Asked, ...]


def script_of(edits: Iterable[Edit]) -> dict[str, Any]:
    """Edits that were made, as a script: JSON values."""
    return {"format": FORMAT, "edits": [edit_to_json(edit) for edit in edits]}


def script_text(edits: Iterable[Edit]) -> str:
    """Edits that were made, as the text of a script file."""
    return json.dumps(script_of(edits), ensure_ascii=False, indent=2) + "\n"


def read_script(data: bytes) -> Script:
    """The script in a file's bytes; nothing of it is done yet.

    Raises:
        EditError: it is not a script, is of a newer format, or one of its edits cannot be read; the
            error says which.
    """
    try:
        value = parsed(data)
    except (ValueError, RecursionError) as error:
        raise _no_script(error) from error
    return read_value(value)


def read_value(value: Any) -> Script:
    """The script in JSON values. Raises EditError: see `read_script`."""
    try:
        held = table(value)
        found = whole(held["format"])
        rows = listed(held["edits"])
    except (ValueError, TypeError, KeyError) as error:
        raise _no_script(error) from error
    if found != FORMAT:
        raise EditError(
            tr("The script cannot be read."),
            tr("Its format is {its}; this version reads {ours}.", its=found, ours=FORMAT),
            tr("Update Netgraft, or write the script anew."),
        )
    return Script(tuple(_step(number, row) for number, row in enumerate(rows, 1)))


def run_script(network: Network, script: Script, facts_of: Callable[[Network], Facts]) -> tuple[Edit, ...]:
    """The edits that a script makes of a network, each for what the former ones leave.

    Args:
        network: what it is run on; nothing is changed.
        script: what is to be done.
        facts_of: works out shapes, for actions that need them.

    Raises:
        EditError: one cannot be made; the error says which, and none is to be made then.
    """
    made: list[Edit] = []
    for number, step in enumerate(script.steps, 1):
        try:
            if isinstance(step, Asked):
                edit = NAMED_ACTIONS[step.key].make(Given(network, step.values, facts_of))
            else:
                edit = step
            after = edit.apply(network)
            _check_layers(network, after)
        except DesignerError as error:
            what = tr("Edit {number} cannot be made: {what}", number=number, what=error.what)
            raise EditError(what, error.why, error.remedy) from error
        network = after
        made.append(edit)
    return tuple(made)


def _step(number: int, value: Any) -> Edit | Asked:
    try:
        row = table(value)
        if (ACTION in row) == (KEY in row):
            raise ValueError(f"it needs either {ACTION!r} or {KEY!r}")
        if KEY in row:
            return edit_from_json(row)
        key = text(row.pop(ACTION))
        action = row_of(NAMED_ACTIONS, key, tr("There is no action '{key}'.", key=key), EditError)
        return Asked(key, action.read(row))
    except DesignerError as error:
        what = tr("Edit {number} cannot be read: {what}", number=number, what=error.what)
        raise EditError(what, error.why, error.remedy) from error
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise EditError(
            tr("Edit {number} cannot be read.", number=number),
            _said(error),
            tr("Mend the script; nothing has been changed."),
        ) from error


def _check_layers(before: Network, after: Network) -> None:
    """Check kinds and settings that an edit has brought in: an edit that is written out may hold anything.

    Raises:
        NetworkError: this version does not know a layer's kind.
        EditError: a kind has no such setting, or takes no such value.
    """
    for layer in after:
        former = before.layers.get(layer.id)
        if former is layer:
            continue
        row = kind(layer.kind)
        if former is None or former.kind != layer.kind:
            row.complete(layer.settings)
            continue
        # What was wrong in the file before is not for this edit to mend.
        for name, value in layer.settings.items():
            if name not in former.settings or former.settings[name] != value:
                row.setting(name).checked(value)


def _no_script(error: Exception) -> EditError:
    return EditError(
        tr("This is not a script of edits."),
        _said(error),
        tr("It is a JSON file such as {example}", example='{"format": 1, "edits": [...]}.'),
    )


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return tr("'{name}' is missing.", name=error.args[0])
    return f"{str(error)[:200].rstrip('.')}."
