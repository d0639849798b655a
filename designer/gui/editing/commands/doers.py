"""Who does each command."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject

from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.clipboard import Clipboard
from designer.gui.editing.editor import Editor
from designer.gui.editing.freezing import Freezing
from designer.gui.editing.looking import Looking
from designer.gui.editing.placing import Placing
from designer.gui.editing.questions import Questions
from designer.gui.editing.windows import Windows


class Doers(NamedTuple):
    """The parts of the page that do its commands."""

    editor: Editor
    clipboard: Clipboard
    questions: Questions
    freezing: Freezing
    placing: Placing
    looking: Looking
    windows: Windows


def handlers(doers: Doers, mirror: Mirror) -> dict[str, Callable[..., object]]:
    """For each command the method that does it; it is called as the command is."""
    rows: tuple[tuple[QObject, str], ...] = (
        (doers.editor, "delete duplicate select_all"),
        (doers.clipboard, "cut copy paste"),
        (doers.questions, "replace_head replace_kind rename"),
        (doers.freezing, "freeze_backbone freeze_all_but_head unfreeze_all freeze_up_to unfreeze_from"),
        (doers.freezing, "freeze_group unfreeze_group freeze_selected unfreeze_selected"),
        (doers.placing, "align_left align_middle align_right align_top align_centre align_bottom"),
        (doers.placing, "distribute_across distribute_down arrange"),
        (doers.looking, "add_layer find show_all show_selection direction minimap save_picture"),
        (doers.looking, "left_panel right_panel history"),
        (doers.windows, "analyze compare save_script"),
        (mirror, "expand_all expand_level collapse_level collapse_all"),
    )
    return {key: getattr(doer, key) for doer, keys in rows for key in keys.split()}
