"""Commands of the menu Freeze."""

from __future__ import annotations

from designer.gui.editing.commands.command import BOX, Command

FREEZE = (
    Command(
        "freeze_backbone",
        "Freeze backbone",
        "Keep everything before the head as it is",
        "lock",
        "Ctrl+B",
        menu="freeze",
    ),
    Command(
        "freeze_all_but_head",
        "Freeze all but the head",
        "Keep every layer as it is but the head",
        "lock",
        menu="freeze",
    ),
    Command(
        "unfreeze_all", "Unfreeze all", "Let every layer learn", "lock-open", "Ctrl+Shift+B", menu="freeze"
    ),
    Command(
        "freeze_up_to",
        "Freeze up to here",
        "Freeze the selected layer and all that feed it",
        "arrow-down-to-line",
        "Ctrl+U",
        menu="freeze",
        part=1,
        on=BOX,
    ),
    Command(
        "unfreeze_from",
        "Unfreeze from here",
        "Let the selected layer learn, and all that come after it",
        "arrow-up-from-line",
        "Ctrl+Shift+U",
        menu="freeze",
        part=1,
        on=BOX,
    ),
    Command(
        "freeze_group",
        "Freeze group",
        "Freeze every layer of the group around the selection",
        "lock",
        menu="freeze",
        part=2,
        on=BOX,
    ),
    Command(
        "unfreeze_group",
        "Unfreeze group",
        "Let every layer of the group around the selection learn",
        "lock-open",
        menu="freeze",
        part=2,
        on=BOX,
    ),
    Command(
        "freeze_selected",
        "Freeze selection",
        "Freeze the selected layers",
        "lock",
        "Space",
        menu="freeze",
        part=3,
        on=BOX,
        ours=False,
    ),
    Command(
        "unfreeze_selected",
        "Unfreeze selection",
        "Let the selected layers learn",
        "lock-open",
        "Space",
        menu="freeze",
        part=3,
        on=BOX,
        ours=False,
    ),
)
