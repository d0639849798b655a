"""Layers whose result has the shape of their one input: these need no run to know it.

Torch computes shapes of such operations in Python, so that a run without values costs a hundred times
what this look at a table costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designer.catalog.kinds import kind

_KINDS = {"Output", "AuxiliaryOutput", "Scale", "Power", "Identity", "Contiguous"}
_RANKS = {"BatchNorm1d": (2, 3), "BatchNorm2d": (4,)}
_OWN_CHECKS = {"PReLU", "Softmax"}


def keeps_shape(kind_key: str, settings: Mapping[str, Any], shape: Sequence[int]) -> bool:
    """True when a layer takes an input of `shape` (with the batch) and surely gives the same shape.

    False where the layer does not, might not, or would refuse.
    """
    if kind_key in _RANKS:
        return len(shape) in _RANKS[kind_key] and shape[1] == settings["num_features"]
    if kind_key in _KINDS:
        return True
    return kind(kind_key).category in ("Activation", "Regularization") and kind_key not in _OWN_CHECKS
