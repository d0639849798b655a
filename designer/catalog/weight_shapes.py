"""Which settings decide the shapes of a layer's weights: another value, and kept weights no longer fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.catalog.kind import LayerKind, Setting

_FREE = frozenset(
    {
        "attention_dropout",
        "batch_first",
        "dilation",
        "dropout",
        "eps",
        "init",
        "momentum",
        "num_groups",
        "output_padding",
        "padding",
        "padding_mode",
        "shift_size",
        "stride",
    }
)
"""Settings that no weight's shape follows, whatever the kind."""

_FREE_IN: Mapping[str, frozenset[str]] = {"MultiheadAttention": frozenset({"num_heads"})}
"""More of them, by kind."""


def decides_shape(row: LayerKind, name: str) -> bool:
    """Whether the shape of a weight or buffer follows this setting of a kind."""
    return row.learnable and name not in _FREE and name not in _FREE_IN.get(row.key, ())


def deciding(row: LayerKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings that differ and decide the shapes of weights; 3 and [3, 3] are the same size."""
    found = []
    for setting in row.settings:
        default = None if setting.required else setting.default
        old, new = before.get(setting.name, default), after.get(setting.name, default)
        if decides_shape(row, setting.name) and plain(setting, old) != plain(setting, new):
            found.append(setting.name)
    return tuple(found)


def plain(setting: Setting, value: Any) -> Any:
    """One size for all sides as that number."""
    if not isinstance(value, list | tuple):
        return value
    return value[0] if setting.type == "sizes" and len(set(value)) == 1 else tuple(value)
