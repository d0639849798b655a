"""From a setting to its editor: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from designer.catalog.kind import Setting
from designer.gui.editing.properties.editors import BoolEditor, ChoiceEditor, Editor, IntEditor, TextEditor
from designer.gui.editing.properties.sizes_editor import SizesEditor

EDITORS: Mapping[str, Callable[[Setting], Editor]] = {
    "int": IntEditor,
    "optional int": TextEditor,
    "float": TextEditor,
    "bool": BoolEditor,
    "choice": ChoiceEditor,
    "size": IntEditor,
    "optional size": TextEditor,
    "sizes": SizesEditor,
    "ints": TextEditor,
    "text": TextEditor,
}
"""By sort of setting, see `sort_of`."""


def sort_of(setting: Setting) -> str:
    """What tells editors apart: the type, one side or several, and whether a number may be left out."""
    sort = "size" if setting.type == "sizes" and setting.sides == 1 else setting.type
    return f"optional {sort}" if setting.optional and sort in ("int", "size") else sort


def editor_of(setting: Setting) -> Editor:
    """A new editor of a setting."""
    return EDITORS[sort_of(setting)](setting)
