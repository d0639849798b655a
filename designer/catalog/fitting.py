"""Settings with which a layer fits where it is put: by kind, from the shape of what will feed it.

Where a layer can, it keeps the shape, so that what follows still fits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from designer.catalog.blocks.around import WIDTH, Around, heads

Settings = dict[str, Any]
_Fitted = Callable[[Around], Settings]


def fitted(kind_key: str, around: Around) -> Settings:
    """The settings of a new layer that are not at their defaults."""
    found = _FITTED.get(kind_key)
    return {} if found is None else found(around)


def _convolution(around: Around) -> Settings:
    widths = {"in_channels": around.channels, "out_channels": around.filters}
    return {**widths, "kernel_size": 3, "padding": 1}


def _transposed(around: Around) -> Settings:
    widths = {"in_channels": around.channels, "out_channels": around.filters}
    return {**widths, "kernel_size": 2, "stride": 2}


def _linear(around: Around) -> Settings:
    return {"in_features": around.features, "out_features": around.features}


def _bilinear(around: Around) -> Settings:
    width = around.features
    return {"in1_features": width, "in2_features": width, "out_features": width}


def _channels(around: Around) -> Settings:
    return {"num_features": around.channels}


def _last_sizes(around: Around) -> Settings:
    """All of a picture; of tokens and lists the features."""
    shape = around.shape if around.shape is not None and around.rank == 3 else (around.features,)
    return {"normalized_shape": list(shape)}


def _groups(around: Around) -> Settings:
    return {"num_groups": math.gcd(around.channels, 32), "num_channels": around.channels}


def _last_of_tokens(around: Around) -> Settings:
    return {"dim": -1 if around.rank == 2 else 1}


def _gated(around: Around) -> Settings:
    """A dimension with an even size: channels, or the features of tokens."""
    shape = around.shape or (WIDTH,)
    order = [len(shape) - 1, *range(len(shape) - 1)] if len(shape) == 2 else range(len(shape))
    return {"dim": next((n + 1 for n in order if shape[n] % 2 == 0), 1)}


def _window(sides: int, **more: float) -> _Fitted:
    def fit(around: Around) -> Settings:
        return {**more, "kernel_size": min(2, *(around.sides(sides) or (2,)))}

    return fit


def _positions(around: Around) -> Settings:
    """The dimensions that hold positions, not features; of a list there are none."""
    return {"dims": [2, 3]} if around.rank == 3 else {"dims": [1], "keepdim": around.rank == 1}


def _border(around: Around) -> Settings:
    return {"padding": 1}


def _mirrored(sides: int) -> _Fitted:
    """A border of 1 where there is something to mirror: it must be smaller than what it is put around."""

    def fit(around: Around) -> Settings:
        return {"padding": min(1, *(size - 1 for size in around.sides(sides) or (2,)))}

    return fit


def _constant_border(around: Around) -> Settings:
    return {"padding": 1, "value": 0.0}


def _blocked(around: Around) -> Settings:
    return {"block_size": min(7, *(around.sides(2) or (7,)))}


def _divided(around: Around) -> Settings:
    return {"dim": 1, "unflattened_size": [1, around.channels]}


def _same_shape(around: Around) -> Settings:
    return {"shape": [-1, *(around.shape or (WIDTH,))]}


def _channels_last(around: Around) -> Settings:
    """Channels to the end; the batch stays first."""
    return {"dims": [0, *range(2, around.rank + 1), 1]}


def _swapped(around: Around) -> Settings:
    """The last two: height and width, or tokens and features."""
    return {"dim0": max(around.rank - 1, 1), "dim1": around.rank}


def _squeezed(around: Around) -> Settings:
    ones = [n + 1 for n, size in enumerate(around.shape or ()) if size == 1]
    return {"dim": ones[-1] if ones else -1}


def _borders(around: Around) -> Settings:
    return {"pad": [1, 1, 1, 1] if around.rank >= 3 else [1, 1]}


def _shuffled(around: Around) -> Settings:
    return {"upscale_factor": next((r for r in (2, 3) if around.channels % (r * r) == 0), 1)}


def _unshuffled(around: Around) -> Settings:
    sides = around.sides(2) or (2, 2)
    return {"downscale_factor": next((r for r in (2, 3) if all(s % r == 0 for s in sides)), 1)}


def _two_groups(around: Around) -> Settings:
    return {"groups": math.gcd(around.channels, 2)}


def _attention(around: Around) -> Settings:
    return {"embed_dim": around.features, "num_heads": heads(around.features, 64)}


def _windows(around: Around) -> Settings:
    """For (H, W, C): the channels are last."""
    sides = around.shape[:2] if around.shape is not None and around.rank == 3 else (7, 7)
    window = [min(7, side) for side in sides]
    count = heads(around.features, 32)
    return {"dim": around.features, "window_size": window, "shift_size": [0, 0], "num_heads": count}


def _relative(around: Around) -> Settings:
    """For (windows, positions, features)."""
    length = around.shape[-2] if around.shape is not None and around.rank > 1 else 49
    return {"feat_dim": around.features, "head_dim": math.gcd(around.features, 32), "max_seq_len": length}


def _source(around: Around) -> Settings:
    """One number for each channel of a picture, for each value of anything else: it can be added to it."""
    shape = around.shape or (WIDTH, 1, 1)
    return {"shape": [1, shape[0], 1, 1] if len(shape) == 3 else [1, *shape]}


def _table(around: Around) -> Settings:
    return {"num_embeddings": 1000, "embedding_dim": WIDTH}


_FITTED: Mapping[str, _Fitted] = {
    "Conv2d": _convolution,
    "Conv1d": _convolution,
    "ConvTranspose2d": _transposed,
    "ConvTranspose1d": _transposed,
    "Linear": _linear,
    "Bilinear": _bilinear,
    "BatchNorm2d": _channels,
    "BatchNorm1d": _channels,
    "LayerNorm": _last_sizes,
    "LayerNorm2d": lambda around: {"normalized_shape": [around.channels]},
    "GroupNorm": _groups,
    "InstanceNorm2d": _channels,
    "InstanceNorm1d": _channels,
    "RMSNorm": _last_sizes,
    "LocalResponseNorm": lambda around: {"size": 5},
    "Normalize": _last_of_tokens,
    "PReLU": lambda around: {"num_parameters": 1 if around.rank == 2 else around.channels},
    "Threshold": lambda around: {"threshold": 0.0, "value": 0.0},
    "GLU": _gated,
    "Softmax": _last_of_tokens,
    "LogSoftmax": _last_of_tokens,
    "Softmin": _last_of_tokens,
    "MaxPool2d": _window(2),
    "MaxPool1d": _window(1),
    "AvgPool2d": _window(2),
    "AvgPool1d": _window(1),
    "LPPool2d": _window(2, norm_type=2.0),
    "LPPool1d": _window(1, norm_type=2.0),
    "Sum": _positions,
    "Mean": _positions,
    "Max": _positions,
    "DropBlock2d": _blocked,
    "Unflatten": _divided,
    "Reshape": _same_shape,
    "Permute": _channels_last,
    "Transpose": _swapped,
    "Squeeze": _squeezed,
    "PixelShuffle": _shuffled,
    "PixelUnshuffle": _unshuffled,
    "ChannelShuffle": _two_groups,
    "ZeroPad2d": _border,
    "ZeroPad1d": _border,
    "ConstantPad2d": _constant_border,
    "ConstantPad1d": _constant_border,
    "ReflectionPad2d": _mirrored(2),
    "ReflectionPad1d": _mirrored(1),
    "ReplicationPad2d": _border,
    "ReplicationPad1d": _border,
    "CircularPad2d": _border,
    "CircularPad1d": _border,
    "Pad": _borders,
    "MultiheadAttention": _attention,
    "ShiftedWindowAttention": _windows,
    "ShiftedWindowAttentionV2": _windows,
    "RelativePositionalMultiHeadAttention": _relative,
    "Parameter": _source,
    "Constant": _source,
    "Embedding": _table,
}
