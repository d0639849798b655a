"""Classifier heads: from what the backbone gives to one number for each class."""

from __future__ import annotations

import math

from designer.catalog.blocks.around import Around
from designer.catalog.blocks.draft import OUTSIDE, Draft
from designer.network.fragment import Fragment
from designer.network.network import Port

HIDDEN = 256
"""Features between the two linear layers of the larger head.

Source, of the dropout too: Chollet, Deep Learning with Python, 2017, section 5.3.
"""

_DROPPED = 0.5


def _flattened(draft: Draft, around: Around) -> tuple[Port, int]:
    """All values in a list, and how many they are."""
    if around.shape is None or around.rank == 1:
        return OUTSIDE, around.features
    return draft.put("flatten", "Flatten", {}, OUTSIDE), math.prod(around.shape)


def _linear(draft: Draft, name: str, source: Port, before: int, after: int) -> Port:
    return draft.put(name, "Linear", {"in_features": before, "out_features": after}, source)


def linear_head(around: Around) -> Fragment:
    """Any shape to (classes,): one linear layer, after Flatten where there is more than a list."""
    draft = Draft()
    x, width = _flattened(draft, around)
    return draft.done("Linear head", _linear(draft, "fc", x, width, around.scores))


def gap_dense_head(around: Around) -> Fragment:
    """(C, H, W), or tokens (L, E), to (classes,): the mean over all positions, then one linear layer."""
    draft = Draft()
    x, width = _pooled(draft, around)
    return draft.done("Pooling head", _linear(draft, "fc", x, width, around.scores))


def gap_two_dense_head(around: Around) -> Fragment:
    """As `gap_dense_head`, with a linear layer to 256 and ReLU before the one to the classes."""
    draft = Draft()
    x, width = _pooled(draft, around)
    x = _linear(draft, "fc1", x, width, HIDDEN)
    x = draft.put("relu", "ReLU", {}, x)
    return draft.done("Pooling and dense head", _linear(draft, "fc2", x, HIDDEN, around.scores))


def _pooled(draft: Draft, around: Around) -> tuple[Port, int]:
    """The mean over all positions, and how many values it has."""
    if around.rank == 3:
        x = draft.put("pool", "AdaptiveAvgPool2d", {"output_size": 1}, OUTSIDE)
        return draft.put("flatten", "Flatten", {}, x), around.channels
    if around.rank == 2:
        return draft.put("pool", "Mean", {"dims": [1]}, OUTSIDE), around.features
    return _flattened(draft, around) if around.rank > 3 else (OUTSIDE, around.features)


def flatten_dense_head(around: Around) -> Fragment:
    """Any shape to (classes,): a linear layer to 256, ReLU and dropout, and one to the classes."""
    draft = Draft()
    x, width = _flattened(draft, around)
    x = _linear(draft, "fc1", x, width, HIDDEN)
    x = draft.put("relu", "ReLU", {}, x)
    x = draft.put("dropout", "Dropout", {"p": _DROPPED}, x)
    return draft.done("Dense head", _linear(draft, "fc2", x, HIDDEN, around.scores))
