"""Layers whose result has the shape of their one input: these need no run to know it.

Torch computes shapes of such operations in Python, so that a run without values costs a hundred times
what this look at a table costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from designer.catalog.kinds import kind

_KINDS = {
    "Output",
    "AuxiliaryOutput",
    "Scale",
    "Power",
    "Absolute",
    "Exponential",
    "Logarithm",
    "Identity",
    "Contiguous",
}
_OWN_CHECKS = {"PReLU", "Softmax", "LogSoftmax", "Softmin", "GLU"}
_CHANNELS = {"BatchNorm1d", "BatchNorm2d", "InstanceNorm1d", "InstanceNorm2d"}


def keeps_shape(kind_key: str, settings: Mapping[str, Any], shape: Sequence[int]) -> bool:
    """True when a layer takes an input of `shape` (with the batch) and surely gives the same shape.

    False where the layer does not, might not, or would refuse.
    """
    row = kind(kind_key)
    if row.ranks and len(shape) not in row.ranks:
        return False
    if kind_key in _CHANNELS:
        # Of one single value torch takes no mean over the positions.
        single = kind_key.startswith("InstanceNorm") and math.prod(shape[2:]) == 1
        return bool(shape[1] == settings["num_features"]) and not single
    if kind_key in _KINDS:
        return True
    return row.category in ("Activation", "Regularization") and kind_key not in _OWN_CHECKS
