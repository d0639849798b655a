"""Edits as JSON values, so that what was done in the window can be done again elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from designer.network.edits import (
    AddLayer,
    Compound,
    Edit,
    PutLayers,
    RemoveLayer,
    Rename,
    SetFrozen,
    SetInputs,
    SetPlaces,
    SetPurpose,
    SetRates,
    SetSettings,
)
from designer.network.file import layer_to_json
from designer.network.network import Inputs, Layer, Place
from designer.network.preprocessing import Preprocessing
from designer.network.reading import number, read_as, text, truth, whole
from designer.network.restructure import Added, Restructure

KEY = "edit"
"""The entry that says which sort of edit it is."""
DEEPEST = 50
"""Edits within edits: more are a slip, or an attempt to fill the stack."""

Row = dict[str, Any]


def edit_to_json(edit: Edit) -> Row:
    """The edit as JSON values; those that are not given are left out.

    Raises:
        TypeError: it is not one of the edits of this program.
    """
    for key, sort in _SORTS.items():
        if type(edit) is sort.made:
            return {KEY: key, **sort.write(edit)}
    raise TypeError(f"{type(edit).__name__} is not an edit that a file can hold")


def edit_from_json(value: Any, depth: int = 0) -> Edit:
    """The edit that `edit_to_json` wrote; `depth`: how many edits it lies within.

    Raises:
        KeyError, TypeError, ValueError: it is not one; the text says what is wrong.
    """
    if depth > DEEPEST:
        raise ValueError(f"edits lie within edits more than {DEEPEST} deep")
    row = table(value)
    key = text(row[KEY])
    if key not in _SORTS:
        raise ValueError(f"there is no edit {key!r:.60}; there are: {', '.join(_SORTS)}")
    unknown = sorted(set(row) - set(_SORTS[key].takes) - {KEY})
    if unknown:
        raise ValueError(f"{key} takes no {unknown[0]!r:.60}")
    return _SORTS[key].read(row, depth)


def table(value: Any) -> Row:
    """`value`, a table with texts as keys. Raises TypeError."""
    if not isinstance(value, dict):
        raise TypeError(f"{repr(value)[:60]} is not a table")
    return {text(name): inner for name, inner in value.items()}


def listed(value: Any) -> list[Any]:
    """`value`, a list. Raises TypeError."""
    if not isinstance(value, list):
        raise TypeError(f"{repr(value)[:60]} is not a list")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """`value`, a list of texts. Raises TypeError."""
    return tuple(text(one) for one in listed(value))


def _layer(layer: Layer, inputs: Inputs = ()) -> Row:
    row = layer_to_json(layer, inputs)
    if not inputs:
        del row["inputs"]
    return row


def _read_layer(value: Any) -> tuple[Layer, Inputs]:
    row = table(value)
    unknown = sorted(set(row) - _LAYER)
    if unknown:
        raise ValueError(f"a layer has no {unknown[0]!r:.60}")
    return read_as(row, Layer), _read_ports(row.get("inputs", []))


def _read_bare(value: Any) -> Layer:
    layer, _ = _read_layer(value)
    if "inputs" in value:
        raise ValueError("a layer that takes another's place says nothing of its inputs")
    return layer


_LAYER = {*(part.name for part in fields(Layer)), "inputs"}


def _ports(inputs: Inputs) -> list[Any]:
    return [None if port is None else [port.layer, port.output] for port in inputs]


def _read_ports(value: Any) -> Inputs:
    return read_as(value, Inputs)


def _write_restructure(edit: Restructure) -> Row:
    added = [
        {"layer": _layer(one.layer, one.inputs), **({"index": one.index} if one.index != -1 else {})}
        for one in edit.added
    ]
    return {
        "text": edit.text,
        **({"removed": list(edit.removed)} if edit.removed else {}),
        **({"added": added} if added else {}),
        **({"inputs": {i: _ports(ports) for i, ports in edit.inputs.items()}} if edit.inputs else {}),
    }


def _read_restructure(row: Row, depth: int) -> Restructure:
    added = []
    for value in listed(row.get("added", [])):
        inner = table(value)
        layer, inputs = _read_layer(inner["layer"])
        added.append(Added(layer, inputs, whole(inner.get("index", -1), -1)))
    inputs_of = {i: _read_ports(ports) for i, ports in table(row.get("inputs", {})).items()}
    return Restructure(text(row["text"]), texts(row.get("removed", [])), tuple(added), inputs_of)


def _read_add(row: Row, depth: int) -> AddLayer:
    layer, inputs = _read_layer(row["layer"])
    return AddLayer(layer, inputs, whole(row.get("index", -1), -1))


def _write_places(edit: SetPlaces) -> Row:
    places = {key: None if place is None else list(place) for key, place in edit.places.items()}
    return {"places": places, "text": edit.text}


def _read_places(row: Row, depth: int) -> SetPlaces:
    places = {
        key: None if place is None else read_as(place, Place) for key, place in table(row["places"]).items()
    }
    return SetPlaces(places, text(row.get("text", "")))


def _write_purpose(edit: SetPurpose) -> Row:
    return {
        **({"name": edit.name} if edit.name is not None else {}),
        **({"classes": list(edit.classes)} if edit.classes is not None else {}),
        **({"preprocessing": edit.preprocessing.to_json()} if edit.preprocessing is not None else {}),
        **({"multilabel": edit.multilabel} if edit.multilabel is not None else {}),
    }


def _read_purpose(row: Row, depth: int) -> SetPurpose:
    return SetPurpose(
        text(row["name"]) if "name" in row else None,
        texts(row["classes"]) if "classes" in row else None,
        Preprocessing.from_json(table(row["preprocessing"])) if "preprocessing" in row else None,
        truth(row["multilabel"]) if "multilabel" in row else None,
    )


def _write_rates(edit: SetRates) -> Row:
    return {
        "layers": list(edit.layer_ids),
        **({"weight_rate": edit.weight_rate} if edit.weight_rate is not None else {}),
        **({"bias_rate": edit.bias_rate} if edit.bias_rate is not None else {}),
    }


def _read_rates(row: Row, depth: int) -> SetRates:
    rates = [number(row[name], 0) if name in row else None for name in ("weight_rate", "bias_rate")]
    return SetRates(texts(row["layers"]), *rates)


def _read_compound(row: Row, depth: int) -> Compound:
    parts = tuple(edit_from_json(part, depth + 1) for part in listed(row["parts"]))
    return Compound(text(row["text"]), parts)


@dataclass(frozen=True)
class _Sort:
    """A sort of edit: its class, what it takes, how it is written, and how it is read."""

    made: type
    takes: tuple[str, ...]
    write: Callable[[Any], Row]
    read: Callable[[Row, int], Edit]


_SORTS: Mapping[str, _Sort] = {
    "AddLayer": _Sort(
        AddLayer,
        ("layer", "index"),
        lambda e: {"layer": _layer(e.layer, e.inputs), **({"index": e.index} if e.index != -1 else {})},
        _read_add,
    ),
    "RemoveLayer": _Sort(
        RemoveLayer,
        ("layer",),
        lambda e: {"layer": e.layer_id},
        lambda row, depth: RemoveLayer(text(row["layer"])),
    ),
    "SetInputs": _Sort(
        SetInputs,
        ("layer", "inputs"),
        lambda e: {"layer": e.layer_id, "inputs": _ports(e.inputs)},
        lambda row, depth: SetInputs(text(row["layer"]), _read_ports(row["inputs"])),
    ),
    "SetSettings": _Sort(
        SetSettings,
        ("layer", "settings"),
        lambda e: {"layer": e.layer_id, "settings": dict(e.settings)},
        lambda row, depth: SetSettings(text(row["layer"]), table(row["settings"])),
    ),
    "Rename": _Sort(
        Rename,
        ("layer", "name"),
        lambda e: {"layer": e.layer_id, "name": e.name},
        lambda row, depth: Rename(text(row["layer"]), text(row["name"])),
    ),
    "SetFrozen": _Sort(
        SetFrozen,
        ("layers", "frozen"),
        lambda e: {"layers": list(e.layer_ids), "frozen": e.frozen},
        lambda row, depth: SetFrozen(texts(row["layers"]), truth(row["frozen"])),
    ),
    "SetRates": _Sort(SetRates, ("layers", "weight_rate", "bias_rate"), _write_rates, _read_rates),
    "SetPlaces": _Sort(SetPlaces, ("places", "text"), _write_places, _read_places),
    "PutLayers": _Sort(
        PutLayers,
        ("layers", "text"),
        lambda e: {"layers": [_layer(layer) for layer in e.layers], "text": e.text},
        lambda row, depth: PutLayers(
            tuple(_read_bare(value) for value in listed(row["layers"])), text(row.get("text", ""))
        ),
    ),
    "SetPurpose": _Sort(
        SetPurpose, ("name", "classes", "preprocessing", "multilabel"), _write_purpose, _read_purpose
    ),
    "Compound": _Sort(
        Compound,
        ("text", "parts"),
        lambda e: {"text": e.text, "parts": [edit_to_json(part) for part in e.parts]},
        _read_compound,
    ),
    "Restructure": _Sort(
        Restructure, ("text", "removed", "added", "inputs"), _write_restructure, _read_restructure
    ),
}
"""Every sort of edit by its name in a file."""
