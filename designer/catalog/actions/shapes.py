"""Shapes in the eyes of the actions: what is known of them, and what a layer's settings say to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.catalog.kind import LayerKind
from designer.catalog.kinds import KINDS
from designer.messages import shape_text, tr
from designer.network.network import Layer, Port
from designer.session.results import Facts

Shape = tuple[int, ...]

JOINING = ("Add", "Multiply", "Subtract", "Divide", "Maximum", "Minimum")
"""Kinds whose inputs are joined value by value."""

_VERBS = {
    "Add": "'{name}' adds {wanted}; this gives {given}.",
    "Multiply": "'{name}' multiplies {wanted}; this gives {given}.",
}
_RANKS = {2: "a list of features", 3: "channels × length", 4: "channels × height × width"}
_ATTENTION_RANKS = {3: "tokens × features", 4: "height × width × features"}


def shape_of(facts: Facts | None, port: Port | None) -> tuple[int, ...] | None:
    """The shape of an output without the batch; None while it is not known."""
    if facts is None or port is None or port.layer not in facts.layers:
        return None
    shapes = facts.layers[port.layer].shapes
    return shapes[port.output] if 0 <= port.output < len(shapes) else None


def misfit(layer: Layer, given: Shape, others: Sequence[Shape]) -> str:
    """Why `layer` does not take `given` beside the shapes of its other inputs; '' when it may.

    Shapes are without the batch. What only running the layer would show is not found here.
    """
    row = KINDS.get(layer.kind)
    if row is None:
        return ""
    if row.key in JOINING:
        return _joined(layer, given, others)
    if row.key == "Concat":
        return _in_line(layer, given, others)
    if row.key in ("Output", "AuxiliaryOutput"):
        if len(given) == 1:
            return ""
        text = "'{name}' takes one number for each class; this gives {given}."
        return tr(text, name=layer.name, given=shape_text(given))
    return _rank(layer, row, given) or _width(layer, row, given)


def width_setting(row: LayerKind) -> str:
    """The setting that holds how many features a layer of this kind takes; '' for none."""
    special = {"MultiheadAttention": "embed_dim", "RelativePositionalMultiHeadAttention": "feat_dim"}
    if row.key in special:
        return special[row.key]
    return "dim" if row.key.startswith("ShiftedWindow") else row.input_width


def width_of(row: LayerKind, shape: Shape) -> int | None:
    """How many features a value of this shape has for a layer of this kind."""
    if not shape:
        return None
    return shape[-1] if row.key == "Linear" or row.category == "Attention" else shape[0]


def _rank(layer: Layer, row: LayerKind, given: Shape) -> str:
    if not row.ranks or len(given) + 1 in row.ranks:
        return ""
    names = _ATTENTION_RANKS if row.category == "Attention" else _RANKS
    wanted = tr(" or ").join(
        tr(names[rank]) if rank in names else tr("{count} sizes", count=rank - 1) for rank in row.ranks
    )
    text = "'{name}' takes {wanted}; this gives {given}."
    return tr(text, name=layer.name, wanted=wanted, given=shape_text(given))


def _width(layer: Layer, row: LayerKind, given: Shape) -> str:
    wanted: Any
    if row.key in ("LayerNorm", "RMSNorm"):
        sizes = layer.settings.get("normalized_shape", ())
        wanted = tuple(sizes) if isinstance(sizes, list | tuple) else (sizes,)
        if given[-len(wanted) :] == wanted:
            return ""
        text = "'{name}' takes {wanted} at the end; this gives {given}."
        return tr(text, name=layer.name, wanted=shape_text(wanted), given=shape_text(given))
    setting = width_setting(row)
    wanted = layer.settings.get(setting) if setting else None
    if wanted is None or wanted == width_of(row, given):
        return ""
    text = "'{name}' takes {wanted} {unit}; this gives {given}."
    unit = tr("features") if width_of(row, (0, 1)) else tr("channels")
    return tr(text, name=layer.name, wanted=wanted, unit=unit, given=shape_text(given))


def _joined(layer: Layer, given: Shape, others: Sequence[Shape]) -> str:
    for other in others:
        pairs = zip(reversed(given), reversed(other), strict=False)
        if not all(a == b or 1 in (a, b) for a, b in pairs):
            text = _VERBS.get(layer.kind, "'{name}' combines {wanted}; this gives {given}.")
            return tr(text, name=layer.name, wanted=shape_text(other), given=shape_text(given))
    return ""


def _in_line(layer: Layer, given: Shape, others: Sequence[Shape]) -> str:
    dim = layer.settings.get("dim", 1)
    for other in others:
        # Dimensions are counted with the batch; without it the same one comes one earlier.
        along = (dim - 1 if dim > 0 else dim) % max(len(other), 1)
        if len(other) != len(given) or any(
            a != b for n, (a, b) in enumerate(zip(given, other, strict=True)) if n != along
        ):
            text = "'{name}' joins {wanted} along one dimension; this gives {given}."
            return tr(text, name=layer.name, wanted=shape_text(other), given=shape_text(given))
    return ""
