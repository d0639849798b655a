"""Many layers and connections changed at once, as one edit whose cost does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from designer.errors import EditError, NetworkError
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Inputs, Layer, Network, Port

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Added:
    """A layer to put in, what feeds it, and its index in the order of layers afterwards (-1: last)."""

    layer: Layer
    inputs: Inputs
    index: int = -1


@dataclass(frozen=True)
class Restructure:
    """Take layers out, put others in, and say what feeds some inputs: all of it or nothing.

    Attributes:
        text: what it does, as the undo list shows it.
        removed: ids of the layers that go; inputs that they fed, and that nothing is said of, are left
            empty.
        added: layers that come; they may feed one another in any order.
        inputs: for some layers that stay, what feeds their inputs.
        cyclic: what comes out may have a cycle: it leads back to a network that had one.
    """

    text: str
    removed: tuple[str, ...] = ()
    added: tuple[Added, ...] = ()
    inputs: Mapping[str, Inputs] = field(default_factory=dict)
    cyclic: bool = False

    def apply(self, network: Network) -> Network:
        """See `Edit.apply`. Ids and names in use, unknown layers and new cycles are refused."""
        gone = set(self.removed)
        for layer_id in (*self.removed, *self.inputs):
            network[layer_id]
        rows = {**network.layers}
        inputs = {**network.inputs, **self._fed(network, gone)}
        for layer_id in gone:
            del rows[layer_id], inputs[layer_id]
        order = _merged(list(rows), self.added) if self.added else None
        self._check_added(network, rows)
        for added in self.added:
            rows[added.layer.id], inputs[added.layer.id] = added.layer, tuple(added.inputs)
        _check_ports(network, rows, (*self.inputs.values(), *(added.inputs for added in self.added)))
        if order is not None:
            rows, inputs = _in_order(rows, order), _in_order(inputs, order)
        after = replace(network, layers=rows, inputs=inputs)
        if not self.cyclic and not _goes_forward(network, after, self.inputs, self.added):
            _check_cycle(network, after)
        return after

    def inverse(self, network: Network) -> Edit:
        """See `Edit.inverse`: what was taken out returns to its place with all its connections."""
        gone = set(self.removed)
        back = tuple(
            Added(layer, network.inputs[i], index)
            for index, (i, layer) in enumerate(network.layers.items())
            if i in gone
        )
        fed = self._fed(network, gone)
        return Restructure(
            self.text,
            tuple(added.layer.id for added in self.added),
            back,
            {target: network.inputs[target] for target in fed},
            cyclic=bool(network.ring),
        )

    def _fed(self, network: Network, gone: set[str]) -> dict[str, Inputs]:
        """The new inputs of all layers that stay and whose inputs change."""
        targets = {c.target: None for i in self.removed for c in network.consumers[i]}
        emptied = {
            target: tuple(
                None if port is not None and port.layer in gone else port for port in network.inputs[target]
            )
            for target in targets
            if target not in gone
        }
        return {**emptied, **{i: tuple(ports) for i, ports in self.inputs.items() if i not in gone}}

    def _check_added(self, network: Network, rows: Mapping[str, Layer]) -> None:
        if not self.added:
            return
        names = {layer.name for layer in rows.values()} if self.removed else set(network.names)
        ids = set(rows)
        for layer in (added.layer for added in self.added):
            if layer.id in ids:
                raise EditError(
                    tr("There is already a layer '{id}'.", id=layer.id),
                    tr("Weights are kept by this key."),
                    tr("Choose another key."),
                )
            if not layer.name or layer.name in names:
                raise EditError(
                    tr("There is already a layer named '{name}'.", name=layer.name)
                    if layer.name
                    else tr("A layer needs a name."),
                    tr("Names of layers are unique."),
                    tr("Choose another name."),
                )
            ids.add(layer.id)
            names.add(layer.name)


def _merged(kept: list[str], added: tuple[Added, ...]) -> list[str]:
    """All ids in order: each added one at its index, the kept ones around them."""
    order: list[str] = []
    taken = 0
    last = [a.layer.id for a in added if a.index < 0]
    for index, layer_id in sorted(((a.index, a.layer.id) for a in added if a.index >= 0), key=lambda a: a[0]):
        due = max(index - len(order), 0)
        order += kept[taken : taken + due]
        taken += due
        order.append(layer_id)
    return [*order, *kept[taken:], *last]


def _in_order(values: dict[str, _Value], order: list[str]) -> dict[str, _Value]:
    """The same values in that order; in C, since there may be ten thousand."""
    return dict(zip(order, map(values.__getitem__, order), strict=True))


def _check_ports(network: Network, rows: Mapping[str, Layer], wired: Iterable[Inputs]) -> None:
    for ports in wired:
        for port in ports:
            if port is not None and (port.layer not in rows or port.output < 0):
                raise EditError(
                    tr("There is no output {n} of a layer '{id}'.", n=port.output + 1, id=port.layer),
                    tr("The network '{name}' has {count} layers.", name=network.name, count=len(rows)),
                    tr("Connect an output that is there."),
                )


def _goes_forward(
    before: Network, after: Network, rewired: Mapping[str, Inputs], added: tuple[Added, ...]
) -> bool:
    """Whether every new connection keeps to an order that the network had: then there is no cycle.

    It looks at the new connections alone, and costs next to nothing once the order is known; False says only
    that it cannot tell.
    """
    try:
        rank = before.rank
    except NetworkError:
        return False
    # Whoever has another's id begins anew, in the order in which the added ones are named.
    fresh: dict[str, tuple[int, int] | None] = {new.layer.id: None for new in added}

    def place(layer_id: str) -> tuple[int, int] | None:
        if layer_id in fresh or layer_id not in rank:
            return fresh.get(layer_id)
        return rank[layer_id], 0

    for new in added:
        last = (-1, 0)
        for port in new.inputs:
            behind = place(port.layer) if port is not None else last
            if behind is None:
                return False
            last = max(last, behind)
        fresh[new.layer.id] = (last[0], last[1] + 1)
    return all(
        (place(port.layer) or _END) < here
        for target in rewired
        if target in after.layers and (here := place(target)) is not None
        for port in after.inputs[target]
        if port is not None
    )


_END = (10**9, 0)
"""Behind every place in an order."""


def _check_cycle(before: Network, after: Network) -> None:
    # One that had a cycle already must be open to any edit that mends it.
    if after.ring and not before.ring:
        names = ", ".join(f"'{after[i].name}'" for i in after.ring[:4])
        raise EditError(
            tr("The connection would close a cycle."),
            tr("These layers would feed one another: {names}.", names=names),
            tr("Choose a layer that does not come after it."),
        )


def rerouted(network: Network, moved: Mapping[Port, Port | None]) -> dict[str, Inputs]:
    """What feeds each layer whose inputs change when every input fed by a key is fed by its value."""
    targets = {c.target: None for port in moved for c in network.consumers[port.layer]}
    found = {}
    for target in targets:
        ports = network.inputs[target]
        new = tuple(moved.get(port, port) if port is not None else None for port in ports)
        if new != ports:
            found[target] = new
    return found
