"""Replacing the head: by a fresh layer like the old one, or by a head of another style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designer.catalog.actions.deleting import shape_of
from designer.catalog.actions.heads import HEAD_RATE, check_classes, head_layers, renewed
from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetPurpose
from designer.network.network import Layer, Network, Port, fresh_id, unused
from designer.network.restructure import Added, Restructure, rerouted
from designer.session.results import Facts

HIDDEN = 256
"""Features of the hidden layer of the head 'flatten_dense'."""


@dataclass(frozen=True, slots=True)
class HeadStyle:
    """One way to build a head.

    Attributes:
        key: its name in code and on the command line.
        title: what the user sees.
        text: one line, which layers it is made of.
        parts: layers between the features and the last, fully connected one: stem of the name, kind,
            settings; of those with None for a number it is filled from the features.
    """

    key: str
    title: str
    text: str
    parts: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()


_POOL = ("avgpool", "AdaptiveAvgPool2d", {"output_size": 1})
_FLATTEN: tuple[str, str, Mapping[str, Any]] = ("flatten", "Flatten", {})

HEAD_STYLES: dict[str, HeadStyle] = {
    row.key: row
    for row in (
        HeadStyle("linear", "Last layer", "A fresh last layer like the old one."),
        HeadStyle(
            "gap_dense",
            "Pooling and dense",
            "Global average pooling, then one fully connected layer.",
            (_POOL, _FLATTEN),
        ),
        HeadStyle(
            "flatten_dense",
            "Flatten and two dense",
            "Flatten, 256 features with ReLU and dropout of one half, then one fully connected layer.",
            (
                _FLATTEN,
                ("dense", "Linear", {"in_features": None, "out_features": HIDDEN}),
                ("relu", "ReLU", {}),
                ("dropout", "Dropout", {"p": 0.5}),
            ),
        ),
    )
}
"""Styles of heads by key, in the order in which they are offered."""

_FOR_MAPS = ("AdaptiveAvgPool2d", "Flatten")
_PART_OF_A_HEAD = ("Regularization",)
_POOLS = ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "Mean")


@dataclass(frozen=True)
class HeadPlan:
    """What replacing the head would do: the layers that go and come, and the edit that does it."""

    removed: tuple[Layer, ...]
    added: tuple[Layer, ...]
    edit: Edit


def replace_head(
    network: Network, classes: Sequence[str], style: str = "linear", facts: Facts | None = None
) -> Edit:
    """Fresh layers for these classes in place of the head. See `head_plan`."""
    return head_plan(network, classes, style, facts).edit


def head_plan(
    network: Network, classes: Sequence[str], style: str = "linear", facts: Facts | None = None
) -> HeadPlan:
    """How the head is replaced by one for these classes.

    'linear': each new layer has the name, group, place, connections and settings of the old one but the
    number of outputs. The other styles take out everything after the last feature map on the way to the
    main output, or after the vector that the old head takes, and need `facts`; auxiliary heads are
    renewed as with 'linear'. New layers have ids that were never used, learning-rate factors of 10, and
    are not frozen. The network's classes are set.

    Raises:
        EditError: fewer than two classes, a name is empty or given twice, there is no head or no such
            style, or shapes are not known.
    """
    names = tuple(classes)
    check_classes(names)
    if style not in HEAD_STYLES:
        raise EditError(
            tr("There is no head style '{style}'.", style=style),
            tr("There are: {names}.", names=", ".join(HEAD_STYLES)),
            tr("Choose one of them."),
        )
    heads = head_layers(network)
    fresh = {old: renewed(network, old, len(names)) for old in heads if style == "linear" or old != heads[0]}
    text = tr("Replace head for {count} classes", count=len(names))
    edits: list[Edit] = []
    left = network
    if style != "linear":
        edits.append(_styled(network, heads[0], HEAD_STYLES[style], len(names), facts, text))
        left = edits[0].apply(network)
    edits.append(_renewing(left, {old: new for old, new in fresh.items() if old in left}, text))
    edit = Compound(text, (*edits, SetPurpose(classes=names)))
    after = edits[-1].apply(left)
    return HeadPlan(
        tuple(layer for layer in network if layer.id not in after),
        tuple(layer for layer in after if layer.id not in network),
        edit,
    )


def _renewing(network: Network, fresh: Mapping[str, Layer], text: str) -> Restructure:
    """The edit that puts each fresh layer just where the old one stands."""
    order = {layer_id: n for n, layer_id in enumerate(network.layers)}
    moved: dict[Port, Port | None] = {
        Port(old, c.output): Port(new.id, c.output)
        for old, new in fresh.items()
        for c in network.consumers[old]
    }
    inputs = rerouted(network, moved)
    added = tuple(Added(new, inputs.pop(old, network.inputs[old]), order[old]) for old, new in fresh.items())
    return Restructure(text, tuple(fresh), added, inputs)


def _styled(
    network: Network, head: str, style: HeadStyle, count: int, facts: Facts | None, text: str
) -> Restructure:
    features, gone = _features(network, head, facts)
    shape = shape_of(facts, features)
    assert shape is not None
    gone |= _behind(network, head)
    new = _layers(network, head, style, shape, count, gone)
    order = list(network.layers)
    start = order.index(head) - sum(1 for i in order[: order.index(head)] if i in gone)
    rows = []
    port: Port = features
    for n, layer in enumerate(new):
        rows.append(Added(layer, (port,), start + n))
        port = Port(layer.id)
    fed = {Port(c.source, c.output): port for i in gone for c in network.consumers[i] if c.target not in gone}
    inputs = {t: ports for t, ports in rerouted(network, dict(fed)).items() if t not in gone}
    return Restructure(text, tuple(i for i in order if i in gone), tuple(rows), inputs)


def _features(network: Network, head: str, facts: Facts | None) -> tuple[Port, set[str]]:
    """The last feature map before the head, or the vector that it takes; and all layers after it."""
    port = _single_source(network, head)
    if port is None or shape_of(facts, port) is None:
        raise EditError(
            tr("The head '{name}' cannot be replaced in this style.", name=network[head].name),
            tr("It is not known which shape reaches it."),
            tr("Repair the problems before it, or replace the last layer alone."),
        )
    vector = port
    gone = {head}
    before = set(gone)
    while port is not None:
        layer = network[port.layer]
        shape = shape_of(facts, port) or ()
        spatial = len(shape) == 3 and shape[1] * shape[2] > 1
        row = kind(layer.kind)
        if spatial and row.category not in _PART_OF_A_HEAD and row.key not in _POOLS:
            return port, gone
        outside = [c for c in network.consumers[layer.id] if c.target not in gone]
        if outside or layer.kind == "Input":
            break
        gone.add(layer.id)
        port = _single_source(network, layer.id)
    return vector, before


def _single_source(network: Network, layer_id: str) -> Port | None:
    ports = network.inputs[layer_id]
    return ports[0] if len(ports) == 1 else None


def _behind(network: Network, head: str) -> set[str]:
    """Layers that only the head feeds, on the way to the outputs; these stay."""
    ends = ("Output", "AuxiliaryOutput")
    return {i for i in network.descendants((head,)) if network[i].kind not in ends}


def _layers(
    network: Network, head: str, style: HeadStyle, shape: tuple[int, ...], count: int, gone: set[str]
) -> list[Layer]:
    """The new layers, one feeding the next."""
    old = network[head]
    group = old.group or ("head" if len(style.parts) > 2 else "")
    names = {layer.name for layer in network if layer.id not in gone}
    parts = [part for part in style.parts if len(shape) > 1 or part[1] not in _FOR_MAPS]
    width = shape[0] if any(part[1] == "AdaptiveAvgPool2d" for part in parts) else 1
    if width == 1:
        for size in shape:
            width *= size
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for stem, key, settings in parts:
        filled = {name: width if value is None else value for name, value in settings.items()}
        width = int(filled.get(kind(key).output_width, width))
        rows.append((f"{group}.{stem}" if group else stem, key, filled))
    rows.append((old.name, "Linear", {"in_features": width, "out_features": count}))
    found = []
    for wanted, key, settings in rows:
        name = unused(wanted, names)
        names.add(name)
        rate = HEAD_RATE if kind(key).learnable else 1.0
        stem = head if wanted == old.name else name
        found.append(Layer(fresh_id(network, stem), name, key, settings, group, False, rate, rate))
    return found
