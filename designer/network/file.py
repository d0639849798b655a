"""The network document as JSON values: `network.json` in a project file.

`format` counts up when an older program could not read what a newer one wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from designer.errors import ProjectError
from designer.messages import tr
from designer.network.network import Inputs, Layer, Network, Place, Port
from designer.network.preprocessing import Preprocessing
from designer.network.reading import number, text, truth, whole

FORMAT = 2
"""2 where pictures may show several classes: an older program would answer with one of them."""

_FAR = 1e7
"""No drawing is larger, in pixels: a box further out would be lost."""


def network_to_json(network: Network) -> dict[str, Any]:
    """The network as JSON values; defaults of a layer are left out."""
    return {
        "format": FORMAT if network.multilabel else 1,
        "name": network.name,
        "origin": network.origin,
        "classes": list(network.classes),
        "preprocessing": network.preprocessing.to_json(),
        "layers": [layer_to_json(layer, network.inputs[layer.id]) for layer in network],
        **({"places": {key: list(place) for key, place in network.places.items()}} if network.places else {}),
        **({"multilabel": True} if network.multilabel else {}),
    }


def network_from_json(value: Any) -> Network:
    """The network that `network_to_json` wrote.

    Raises:
        ProjectError: the format is newer, or the values are not those of a network.
    """
    if not isinstance(value, dict) or type(value.get("format")) is not int:
        raise _broken(tr("It does not say which format it has."))
    if value["format"] > FORMAT:
        raise ProjectError(
            tr("This project was made by a newer version of Netgraft."),
            tr("Its format is {its}; this version reads up to {ours}.", its=value["format"], ours=FORMAT),
            tr("Update Netgraft and open it again."),
        )
    try:
        layers = {}
        inputs = {}
        for row in value["layers"]:
            layer = layer_from_json(row)
            if layer.id in layers:
                raise ValueError(f"two layers have the id {layer.id!r}")
            layers[layer.id] = layer
            inputs[layer.id] = inputs_from_json(row)
        _check_references(layers, inputs)
        return Network(
            name=text(value["name"]),
            layers=layers,
            inputs=inputs,
            classes=tuple(text(name) for name in value["classes"]),
            preprocessing=Preprocessing.from_json(value["preprocessing"]),
            origin=text(value["origin"]),
            places={text(key): place_from_json(row) for key, row in value.get("places", {}).items()},
            multilabel=truth(value.get("multilabel", False)),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _broken(f"{type(error).__name__}: {error}.") from error


def layer_to_json(layer: Layer, ports: tuple[Port | None, ...]) -> dict[str, Any]:
    """A layer and what feeds it as JSON values; defaults are left out."""
    row: dict[str, Any] = {"id": layer.id, "name": layer.name, "kind": layer.kind}
    if layer.settings:
        row["settings"] = dict(layer.settings)
    if layer.group:
        row["group"] = layer.group
    if layer.frozen:
        row["frozen"] = True
    if layer.weight_rate != 1.0:
        row["weight_rate"] = layer.weight_rate
    if layer.bias_rate != 1.0:
        row["bias_rate"] = layer.bias_rate
    if layer.weights_from:
        row["weights_from"] = list(layer.weights_from)
    row["inputs"] = [None if port is None else [port.layer, port.output] for port in ports]
    return row


def layer_from_json(row: dict[str, Any]) -> Layer:
    """The layer that `layer_to_json` wrote. Raises KeyError, TypeError or ValueError."""
    settings = row.get("settings", {})
    if not isinstance(settings, dict):
        raise ValueError(f"settings of {row['id']!r} are not a table")
    # What is left out is not asked for: most layers of a large network have defaults only.
    given = {name: read(row[name]) for name, read in _OPTIONAL.items() if name in row}
    return Layer(text(row["id"]), text(row["name"]), text(row["kind"]), settings, **given)


def inputs_from_json(row: dict[str, Any]) -> Inputs:
    """What feeds the layer that `layer_to_json` wrote. Raises KeyError, TypeError or ValueError."""
    ports = _list(row["inputs"])
    return tuple([None if port is None else Port(text(port[0]), whole(port[1])) for port in ports])


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.60} is not a list")
    return value


def _rate(value: Any) -> float:
    return number(value, least=0)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(text(name) for name in _list(value))


_OPTIONAL: dict[str, Callable[[Any], Any]] = {
    "group": text,
    "frozen": truth,
    "weight_rate": _rate,
    "bias_rate": _rate,
    "weights_from": _names,
}
"""How the values of a layer are read that may be left out."""


def place_from_json(row: Any) -> Place:
    """The place that was written as a list. Raises TypeError or ValueError."""
    anchor, x, y = row
    return Place(text(anchor), number(x, -_FAR, _FAR), number(y, -_FAR, _FAR))


def _check_references(layers: dict[str, Layer], inputs: dict[str, tuple[Port | None, ...]]) -> None:
    if len({layer.name for layer in layers.values()}) < len(layers):
        raise ValueError("two layers have the same name")
    for target, ports in inputs.items():
        for port in ports:
            if port is not None and port.layer not in layers:
                raise ValueError(f"{target!r} is fed by {port.layer!r}, which is not there")


def _broken(why: str) -> ProjectError:
    return ProjectError(
        tr("The network in this file cannot be read."),
        why,
        tr("The file may be damaged: open an earlier copy of it."),
    )
