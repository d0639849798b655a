"""Compound actions on a network, each made into one edit: replace the head, freeze, delete.

They look at the structure alone. Weights are kept by layer id, so a layer that starts anew gets an id
that was never used: undoing the edit finds the former layer's weights as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import AddLayer, Compound, Edit, RemoveLayer, SetFrozen, SetInputs, SetPurpose
from designer.network.network import Layer, Network, Port, fresh_id
from designer.session.results import Facts

MOST_CLASSES = 100_000
"""More than any data set has: a number beyond is a slip of the finger, and would fill the memory."""

HEAD_RATE = 10.0
"""Learning-rate factor of a fresh head."""


def class_names(count: int) -> tuple[str, ...]:
    """Names for classes that have none yet: 'class 1', 'class 2' ...

    Raises:
        EditError: they are more than `MOST_CLASSES`.
    """
    if count > MOST_CLASSES:
        raise EditError(
            tr("A head cannot have {count} classes.", count=count),
            tr("It has {most} at the most.", most=MOST_CLASSES),
            tr("Give a smaller number."),
        )
    return tuple(tr("class {n}", n=number) for number in range(1, count + 1))


def name_classes(network: Network, names: Sequence[str]) -> Edit | None:
    """Give a head that was made for a number of classes these names.

    None when there is nothing to do: the network has names of its own, or another number of classes.
    """
    given = tuple(names)
    return SetPurpose(classes=given) if network.classes == class_names(len(given)) != given else None


def head_layers(network: Network) -> tuple[str, ...]:
    """Ids of the head: the last learnable layer before the main output, then before each auxiliary one.

    Raises:
        EditError: there is not one main output, or not one layer before an output that could take
            another number of outputs.
    """
    outputs = network.of_kind("Output")
    if len(outputs) != 1:
        raise EditError(
            tr("The network has {count} outputs.", count=len(outputs)),
            tr("The head lies before the one main output."),
            tr("Add or delete an Output layer."),
        )
    ends = (*outputs, *network.of_kind("AuxiliaryOutput"))
    return tuple(dict.fromkeys(_last_learnable(network, end) for end in ends))


def replace_head(network: Network, classes: Sequence[str]) -> Edit:
    """Fresh layers for these classes in place of the head; nothing else changes.

    Each new layer has the name, group, place, connections and settings of the old one but the number
    of outputs, a new id, learning-rate factors of 10, and is not frozen. The network's classes are set.

    Raises:
        EditError: fewer than two classes, a name is empty or given twice, or there is no head.
    """
    names = tuple(classes)
    _check_classes(names)
    parts: list[Edit] = []
    # Each part is made for the network that the former parts leave.
    left = network
    for layer_id in head_layers(network):
        for part in _renewal(left, layer_id, len(names)):
            parts.append(part)
            left = part.apply(left)
    parts.append(SetPurpose(classes=names))
    return Compound(tr("Replace head for {count} classes", count=len(names)), tuple(parts))


def backbone_layers(network: Network) -> tuple[str, ...]:
    """Ids of all layers with parameters or randomness that feed the head, in file order.

    Dropout that stands between the backbone's last learnable layer and the head belongs to the head.

    Raises:
        EditError: see `head_layers`.
    """
    heads = head_layers(network)
    outside = set(network.descendants(heads))
    for head in heads:
        outside.update(_single_inputs_before(network, head))
    before = network.ancestors(heads) - outside
    return tuple(layer.id for layer in network if layer.id in before and freezable(layer))


def freeze_backbone(network: Network) -> Edit:
    """Freeze everything that feeds the head and could change: see `backbone_layers`.

    Raises:
        EditError: there is no head, or nothing before it that could be frozen.
    """
    layer_ids = backbone_layers(network)
    if not layer_ids:
        raise EditError(
            tr("There is no backbone to freeze."),
            tr("No layer before the head has parameters."),
            tr("Add layers before the head, or train as it is."),
        )
    return Compound(tr("Freeze backbone"), (SetFrozen(layer_ids, True),))


def freeze(network: Network, layer_ids: Iterable[str], frozen: bool) -> Edit:
    """Freeze or unfreeze those of the layers that have parameters or randomness.

    Raises:
        EditError: none of them has, or one is not there.
    """
    chosen = tuple(i for i in dict.fromkeys(layer_ids) if freezable(network[i]))
    if not chosen:
        raise EditError(
            tr("Nothing here can be frozen."),
            tr("These layers have no parameters."),
            tr("Choose a layer that learns, such as a convolution."),
        )
    what = network[chosen[0]].name if len(chosen) == 1 else tr("{count} layers", count=len(chosen))
    text = tr("Freeze {what}", what=what) if frozen else tr("Unfreeze {what}", what=what)
    return Compound(text, (SetFrozen(chosen, frozen),))


def freezable(layer: Layer) -> bool:
    """True when freezing changes something: the layer has parameters, or acts at random in training."""
    row = kind(layer.kind)
    return row.learnable or row.category == "Regularization"


def trainable_layers(network: Network) -> tuple[str, ...]:
    """Ids of the layers that training changes, in file order."""
    return tuple(layer.id for layer in network if kind(layer.kind).learnable and not layer.frozen)


def frozen_and_trainable(network: Network, facts: Facts) -> tuple[int, int]:
    """How many parameters are frozen, and how many training changes, as far as `facts` knows them."""
    counts = {True: 0, False: 0}
    for layer in network:
        if layer.id in facts.layers:
            counts[layer.frozen] += facts.layers[layer.id].parameters
    return counts[True], counts[False]


def delete_layers(network: Network, layer_ids: Iterable[str]) -> Edit:
    """Take layers out. What one with a single source fed is then fed by that source.

    Where a layer has several sources, or none, or several outputs, the inputs that it fed are left
    empty.

    Raises:
        EditError: nothing is given, a layer is not there, or it is the input or the main output.
    """
    chosen = tuple(dict.fromkeys(layer_ids))
    if not chosen:
        raise EditError(
            tr("Nothing is chosen."), tr("No layer is marked."), tr("Choose the layers to delete.")
        )
    for layer_id in chosen:
        if network[layer_id].kind in ("Input", "Output"):
            raise EditError(
                tr("'{name}' cannot be deleted.", name=network[layer_id].name),
                tr("A network needs its input and its output."),
                tr("Delete the layers between them."),
            )
    gone = set(chosen)
    fed = {c.target: None for i in chosen for c in network.consumers[i] if c.target not in gone}
    parts: list[Edit] = [
        SetInputs(target, tuple(_bridged(network, gone, port) for port in network.inputs[target]))
        for target in fed
    ]
    parts.extend(RemoveLayer(layer_id) for layer_id in chosen)
    what = network[chosen[0]].name if len(chosen) == 1 else tr("{count} layers", count=len(chosen))
    return Compound(tr("Delete {what}", what=what), tuple(parts))


def _bridged(network: Network, gone: set[str], port: Port | None) -> Port | None:
    """What feeds an input once the layers in `gone` are taken out."""
    while port is not None and port.layer in gone:
        layer = network[port.layer]
        sources = set(network.inputs[port.layer])
        single = len(sources) == 1 and kind(layer.kind).outputs == 1
        port = next(iter(sources)) if single else None
    return port


def _last_learnable(network: Network, end: Layer) -> str:
    """The one layer before `end`, nothing learnable between, that sets how many outputs there are."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    ahead = [end.id]
    while ahead:
        for port in network.inputs[ahead.pop()]:
            if port is None or port.layer in seen:
                continue
            seen.add(port.layer)
            if kind(network[port.layer].kind).learnable:
                found[port.layer] = None
            else:
                ahead.append(port.layer)
    if not found:
        raise EditError(
            tr("There is no head before '{name}'.", name=end.name),
            tr("No layer that leads to it has parameters."),
            tr("Connect a Linear layer to it."),
        )
    names = ", ".join(f"'{network[i].name}'" for i in list(found)[:4])
    if len(found) > 1:
        raise EditError(
            tr("There is not one head before '{name}'.", name=end.name),
            tr("These layers lead to it side by side: {names}.", names=names),
            tr("Put one Linear layer after them."),
        )
    head = next(iter(found))
    if not _sets_width(network[head]):
        raise EditError(
            tr("{names} cannot be the head.", names=names),
            tr("It gives as many outputs as it has inputs."),
            tr("Put a Linear layer after it."),
        )
    return head


def _sets_width(layer: Layer) -> bool:
    row = kind(layer.kind)
    return bool(row.output_width) and row.output_width != row.input_width


def _single_inputs_before(network: Network, layer_id: str) -> list[str]:
    """The unbranched run of layers without parameters that ends just before a layer."""
    found: list[str] = []
    sources = network.inputs[layer_id]
    while len(sources) == 1 and sources[0] is not None:
        layer = network[sources[0].layer]
        if kind(layer.kind).learnable:
            break
        found.append(layer.id)
        sources = network.inputs[layer.id]
    return found


def _renewal(network: Network, layer_id: str, outputs: int) -> list[Edit]:
    """Edits that put a fresh layer with that many outputs in place of one."""
    old = network[layer_id]
    groups = int(old.settings.get("groups", 1))
    if outputs % groups:
        raise EditError(
            tr("The head '{name}' cannot have {count} outputs.", name=old.name, count=outputs),
            tr("It is a convolution in {groups} groups.", groups=groups),
            tr("Set its groups to 1, or choose a multiple of {groups} classes.", groups=groups),
        )
    new = replace(
        old,
        id=fresh_id(network, layer_id),
        settings={**old.settings, kind(old.kind).output_width: outputs},
        frozen=False,
        weight_rate=HEAD_RATE,
        bias_rate=HEAD_RATE,
    )
    rewired = {
        target: tuple(
            Port(new.id, port.output) if port is not None and port.layer == layer_id else port
            for port in network.inputs[target]
        )
        for target in dict.fromkeys(c.target for c in network.consumers[layer_id])
    }
    return [
        RemoveLayer(layer_id),
        AddLayer(new, network.inputs[layer_id], list(network.layers).index(layer_id)),
        *(SetInputs(target, inputs) for target, inputs in rewired.items()),
    ]


def _check_classes(names: tuple[str, ...]) -> None:
    if len(names) < 2:
        raise EditError(
            tr("A head needs at least two classes."),
            tr("{count} given.", count=len(names)),
            tr("Give two names or more."),
        )
    for place, name in enumerate(names, 1):
        if not name.strip():
            raise EditError(
                tr("Class {place} has no name.", place=place),
                tr("It is shown in every result."),
                tr("Type at least one character."),
            )
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise EditError(
            tr("Two classes have the same name: '{name}'.", name=twice[0]),
            tr("Names of classes are unique."),
            tr("Rename one of them."),
        )
