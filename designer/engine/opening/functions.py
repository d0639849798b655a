"""Torch's functions as layers: which kind and settings a call amounts to.

Each translator has the signature of the function it stands for, after `out`, the call's result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


class Refused(Exception):  # noqa: N818 - turned into an OpeningError that names the module
    """A call that no layer kind stands for; the text says why."""


@dataclass(frozen=True)
class Call:
    """A layer that a call amounts to; inputs may be calls themselves.

    Attributes:
        active: what the call was told of training, where it was told; None otherwise.
    """

    kind: str
    settings: dict[str, Any]
    inputs: tuple[Tensor | Call, ...]
    active: bool | None = None


Translated = Call | list[Call] | None
"""One layer, one for each result, or None where the result is the first input's value."""

Translator = Callable[..., Translated]


def function_name(func: Callable[..., Any]) -> str:
    """The plain name of a torch function or tensor method: 'add' for `Tensor.__iadd__`."""
    name: str = getattr(func, "__name__", type(func).__name__)
    if name == "__get__":
        name = func.__self__.__name__  # type: ignore[attr-defined]
    stripped = name.strip("_")
    return _SAME.get(stripped, stripped)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _axis(dim: int, rank: int) -> int:
    return dim + rank if dim < 0 else dim


def _axes(dim: int | Sequence[int] | None, rank: int) -> list[int]:
    if dim is None:
        raise Refused("it takes the whole batch together")
    dims = [dim] if isinstance(dim, int) else list(dim)
    found = [_axis(d, rank) for d in dims]
    if not found or 0 in found:
        raise Refused("it takes the pictures of a batch together")
    return found


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


def _reshape(out: Tensor, input: Tensor, *_: Any, **__: Any) -> Translated:
    if out.dtype != input.dtype:
        raise Refused("it changes the type of the numbers")
    return None if out.shape == input.shape else Call("Reshape", {"shape": list(out.shape)}, (input,))


def _flatten(out: Tensor, input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Translated:
    if _axis(start_dim, input.dim()) == 0:
        return _reshape(out, input)
    return Call("Flatten", {"start_dim": start_dim, "end_dim": end_dim}, (input,))


def _permute(out: Tensor, input: Tensor, *dims: Any) -> Translated:
    order = dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return Call("Permute", {"dims": [_axis(d, input.dim()) for d in order]}, (input,))


def _transpose(out: Tensor, input: Tensor, dim0: int = -2, dim1: int = -1) -> Translated:
    rank = input.dim()
    return Call("Transpose", {"dim0": _axis(dim0, rank), "dim1": _axis(dim1, rank)}, (input,))


def _contiguous(out: Tensor, input: Tensor, *, memory_format: Any = torch.contiguous_format) -> Translated:
    if memory_format is not torch.contiguous_format:
        raise Refused("it asks for an order in memory")
    return None if out is input else Call("Contiguous", {}, (input,))


def _unchanged(out: Tensor, input: Tensor, *_: Any, **__: Any) -> Translated:
    if out.dtype != input.dtype or out.device != input.device:
        raise Refused("it changes the type of the numbers, or their device")
    return None


def _unsqueeze(out: Tensor, input: Tensor, dim: int) -> Translated:
    return Call("Unsqueeze", {"dim": _axis(dim, out.dim())}, (input,))


def _expand(out: Tensor, input: Tensor, *_: Any, **__: Any) -> Translated:
    if out.shape == input.shape:
        return None
    if out.dim() == input.dim() and out.shape[1:] == input.shape[1:] and input.shape[0] == 1:
        return Call("ExpandBatch", {}, (input,))
    raise Refused("it repeats values in a dimension other than the batch")


def _select(out: Tensor, input: Tensor, dim: int, index: int) -> Translated:
    dim = _axes(dim, input.dim())[0]
    return Call("Select", {"dim": dim, "index": index}, (input,))


def _cut(x: Tensor | Call, dim: int, start: int | None, stop: int | None, step: int | None) -> Call:
    settings = {"dim": dim, "start": start or 0, "stop": stop, "step": step or 1}
    if dim == 0:
        raise Refused("it takes some pictures out of a batch")
    return Call("Slice", settings, (x,))


def _narrow(out: Tensor, input: Tensor, dim: int, start: int, length: int) -> Translated:
    return _cut(input, _axis(dim, input.dim()), start, start + length, 1)


def _getitem(out: Tensor, input: Tensor, index: Any) -> Translated:
    entries = list(index) if isinstance(index, tuple) else [index]
    if any(not (e is None or e is Ellipsis or isinstance(e, int | slice)) for e in entries):
        raise Refused("it picks entries by a tensor or list")
    if Ellipsis not in entries:
        entries.append(Ellipsis)
    place = entries.index(Ellipsis)
    used = sum(1 for e in entries if e is not None and e is not Ellipsis)
    entries[place : place + 1] = [slice(None)] * (input.dim() - used)
    found: Tensor | Call = input
    dim = 0
    for entry in entries:
        if entry is None:
            found = Call("Unsqueeze", {"dim": dim}, (found,))
            dim += 1
        elif isinstance(entry, slice):
            if entry != slice(None):
                found = _cut(found, dim, entry.start, entry.stop, entry.step)
            dim += 1
        elif dim == 0:
            raise Refused("it takes one picture out of a batch")
        else:
            found = Call("Select", {"dim": dim, "index": entry}, (found,))
    return None if isinstance(found, Tensor) else found


def _chunk(out: Sequence[Tensor], input: Tensor, chunks: int, dim: int = 0) -> Translated:
    dim = _axes(dim, input.dim())[0]
    if len(out) == chunks:
        return Call("Chunk", {"chunks": chunks, "dim": dim}, (input,))
    return _slices(out, input, dim)


def _split(out: Sequence[Tensor], tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> Translated:
    dim = _axes(dim, tensor.dim())[0]
    if len({part.shape[dim] for part in out}) == 1:
        return Call("Chunk", {"chunks": len(out), "dim": dim}, (tensor,))
    return _slices(out, tensor, dim)


def _slices(out: Sequence[Tensor], input: Tensor, dim: int) -> list[Call]:
    calls, start = [], 0
    for part in out:
        calls.append(_cut(input, dim, start, start + part.shape[dim], 1))
        start += part.shape[dim]
    return calls


def _unbind(out: Sequence[Tensor], input: Tensor, dim: int = 0) -> Translated:
    dim = _axes(dim, input.dim())[0]
    return [Call("Select", {"dim": dim, "index": n}, (input,)) for n in range(len(out))]


def _cat(out: Tensor, tensors: Sequence[Tensor], dim: int = 0) -> Translated:
    return Call("Concat", {"dim": _axes(dim, out.dim())[0]}, tuple(tensors))


def _stack(out: Tensor, tensors: Sequence[Tensor], dim: int = 0) -> Translated:
    dim = _axes(dim, out.dim())[0]
    return Call("Concat", {"dim": dim}, tuple(Call("Unsqueeze", {"dim": dim}, (t,)) for t in tensors))


def _reduction(kind: str) -> Translator:
    def translate(
        out: Tensor, input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Translated:
        if dtype is not None:
            raise Refused("it changes the type of the numbers")
        return Call(kind, {"dims": _axes(dim, input.dim()), "keepdim": keepdim}, (input,))

    return translate


def _softmax(
    out: Tensor, input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Translated:
    if dtype is not None:
        raise Refused("it changes the type of the numbers")
    return Call("Softmax", {"dim": _axes(dim, input.dim())[0]}, (input,))


def _pad(
    out: Tensor, input: Tensor, pad: Any, mode: str = "constant", value: float | None = None
) -> Translated:
    if mode != "constant":
        raise Refused(f"its mode is '{mode}'")
    if not any(pad):
        return None
    return Call("Pad", {"pad": list(pad), "value": float(value or 0.0)}, (input,))


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
    "add": _add,
    "sub": _sub,
    "rsub": _rsub,
    "mul": _mul,
    "div": _div,
    "rdiv": _rdiv,
    "pow": _pow,
    "neg": lambda out, input: _scale(input, factor=-1.0),
    "matmul": lambda out, input, other: Call("MatrixProduct", {}, (input, other)),
    "view": _reshape,
    "reshape": _reshape,
    "view_as": _reshape,
    "reshape_as": _reshape,
    "unflatten": _reshape,
    "squeeze": _reshape,
    "flatten": _flatten,
    "permute": _permute,
    "transpose": _transpose,
    "contiguous": _contiguous,
    "clone": _unchanged,
    "to": _unchanged,
    "float": _unchanged,
    "type_as": _unchanged,
    "unsqueeze": _unsqueeze,
    "expand": _expand,
    "expand_as": _expand,
    "repeat": _expand,
    "select": _select,
    "narrow": _narrow,
    "getitem": _getitem,
    "chunk": _chunk,
    "split": _split,
    "unbind": _unbind,
    "iter": _unbind,
    "cat": _cat,
    "stack": _stack,
    "mean": _reduction("Mean"),
    "sum": _reduction("Sum"),
    "softmax": _softmax,
    "pad": _pad,
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
