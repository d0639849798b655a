"""How a network is looked at: which groups are open, what is hidden, and the way it runs. Pure values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designer.network.groups import GroupTree, View

DIRECTIONS = ("down", "right")


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a network is seen.

    Attributes:
        expanded: paths of the expanded groups.
        hidden: kinds of layers that are hidden where nothing is lost by it.
        revealed: ids of layers that are seen although their kind is hidden: someone went to them.
        direction: 'down' or 'right', the way that the network runs.
    """

    expanded: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    revealed: frozenset[str] = frozenset()
    direction: str = "down"


@dataclass(frozen=True, slots=True)
class Gaze:
    """Where one looks: the point (x, y) from the left upper corner of the box `key`, '' for the drawing's,
    lies in the middle of the view at `scale`.
    """

    scale: float
    key: str
    x: float
    y: float


def level_more(tree: GroupTree, view: View, expanded: frozenset[str]) -> frozenset[str]:
    """`expanded` and every group whose box is seen: one level more."""
    return expanded & frozenset(tree.groups) | {box.group for box in view.boxes if box.group}


def level_less(tree: GroupTree, view: View, expanded: frozenset[str]) -> frozenset[str]:
    """`expanded` without the frames that hold no other frame: one level less."""
    seen = {frame.path for frame in view.frames}
    holding = {frame.frame for frame in view.frames}
    return expanded & frozenset(tree.groups) - {path for path in seen if path not in holding}


def sight_in(state: Mapping[str, Any], tree: GroupTree, kinds: frozenset[str], otherwise: Sight) -> Sight:
    """The sight that a file's state tells of, as far as it can be made out; else as in `otherwise`."""
    expanded = _names(state.get("expanded"))
    hidden = _names(state.get("hidden"))
    direction = state.get("direction")
    return Sight(
        expanded=otherwise.expanded if expanded is None else expanded & frozenset(tree.groups),
        hidden=otherwise.hidden if hidden is None else hidden & kinds,
        revealed=(_names(state.get("revealed")) or frozenset()) & frozenset(tree.home),
        direction=direction if direction in DIRECTIONS else otherwise.direction,
    )


def sight_state(sight: Sight) -> dict[str, Any]:
    """A sight as JSON values."""
    return {
        "expanded": sorted(sight.expanded),
        "hidden": sorted(sight.hidden),
        "revealed": sorted(sight.revealed),
        "direction": sight.direction,
    }


def gaze_in(state: Mapping[str, Any]) -> Gaze | None:
    """Where one looked, as a file's state tells; None when it cannot be made out."""
    look = state.get("look")
    if not isinstance(look, dict):
        return None
    numbers = [_number(look.get(name)) for name in ("scale", "x", "y")]
    scale, x, y = numbers
    key = look.get("key")
    if not all(map(math.isfinite, (scale, x, y))) or scale <= 0 or not isinstance(key, str):
        return None
    return Gaze(scale, key, x, y)


def gaze_state(gaze: Gaze) -> dict[str, Any]:
    """Where one looks as JSON values."""
    return {"scale": gaze.scale, "key": gaze.key, "x": gaze.x, "y": gaze.y}


def _number(value: Any) -> float:
    """A number of a file; infinity for what is none, or is absurd."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e12:
        return math.inf
    return float(value)


def _names(value: Any) -> frozenset[str] | None:
    if not isinstance(value, list):
        return None
    return frozenset(name for name in value if isinstance(name, str))
