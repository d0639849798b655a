"""What the property pane shows, resolved from network, facts and selection: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designer.catalog.actions import freezable
from designer.catalog.kinds import KINDS
from designer.catalog.summary import Summary
from designer.gui.editing.canvas.content import kind_of, tick_of
from designer.gui.editing.commands.states import group_around
from designer.gui.editing.counts import layers_text, parameters_of
from designer.gui.editing.properties.fields import Field, common_fields, fields_of, has_weights
from designer.gui.editing.properties.network_state import NetworkState, network_state
from designer.messages import count_text, shape_text, tr
from designer.network.network import Layer, Network
from designer.session.results import Facts

Row = tuple[str, str]

KINDS_SHOWN = 12
"""So many kinds of a mixed selection can be told apart; the rest are counted."""


@dataclass(frozen=True, slots=True)
class LayerState:
    """One layer is selected.

    Attributes:
        layer_id, name, group: of the layer.
        kind: title of its kind.
        help: what it computes; the formula on a line of its own.
        fields: its settings.
        frozen: None when there is nothing to freeze.
        rates: learning-rate factors of weights and bias; None when it does not learn.
        rows: facts, each a label and a text.
        problems: what is wrong with it.
        new_weights: why its weights will be new, '' when they stay.
    """

    layer_id: str
    name: str
    group: str
    kind: str
    help: str
    fields: tuple[Field, ...]
    frozen: bool | None
    rates: tuple[float, float] | None
    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    new_weights: str


@dataclass(frozen=True, slots=True)
class SeveralState:
    """Several layers are selected, or a whole group.

    Attributes:
        layer_ids: those.
        title: how many, or the group's path.
        group: path of the group that they are, '' when they are none.
        kinds: title of each kind among them, with the ids of its layers; empty when there is but one.
        fields: settings that all have.
        tick: 'on', 'some', 'off' or ''.
        rates: learning-rate factors that all have; None where they differ.
        learning: ids of those that learn.
        rows: facts, each a label and a text.
        problems: what is wrong with them.
        new_weights: how many of them will have new weights, in words; '' when none.
    """

    layer_ids: tuple[str, ...]
    title: str
    group: str
    kinds: tuple[tuple[str, tuple[str, ...]], ...]
    fields: tuple[Field, ...]
    tick: str
    rates: tuple[float | None, float | None]
    learning: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    new_weights: str


State = LayerState | SeveralState | NetworkState


@dataclass(frozen=True)
class Known:
    """What is known beside the network.

    Attributes:
        facts: of it; None while nothing is.
        misfits: for each layer whose kept weights no longer fit, why.
        weights: the session's, opaque but for the ids of the layers that it has.
        summary: the network's figures, None while they are not there.
    """

    facts: Facts | None = None
    misfits: Mapping[str, str] | None = None
    weights: object = None
    summary: Summary | None = None

    def keeps(self, layer: Layer) -> bool:
        """Whether a layer has weights that fit."""
        return has_weights(layer, self.weights) and layer.id not in (self.misfits or {})

    def problems_of(self, layer_ids: tuple[str, ...]) -> tuple[str, ...]:
        """What is wrong with these layers; nothing while that is being worked out anew."""
        if self.facts is None or self.facts.checking:
            return ()
        chosen = set(layer_ids)
        return tuple(problem.message for problem in self.facts.problems if problem.layer in chosen)


def resolve(network: Network | None, selected: tuple[str, ...], known: Known) -> State | None:
    """What the pane shows; None while no network is open."""
    if network is None:
        return None
    chosen = tuple(layer_id for layer_id in selected if layer_id in network)
    if not chosen:
        return network_state(network, known.summary)
    if len(chosen) == 1:
        return layer_state(network, chosen[0], known)
    return several_state(network, chosen, known)


def layer_state(network: Network, layer_id: str, known: Known) -> LayerState:
    """The state for one layer."""
    layer, facts = network[layer_id], known.facts
    row = kind_of(layer)
    its = facts.layers.get(layer_id) if facts is not None else None
    rows = _input_rows(network, facts, layer_id)
    rows += _output_rows(its.shapes if its is not None else ())
    if its is not None and (its.parameters or (row is not None and row.learnable)):
        rows.append((tr("Parameters"), f"{its.parameters:,}"))
    if its is not None and its.macs:
        rows.append((tr("Multiply-adds"), count_text(its.macs)))
    if layer.group:
        rows.append((tr("Group"), layer.group))
    misfit = (known.misfits or {}).get(layer_id, "")
    return LayerState(
        layer_id=layer_id,
        name=layer.name,
        group=layer.group,
        kind=layer.kind if row is None else row.title,
        help="" if row is None else "\n".join(text for text in (row.help, row.formula) if text),
        fields=fields_of(layer, facts, known.keeps(layer)),
        frozen=layer.frozen if row is not None and freezable(layer) else None,
        rates=(layer.weight_rate, layer.bias_rate) if row is not None and row.learnable else None,
        rows=tuple(rows),
        problems=known.problems_of((layer_id,)),
        new_weights=misfit and tr("Weights will be new: {reason}.", reason=misfit),
    )


def _input_rows(network: Network, facts: Facts | None, layer_id: str) -> list[Row]:
    """What comes in, told apart by number where there are several inputs."""
    ports = network.inputs[layer_id]
    rows: list[Row] = []
    # A concatenation of many tells nothing line by line.
    for number, port in enumerate(ports if len(ports) <= 4 else ports[:3], 1):
        name = tr("Input {number}", number=number) if len(ports) > 1 else tr("Input")
        known = facts.layers.get(port.layer) if facts is not None and port is not None else None
        if port is None:
            rows.append((name, tr("not connected")))
        elif known is not None and port.output < len(known.shapes):
            rows.append((name, shape_text(known.shapes[port.output])))
    if len(ports) > 4:
        rows.append((tr("Inputs"), tr("and {count} more", count=len(ports) - 3)))
    return rows


def _output_rows(shapes: tuple[tuple[int, ...], ...]) -> list[Row]:
    many = len(shapes) > 1
    numbered = enumerate(shapes, 1)
    return [(tr("Output {number}", number=n) if many else tr("Output"), shape_text(s)) for n, s in numbered]


def several_state(network: Network, chosen: tuple[str, ...], known: Known) -> SeveralState:
    """The state for several layers."""
    layers = [network[layer_id] for layer_id in chosen]
    facts = known.facts
    rates = [layer for layer in layers if (row := kind_of(layer)) is not None and row.learnable]
    weight, bias = {layer.weight_rate for layer in rates}, {layer.bias_rate for layer in rates}
    group = group_of(network, chosen)
    rows: list[Row] = [(tr("Layers"), f"{len(chosen):,}")]
    parameters = parameters_of(chosen, facts)
    if facts is not None and parameters is not None:
        frozen = sum(facts.layers[layer.id].parameters for layer in layers if layer.frozen)
        rows.append((tr("Parameters"), f"{parameters:,}"))
        rows.append((tr("Frozen"), f"{frozen:,}"))
    if facts is not None:
        macs = sum(facts.layers[i].macs for i in chosen if i in facts.layers)
        rows.append((tr("Multiply-adds"), count_text(macs)))
    new = sum(layer_id in (known.misfits or {}) for layer_id in chosen)
    return SeveralState(
        layer_ids=chosen,
        title=tr("Group {path}", path=group) if group else layers_text(len(chosen)),
        group=group,
        kinds=_kinds(layers),
        fields=common_fields(layers, facts, [layer for layer in layers if known.keeps(layer)]),
        tick=tick_of(layers),
        rates=(weight.pop() if len(weight) == 1 else None, bias.pop() if len(bias) == 1 else None),
        learning=tuple(layer.id for layer in rates),
        rows=tuple(rows),
        problems=known.problems_of(chosen),
        new_weights=tr("The weights of {layers} will be new.", layers=layers_text(new)) if new else "",
    )


def group_of(network: Network, chosen: tuple[str, ...]) -> str:
    """Path of the group whose layers these are, all of them and no others; '' when there is none."""
    path = group_around(network, chosen)
    if not path:
        return ""
    inside = sum(layer.group == path or layer.group.startswith(path + ".") for layer in network)
    return path if inside == len(chosen) else ""


def _kinds(layers: list[Layer]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    titles = {
        kind: kind if (row := KINDS.get(kind)) is None else row.title
        for kind in {layer.kind for layer in layers}
    }
    found: dict[str, list[str]] = {}
    for layer in layers:
        found.setdefault(titles[layer.kind], []).append(layer.id)
    most = sorted(found.items(), key=lambda item: -len(item[1]))
    return tuple((title, tuple(ids)) for title, ids in most[:KINDS_SHOWN]) if len(found) > 1 else ()
