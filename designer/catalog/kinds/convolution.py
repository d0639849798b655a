"""Convolution, forwards and transposed."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import BIAS, extent, sizes, whole

_FORWARD = (
    "y[o, p] = Σ over channels c and taps t of w[o, c, t] · x[c, stride · p + dilation · t - padding] + b[o]"
)
_BACKWARD = "y[o, stride · p + dilation · t - padding] += Σ over channels c of w[c, o, t] · x[c, p]; + b[o]"


def _groups() -> Setting:
    text = "Groups of channels convolved apart; as many as channels: depthwise."
    return Setting("groups", "int", 1, minimum=1, help=text)


def _first(sides: int) -> tuple[Setting, ...]:
    return (
        whole("in_channels", "Channels of the input."),
        whole("out_channels", "Number of filters: channels of the output."),
        Setting("kernel_size", "sizes", minimum=1, help=f"{extent(sides)} of a filter.", sides=sides),
        sizes("stride", 1, 1, "Step between two positions of the filter.", sides),
        sizes("padding", 0, 0, "Border on each side.", sides),
    )


def _convolution(key: str, title: str, sides: int, keywords: tuple[str, ...]) -> LayerKind:
    modes = ("zeros", "reflect", "replicate", "circular")
    return LayerKind(
        key,
        title,
        "Convolution",
        f"torch.nn.{key}",
        (
            *_first(sides),
            sizes("dilation", 1, 1, "Distance between two taps of the filter.", sides),
            _groups(),
            BIAS,
            Setting("padding_mode", "choice", "zeros", choices=modes, help="What is put around the border."),
        ),
        f"Slides learned filters over the {'line' if sides == 1 else 'picture'}.",
        learnable=True,
        input_width="in_channels",
        output_width="out_channels",
        summary=("kernel_size", "out_channels", "stride"),
        formula=_FORWARD,
        keywords=("conv", f"conv{sides}d", "cnn", "filter", "kernel", *keywords),
        ranks=(sides + 2,),
    )


def _transposed(key: str, title: str, sides: int) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Convolution",
        f"torch.nn.{key}",
        (
            *_first(sides),
            sizes("output_padding", 0, 0, "Added to the size of the output, on one side.", sides),
            _groups(),
            BIAS,
            sizes("dilation", 1, 1, "Distance between two taps of the filter.", sides),
        ),
        f"Spreads each value over a window: a learned enlargement of the "
        f"{'line' if sides == 1 else 'picture'}.",
        learnable=True,
        input_width="in_channels",
        output_width="out_channels",
        summary=("kernel_size", "out_channels", "stride"),
        formula=_BACKWARD,
        keywords=("deconvolution", "deconv", "upconv", "upsample", "upsampling", "decoder"),
        ranks=(sides + 2,),
    )


ROWS: tuple[LayerKind, ...] = (
    _convolution("Conv2d", "Convolution 2-D", 2, ("image", "spatial")),
    _convolution("Conv1d", "Convolution 1-D", 1, ("sequence", "temporal", "signal")),
    _transposed("ConvTranspose2d", "Transposed convolution 2-D", 2),
    _transposed("ConvTranspose1d", "Transposed convolution 1-D", 1),
)
