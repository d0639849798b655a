"""The table of settings that decide shapes of weights, against what torch builds."""

from __future__ import annotations

import pytest
import torch

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds import KINDS
from designer.catalog.weight_shapes import decides_shape, deciding
from designer.engine.building import layer_module
from designer.errors import NetworkError
from designer.network.network import Layer

LEARNING = [row for row in KINDS.values() if row.learnable]

BASES = {
    "GroupNorm": {"num_groups": 2},
    "ShiftedWindowAttention": {"window_size": [4, 4], "shift_size": [0, 0], "num_heads": 2},
    "ShiftedWindowAttentionV2": {"window_size": [4, 4], "shift_size": [0, 0], "num_heads": 2},
    "MultiheadAttention": {"num_heads": 2},
    "RelativePositionalMultiHeadAttention": {"head_dim": 4, "max_seq_len": 16},
}
OTHERS = {"num_heads": [4], "window_size": [[2, 2]], "shift_size": [[2, 2]], "head_dim": [2]}


def base_of(row: LayerKind) -> dict:
    found = {s.name: {"int": 8, "sizes": 3, "ints": [8]}[s.type] for s in row.settings if s.required}
    # Statistics and biases are there, so that the settings that shape them count.
    found |= {s.name: True for s in row.settings if s.name in ("affine", "track_running_stats")}
    return {**found, **BASES.get(row.key, {})}


def others_of(setting: Setting, value) -> list:
    if setting.name in OTHERS:
        return OTHERS[setting.name]
    if setting.type == "bool":
        return [not value]
    if setting.type == "choice":
        return [choice for choice in setting.choices if choice != value]
    if setting.type == "ints":
        return [[4], [4, 8]]
    if setting.type == "sizes":
        return [2, 5]
    if setting.type == "float":
        return [0.25]
    return [2, 4]


def shapes_of(row: LayerKind, settings: dict) -> dict | None:
    with torch.device("meta"):
        try:
            module = layer_module(Layer("x", "x", row.key, settings))
        except NetworkError:
            return None
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


@pytest.mark.parametrize("row", LEARNING, ids=lambda row: row.key)
def test_a_setting_decides_just_when_another_value_gives_torch_other_shapes(row):
    base = base_of(row)
    shapes = shapes_of(row, base)
    assert shapes, "the kind has weights"
    for setting in row.settings:
        value = base.get(setting.name, None if setting.required else setting.default)
        found = [shapes_of(row, {**base, setting.name: other}) for other in others_of(setting, value)]
        built = [other for other in found if other is not None]
        assert built, f"no other value of {setting.name} could be built"
        assert decides_shape(row, setting.name) == any(other != shapes for other in built), setting.name


def test_sizes_are_the_same_as_one_number_and_as_a_list():
    row = KINDS["Conv2d"]
    assert deciding(row, {"kernel_size": 3}, {"kernel_size": [3, 3]}) == ()
    assert deciding(row, {"kernel_size": 3}, {"kernel_size": [3, 1]}) == ("kernel_size",)
    assert deciding(row, {"kernel_size": 3, "bias": True}, {"kernel_size": 3}) == ()
    assert deciding(row, {"stride": 1}, {"stride": 2}) == ()


def test_lists_of_other_lengths_are_other_shapes():
    assert deciding(KINDS["LayerNorm"], {"normalized_shape": [8]}, {"normalized_shape": [8, 8]}) != ()


def test_a_layer_without_weights_has_nothing_to_lose():
    assert not any(decides_shape(KINDS["MaxPool2d"], s.name) for s in KINDS["MaxPool2d"].settings)
