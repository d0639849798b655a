"""Colours of curves: told apart on both grounds, by people who see colours less well too."""

from __future__ import annotations

from PySide6.QtCore import Qt

from designer.gui.look.tokens import Colours

_LIGHT = ("#2334e6", "#c75fe0", "#5c0f50", "#2f9a1c", "#e0457b", "#46480f")
_DARK = ("#40e7bb", "#b556e0", "#fed22e", "#e0452c", "#b9c2fa", "#2f8f8f")

STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)
SYMBOLS = ("s", "o", "t", "d", "t1", "p")

MOST_RUNS = len(_LIGHT) * len(STYLES)
"""So many runs laid over each other can still be told apart."""


FAINT = 190
"""Opacity of the lines of batches, of 255: behind the others, and still 3:1."""


def line_colours(colours: Colours) -> tuple[str, str]:
    """Colours of training and validation."""
    return colours.accent, colours.category["Activation"]


def run_colours(colours: Colours) -> tuple[str, ...]:
    """Colours of runs that are laid over each other, in order."""
    return _DARK if colours.dark else _LIGHT
