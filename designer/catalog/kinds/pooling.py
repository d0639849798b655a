"""Pooling: a window, or whole dimensions, into one value."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import OPERATIONS, extent, operation, sizes

_CEIL = Setting("ceil_mode", "bool", False, help="Round the output size up instead of down.")
_PAD = Setting("count_include_pad", "bool", True, help="Count the border in the mean.")


def _window(sides: int) -> tuple[Setting, ...]:
    kernel = Setting("kernel_size", "sizes", minimum=1, help=f"{extent(sides)} of the window.", sides=sides)
    stride = Setting(
        "stride", "sizes", None, minimum=1, optional=True, help="Step; None: the window.", sides=sides
    )
    return kernel, stride


def _pool(
    key: str,
    title: str,
    sides: int,
    text: str,
    formula: str,
    *settings: Setting,
    keywords: tuple[str, ...] = (),
) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Pooling",
        f"torch.nn.{key}",
        settings,
        text,
        summary=("kernel_size", "stride"),
        formula=formula,
        keywords=("pool", "downsample", "subsampling", "window", *keywords),
        ranks=(sides + 1, sides + 2),
    )


def _max_pool(sides: int) -> LayerKind:
    return _pool(
        f"MaxPool{sides}d",
        f"Max pooling {sides}-D",
        sides,
        "The largest value of each window.",
        "y = max of x in the window",
        *_window(sides),
        sizes("padding", 0, 0, "Border on each side; at most half the window.", sides),
        sizes("dilation", 1, 1, "Distance between two taps of the window.", sides),
        _CEIL,
        keywords=("maximum", f"maxpool{sides}d"),
    )


def _average_pool(sides: int) -> LayerKind:
    return _pool(
        f"AvgPool{sides}d",
        f"Average pooling {sides}-D",
        sides,
        "The mean of each window.",
        "y = mean of x in the window",
        *_window(sides),
        sizes("padding", 0, 0, "Border on each side; at most half the window.", sides),
        _CEIL,
        _PAD,
        keywords=("mean", f"avgpool{sides}d"),
    )


def _power_pool(sides: int) -> LayerKind:
    return _pool(
        f"LPPool{sides}d",
        f"Power pooling {sides}-D",
        sides,
        "The power mean's sum of each window: between sum (p = 1) and maximum (p very large).",
        "y = (Σ of x^p in the window)^(1/p)",
        Setting("norm_type", "float", minimum=1.0, help="The power p."),
        *_window(sides),
        _CEIL,
        keywords=("lp", "norm", "generalized mean"),
    )


def _adaptive_pool(what: str, title: str, sides: int, text: str, formula: str) -> LayerKind:
    key = f"Adaptive{what}Pool{sides}d"
    size = Setting("output_size", "sizes", 1, minimum=1, help=f"{extent(sides)} of the output.", sides=sides)
    return LayerKind(
        key,
        f"{title} {sides}-D",
        "Pooling",
        OPERATIONS + key,
        (size,),
        text,
        summary=("output_size",),
        formula=formula,
        keywords=(
            "pool",
            "global",
            "gap" if what == "Avg" else "gmp",
            "mean" if what == "Avg" else "maximum",
        ),
        ranks=(sides + 1, sides + 2),
    )


def _adaptive_average(sides: int) -> LayerKind:
    return _adaptive_pool(
        "Avg",
        "Adaptive average pooling",
        sides,
        "The mean of as many equal windows as the output has positions; 1 is global.",
        "y = mean of x in each part",
    )


def _adaptive_max(sides: int) -> LayerKind:
    return _adaptive_pool(
        "Max",
        "Adaptive max pooling",
        sides,
        "The largest value of as many equal windows as the output has positions; 1 is global.",
        "y = max of x in each part",
    )


def _reduction(key: str, title: str, text: str, formula: str, *keywords: str) -> LayerKind:
    return operation(
        key,
        title,
        "Pooling",
        text,
        Setting("dims", "ints", help="Dimensions; 0 is the batch."),
        Setting("keepdim", "bool", False, help="Keep them with size 1."),
        summary=("dims",),
        formula=formula,
        keywords=("reduce", "global", *keywords),
    )


ROWS: tuple[LayerKind, ...] = (
    _max_pool(2),
    _max_pool(1),
    _average_pool(2),
    _average_pool(1),
    _adaptive_average(2),
    _adaptive_average(1),
    _adaptive_max(2),
    _adaptive_max(1),
    _power_pool(2),
    _power_pool(1),
    _reduction("Sum", "Sum", "The sum over whole dimensions.", "y = Σ x", "add up"),
    _reduction("Mean", "Mean", "The mean over whole dimensions.", "y = Σ x / n", "average", "gap"),
    _reduction("Max", "Maximum over dimensions", "The largest value over whole dimensions.", "y = max x"),
)
