"""The head: the layers that set how many classes a network tells apart, and the classes' names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Edit, SetPurpose
from designer.network.network import Layer, Network, fresh_id

MOST_CLASSES = 100_000
"""More than any data set has: a number beyond is a slip of the finger, and would fill the memory."""

HEAD_RATE = 10.0
"""Learning-rate factor of a fresh head, as in MATLAB's examples of transfer learning."""


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


def name_classes(network: Network, names: Sequence[str], multilabel: bool | None = None) -> Edit | None:
    """Give a head that was made for a number of classes these names.

    None when there is nothing to do: the network has names of its own, or another number of classes.

    Args:
        network: whose head it is.
        names: of the classes.
        multilabel: whether pictures show any number of them, or one each: a head for these classes is set
            to that too; None leaves it as it is.
    """
    given = tuple(names)
    unnamed = network.classes == class_names(len(given)) != given
    fits = unnamed or not network.classes or set(network.classes) == set(given)
    other = multilabel if fits and multilabel != network.multilabel else None
    if not unnamed and other is None:
        return None
    return SetPurpose(classes=given if unnamed else None, multilabel=other)


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


def renewed(network: Network, layer_id: str, outputs: int) -> Layer:
    """A fresh layer with that many outputs, otherwise like the head that it is to replace.

    Raises:
        EditError: the head cannot have that many.
    """
    old = network[layer_id]
    groups = int(old.settings.get("groups", 1))
    if outputs % groups:
        raise EditError(
            tr("The head '{name}' cannot have {count} outputs.", name=old.name, count=outputs),
            tr("It is a convolution in {groups} groups.", groups=groups),
            tr("Set its groups to 1, or choose a multiple of {groups} classes.", groups=groups),
        )
    return replace(
        old,
        id=fresh_id(network, layer_id),
        settings={**old.settings, kind(old.kind).output_width: outputs},
        frozen=False,
        weight_rate=HEAD_RATE,
        bias_rate=HEAD_RATE,
        weights_from=(),
    )


def check_classes(names: tuple[str, ...]) -> None:
    """Raise EditError when a head cannot be made for classes of these names."""
    if len(names) < 2:
        raise EditError(
            tr("A head needs at least two classes."),
            tr("{count} given.", count=len(names)),
            tr("Give two names or more."),
        )
    if len(names) > MOST_CLASSES:
        class_names(len(names))
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
