"""What each layer kind is tried with: settings, shapes that it takes and gives, and values."""

from __future__ import annotations

import torch

# Settings to build each kind with, the shapes it then takes and the shapes it gives (batch 2).
PICTURE, TOKENS, LIST, LINE = (2, 8, 6, 6), (2, 10, 8), (2, 8), (2, 8, 10)
CASES = {
    "Input": ({"shape": [8, 6, 6]}, [PICTURE], [PICTURE]),
    "Output": ({}, [LIST], [LIST]),
    "AuxiliaryOutput": ({"loss_weight": 0.4}, [LIST], [LIST]),
    "Conv2d": ({"in_channels": 8, "out_channels": 4, "kernel_size": [3, 1]}, [PICTURE], [(2, 4, 4, 6)]),
    "Linear": ({"in_features": 8, "out_features": 3}, [TOKENS], [(2, 10, 3)]),
    "BatchNorm1d": ({"num_features": 8}, [LIST], [LIST]),
    "BatchNorm2d": ({"num_features": 8}, [PICTURE], [PICTURE]),
    "GroupNorm": ({"num_groups": 2, "num_channels": 8}, [PICTURE], [PICTURE]),
    "LayerNorm": ({"normalized_shape": [8]}, [TOKENS], [TOKENS]),
    "LayerNorm2d": ({"normalized_shape": [8]}, [PICTURE], [PICTURE]),
    "Parameter": ({"shape": [1, 4]}, [], [(1, 4)]),
    "PReLU": ({"num_parameters": 8}, [PICTURE], [PICTURE]),
    "MaxPool2d": ({"kernel_size": 2}, [PICTURE], [(2, 8, 3, 3)]),
    "AvgPool2d": ({"kernel_size": 3, "stride": 1}, [PICTURE], [(2, 8, 4, 4)]),
    "AdaptiveAvgPool2d": ({"output_size": [1, 2]}, [PICTURE], [(2, 8, 1, 2)]),
    "AdaptiveMaxPool2d": ({"output_size": 3}, [PICTURE], [(2, 8, 3, 3)]),
    "Mean": ({"dims": [2, 3]}, [PICTURE], [LIST]),
    "Sum": ({"dims": [1], "keepdim": True}, [TOKENS], [(2, 1, 8)]),
    "Add": ({}, [PICTURE, PICTURE, (2, 8, 1, 1)], [PICTURE]),
    "Multiply": ({}, [PICTURE, (2, 8, 1, 1)], [PICTURE]),
    "Subtract": ({}, [PICTURE, PICTURE], [PICTURE]),
    "Divide": ({}, [PICTURE, PICTURE], [PICTURE]),
    "MatrixProduct": ({}, [TOKENS, (2, 8, 3)], [(2, 10, 3)]),
    "Concat": ({"dim": 1}, [PICTURE, (2, 2, 6, 6)], [(2, 10, 6, 6)]),
    "Scale": ({"factor": 2.0, "divisor": 3.0, "offset": 1.0}, [LIST], [LIST]),
    "ZeroPad2d": ({"padding": [0, 1, 2, 3]}, [PICTURE], [(2, 8, 11, 7)]),
    "Flatten": ({}, [PICTURE], [(2, 288)]),
    "Reshape": ({"shape": [-1, 4, 2, 36]}, [PICTURE], [(2, 4, 2, 36)]),
    "Permute": ({"dims": [0, 2, 3, 1]}, [PICTURE], [(2, 6, 6, 8)]),
    "Transpose": ({}, [TOKENS], [(2, 8, 10)]),
    "Unsqueeze": ({}, [LIST], [(2, 1, 8)]),
    "Pad": ({"pad": [0, 1, 2, 0], "value": 3.0}, [PICTURE], [(2, 8, 8, 7)]),
    "Select": ({"index": 3}, [TOKENS], [LIST]),
    "Slice": ({"dim": -1, "start": 1, "step": 2}, [TOKENS], [(2, 10, 4)]),
    "Chunk": ({"chunks": 4}, [PICTURE], [(2, 2, 6, 6)] * 4),
    "ExpandBatch": ({}, [(1, 3), LIST], [(2, 3)]),
    "Conv1d": ({"in_channels": 8, "out_channels": 4, "kernel_size": 3, "groups": 4}, [LINE], [(2, 4, 8)]),
    "ConvTranspose2d": (
        {"in_channels": 8, "out_channels": 4, "kernel_size": [3, 2], "stride": 2, "output_padding": [1, 0]},
        [PICTURE],
        [(2, 4, 14, 12)],
    ),
    "ConvTranspose1d": (
        {"in_channels": 8, "out_channels": 6, "kernel_size": 4, "stride": 2, "padding": 1, "groups": 2},
        [LINE],
        [(2, 6, 20)],
    ),
    "Bilinear": ({"in1_features": 8, "in2_features": 3, "out_features": 5}, [LIST, (2, 3)], [(2, 5)]),
    "InstanceNorm1d": ({"num_features": 8, "affine": True}, [LINE], [LINE]),
    "InstanceNorm2d": (
        {"num_features": 8, "affine": True, "track_running_stats": True},
        [PICTURE],
        [PICTURE],
    ),
    "RMSNorm": ({"normalized_shape": [10, 8]}, [TOKENS], [TOKENS]),
    "LocalResponseNorm": ({"size": 5}, [PICTURE], [PICTURE]),
    "Threshold": ({"threshold": 0.1, "value": -3.0}, [PICTURE], [PICTURE]),
    "GLU": ({}, [PICTURE], [(2, 4, 6, 6)]),
    "MaxPool1d": ({"kernel_size": 3, "stride": 2, "padding": 1}, [LINE], [(2, 8, 5)]),
    "AvgPool1d": ({"kernel_size": 2}, [LINE], [(2, 8, 5)]),
    "LPPool2d": ({"norm_type": 2.0, "kernel_size": 2}, [PICTURE], [(2, 8, 3, 3)]),
    "LPPool1d": ({"norm_type": 3.0, "kernel_size": 5}, [LINE], [(2, 8, 2)]),
    "AdaptiveAvgPool1d": ({"output_size": 5}, [LINE], [(2, 8, 5)]),
    "AdaptiveMaxPool1d": ({}, [LINE], [(2, 8, 1)]),
    "Max": ({"dims": [2, 3]}, [PICTURE], [LIST]),
    "Dropout1d": ({}, [LINE], [LINE]),
    "Maximum": ({}, [PICTURE, PICTURE, (2, 8, 1, 1)], [PICTURE]),
    "Minimum": ({}, [PICTURE, (2, 1, 6, 6)], [PICTURE]),
    "Stack": ({}, [LIST, LIST, LIST], [(2, 3, 8)]),
    "Unflatten": ({"dim": 1, "unflattened_size": [2, -1]}, [PICTURE], [(2, 2, 4, 6, 6)]),
    "Squeeze": ({}, [(2, 8, 1)], [LIST]),
    "Upsample": ({"mode": "bilinear"}, [PICTURE], [(2, 8, 12, 12)]),
    "PixelShuffle": ({"upscale_factor": 2}, [PICTURE], [(2, 2, 12, 12)]),
    "PixelUnshuffle": ({"downscale_factor": 3}, [PICTURE], [(2, 72, 2, 2)]),
    "ChannelShuffle": ({"groups": 4}, [PICTURE], [PICTURE]),
    "ZeroPad1d": ({"padding": [1, 2]}, [LINE], [(2, 8, 13)]),
    "ConstantPad2d": ({"padding": 1, "value": 2.5}, [PICTURE], [(2, 8, 8, 8)]),
    "ConstantPad1d": ({"padding": [-1, 3], "value": 2.5}, [LINE], [(2, 8, 12)]),
    "ReflectionPad2d": ({"padding": [1, 2, 0, 3]}, [PICTURE], [(2, 8, 9, 9)]),
    "ReflectionPad1d": ({"padding": 2}, [LINE], [(2, 8, 14)]),
    "ReplicationPad2d": ({"padding": [1, 2, 0, 3]}, [PICTURE], [(2, 8, 9, 9)]),
    "ReplicationPad1d": ({"padding": [0, 2]}, [LINE], [(2, 8, 12)]),
    "CircularPad2d": ({"padding": 2}, [PICTURE], [(2, 8, 10, 10)]),
    "CircularPad1d": ({"padding": [3, 0]}, [LINE], [(2, 8, 13)]),
    "Constant": ({"shape": [1, 4], "value": 0.5}, [], [(1, 4)]),
    "Embedding": ({"num_embeddings": 5, "embedding_dim": 3}, [(2, 6)], [(2, 6, 3)]),
    "Positions": ({}, [TOKENS], [(10,)]),
    "MultiheadAttention": ({"embed_dim": 8, "num_heads": 2}, [TOKENS] * 3, [TOKENS]),
    "ShiftedWindowAttention": (
        {"dim": 8, "window_size": [4, 4], "shift_size": [2, 2], "num_heads": 2},
        [(2, 6, 6, 8)],
        [(2, 6, 6, 8)],
    ),
    "ShiftedWindowAttentionV2": (
        {"dim": 8, "window_size": [4, 4], "shift_size": [0, 0], "num_heads": 2},
        [(2, 6, 6, 8)],
        [(2, 6, 6, 8)],
    ),
    "RelativePositionalMultiHeadAttention": (
        {"feat_dim": 8, "head_dim": 4, "max_seq_len": 9},
        [(2, 5, 9, 8)],
        [(2, 5, 9, 8)],
    ),
}
SAME = ([PICTURE], [PICTURE])


def values(key: str, shape: tuple[int, ...]) -> torch.Tensor:
    """An input of a kind: whole numbers where it looks up, none below 0 where it takes a logarithm."""
    generator = torch.Generator().manual_seed(sum(shape))
    x = torch.randn(shape, generator=generator)
    if key == "Embedding":
        return torch.randint(0, 5, shape, generator=generator).float()
    return x.abs() + 0.1 if key in ("Logarithm", "Power", "LPPool1d") else x


def case(key: str) -> tuple[dict[str, object], list[tuple[int, ...]], list[tuple[int, ...]]]:
    """What a kind is tried with; those without a line of their own keep the picture's shape."""
    return CASES.get(key, ({}, *SAME))
