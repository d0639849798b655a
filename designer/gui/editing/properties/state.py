"""What the property pane shows, resolved from network, facts and selection: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designer.catalog.actions import freezable, frozen_and_trainable
from designer.catalog.kind import Setting
from designer.gui.editing.canvas.content import kind_of, tick_of
from designer.gui.editing.counts import layers_text, parameters_of
from designer.messages import count_text, shape_text, tr
from designer.network.network import Layer, Network
from designer.session.results import Facts

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of the layer: its row in the table of kinds, its value, whether that is the default."""

    setting: Setting
    value: Any
    is_default: bool

    @property
    def label(self) -> str:
        """The setting's name as it is read."""
        return self.setting.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class LayerState:
    """One layer is selected.

    Attributes:
        layer_id, name, group: of the layer.
        kind: title of its kind.
        help: what it computes.
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
    """Several layers are selected.

    Attributes:
        layer_ids: those.
        title: how many, or the group's path.
        tick: 'on', 'some', 'off' or ''.
        rates: learning-rate factors that all have; None where they differ.
        learning: ids of those that learn.
        rows: facts, each a label and a text.
    """

    layer_ids: tuple[str, ...]
    title: str
    tick: str
    rates: tuple[float | None, float | None]
    learning: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class NetworkState:
    """Nothing is selected: the network itself. `rows` are facts, each a label and a text."""

    name: str
    rows: tuple[Row, ...]
    classes: tuple[str, ...]


State = LayerState | SeveralState | NetworkState


def resolve(
    network: Network | None, facts: Facts | None, selected: tuple[str, ...], misfits: Mapping[str, str]
) -> State | None:
    """What the pane shows; None while no network is open."""
    if network is None:
        return None
    chosen = tuple(layer_id for layer_id in selected if layer_id in network)
    if not chosen:
        return network_state(network, facts)
    if len(chosen) == 1:
        return layer_state(network, facts, chosen[0], misfits.get(chosen[0], ""))
    return several_state(network, facts, chosen)


def layer_state(network: Network, facts: Facts | None, layer_id: str, misfit: str) -> LayerState:
    """The state for one layer."""
    layer = network[layer_id]
    row = kind_of(layer)
    known = facts.layers.get(layer_id) if facts is not None else None
    rows: list[Row] = [(tr("Input"), text) for text in _input_texts(network, facts, layer_id)]
    rows += [(tr("Output"), shape_text(shape)) for shape in (known.shapes if known is not None else ())]
    if known is not None and (known.parameters or (row is not None and row.learnable)):
        rows.append((tr("Parameters"), f"{known.parameters:,}"))
    if known is not None and known.macs:
        rows.append((tr("Multiply-adds"), count_text(known.macs)))
    if layer.group:
        rows.append((tr("Group"), layer.group))
    return LayerState(
        layer_id=layer_id,
        name=layer.name,
        group=layer.group,
        kind=layer.kind if row is None else row.title,
        help="" if row is None else row.help,
        fields=_fields(layer),
        frozen=layer.frozen if row is not None and freezable(layer) else None,
        rates=(layer.weight_rate, layer.bias_rate) if row is not None and row.learnable else None,
        rows=tuple(rows),
        problems=tuple(
            p.message for p in (facts.problems if facts is not None else ()) if p.layer == layer_id
        ),
        new_weights=misfit,
    )


def _fields(layer: Layer) -> tuple[Field, ...]:
    row = kind_of(layer)
    found = []
    for setting in row.settings if row is not None else ():
        default = None if setting.required else setting.default
        value = layer.settings.get(setting.name, default)
        found.append(Field(setting, value, not setting.required and value == default))
    return tuple(found)


def _input_texts(network: Network, facts: Facts | None, layer_id: str) -> list[str]:
    texts = []
    for port in network.inputs[layer_id]:
        if port is None:
            texts.append(tr("not connected"))
            continue
        known = facts.layers.get(port.layer) if facts is not None else None
        if known is not None and port.output < len(known.shapes):
            texts.append(shape_text(known.shapes[port.output]))
    # A concatenation of many tells nothing line by line.
    return texts if len(texts) <= 4 else [*texts[:3], tr("and {count} more", count=len(texts) - 3)]


def several_state(network: Network, facts: Facts | None, chosen: tuple[str, ...]) -> SeveralState:
    """The state for several layers."""
    layers = [network[layer_id] for layer_id in chosen]
    learning = tuple(layer.id for layer in layers if (row := kind_of(layer)) is not None and row.learnable)
    weight = {network[layer_id].weight_rate for layer_id in learning}
    bias = {network[layer_id].bias_rate for layer_id in learning}
    rows: list[Row] = [(tr("Layers"), str(len(chosen)))]
    parameters = parameters_of(chosen, facts)
    if parameters is not None:
        rows.append((tr("Parameters"), f"{parameters:,}"))
    if facts is not None:
        macs = sum(facts.layers[i].macs for i in chosen if i in facts.layers)
        rows.append((tr("Multiply-adds"), count_text(macs)))
    groups = {layer.group for layer in layers}
    title = layers_text(len(chosen))
    if len(groups) == 1 and (group := groups.pop()):
        title = group
    return SeveralState(
        layer_ids=chosen,
        title=title,
        tick=tick_of(layers),
        rates=(weight.pop() if len(weight) == 1 else None, bias.pop() if len(bias) == 1 else None),
        learning=learning,
        rows=tuple(rows),
    )


def network_state(network: Network, facts: Facts | None) -> NetworkState:
    """The state for the network itself."""
    rows: list[Row] = [(tr("Layers"), str(len(network)))]
    if facts is not None:
        frozen, trainable = frozen_and_trainable(network, facts)
        rows += [
            (tr("Parameters"), f"{facts.parameters:,}"),
            (tr("Trainable"), f"{trainable:,}"),
            (tr("Frozen"), f"{frozen:,}"),
            (tr("Multiply-adds"), tr("{count} for one picture", count=count_text(facts.macs))),
        ]
    inputs = network.of_kind("Input")
    if inputs:
        rows.append((tr("Input"), shape_text(inputs[0].settings.get("shape", ()))))
    rows.append((tr("Classes"), str(len(network.classes))))
    recipe = network.preprocessing
    rows += [
        (tr("Resize"), tr("{size} px, {how}", size=recipe.resize, how=recipe.interpolation)),
        (tr("Crop"), f"{recipe.crop} × {recipe.crop} px"),
        (tr("Mean"), ", ".join(f"{value:.3g}" for value in recipe.mean)),
        (tr("Deviation"), ", ".join(f"{value:.3g}" for value in recipe.std)),
    ]
    if network.origin:
        rows.append((tr("Origin"), network.origin))
    return NetworkState(network.name, tuple(rows), network.classes)
