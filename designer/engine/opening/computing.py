"""Functions of torch that compute value by value, compare, or resize, as layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from designer.engine.opening.calls import Call, Refused, Translated, Translator, axes, axis

_IGNORED = ("inplace", "_stacklevel")


def _value(kind: str, **defaults: Any) -> Translator:
    """A function of one tensor whose other arguments, in order, are the settings of a kind."""

    def translate(out: Tensor, input: Tensor, *args: Any, **kwargs: Any) -> Translated:
        given = dict(zip((*defaults, "inplace"), args, strict=False)) | kwargs
        settings = defaults | {name: value for name, value in given.items() if name not in _IGNORED}
        if any(isinstance(value, Tensor) for value in settings.values()):
            raise Refused("it is told a tensor where a number is expected")
        # A float where torch takes both: 1 and 1.0 are one setting.
        held = {n: float(v) if isinstance(defaults[n], float) else v for n, v in settings.items()}
        return Call(kind, held, (input,))

    return translate


def _shares(kind: str) -> Translator:
    def translate(
        out: Tensor, input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
    ) -> Translated:
        if dtype is not None:
            raise Refused("it changes the type of the numbers")
        return Call(kind, {"dim": axes(dim, input.dim())[0]}, (input,))

    return translate


def _gated(out: Tensor, input: Tensor, dim: int = -1) -> Translated:
    return Call("GLU", {"dim": axes(dim, input.dim())[0]}, (input,))


def _greatest(out: Any, input: Tensor, dim: Any = None, keepdim: bool = False) -> Translated:
    return Call("Max", {"dims": axes(dim, input.dim()), "keepdim": keepdim}, (input,))


def _of_two(kind: str) -> Translator:
    def translate(out: Tensor, input: Tensor, other: Any) -> Translated:
        if not isinstance(other, Tensor):
            raise Refused("one of its inputs is not a tensor")
        return Call(kind, {}, (input, other))

    return translate


def _clamp(out: Tensor, input: Tensor, min: Any = None, max: Any = None) -> Translated:
    if isinstance(min, Tensor) or isinstance(max, Tensor) or min is None or max is None:
        raise Refused("it does not cut off at two fixed ends")
    return Call("Hardtanh", {"min_val": float(min), "max_val": float(max)}, (input,))


def _normalize(
    found: Any, input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Tensor | None = None
) -> Translated:
    if out is not None:
        raise Refused("it puts its result into another tensor")
    if axis(dim, input.dim()) == 0:
        raise Refused("it takes the pictures of a batch together")
    return Call("Normalize", {"p": float(p), "dim": axis(dim, input.dim()), "eps": eps}, (input,))


def _interpolate(
    out: Tensor,
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Translated:
    if antialias or recompute_scale_factor or mode not in ("nearest", "linear", "bilinear", "bicubic"):
        raise Refused("it resizes in another way")
    settings: dict[str, Any] = {"mode": mode, "align_corners": bool(align_corners)}
    if size is not None:
        return Call("Upsample", settings | {"size": size}, (input,))
    factors = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor,)
    if any(factor != factors[0] for factor in factors):
        raise Refused("its factor differs from side to side")
    return Call("Upsample", settings | {"scale_factor": float(factors[0])}, (input,))


COMPUTING: Mapping[str, Translator] = {
    "selu": _value("SELU"),
    "celu": _value("CELU", alpha=1.0),
    "log_sigmoid": _value("LogSigmoid"),
    "softplus": _value("Softplus", beta=1.0, threshold=20.0),
    "softsign": _value("Softsign"),
    "tanhshrink": _value("Tanhshrink"),
    "hardshrink": _value("Hardshrink", lambd=0.5),
    "softshrink": _value("Softshrink", lambd=0.5),
    "hardtanh": _value("Hardtanh", min_val=-1.0, max_val=1.0),
    "threshold": _value("Threshold", threshold=0.0, value=0.0),
    "clamp": _clamp,
    "clip": _clamp,
    "abs": _value("Absolute"),
    "absolute": _value("Absolute"),
    "exp": _value("Exponential"),
    "log": _value("Logarithm"),
    "sqrt": lambda out, input: Call("Power", {"exponent": 0.5}, (input,)),
    "square": lambda out, input: Call("Power", {"exponent": 2.0}, (input,)),
    "log_softmax": _shares("LogSoftmax"),
    "softmin": _shares("Softmin"),
    "glu": _gated,
    "amax": _greatest,
    "maximum": _of_two("Maximum"),
    "minimum": _of_two("Minimum"),
    "normalize": _normalize,
    "interpolate": _interpolate,
    "pixel_shuffle": _value("PixelShuffle", upscale_factor=1),
    "pixel_unshuffle": _value("PixelUnshuffle", downscale_factor=1),
    "channel_shuffle": _value("ChannelShuffle", groups=1),
}
"""Translators by the plain name of the function."""
