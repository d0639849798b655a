"""The network document as JSON values: `network.json` in a project file.

`format` counts up when an older program could not read what a newer one wrote.
"""

from __future__ import annotations

from typing import Any

import msgspec

from designer.errors import ProjectError
from designer.messages import tr
from designer.network.network import Inputs, Layer, Network, Place, Port
from designer.network.preprocessing import Preprocessing
from designer.network.reading import read_as

FORMAT = 2
"""2 where pictures may show several classes: an older program would answer with one of them."""


class _File(msgspec.Struct):
    """What a file says besides its format."""

    name: str
    origin: str
    classes: tuple[str, ...]
    preprocessing: dict[str, Any]
    layers: list[Any]
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    multilabel: bool = False


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
        read = read_as(value, _File)
        layers, inputs = layers_from_json(read.layers)
        return Network(
            name=read.name,
            layers=layers,
            inputs=inputs,
            classes=read.classes,
            preprocessing=Preprocessing.from_json(read.preprocessing),
            origin=read.origin,
            places=read.places,
            multilabel=read.multilabel,
        )
    except ValueError as error:
        raise _broken(f"{error}.") from error


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


def layers_from_json(rows: Any) -> tuple[dict[str, Layer], dict[str, Inputs]]:
    """The layers that `layer_to_json` wrote one by one, and what feeds each, by id in their order.

    Raises:
        ValueError: these are no layers, or two have the same id or name, or one is fed by none of them.
    """
    made = read_as(rows, list[Layer])
    layers = {layer.id: layer for layer in made}
    if len(layers) < len(made) or len({layer.name for layer in made}) < len(made):
        raise ValueError("two layers have the same id or name")
    fed = read_as([row.get("inputs") for row in rows], list[Inputs])
    inputs = dict(zip(layers, fed, strict=True))
    for target, ports in inputs.items():
        for port in ports:
            if port is not None and port.layer not in layers:
                raise ValueError(f"{target!r} is fed by {port.layer!r}, which is not there")
    return layers, inputs


def _broken(why: str) -> ProjectError:
    return ProjectError(
        tr("The network in this file cannot be read."),
        why,
        tr("The file may be damaged: open an earlier copy of it."),
    )
