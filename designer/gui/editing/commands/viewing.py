"""Commands of the menus View and Tools."""

from __future__ import annotations

from designer.gui.editing.commands.command import SPOT, Command

VIEW = (
    Command(
        "expand_all",
        "Expand all groups",
        "Show every layer",
        "unfold-vertical",
        "Ctrl+E",
        menu="view",
        part=1,
        on=SPOT,
    ),
    Command(
        "expand_level",
        "Expand one level",
        "Open the collapsed groups that are seen",
        "chevron-down",
        "Ctrl+Alt+E",
        menu="view",
        part=1,
    ),
    Command(
        "collapse_level",
        "Collapse one level",
        "Close the innermost groups that are open",
        "chevron-up",
        "Ctrl+Alt+Shift+E",
        menu="view",
        part=1,
    ),
    Command(
        "collapse_all",
        "Collapse all groups",
        "Show the outermost groups",
        "fold-vertical",
        "Ctrl+Shift+E",
        menu="view",
        part=1,
        on=SPOT,
    ),
    Command(
        "direction",
        "Arrange from left to right",
        "Let the data go from left to right instead of downwards",
        "move-right",
        menu="view",
        part=2,
        on=SPOT,
        checkable=True,
    ),
    Command(
        "left_panel",
        "Library and layers",
        "Show the panel on the left",
        "panel-left",
        "F9",
        menu="view",
        part=3,
        checkable=True,
    ),
    Command(
        "right_panel",
        "Properties and history",
        "Show the panel on the right",
        "panel-right",
        "F10",
        menu="view",
        part=3,
        checkable=True,
    ),
    Command(
        "history",
        "History",
        "Show the list of all steps; a click leads to any of them",
        "history",
        "Ctrl+Shift+H",
        menu="view",
        part=3,
    ),
)

TOOLS = (
    Command(
        "replace_head",
        "Replace head ...",
        "Put a fresh last layer in, for your own classes",
        "replace",
        "Ctrl+H",
        menu="tools",
        bar="titled",
    ),
)
