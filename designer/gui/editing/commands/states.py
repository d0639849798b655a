"""Which commands can be done now, and why not the others: pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from designer.catalog.actions import backbone_layers, freezable, head_layers
from designer.errors import DesignerError
from designer.gui.editing.canvas.content import kind_of
from designer.gui.editing.commands.table import BY_KEY, COMMANDS
from designer.messages import tr
from designer.network.network import Connection, Inputs, Layer, Network


@dataclass(frozen=True)
class Situation:
    """What the commands depend on.

    Attributes:
        network: the open network, None when none is.
        layers: ids of the selected layers.
        connections: the selected connections.
        boxes: how many boxes of the canvas are selected.
        pastable: why nothing can be pasted; '' when something can.
        on: keys of the checkable commands that are on.
    """

    network: Network | None
    layers: tuple[str, ...] = ()
    connections: tuple[Connection, ...] = ()
    boxes: int = 0
    pastable: str = ""
    on: frozenset[str] = frozenset()

    @cached_property
    def there(self) -> tuple[Layer, ...]:
        """The selected layers that there are."""
        layers = {} if self.network is None else self.network.layers
        return tuple(layers[i] for i in self.layers if i in layers)

    @cached_property
    def able(self) -> tuple[Layer, ...]:
        """Those of the selected layers that can be frozen."""
        return tuple(filter(_can_freeze, self.there))

    @cached_property
    def group(self) -> str:
        """See `group_around`; of the selected layers."""
        return "" if self.network is None else group_around(self.network, self.layers)

    @cached_property
    def able_inside(self) -> tuple[Layer, ...]:
        """The layers of `group`, and of those in it, that can be frozen."""
        path, network = self.group, self.network
        if not path or network is None:
            return ()
        inside = [r for r in network if r.group == path or r.group.startswith(path + ".")]
        return tuple(filter(_can_freeze, inside))


@dataclass(frozen=True, slots=True)
class CommandState:
    """Whether a command can be done; the reason why not; its text where it is another than the table's."""

    enabled: bool = True
    reason: str = ""
    text: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """Where head and backbone are; it hangs on layers and connections alone, not on what is frozen.

    Attributes:
        inputs, kinds: of the network that it was found in.
        heads, backbone: ids of layers, or why there are none.
        rest: ids of the layers that can be frozen and are not of the head.
    """

    inputs: Mapping[str, Inputs]
    kinds: tuple[str, ...]
    heads: tuple[str, ...] | DesignerError
    backbone: tuple[str, ...] | DesignerError
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkStates:
    """The states that hang on the network alone: worked out once for each network."""

    network: Network | None = None
    states: Mapping[str, CommandState] = field(default_factory=dict)
    shape: Shape | None = None


def network_states(network: Network | None, former: NetworkStates | None = None) -> NetworkStates:
    """The states that hang on the network alone; `former` ones spare what has not changed since."""
    if network is None:
        return NetworkStates()
    shape = _shape(network, former.shape if former is not None else None)
    grouped = any(layer.group for layer in network)
    groups = CommandState(grouped, "" if grouped else tr("The network has no groups."))
    levels = dict.fromkeys(("expand_all", "expand_level", "collapse_level", "collapse_all"), groups)
    return NetworkStates(
        network,
        {
            "replace_head": _head(shape),
            "freeze_backbone": _backbone(network, shape),
            "freeze_all_but_head": _but_head(network, shape),
            "unfreeze_all": _unfreeze(network),
            **levels,
        },
        shape,
    )


def _shape(network: Network, former: Shape | None) -> Shape:
    kinds = tuple(layer.kind for layer in network)
    if former is not None and former.inputs is network.inputs and former.kinds == kinds:
        return former
    heads = _found(head_layers, network)
    there = () if isinstance(heads, DesignerError) else heads
    rest = tuple(layer.id for layer in network if layer.id not in there and _can_freeze(layer))
    return Shape(network.inputs, kinds, heads, _found(backbone_layers, network), rest)


def _found(find: Callable[[Network], tuple[str, ...]], network: Network) -> tuple[str, ...] | DesignerError:
    try:
        return find(network)
    except DesignerError as error:
        return error


def resolve(situation: Situation, known: NetworkStates | None = None) -> Mapping[str, CommandState]:
    """The state of every command; `known` spares what hangs on the network alone."""
    network = situation.network
    if network is None:
        closed = CommandState(False, tr("No network is open."))
        return {key: _checked(key, closed, situation) for key in BY_KEY}
    if known is None or known.network is not network:
        known = network_states(network)
    found = {command.key: CommandState() for command in COMMANDS}
    found.update(known.states)
    found.update({key: state(situation) for key, state in _STATES.items()})
    return {key: _checked(key, state, situation) for key, state in found.items()}


def group_around(network: Network, layer_ids: tuple[str, ...]) -> str:
    """Path of the innermost group around all these layers, '' when there is none."""
    # Thousands of layers lie in few groups.
    groups = {network[i].group for i in layer_ids if i in network}
    common: list[str] = []
    for parts in zip(*(path.split(".") for path in groups), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return ".".join(common)


def frozen_layers(network: Network) -> tuple[str, ...]:
    """Ids of the layers that are frozen and could be unfrozen."""
    return tuple(layer.id for layer in network if layer.frozen and _can_freeze(layer))


def _checked(key: str, state: CommandState, situation: Situation) -> CommandState:
    return CommandState(state.enabled, state.reason, state.text, key in situation.on)


def _can_freeze(layer: Layer) -> bool:
    return kind_of(layer) is not None and freezable(layer)


def _no(reason: str) -> CommandState:
    return CommandState(False, reason)


def _head(shape: Shape) -> CommandState:
    return _no(str(shape.heads)) if isinstance(shape.heads, DesignerError) else CommandState()


def _backbone(network: Network, shape: Shape) -> CommandState:
    if isinstance(shape.backbone, DesignerError):
        return _no(str(shape.backbone))
    if not shape.backbone:
        return _no(tr("No layer before the head could be frozen."))
    if all(network[layer_id].frozen for layer_id in shape.backbone):
        return _no(tr("The backbone is frozen already."))
    return CommandState()


def _but_head(network: Network, shape: Shape) -> CommandState:
    if isinstance(shape.heads, DesignerError):
        return _no(str(shape.heads))
    if not shape.rest:
        return _no(tr("No layer but the head could be frozen."))
    if all(network[i].frozen for i in shape.rest) and not any(network[i].frozen for i in shape.heads):
        return _no(tr("All but the head is frozen already."))
    return CommandState()


def _unfreeze(network: Network) -> CommandState:
    return CommandState() if frozen_layers(network) else _no(tr("No layer is frozen."))


def _not_the_ends(situation: Situation) -> CommandState:
    if not situation.there:
        return _no(tr("Select a layer first."))
    if all(layer.kind in ("Input", "Output") for layer in situation.there):
        return _no(tr("A network has one input and one output of its own."))
    return CommandState()


def _removal(situation: Situation) -> CommandState:
    if not situation.there:
        return _no(tr("Select the layers to delete."))
    if any(layer.kind in ("Input", "Output") for layer in situation.there):
        return _no(tr("A network needs its input and its output."))
    return CommandState()


def _delete(situation: Situation) -> CommandState:
    if situation.connections:
        many = len(situation.connections) > 1
        return CommandState(text=tr("Disconnect all") if many else tr("Disconnect"))
    return _removal(situation)


def _one_layer(situation: Situation) -> CommandState:
    if len(situation.there) != 1:
        return _no(tr("Select one layer."))
    return CommandState()


def _replace_kind(situation: Situation) -> CommandState:
    if len(situation.there) == 1 and situation.there[0].kind in ("Input", "Output"):
        return _no(tr("A network needs its input and its output."))
    return _one_layer(situation)


def _paste(situation: Situation) -> CommandState:
    return _no(situation.pastable) if situation.pastable else CommandState()


def _boxes(least: int) -> Callable[[Situation], CommandState]:
    def state(situation: Situation) -> CommandState:
        if situation.boxes < least:
            return _no(tr("Select at least {count} boxes.", count=least))
        return CommandState()

    return state


def _arrange(situation: Situation) -> CommandState:
    network = situation.network
    if network is None or not network.places:
        return _no(tr("No box has been moved."))
    return CommandState()


def _group(frozen: bool) -> Callable[[Situation], CommandState]:
    def state(situation: Situation) -> CommandState:
        path = situation.group
        if not path:
            return _no(tr("Select a layer of a group."))
        text = tr("Freeze group {path}", path=path) if frozen else tr("Unfreeze group {path}", path=path)
        if all(layer.frozen is frozen for layer in situation.able_inside):
            why = tr("All of it is frozen.") if frozen else tr("Nothing of it is frozen.")
            return CommandState(False, why, text)
        return CommandState(text=text)

    return state


def _along(frozen: bool) -> Callable[[Situation], CommandState]:
    """Freezing up to the last of the selected layers, or unfreezing from the first one on."""

    def state(situation: Situation) -> CommandState:
        network, chosen = situation.network, [layer.id for layer in situation.there]
        if network is None or not chosen:
            return _no(tr("Select a layer first."))
        way = network.upstream(chosen) if frozen else network.downstream(chosen)
        able = filter(_can_freeze, map(network.layers.__getitem__, way))
        first = next(able, None)
        if first is None:
            return _no(tr("There is nothing to freeze up to here.") if frozen else tr("Nothing learns here."))
        if first.frozen is not frozen:
            return CommandState()
        if frozen:
            done = all(layer.frozen for layer in able)
        else:
            # Where nothing is frozen, the rest of the network need not be walked.
            loose = set(frozen_layers(network))
            done = not loose or loose.isdisjoint(way)
        if done:
            return _no(tr("All up to here is frozen.") if frozen else tr("Nothing from here on is frozen."))
        return CommandState()

    return state


def _selected(frozen: bool) -> Callable[[Situation], CommandState]:
    def state(situation: Situation) -> CommandState:
        if not situation.there:
            return _no(tr("Select a layer first."))
        if not situation.able:
            return _no(tr("These layers have nothing to freeze."))
        if all(layer.frozen is frozen for layer in situation.able):
            return _no(tr("They are frozen already.") if frozen else tr("None of them is frozen."))
        return CommandState()

    return state


_STATES: Mapping[str, Callable[[Situation], CommandState]] = {
    "cut": _removal,
    "copy": _not_the_ends,
    "paste": _paste,
    "duplicate": _not_the_ends,
    "delete": _delete,
    "rename": _one_layer,
    "replace_kind": _replace_kind,
    **dict.fromkeys(
        ("align_left", "align_middle", "align_right", "align_top", "align_centre", "align_bottom"), _boxes(2)
    ),
    **dict.fromkeys(("distribute_across", "distribute_down"), _boxes(3)),
    "arrange": _arrange,
    "freeze_up_to": _along(True),
    "unfreeze_from": _along(False),
    "freeze_group": _group(True),
    "unfreeze_group": _group(False),
    "freeze_selected": _selected(True),
    "unfreeze_selected": _selected(False),
}
