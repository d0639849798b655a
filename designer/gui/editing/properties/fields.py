"""The settings of one layer or of several, as the pane shows them: pure functions."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from designer.catalog.kind import REQUIRED, LayerKind, Setting
from designer.catalog.kinds import KINDS
from designer.catalog.weight_shapes import decides_shape, plain
from designer.gui.editing.canvas.content import kind_of
from designer.gui.editing.properties.inputs import SEVERAL
from designer.gui.editing.properties.values import title_of
from designer.messages import tr
from designer.network.network import Layer
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class Field:
    """One setting in the pane.

    Attributes:
        setting: its row in the table of kinds.
        value: what it is; `SEVERAL` where layers differ.
        is_default: whether that is the default.
        cost: what another value would cost, said before it is given; '' for nothing.
    """

    setting: Setting
    value: Any
    is_default: bool
    cost: str = ""

    @property
    def label(self) -> str:
        """The setting's name as it is read."""
        return title_of(self.setting)


def has_weights(layer: Layer, weights: object) -> bool:
    """Whether weights are kept that a layer begins with: its own, or those that it was copied from."""
    if not isinstance(weights, Container):
        return False
    return layer.id in weights or any(layer_id in weights for layer_id in layer.weights_from)


def fields_of(layer: Layer, facts: Facts | None, keeps_weights: bool) -> tuple[Field, ...]:
    """The settings of a layer. `keeps_weights`: it has weights, and they fit."""
    row = kind_of(layer)
    if row is None:
        return ()
    count = _parameters((layer,), facts)
    cost = _cost(1, count) if keeps_weights else ""
    return tuple(_field(setting, row, layer, cost) for setting in row.settings)


def common_fields(
    layers: Sequence[Layer], facts: Facts | None, keeping: Sequence[Layer]
) -> tuple[Field, ...]:
    """The settings that all of these layers have, under the same name and of the same sort.

    `keeping`: those of the layers that have weights that fit.
    """
    rows = {layer.kind: kind_of(layer) for layer in layers}
    kinds = [row for row in rows.values() if row is not None]
    if not layers or len(kinds) < len(rows):
        return ()
    shared = [s for s in kinds[0].settings if all(_alike(s, row) for row in kinds[1:])]
    return tuple(_common(_within(setting, kinds), layers, keeping, facts) for setting in shared)


def _common(
    setting: Setting, layers: Sequence[Layer], keeping: Sequence[Layer], facts: Facts | None
) -> Field:
    name = setting.name
    own = {key: KINDS[key].setting(name).default for key in {layer.kind for layer in layers}}
    given = [layer.settings.get(name, own[layer.kind]) for layer in layers]
    value, one = given[0], plain(setting, given[0])
    if any(other != value and plain(setting, other) != one for other in given):
        value = SEVERAL
    is_default = not setting.required and value is not SEVERAL and one == plain(setting, setting.default)
    losing = [layer for layer in keeping if decides_shape(KINDS[layer.kind], setting.name)]
    return Field(setting, value, is_default, _cost(len(losing), _parameters(losing, facts)) if losing else "")


def _field(setting: Setting, row: LayerKind | None, layer: Layer, cost: str) -> Field:
    default = None if setting.required else setting.default
    value = layer.settings.get(setting.name, default)
    decides = row is not None and decides_shape(row, setting.name)
    is_default = not setting.required and plain(setting, value) == plain(setting, default)
    return Field(setting, value, is_default, cost if decides else "")


def _alike(setting: Setting, row: LayerKind) -> bool:
    """Whether a kind has such a setting too, so that one value may be given to both."""
    other = next((s for s in row.settings if s.name == setting.name), None)
    if other is None:
        return False
    alike = ("type", "sides", "choices", "optional", "required")
    return all(getattr(setting, part) == getattr(other, part) for part in alike)


def _within(setting: Setting, kinds: Sequence[LayerKind]) -> Setting:
    """A setting that takes what all of the kinds take; without a default where theirs differ."""
    own = [row.setting(setting.name) for row in kinds]
    lows = [s.minimum for s in own if s.minimum is not None]
    highs = [s.maximum for s in own if s.maximum is not None]
    default = setting.default if all(s.default == setting.default for s in own) else REQUIRED
    low, high = max(lows, default=None), min(highs, default=None)
    return replace(setting, minimum=low, maximum=high, default=default)


def _parameters(layers: Sequence[Layer], facts: Facts | None) -> int:
    known: Mapping[str, Any] = facts.layers if facts is not None else {}
    return sum(known[layer.id].parameters for layer in layers if layer.id in known)


def _cost(layers: int, parameters: int) -> str:
    if layers > 1:
        return tr(
            "Another value makes the weights of {layers} layers new: {count} values are lost. "
            "Undo brings them back.",
            layers=layers,
            count=f"{parameters:,}",
        )
    return tr(
        "Another value makes the weights new: {count} values are lost. Undo brings them back.",
        count=f"{parameters:,}",
    )
