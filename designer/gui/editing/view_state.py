"""How the panels of the network page are, as JSON values of a project file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.gui.editing.side import SidePanel

WIDEST = 4000
"""Pixels; a file that says more is not believed."""


def panels_state(left: SidePanel, right: SidePanel) -> dict[str, Any]:
    """Widths, tabs and what is folded."""
    return {
        name: {"width": panel.wide, "tab": panel.tabs.currentIndex(), "folded": panel.folded}
        for name, panel in (("left", left), ("right", right))
    }


def restore_panels(state: Mapping[str, Any], left: SidePanel, right: SidePanel) -> None:
    """Let the panels be as when `panels_state` gave this; what cannot be made out is passed over."""
    for name, panel in (("left", left), ("right", right)):
        found = state.get(name)
        if not isinstance(found, dict):
            continue
        tab, width, folded = found.get("tab"), found.get("width"), found.get("folded")
        if isinstance(tab, int) and 0 <= tab < panel.tabs.count():
            panel.tabs.setCurrentIndex(tab)
        if isinstance(width, int) and 0 < width <= WIDEST:
            panel.take_width(width)
        if isinstance(folded, bool):
            panel.fold(folded)
