"""All commands of the network page."""

from __future__ import annotations

from designer.gui.editing.commands.editing import EDIT
from designer.gui.editing.commands.freezing import FREEZE
from designer.gui.editing.commands.viewing import TOOLS, VIEW

COMMANDS = (*EDIT, *FREEZE, *VIEW, *TOOLS)
BY_KEY = {command.key: command for command in COMMANDS}
