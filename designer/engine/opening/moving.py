"""Torch's functions that move values and compute nothing, as layers; see `functions`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from designer.engine.opening.calls import Call, Refused, Translated, Translator, axes, axis


def _reshape(out: Tensor, input: Tensor, *_: Any, **__: Any) -> Translated:
    if out.dtype != input.dtype:
        raise Refused("it changes the type of the numbers")
    return None if out.shape == input.shape else Call("Reshape", {"shape": list(out.shape)}, (input,))


def _flatten(out: Tensor, input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Translated:
    if axis(start_dim, input.dim()) == 0:
        return _reshape(out, input)
    return Call("Flatten", {"start_dim": start_dim, "end_dim": end_dim}, (input,))


def _permute(out: Tensor, input: Tensor, *dims: Any) -> Translated:
    order = dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return Call("Permute", {"dims": [axis(d, input.dim()) for d in order]}, (input,))


def _transpose(out: Tensor, input: Tensor, dim0: int = -2, dim1: int = -1) -> Translated:
    rank = input.dim()
    return Call("Transpose", {"dim0": axis(dim0, rank), "dim1": axis(dim1, rank)}, (input,))


def _contiguous(out: Tensor, input: Tensor, *, memory_format: Any = torch.contiguous_format) -> Translated:
    if memory_format is not torch.contiguous_format:
        raise Refused("it asks for an order in memory")
    return None if out is input else Call("Contiguous", {}, (input,))


def _unchanged(out: Tensor, input: Tensor, *_: Any, **__: Any) -> Translated:
    if out.dtype != input.dtype or out.device != input.device:
        raise Refused("it changes the type of the numbers, or their device")
    return None


def _unsqueeze(out: Tensor, input: Tensor, dim: int) -> Translated:
    return Call("Unsqueeze", {"dim": axis(dim, out.dim())}, (input,))


def _expand(out: Tensor, input: Tensor, *_: Any, **__: Any) -> Translated:
    if out.shape == input.shape:
        return None
    if out.dim() == input.dim() and out.shape[1:] == input.shape[1:] and input.shape[0] == 1:
        return Call("ExpandBatch", {}, (input,))
    raise Refused("it repeats values in a dimension other than the batch")


def _select(out: Tensor, input: Tensor, dim: int, index: int) -> Translated:
    dim = axes(dim, input.dim())[0]
    return Call("Select", {"dim": dim, "index": index}, (input,))


def _cut(x: Tensor | Call, dim: int, start: int | None, stop: int | None, step: int | None) -> Call:
    settings = {"dim": dim, "start": start or 0, "stop": stop, "step": step or 1}
    if dim == 0:
        raise Refused("it takes some pictures out of a batch")
    return Call("Slice", settings, (x,))


def _narrow(out: Tensor, input: Tensor, dim: int, start: int, length: int) -> Translated:
    return _cut(input, axis(dim, input.dim()), start, start + length, 1)


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
    dim = axes(dim, input.dim())[0]
    if len(out) == chunks:
        return Call("Chunk", {"chunks": chunks, "dim": dim}, (input,))
    return _slices(out, input, dim)


def _split(out: Sequence[Tensor], tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> Translated:
    dim = axes(dim, tensor.dim())[0]
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
    dim = axes(dim, input.dim())[0]
    return [Call("Select", {"dim": dim, "index": n}, (input,)) for n in range(len(out))]


def _cat(out: Tensor, tensors: Sequence[Tensor], dim: int = 0) -> Translated:
    return Call("Concat", {"dim": axes(dim, out.dim())[0]}, tuple(tensors))


def _stack(out: Tensor, tensors: Sequence[Tensor], dim: int = 0) -> Translated:
    dim = axes(dim, out.dim())[0]
    return Call("Concat", {"dim": dim}, tuple(Call("Unsqueeze", {"dim": dim}, (t,)) for t in tensors))


def _pad(
    out: Tensor, input: Tensor, pad: Any, mode: str = "constant", value: float | None = None
) -> Translated:
    if mode != "constant":
        raise Refused(f"its mode is '{mode}'")
    if not any(pad):
        return None
    return Call("Pad", {"pad": list(pad), "value": float(value or 0.0)}, (input,))


MOVING: dict[str, Translator] = {
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
    "pad": _pad,
}
"""Translators by the plain name of the function."""
