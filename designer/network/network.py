"""The document itself: a frozen network of layers and their connections."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any, NamedTuple

import msgspec

from designer.errors import EditError, NetworkError
from designer.messages import tr
from designer.network.preprocessing import Preprocessing

_MARK = "~"
"""Stands in a fresh id between the former layer's id and what makes it unique."""


Rate = Annotated[float, msgspec.Meta(ge=0, le=sys.float_info.max)]
"""A factor of the learning rate: finite."""
Pixels = Annotated[float, msgspec.Meta(ge=-1e7, le=1e7)]
"""A distance in a drawing: a box further out would be lost."""


class Port(NamedTuple):
    """One output of a layer."""

    layer: str
    output: Annotated[int, msgspec.Meta(ge=0)] = 0


class Connection(NamedTuple):
    """An output of the layer `source` into the input numbered `input` of the layer `target`."""

    source: str
    output: int
    target: str
    input: int


class Place(NamedTuple):
    """Where the user has put a box: its left upper corner, so far right of and below that of another.

    `anchor` is the key of that box (see `groups`), '' for the corner of the drawing. Units are pixels at
    100 %. A box keeps its place beside its anchor when the arrangement around them changes.
    """

    anchor: str
    x: Pixels
    y: Pixels


@dataclass(frozen=True)  # Without slots a file's layers are made in half the time.
class Layer:
    """One operation with its settings.

    Attributes:
        id: stable key of the layer in the document and in the weights; never shown alone.
        name: what the user sees and may change; unique in a network.
        kind: key of a row in the table of layer kinds.
        settings: values by name, JSON values only; treat as read-only.
        group: module path that the layer belongs to, such as 'layer1.0'; '' at the top.
        frozen: parameters and buffers stay as they are, and the layer runs in evaluation mode.
        weight_rate, bias_rate: learning-rate factors of the weights and of the bias.
        weights_from: ids of layers, nearest first: while this one has no weights of its own it begins with
            those of the first that fit. For a copy, or a layer put in another's place; they may be gone.
    """

    id: str
    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    frozen: bool = False
    weight_rate: Rate = 1.0
    bias_rate: Rate = 1.0
    weights_from: tuple[str, ...] = ()


Inputs = tuple[Port | None, ...]


@dataclass(frozen=True)
class Network:
    """Layers, what feeds each of them, and what the network is for. Frozen: an edit makes a new one.

    Attributes:
        name: name of the network.
        layers: by id, in the order of the file; treat as read-only.
        inputs: for each layer id the output that feeds each input, None where nothing does.
        classes: names of the classes, in the order of the main output.
        preprocessing: what is done to a picture first.
        origin: id of the pretrained model that it began as, or ''.
        places: boxes that the user has put somewhere, by key; all others are arranged.
        multilabel: a picture may show any number of the classes: each score is one for itself (sigmoid),
            instead of all of them together (softmax).
    """

    name: str
    layers: Mapping[str, Layer]
    inputs: Mapping[str, Inputs]
    classes: tuple[str, ...] = ()
    preprocessing: Preprocessing = Preprocessing()
    origin: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    multilabel: bool = False

    def __getitem__(self, layer_id: str) -> Layer:
        """The layer of that id. Raises EditError when there is none."""
        try:
            return self.layers[layer_id]
        except KeyError:
            raise EditError(
                tr("There is no layer '{id}'.", id=layer_id),
                tr("The network '{name}' has {count} layers.", name=self.name, count=len(self.layers)),
                tr("Choose one of its layers."),
            ) from None

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self.layers

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers.values())

    def __len__(self) -> int:
        return len(self.layers)

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """All connections, in the order of their targets and inputs."""
        return tuple(
            Connection(port.layer, port.output, target, index)
            for target, ports in self.inputs.items()
            for index, port in enumerate(ports)
            if port is not None
        )

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Connection, ...]]:
        """For each layer id the connections that leave it."""
        found: dict[str, list[Connection]] = {layer_id: [] for layer_id in self.layers}
        for connection in self.connections:
            found[connection.source].append(connection)
        return {layer_id: tuple(connections) for layer_id, connections in found.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All layer ids so that each comes after what feeds it, file order where free.

        Raises:
            NetworkError: there is a cycle; it names the layers in it.
        """
        waiting = {
            layer_id: len({port.layer for port in ports if port is not None})
            for layer_id, ports in self.inputs.items()
        }
        ready = [layer_id for layer_id in reversed(list(self.layers)) if not waiting[layer_id]]
        order: list[str] = []
        while ready:
            layer_id = ready.pop()
            order.append(layer_id)
            freed = []
            for target in dict.fromkeys(c.target for c in self.consumers[layer_id]):
                waiting[target] -= 1
                if not waiting[target]:
                    freed.append(target)
            ready.extend(reversed(freed))
        if len(order) < len(self.layers):
            ring = [self.layers[i].name for i in self.ring]
            more = tr(" and {count} more", count=len(ring) - 8) if len(ring) > 8 else ""
            raise NetworkError(
                tr("The network has a cycle."),
                tr("These layers feed one another: {names}.", names=", ".join(ring[:8]) + more),
                tr("Take out one of the connections between them."),
            )
        return tuple(order)

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each layer id in `order`. Raises NetworkError where there is a cycle."""
        return {layer_id: place for place, layer_id in enumerate(self.order)}

    @cached_property
    def ring(self) -> tuple[str, ...]:
        """Ids of the layers of one cycle, each feeding the next and the last the first; () without one."""
        if "order" in vars(self):
            return ()
        left = {i: len({p.layer for p in ports if p is not None}) for i, ports in self.inputs.items()}
        ahead = [layer_id for layer_id, count in left.items() if not count]
        while ahead:
            layer_id = ahead.pop()
            del left[layer_id]
            for target in {c.target for c in self.consumers[layer_id]}:
                left[target] -= 1
                if not left[target]:
                    ahead.append(target)
        if not left:
            return ()
        # Each layer that is left is fed by one that is left: going back from any, one comes round.
        back: dict[str, int] = {}
        at = next(iter(left))
        while at not in back:
            back[at] = len(back)
            at = next(p.layer for p in self.inputs[at] if p is not None and p.layer in left)
        ring = list(back)[back[at] :][::-1]
        place = {layer_id: n for n, layer_id in enumerate(self.layers)}
        start = ring.index(min(ring, key=place.__getitem__))
        return tuple(ring[start:] + ring[:start])

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all layers."""
        return frozenset(layer.name for layer in self)

    def of_kind(self, *kinds: str) -> tuple[Layer, ...]:
        """The layers of these kinds, in file order."""
        return tuple(layer for layer in self if layer.kind in kinds)

    def ancestors(self, layer_ids: Iterable[str]) -> frozenset[str]:
        """Every layer that feeds one of these, directly or through others, and these themselves."""
        return frozenset(self.upstream(layer_ids))

    def descendants(self, layer_ids: Iterable[str]) -> frozenset[str]:
        """Every layer that one of these feeds, directly or through others, and these themselves."""
        return frozenset(self.downstream(layer_ids))

    def upstream(self, layer_ids: Iterable[str]) -> Iterator[str]:
        """The `ancestors` one by one, these layers first: whoever has seen enough walks no further."""
        return _reached(
            layer_ids, lambda layer_id: [port.layer for port in self.inputs[layer_id] if port is not None]
        )

    def downstream(self, layer_ids: Iterable[str]) -> Iterator[str]:
        """The `descendants` one by one, these layers first: whoever has seen enough walks no further."""
        return _reached(layer_ids, lambda layer_id: [c.target for c in self.consumers[layer_id]])

    def feeds(self, source: str, target: str) -> bool:
        """Whether what a layer gives reaches another, directly or through others, or is that itself."""
        try:
            rank = self.rank
        except NetworkError:
            return target in self.descendants((source,))
        # Behind the target in the order nothing leads to it.
        end = rank[target]
        found: set[str] = set()
        ahead = [source]
        while ahead:
            layer_id = ahead.pop()
            if layer_id == target:
                return True
            if layer_id not in found and rank[layer_id] < end:
                found.add(layer_id)
                ahead.extend([connection.target for connection in self.consumers[layer_id]])
        return False

    def with_layers(self, *layers: Layer) -> Network:
        """This network with those layers in place of the ones of the same ids."""
        made = replace(self, layers={**self.layers, **{layer.id: self._known(layer) for layer in layers}})
        # What hangs on ids and inputs alone still holds; working it out costs more than all else of an edit.
        # Names are asked for one by one: another thread may be filling this one's meanwhile.
        vars(made).update({name: vars(self)[name] for name in _WIRED if name in vars(self)})
        if "names" in vars(self) and all(self.layers[layer.id].name == layer.name for layer in layers):
            vars(made)["names"] = self.names
        return made

    def with_inputs(self, changed: Mapping[str, Inputs]) -> Network:
        """This network with other sources for the inputs of some layers."""
        return replace(self, inputs={**self.inputs, **changed})

    def _known(self, layer: Layer) -> Layer:
        self[layer.id]
        return layer


_WIRED = ("connections", "consumers", "order", "rank", "ring")
"""Cached properties that hang on the ids of the layers and on their inputs alone."""


def fresh_id(taken: Container[str], stem: str) -> str:
    """An id that was never used: `stem` and a mark.

    It is drawn, not counted: a number that an undone edit had used would bring its weights back.
    """
    stem = stem.partition(_MARK)[0]
    while True:
        fresh = f"{stem}{_MARK}{secrets.token_hex(4)}"
        if fresh not in taken:
            return fresh


def unused(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or `wanted_2`, `wanted_3` ... : the first that is not in `taken`."""
    names = taken if isinstance(taken, Set) else set(taken)
    if wanted not in names:
        return wanted
    number = 2
    while f"{wanted}_{number}" in names:
        number += 1
    return f"{wanted}_{number}"


def _reached(start: Iterable[str], beyond: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """The layers that one comes to from some, by what lies `beyond` each, these first."""
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        layer_id = ahead.pop()
        if layer_id not in found:
            found.add(layer_id)
            yield layer_id
            ahead.extend(beyond(layer_id))
