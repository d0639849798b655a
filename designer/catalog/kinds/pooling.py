"""Pooling: a window, or whole dimensions, into one value."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import operation, sizes

_CEIL = Setting("ceil_mode", "bool", False, help="Round the output size up instead of down.")


def _pool(key: str, title: str, text: str, *more: Setting) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Pooling",
        f"torch.nn.{key}",
        (
            Setting("kernel_size", "sizes", minimum=1, help="Height and width of the window."),
            Setting("stride", "sizes", None, minimum=1, optional=True, help="Step; None: the window."),
            sizes("padding", 0, 0, "Border on each side."),
            *more,
        ),
        text,
        summary=("kernel_size", "stride"),
    )


def _adaptive_pool(key: str, title: str, text: str) -> LayerKind:
    size = Setting("output_size", "sizes", 1, minimum=1, help="Height and width of the output.")
    return LayerKind(key, title, "Pooling", f"torch.nn.{key}", (size,), text, summary=("output_size",))


ROWS: tuple[LayerKind, ...] = (
    _pool(
        "MaxPool2d",
        "Max pooling 2-D",
        "y = largest value in the window.",
        sizes("dilation", 1, 1, "Distance between two taps of the window."),
        _CEIL,
    ),
    _pool(
        "AvgPool2d",
        "Average pooling 2-D",
        "y = mean of the window.",
        _CEIL,
        Setting("count_include_pad", "bool", True, help="Count the border in the mean."),
    ),
    _adaptive_pool(
        "AdaptiveAvgPool2d", "Adaptive average pooling 2-D", "Mean, to a given size; 1 is global."
    ),
    _adaptive_pool("AdaptiveMaxPool2d", "Adaptive max pooling 2-D", "Maximum, to a given size; 1 is global."),
    operation(
        "Sum",
        "Sum",
        "Pooling",
        "Sum over dimensions.",
        Setting("dims", "ints", help="Dimensions."),
        Setting("keepdim", "bool", False, help="Keep them with size 1."),
        summary=("dims",),
    ),
    operation(
        "Mean",
        "Mean",
        "Pooling",
        "Mean over dimensions.",
        Setting("dims", "ints", help="Dimensions."),
        Setting("keepdim", "bool", False, help="Keep them with size 1."),
        summary=("dims",),
    ),
)
