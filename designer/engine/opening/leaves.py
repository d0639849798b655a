"""Modules that are one layer: their kind and settings, read back from the module."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.engine.opening.calls import Refused

_OPERATIONS = "designer.engine.operations"
_IGNORED = {"inplace", "device", "dtype", "self", "args", "kwargs"}

_OURS: Mapping[type[nn.Module], str] = {
    nn.MultiheadAttention: "MultiheadAttention",
    nn.RMSNorm: "RMSNorm",
    nn.InstanceNorm1d: "InstanceNorm1d",
    nn.InstanceNorm2d: "InstanceNorm2d",
    nn.Bilinear: "Bilinear",
    nn.Threshold: "Threshold",
    nn.Softplus: "Softplus",
    nn.ChannelShuffle: "ChannelShuffle",
    nn.Upsample: "Upsample",
    nn.AdaptiveAvgPool1d: "AdaptiveAvgPool1d",
    nn.AdaptiveAvgPool2d: "AdaptiveAvgPool2d",
    nn.AdaptiveMaxPool1d: "AdaptiveMaxPool1d",
    nn.AdaptiveMaxPool2d: "AdaptiveMaxPool2d",
}
"""Modules of torch that are built as classes of our own."""

_Reader = Callable[[Any], Any]


@functools.cache
def _kinds_by_class() -> Mapping[type[nn.Module], LayerKind]:
    found: dict[type[nn.Module], LayerKind] = {cls: KINDS[key] for cls, key in _OURS.items()}
    for row in KINDS.values():
        package, name = row.target.rsplit(".", 1)
        if package != _OPERATIONS:
            found[getattr(importlib.import_module(package), name)] = row
    return found


@functools.cache
def _kind_of_class(cls: Any) -> LayerKind | None:
    """The kind of a class, or of the class that it only renames or builds otherwise."""
    table = _kinds_by_class()
    if cls in table:
        return table[cls]
    for base in cls.__mro__[1:]:
        if base in table:
            return table[base] if _acts_alike(cls, base) else None
    return None


def _acts_alike(cls: type, base: type) -> bool:
    names = {name for part in base.__mro__ if part not in (nn.Module, object) for name in vars(part)}
    names -= {"__init__", "__module__", "__doc__", "__annotations__", "__dict__", "__weakref__"}
    return all(getattr(cls, name, None) is getattr(base, name, None) for name in names)


def kind_of(module: nn.Module) -> LayerKind | None:
    """The kind of layer that the module is; None for one that is made of others."""
    cls: Any = type(module)
    return _kind_of_class(cls)


def settings_of(module: nn.Module, row: LayerKind) -> dict[str, Any]:
    """The settings that build this module again, without those at their defaults.

    Raises:
        Refused: the module has a property that the kind does not know.
    """
    readers = _READERS.get(row.key, {})
    found = {}
    for setting in row.settings:
        read = readers.get(setting.name)
        value = getattr(module, setting.name) if read is None else read(module)
        found[setting.name] = plain(value, setting.type)
    _check_others(module, row)
    return {n: v for n, v in found.items() if row.setting(n).required or row.setting(n).default != v}


def plain(value: Any, setting_type: str) -> Any:
    """A value as the document holds it: tuples as lists, equal 'sizes' as one number."""
    if not isinstance(value, tuple | list):
        return value
    values = list(value)
    if setting_type == "sizes" and values and all(v == values[0] for v in values):
        return values[0]
    return values


@functools.cache
def _arguments(cls: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(cls).parameters


def _check_others(module: nn.Module, row: LayerKind) -> None:
    """Refuse constructor arguments that the kind lacks, unless they have their default."""
    known = {setting.name for setting in row.settings} | _IGNORED
    cls = next(c for c in type(module).__mro__ if c in _kinds_by_class())
    for name, parameter in _arguments(cls).items():
        if name in known or not hasattr(module, name):
            continue
        value = getattr(module, name)
        # Whether tensors are there is seen from the state dict.
        if isinstance(value, Tensor) or value is None or value is False or value == parameter.default:
            continue
        if row.key != "MultiheadAttention" or value != module.embed_dim:
            raise Refused(f"its '{name}' is {value!r}")


def _has(name: str) -> _Reader:
    return lambda module: getattr(module, name) is not None


def _padding(module: Any) -> Any:
    if module.padding == "valid":
        return 0
    if module.padding == "same":
        total = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
        if any(t % 2 for t in total):
            raise Refused("its padding 'same' differs on the two sides")
        return tuple(t // 2 for t in total)
    return module.padding


_WINDOW: dict[str, _Reader] = {
    "dim": lambda module: module.qkv.in_features,
    "qkv_bias": lambda module: module.qkv.bias is not None,
    "proj_bias": lambda module: module.proj.bias is not None,
}


def _factor(module: Any) -> float:
    """The factor of an enlargement; the default where the size counts."""
    if module.size is not None:
        return 2.0
    if not isinstance(module.scale_factor, int | float):
        raise Refused("its factor differs from side to side")
    return float(module.scale_factor)


def _corners(module: Any) -> bool:
    return module.mode != "nearest" and bool(module.align_corners)


_CONVOLUTION: dict[str, _Reader] = {"bias": _has("bias"), "padding": _padding}
_READERS: dict[str, dict[str, _Reader]] = {
    "Conv1d": _CONVOLUTION,
    "Conv2d": _CONVOLUTION,
    "ConvTranspose1d": {"bias": _has("bias")},
    "ConvTranspose2d": {"bias": _has("bias")},
    "Linear": {"bias": _has("bias")},
    "Bilinear": {"bias": _has("bias")},
    "Upsample": {"scale_factor": _factor, "align_corners": _corners},
    "LayerNorm": {"bias": _has("bias")},
    "LayerNorm2d": {"bias": _has("bias")},
    "MultiheadAttention": {"bias": _has("in_proj_bias")},
    "PReLU": {"init": lambda module: 0.25},
    "ShiftedWindowAttention": _WINDOW,
    "ShiftedWindowAttentionV2": _WINDOW,
    "RelativePositionalMultiHeadAttention": {"feat_dim": lambda module: module.to_qkv.in_features},
}
