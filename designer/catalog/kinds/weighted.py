"""Layers that learn: convolution, linear, normalization, bare parameters."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import BIAS, EPS, operation, sizes, whole


def _convolution(key: str, title: str, target: str, text: str, *more: Setting) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Convolution",
        target,
        (
            whole("in_channels", "Channels of the input."),
            whole("out_channels", "Number of filters: channels of the output."),
            Setting("kernel_size", "sizes", minimum=1, help="Height and width of a filter."),
            sizes("stride", 1, 1, "Step between two positions of the filter."),
            *more,
            sizes("dilation", 1, 1, "Distance between two taps of the filter."),
            Setting("groups", "int", 1, minimum=1, help="Channel groups convolved apart."),
            BIAS,
            Setting(
                "padding_mode",
                "choice",
                "zeros",
                choices=("zeros", "reflect", "replicate", "circular"),
                help="What is put around the border.",
            ),
        ),
        text,
        learnable=True,
        input_width="in_channels",
        output_width="out_channels",
        summary=("kernel_size", "out_channels", "stride"),
    )


def _batch_norm(key: str, title: str) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Normalization",
        f"torch.nn.{key}",
        (
            whole("num_features", "Channels of the input."),
            EPS,
            Setting(
                "momentum",
                "float",
                0.1,
                minimum=0.0,
                maximum=1.0,
                optional=True,
                help="Weight of the newest batch in the running statistics.",
            ),
            Setting("affine", "bool", True, help="Learn a scale and a shift for each channel."),
            Setting("track_running_stats", "bool", True, help="Keep statistics for evaluation."),
        ),
        "y = (x - mean) / sqrt(var + eps) * weight + bias, for each channel over the batch.",
        learnable=True,
        input_width="num_features",
        output_width="num_features",
        summary=("num_features",),
    )


def _layer_norm(key: str, title: str, target: str, text: str) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Normalization",
        target,
        (
            Setting("normalized_shape", "ints", minimum=1, help="Sizes of the last dimensions."),
            EPS,
            Setting("elementwise_affine", "bool", True, help="Learn a scale and a shift."),
            BIAS,
        ),
        text,
        learnable=True,
        summary=("normalized_shape",),
    )


ROWS: tuple[LayerKind, ...] = (
    _convolution(
        "Conv2d",
        "Convolution 2-D",
        "torch.nn.Conv2d",
        "y = sum over taps and channels of w * x, plus bias.",
        Setting("padding", "sizes", 0, minimum=0, help="Border on each side."),
    ),
    LayerKind(
        "Linear",
        "Linear",
        "Linear",
        "torch.nn.Linear",
        (
            whole("in_features", "Features of the input."),
            whole("out_features", "Features of the output."),
            BIAS,
        ),
        "y = W x + b.",
        learnable=True,
        input_width="in_features",
        output_width="out_features",
        summary=("out_features",),
    ),
    _batch_norm("BatchNorm1d", "Batch normalization 1-D"),
    _batch_norm("BatchNorm2d", "Batch normalization 2-D"),
    _layer_norm(
        "LayerNorm",
        "Layer normalization",
        "torch.nn.LayerNorm",
        "y = (x - mean) / sqrt(var + eps) * weight + bias, over the last dimensions.",
    ),
    _layer_norm(
        "LayerNorm2d",
        "Layer normalization of channels",
        "torchvision.models.convnext.LayerNorm2d",
        "Layer normalization over the channels at each position.",
    ),
    LayerKind(
        "GroupNorm",
        "Group normalization",
        "Normalization",
        "torch.nn.GroupNorm",
        (
            whole("num_groups", "Groups of channels; must divide their number."),
            whole("num_channels", "Channels of the input."),
            EPS,
            Setting("affine", "bool", True, help="Learn a scale and a shift for each channel."),
        ),
        "y = (x - mean) / sqrt(var + eps) * weight + bias, for each group of channels of a picture.",
        learnable=True,
        input_width="num_channels",
        output_width="num_channels",
        summary=("num_groups",),
    ),
    operation(
        "Parameter",
        "Parameter",
        "Learned values",
        "A learned tensor, such as a class token, a position embedding or a layer scale.",
        Setting("shape", "ints", minimum=1, help="Its shape."),
        inputs=(0, 0),
        learnable=True,
        summary=("shape",),
    ),
)
