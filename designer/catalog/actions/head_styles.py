"""Replacing the head: by a fresh layer like the old one, or by a head of another style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from designer.catalog.actions.heads import HEAD_RATE, check_classes, head_layers, renewed
from designer.catalog.actions.shapes import shape_of
from designer.catalog.blocks.around import Around
from designer.catalog.blocks.heads import flatten_dense_head, gap_dense_head, gap_two_dense_head
from designer.catalog.kinds import kind
from designer.errors import EditError
from designer.messages import tr
from designer.network.edits import Compound, Edit, SetPurpose
from designer.network.fragment import Fragment, settled
from designer.network.network import Layer, Network, Port
from designer.network.restructure import Added, Restructure, rerouted
from designer.session.results import Facts


@dataclass(frozen=True, slots=True)
class HeadStyle:
    """One way to build a head.

    Attributes:
        key: its name in code and on the command line.
        title: what the user sees.
        text: one line, which layers it is made of.
        make: the layers behind the features, for their shape and the classes; None for one like the old.
    """

    key: str
    title: str
    text: str
    make: Callable[[Around], Fragment] | None = None


HEAD_STYLES: dict[str, HeadStyle] = {
    row.key: row
    for row in (
        HeadStyle("linear", "Last layer", "A fresh last layer like the old one; all before it stays."),
        HeadStyle(
            "gap_dense",
            "Pooling and dense",
            "The mean over all positions, then one fully connected layer.",
            gap_dense_head,
        ),
        HeadStyle(
            "gap_two_dense",
            "Pooling and two dense",
            "The mean over all positions, 256 features with ReLU, then one fully connected layer.",
            gap_two_dense_head,
        ),
        HeadStyle(
            "flatten_dense",
            "Flatten and two dense",
            "All values in a list, 256 features with ReLU and dropout, then one fully connected layer.",
            flatten_dense_head,
        ),
    )
}
"""Styles of heads by key, in the order in which they are offered."""

_PART_OF_A_HEAD = ("Regularization",)
_POOLS = ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "Mean")


@dataclass(frozen=True)
class HeadPlan:
    """What replacing the head would do: the layers that go and come, and the edit that does it."""

    removed: tuple[Layer, ...]
    added: tuple[Layer, ...]
    edit: Edit


def replace_head(
    network: Network,
    classes: Sequence[str],
    style: str = "linear",
    facts: Facts | None = None,
    multilabel: bool | None = None,
) -> Edit:
    """Fresh layers for these classes in place of the head. See `head_plan`."""
    return head_plan(network, classes, style, facts, multilabel).edit


def head_plan(
    network: Network,
    classes: Sequence[str],
    style: str = "linear",
    facts: Facts | None = None,
    multilabel: bool | None = None,
) -> HeadPlan:
    """How the head is replaced by one for these classes.

    'linear': each new layer has the name, group, place, connections and settings of the old one but the
    number of outputs. The other styles take out everything after the last feature map on the way to the
    main output, or after the vector that the old head takes, and need `facts`; auxiliary heads are
    renewed as with 'linear'. New layers have ids that were never used, learning-rate factors of 10, and
    are not frozen. The network's classes are set; so is whether pictures show any number of them, where
    `multilabel` is given.

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
    edit = Compound(text, (*edits, SetPurpose(classes=names, multilabel=multilabel)))
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
    gone |= _behind(network, head)
    assert style.make is not None
    made = style.make(Around(shape_of(facts, features), count))
    new = _settled(network, head, made, gone)
    order = list(network.layers)
    start = order.index(head) - sum(1 for i in order[: order.index(head)] if i in gone)
    fed = {i: list(ports) for i, ports in new.inputs.items()}
    for entrance in new.entrances:
        fed[entrance.layer][entrance.input] = features
    rows = tuple(Added(layer, tuple(fed[layer.id]), start + n) for n, layer in enumerate(new.layers))
    moved: dict[Port, Port | None] = {
        Port(c.source, c.output): new.exit for i in gone for c in network.consumers[i] if c.target not in gone
    }
    inputs = {t: ports for t, ports in rerouted(network, moved).items() if t not in gone}
    return Restructure(text, tuple(i for i in order if i in gone), rows, inputs)


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


def _settled(network: Network, head: str, made: Fragment, gone: set[str]) -> Fragment:
    """The layers of a head with ids and names of their own; the last has the name of the old head."""
    old = network[head]
    group = old.group or ("head" if len(made.layers) > 3 else "")
    last = made.layers[-1].id

    def dressed(layer: Layer) -> Layer:
        rate = HEAD_RATE if kind(layer.kind).learnable else 1.0
        name = old.name if layer.id == last else f"{group}.{layer.name}" if group else layer.name
        return replace(layer, name=name, group="", weight_rate=rate, bias_rate=rate)

    kept = replace(network, layers={i: layer for i, layer in network.layers.items() if i not in gone})
    return settled(replace(made, layers=tuple(map(dressed, made.layers))), kept, group)
