"""Multiplications with accumulation of a layer: what convolution, products and attention cost.

Normalization, activation, pooling and additions are not counted, as in torchvision's own figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Shape = tuple[int, ...]
_Count = Callable[[Mapping[str, Any], Sequence[Shape], Shape], int]


def macs(kind: str, settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    """Multiplications of one layer.

    Args:
        kind: key of the layer kind.
        settings: all settings of the layer.
        inputs: shapes with the batch.
        output: shape of the first output, with the batch.
    """
    count = _COUNTS.get(kind)
    return 0 if count is None else count(settings, inputs, output)


def _taps(settings: Mapping[str, Any], sides: int) -> int:
    kernel = settings["kernel_size"]
    return int(kernel) ** sides if isinstance(kernel, int) else math.prod(kernel)


def _convolution(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    taps = _taps(settings, len(output) - 2)
    return math.prod(output) * taps * int(settings["in_channels"]) // int(settings["groups"])


def _transposed(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    taps = _taps(settings, len(output) - 2)
    return math.prod(inputs[0]) * taps * int(settings["out_channels"]) // int(settings["groups"])


def _linear(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    return math.prod(output) * int(settings["in_features"])


def _bilinear(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    # For each output a matrix times the second input, and the first input times that.
    return math.prod(output) * int(settings["in1_features"]) * (int(settings["in2_features"]) + 1)


def _matrix_product(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    return math.prod(output) * inputs[0][-1]


def _attention(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    width = int(settings["embed_dim"])
    batch_first = settings["batch_first"]
    query, key = inputs[0], inputs[1]
    batch = query[0] if batch_first else query[1]
    wanted, given = (shape[1] if batch_first else shape[0] for shape in (query, key))
    projections = (2 * wanted + 2 * given) * width * width
    return batch * (projections + 2 * wanted * given * width)


def _windows(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    batch, height, width, features = inputs[0]
    high, wide = (int(side) for side in settings["window_size"])
    tokens = batch * -(-height // high) * high * -(-width // wide) * wide
    return tokens * (4 * features * features + 2 * high * wide * features)


def _relative(settings: Mapping[str, Any], inputs: Sequence[Shape], output: Shape) -> int:
    batch, groups, tokens, features = inputs[0]
    inside = features // int(settings["head_dim"]) * int(settings["head_dim"])
    return batch * groups * tokens * (4 * features * inside + 2 * tokens * inside)


_COUNTS: dict[str, _Count] = {
    "Conv1d": _convolution,
    "Conv2d": _convolution,
    "ConvTranspose1d": _transposed,
    "ConvTranspose2d": _transposed,
    "Linear": _linear,
    "Bilinear": _bilinear,
    "MatrixProduct": _matrix_product,
    "MultiheadAttention": _attention,
    "ShiftedWindowAttention": _windows,
    "ShiftedWindowAttentionV2": _windows,
    "RelativePositionalMultiHeadAttention": _relative,
}
