"""How the canvas is looked at, as JSON values: to be kept in a project file, and read from any file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.catalog.kinds import KINDS
from designer.gui.editing.canvas.overlaying import GIVEN
from designer.gui.editing.canvas.sight import gaze_in, gaze_state, sight_in, sight_state

if TYPE_CHECKING:
    from designer.gui.editing.canvas.canvas import Canvas


def written_look(canvas: Canvas) -> dict[str, Any]:
    """How the network is looked at."""
    furniture, gaze = canvas.furniture, canvas.gazing.now
    overlay = furniture.overlaying.key
    state = {
        **sight_state(canvas.mirror.sight),
        # A comparison is worked out anew; it is not kept.
        "overlay": "" if overlay == GIVEN else overlay,
        "map": furniture.minimap.wanted,
    }
    return state if gaze is None else {**state, "look": gaze_state(gaze)}


def read_look(canvas: Canvas, state: Mapping[str, Any]) -> None:
    """Look as when `written_look` gave this; what cannot be made out stays as it is."""
    mirror, furniture = canvas.mirror, canvas.furniture
    if mirror.tree is not None:
        mirror.look(sight_in(state, mirror.tree, frozenset(KINDS), mirror.sight))
    overlay, wanted = state.get("overlay"), state.get("map")
    # What takes time to measure is measured when it is asked for.
    if isinstance(overlay, str) and overlay not in (GIVEN, "time"):
        furniture.overlaying.choose(overlay)
    if isinstance(wanted, bool):
        furniture.minimap.want(wanted)
    gaze = gaze_in(state)
    if gaze is not None:
        canvas.gazing.look(gaze)
