"""Edits: reversible changes of a network, as values.

`edit.apply(network)` gives the changed network, `edit.inverse(network)`, asked *before* applying,
the edit that leads back to a network equal by value (order of layers included).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from designer.errors import EditError
from designer.messages import tr
from designer.network.network import Inputs, Layer, Network, Place, Port
from designer.network.preprocessing import Preprocessing


class Edit(Protocol):
    """What every edit can do."""

    @property
    def text(self) -> str:
        """What the edit does, as the undo list shows it."""

    def apply(self, network: Network) -> Network:
        """The changed network. Raises EditError when the edit does not fit."""

    def inverse(self, network: Network) -> Edit:
        """The edit that takes `apply(network)` back to `network`."""


@dataclass(frozen=True)
class AddLayer:
    """Put a layer in, fed by `inputs`, at `index` in the order of layers (-1: last)."""

    layer: Layer
    inputs: Inputs = ()
    index: int = -1

    @property
    def text(self) -> str:
        """Name of the edit."""
        return tr("Add {name}", name=self.layer.name)

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`."""
        if self.layer.id in network:
            raise EditError(
                tr("There is already a layer '{id}'.", id=self.layer.id),
                tr("Weights are kept by this key."),
                tr("Choose another key."),
            )
        _check_name(network, self.layer.name)
        for port in self.inputs:
            if port is not None:
                _check_port(network, port)
        place = len(network) if self.index < 0 else self.index
        ids = list(network.layers)
        ids.insert(place, self.layer.id)
        layers = {**network.layers, self.layer.id: self.layer}
        inputs = {**network.inputs, self.layer.id: self.inputs}
        return replace(network, layers={i: layers[i] for i in ids}, inputs={i: inputs[i] for i in ids})

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return RemoveLayer(self.layer.id)


@dataclass(frozen=True)
class RemoveLayer:
    """Take a layer out; inputs that it fed are left empty."""

    layer_id: str

    @property
    def text(self) -> str:
        """Name of the edit."""
        return tr("Delete {name}", name=self.layer_id)

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`."""
        network[self.layer_id]
        fed = {connection.target for connection in network.consumers[self.layer_id]}
        inputs = {
            layer_id: tuple(
                None if port is not None and port.layer == self.layer_id else port for port in ports
            )
            if layer_id in fed
            else ports
            for layer_id, ports in network.inputs.items()
            if layer_id != self.layer_id
        }
        layers = {i: layer for i, layer in network.layers.items() if i != self.layer_id}
        return replace(network, layers=layers, inputs=inputs)

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`: the layer returns to its place with all its connections."""
        layer = network[self.layer_id]
        index = list(network.layers).index(self.layer_id)
        fed = dict.fromkeys(connection.target for connection in network.consumers[self.layer_id])
        return Compound(
            self.text,
            (
                AddLayer(layer, network.inputs[self.layer_id], index),
                *(SetInputs(target, network.inputs[target]) for target in fed),
            ),
        )


@dataclass(frozen=True)
class SetInputs:
    """Say what feeds each input of a layer; the number of inputs may change."""

    layer_id: str
    inputs: Inputs

    @property
    def text(self) -> str:
        """Name of the edit."""
        return tr("Connect {name}", name=self.layer_id)

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`. A connection that would close a cycle is refused."""
        network[self.layer_id]
        for port in self.inputs:
            if port is not None:
                _check_port(network, port)
        sources = {port.layer for port in self.inputs if port is not None}
        if any(network.feeds(self.layer_id, source) for source in sources):
            raise EditError(
                tr("'{name}' cannot be fed by that layer.", name=network[self.layer_id].name),
                tr("The connection would close a cycle."),
                tr("Choose a layer that does not come after it."),
            )
        return network.with_inputs({self.layer_id: tuple(self.inputs)})

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return SetInputs(self.layer_id, network.inputs[network[self.layer_id].id])


@dataclass(frozen=True)
class SetSettings:
    """Change some settings of a layer."""

    layer_id: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Name of the edit."""
        return tr("Change {names} of {name}", names=", ".join(self.settings), name=self.layer_id)

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`."""
        layer = network[self.layer_id]
        return network.with_layers(replace(layer, settings={**layer.settings, **self.settings}))

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return PutLayers((network[self.layer_id],), self.text)


@dataclass(frozen=True)
class Rename:
    """Give a layer another name."""

    layer_id: str
    name: str

    @property
    def text(self) -> str:
        """Name of the edit."""
        return tr("Rename to {name}", name=self.name)

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`. Empty names and names in use are refused."""
        layer = network[self.layer_id]
        name = self.name.strip()
        if name != layer.name:
            _check_name(network, name)
        return network.with_layers(replace(layer, name=name))

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return PutLayers((network[self.layer_id],), self.text)


@dataclass(frozen=True)
class SetFrozen:
    """Freeze or unfreeze layers."""

    layer_ids: tuple[str, ...]
    frozen: bool

    @property
    def text(self) -> str:
        """Name of the edit."""
        names = self.layer_ids[0] if len(self.layer_ids) == 1 else str(len(self.layer_ids))
        if self.frozen:
            return tr("Freeze {names}", names=names)
        return tr("Unfreeze {names}", names=names)

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`."""
        return network.with_layers(*(replace(network[i], frozen=self.frozen) for i in self.layer_ids))

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return PutLayers(tuple(network[i] for i in self.layer_ids), self.text)


@dataclass(frozen=True)
class SetRates:
    """Set the learning-rate factors of layers; None leaves that one as it is."""

    layer_ids: tuple[str, ...]
    weight_rate: float | None = None
    bias_rate: float | None = None

    @property
    def text(self) -> str:
        """Name of the edit."""
        return tr("Set learning-rate factors")

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`. Factors must be finite and not negative."""
        for rate in (self.weight_rate, self.bias_rate):
            if rate is not None and not 0 <= rate < float("inf"):
                raise EditError(
                    tr("A learning-rate factor cannot be {rate}.", rate=rate),
                    tr("It multiplies the learning rate."),
                    tr("Give a number from 0 upwards."),
                )
        changed = []
        for layer_id in self.layer_ids:
            layer = network[layer_id]
            weight = layer.weight_rate if self.weight_rate is None else float(self.weight_rate)
            bias = layer.bias_rate if self.bias_rate is None else float(self.bias_rate)
            changed.append(replace(layer, weight_rate=weight, bias_rate=bias))
        return network.with_layers(*changed)

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return PutLayers(tuple(network[i] for i in self.layer_ids), self.text)


@dataclass(frozen=True)
class SetPlaces:
    """Put boxes somewhere; None leaves a box to the arranging again. Nothing but the drawing changes."""

    places: Mapping[str, Place | None]
    text: str = ""

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`. Places of boxes that are not there now are kept for when they are."""
        kept = {key: place for key, place in network.places.items() if key not in self.places}
        new = {key: place for key, place in self.places.items() if place is not None}
        return replace(network, places={**kept, **new})

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return SetPlaces({key: network.places.get(key) for key in self.places}, self.text)


@dataclass(frozen=True)
class PutLayers:
    """Put these layers in place of the ones with the same ids; connections stay."""

    layers: tuple[Layer, ...]
    text: str = ""

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`."""
        return network.with_layers(*self.layers)

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return PutLayers(tuple(network[layer.id] for layer in self.layers), self.text)


@dataclass(frozen=True)
class SetPurpose:
    """Change the name, classes, preprocessing or labelling of the network; None leaves that one as it is."""

    name: str | None = None
    classes: tuple[str, ...] | None = None
    preprocessing: Preprocessing | None = None
    multilabel: bool | None = None

    @property
    def text(self) -> str:
        """Name of the edit."""
        if self.classes is not None:
            return tr("Set classes")
        if self.preprocessing is not None:
            return tr("Set preprocessing")
        if self.multilabel is not None:
            return tr("Allow several labels") if self.multilabel else tr("Allow one class alone")
        return tr("Rename network")

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`."""
        if self.classes is not None and len(set(self.classes)) < len(self.classes):
            raise EditError(
                tr("Two classes have the same name."),
                tr("Names of classes are unique."),
                tr("Rename one of them."),
            )
        return replace(
            network,
            name=network.name if self.name is None else self.name,
            classes=network.classes if self.classes is None else tuple(self.classes),
            preprocessing=self.preprocessing or network.preprocessing,
            multilabel=network.multilabel if self.multilabel is None else self.multilabel,
        )

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        return SetPurpose(network.name, network.classes, network.preprocessing, network.multilabel)


@dataclass(frozen=True)
class Compound:
    """Several edits as one, each applied to what the former left."""

    text: str
    parts: tuple[Edit, ...]

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`. All parts or none."""
        for part in self.parts:
            network = part.apply(network)
        return network

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`."""
        inverses: list[Edit] = []
        for part in self.parts:
            inverses.append(part.inverse(network))
            network = part.apply(network)
        return Compound(self.text, tuple(reversed(inverses)))


def _check_name(network: Network, name: str) -> None:
    if not name:
        raise EditError(
            tr("A layer needs a name."), tr("It is shown on its box."), tr("Type at least one character.")
        )
    if name in network.names:
        raise EditError(
            tr("There is already a layer named '{name}'.", name=name),
            tr("Names of layers are unique."),
            tr("Choose another name."),
        )


def _check_port(network: Network, port: Port) -> None:
    network[port.layer]
    if port.output < 0:
        raise EditError(
            tr("'{name}' has no output {n}.", name=port.layer, n=port.output),
            tr("Outputs are counted from 0."),
            tr("Connect another output."),
        )
