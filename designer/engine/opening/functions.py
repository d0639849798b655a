"""Torch's functions as layers: which kind and settings a call amounts to.

Each translator has the signature of the function it stands for, after `out`, the call's result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from designer.engine.opening.calls import Call, Refused, Translated, Translator, axes
from designer.engine.opening.computing import COMPUTING
from designer.engine.opening.moving import MOVING


def function_name(func: Callable[..., Any]) -> str:
    """The plain name of a torch function or tensor method: 'add' for `Tensor.__iadd__`."""
    name: str = getattr(func, "__name__", type(func).__name__)
    if name == "__get__":
        name = func.__self__.__name__  # type: ignore[attr-defined]
    stripped = name.strip("_")
    return _SAME.get(stripped, stripped)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scale(x: Tensor | Call, factor: float = 1.0, divisor: float = 1.0, offset: float = 0.0) -> Call:
    return Call("Scale", {"factor": float(factor), "divisor": float(divisor), "offset": float(offset)}, (x,))


def _add(out: Tensor, input: Any, other: Any, *, alpha: float = 1) -> Translated:
    if alpha != 1:
        raise Refused("it adds a multiple")
    if _number(other):
        return _scale(input, offset=other)
    return _scale(other, offset=input) if _number(input) else Call("Add", {}, (input, other))


def _sub(out: Tensor, input: Any, other: Any, *, alpha: float = 1) -> Translated:
    if alpha != 1:
        raise Refused("it subtracts a multiple")
    if _number(other):
        return _scale(input, offset=-other)
    return _rsub(out, other, input) if _number(input) else Call("Subtract", {}, (input, other))


def _rsub(out: Tensor, input: Any, other: Any, *, alpha: float = 1) -> Translated:
    if alpha != 1:
        raise Refused("it subtracts a multiple")
    if _number(other):
        return _scale(input, factor=-1.0, offset=other)
    return Call("Subtract", {}, (other, input))


def _mul(out: Tensor, input: Any, other: Any) -> Translated:
    if _number(other):
        return _scale(input, factor=other)
    return _scale(other, factor=input) if _number(input) else Call("Multiply", {}, (input, other))


def _div(out: Tensor, input: Any, other: Any, *, rounding_mode: str | None = None) -> Translated:
    if rounding_mode is not None or not out.is_floating_point():
        raise Refused("it rounds")
    if _number(other):
        return _scale(input, divisor=other)
    return Call("Divide", {}, (input, other))


def _rdiv(out: Tensor, input: Tensor, other: Any) -> Translated:
    if _number(other):
        return _scale(Call("Power", {"exponent": -1.0}, (input,)), factor=other)
    return Call("Divide", {}, (other, input))


def _pow(out: Tensor, input: Any, exponent: Any) -> Translated:
    if not _number(exponent):
        raise Refused("its exponent is not a number")
    return Call("Power", {"exponent": float(exponent)}, (input,))


def _reduction(kind: str) -> Translator:
    def translate(
        out: Tensor, input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Translated:
        if dtype is not None:
            raise Refused("it changes the type of the numbers")
        return Call(kind, {"dims": axes(dim, input.dim()), "keepdim": keepdim}, (input,))

    return translate


def _softmax(
    out: Tensor, input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Translated:
    if dtype is not None:
        raise Refused("it changes the type of the numbers")
    return Call("Softmax", {"dim": axes(dim, input.dim())[0]}, (input,))


def _max_pool(
    out: Any,
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Translated:
    if return_indices:
        raise Refused("it gives the places of the greatest values too")
    settings = {"kernel_size": kernel_size, "stride": stride or None, "padding": padding}
    return Call("MaxPool2d", settings | {"dilation": dilation, "ceil_mode": ceil_mode}, (input,))


def _avg_pool(
    out: Tensor,
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Translated:
    if divisor_override is not None:
        raise Refused("it divides by a number of its own")
    settings = {"kernel_size": kernel_size, "stride": stride or None, "padding": padding}
    return Call(
        "AvgPool2d", settings | {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}, (input,)
    )


def _adaptive(kind: str) -> Translator:
    def translate(out: Tensor, input: Tensor, output_size: Any, return_indices: bool = False) -> Translated:
        if return_indices:
            raise Refused("it gives the places of the greatest values too")
        return Call(kind, {"output_size": output_size}, (input,))

    return translate


def _plain(kind: str) -> Translator:
    return lambda out, input, inplace=False: Call(kind, {}, (input,))


def _random(kind: str) -> Translator:
    return lambda out, input, p=0.5, training=True, inplace=False: Call(kind, {"p": p}, (input,), training)


_SAME = {
    "iadd": "add",
    "radd": "add",
    "isub": "sub",
    "subtract": "sub",
    "imul": "mul",
    "rmul": "mul",
    "multiply": "mul",
    "truediv": "div",
    "itruediv": "div",
    "idiv": "div",
    "divide": "div",
    "true_divide": "div",
    "rtruediv": "rdiv",
    "ipow": "pow",
    "concat": "cat",
    "concatenate": "cat",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "mT": "transpose",
    "bmm": "matmul",
    "negative": "neg",
    "swish": "silu",
}

TRANSLATORS: dict[str, Translator] = {
    **MOVING,
    **COMPUTING,
    "add": _add,
    "sub": _sub,
    "rsub": _rsub,
    "mul": _mul,
    "div": _div,
    "rdiv": _rdiv,
    "pow": _pow,
    "neg": lambda out, input: _scale(input, factor=-1.0),
    "matmul": lambda out, input, other: Call("MatrixProduct", {}, (input, other)),
    "mean": _reduction("Mean"),
    "sum": _reduction("Sum"),
    "softmax": _softmax,
    "max_pool2d": _max_pool,
    "avg_pool2d": _avg_pool,
    "adaptive_avg_pool2d": _adaptive("AdaptiveAvgPool2d"),
    "adaptive_max_pool2d": _adaptive("AdaptiveMaxPool2d"),
    "relu": _plain("ReLU"),
    "relu6": _plain("ReLU6"),
    "silu": _plain("SiLU"),
    "sigmoid": _plain("Sigmoid"),
    "tanh": _plain("Tanh"),
    "hardswish": _plain("Hardswish"),
    "hardsigmoid": _plain("Hardsigmoid"),
    "mish": _plain("Mish"),
    "gelu": lambda out, input, approximate="none": Call("GELU", {"approximate": approximate}, (input,)),
    "leaky_relu": lambda out, input, negative_slope=0.01, inplace=False: Call(
        "LeakyReLU", {"negative_slope": negative_slope}, (input,)
    ),
    "elu": lambda out, input, alpha=1.0, inplace=False: Call("ELU", {"alpha": alpha}, (input,)),
    "dropout": _random("Dropout"),
    "dropout2d": _random("Dropout2d"),
}
"""Translators by the plain name of the function."""
