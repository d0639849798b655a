"""Remedies for the ends of a network: inputs, outputs, the head and its classes, frozen layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from designer.catalog.actions import (
    class_names,
    freeze,
    insert,
    replace_head,
    set_rates,
    set_settings,
    trainable_layers,
)
from designer.catalog.actions.freezing import head_run
from designer.catalog.actions.putting import fitted
from designer.catalog.actions.shapes import shape_of
from designer.catalog.actions.texts import short
from designer.catalog.blocks.around import Around
from designer.catalog.blocks.heads import gap_dense_head, linear_head
from designer.catalog.fixes.fix import Fix, fix
from designer.catalog.kinds import KINDS
from designer.errors import EditError
from designer.messages import shape_text, tr
from designer.network.edits import Compound, PutLayers, SetPurpose
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Connection, Inputs, Layer, Network, Port
from designer.network.restructure import Added, Restructure, rerouted
from designer.session.results import Facts, Problem


def add_input(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """An input for the pictures as they are prepared, led to the first empty input."""
    crop = network.preprocessing.crop
    made = _single("input", "Input", {"shape": [3, crop, crop]})
    new = fitted(made, network, "").layers[0]
    waiting = ((i, n) for i, ports in network.inputs.items() for n, port in enumerate(ports) if port is None)
    fed: dict[str, Inputs] = {}
    for target, number in waiting:
        ports = list(network.inputs[target])
        ports[number] = Port(new.id)
        fed[target] = tuple(ports)
        break
    yield fix(Restructure(tr("Add an input"), (), (Added(new, (), 0),), fed))


def add_output(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """An output after the last layer that feeds nothing."""
    loose = [
        i for i, going in network.consumers.items() if not going and network[i].kind != "AuxiliaryOutput"
    ]
    if loose:
        new = fitted(_single("output", "Output", {}), network, "").layers[0]
        text = tr("Add an output after {name}", name=short(network[loose[-1]].name))
        yield fix(Restructure(text, (), (Added(new, (Port(loose[-1]),), -1),)))


def keep_one_input(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """The first input feeds what the others fed."""
    first, *others = network.of_kind("Input")
    moved: dict[Port, Port | None] = {Port(other.id): Port(first.id) for other in others}
    text = tr("Keep {name} alone", name=short(first.name))
    yield fix(Restructure(text, tuple(o.id for o in others), (), rerouted(network, moved)))


def keep_one_output(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """The other outputs become auxiliary ones, or go."""
    first, *others = network.of_kind("Output")
    changed = tuple(replace(other, kind="AuxiliaryOutput", settings={}) for other in others)
    yield fix(PutLayers(changed, tr("Make all but {name} auxiliary outputs", name=short(first.name))))
    yield fix(Restructure(tr("Keep {name} alone", name=short(first.name)), tuple(o.id for o in others)))


def fit_pictures(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """The input takes pictures as they are prepared; or pictures are prepared as it takes them."""
    crop = network.preprocessing.crop
    text = tr("Let the input expect {shape}", shape=shape_text((3, crop, crop)))
    edit = set_settings(network, (problem.layer,), {"shape": [3, crop, crop]})
    yield Fix(text, Compound(text, (edit,)))
    shape = network[problem.layer].settings["shape"]
    if len(shape) != 3:
        return
    channels, height, width = shape
    if channels == 3 and height == width:
        resize = max(height, round(network.preprocessing.resize * height / crop))
        made = replace(network.preprocessing, crop=height, resize=resize)
        text = tr("Prepare pictures of {shape}", shape=shape_text((3, height, width)))
        yield Fix(text, Compound(text, (SetPurpose(preprocessing=made),)))


def answer(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """What makes one number for each class of what reaches the output."""
    port = next(iter(network.inputs[problem.layer]), None)
    shape = shape_of(facts, port)
    if port is None or shape is None:
        return
    into = Connection(port.layer, port.output, problem.layer, 0)
    count = len(network.classes)
    values = 1
    for size in shape:
        values *= size
    if len(shape) > 1 and values == (count or values) and max(shape) == values:
        yield Fix(tr("Insert Flatten"), insert(network, into, _single("flatten", "Flatten", {})))
    around = Around(shape, count)
    made = gap_dense_head(around) if 1 < len(shape) <= 3 else linear_head(around)
    yield Fix(tr("Insert a head for {count} classes", count=around.scores), insert(network, into, made))


def fit_classes(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """A head for the classes that there are; or names for as many as it tells apart."""
    # Where there is no one head, there is none that could be replaced.
    with suppress(EditError):
        yield fix(replace_head(network, network.classes))
    outputs = network.of_kind("Output")
    shape = shape_of(facts, Port(outputs[0].id)) if outputs else None
    if shape and len(shape) == 1 and shape[0] > 1 and problem.layer == outputs[0].id:
        text = tr("Name {count} classes", count=shape[0])
        yield Fix(text, Compound(text, (SetPurpose(classes=class_names(shape[0])),)))


def unfreeze(network: Network, facts: Facts | None, problem: Problem) -> Iterator[Fix]:
    """The head learns again, or everything does."""
    unfrozen = trainable_layers(network)
    if unfrozen:
        yield fix(set_rates(network, unfrozen, 1.0, 1.0))
        return
    # Where there is no one head, all layers are left to unfreeze.
    with suppress(EditError):
        edit = freeze(network, head_run(network), False)
        after = edit.apply(network)
        if any(after[i].weight_rate or after[i].bias_rate for i in trainable_layers(after)):
            yield Fix(tr("Unfreeze the head"), edit)
    learnable = [layer.id for layer in network if layer.kind in KINDS and KINDS[layer.kind].learnable]
    edit = freeze(network, learnable, False)
    after = edit.apply(network)
    if any(after[i].weight_rate or after[i].bias_rate for i in learnable):
        yield Fix(tr("Unfreeze all layers"), edit)
    else:
        text = tr("Unfreeze all layers, and set their factors to 1")
        yield Fix(text, Compound(text, (edit, set_rates(after, learnable, 1.0, 1.0))))


def _single(name: str, key: str, settings: dict[str, object]) -> Fragment:
    count = KINDS[key].inputs[0]
    layer = Layer(name, name, key, settings)
    entrances = tuple(Entrance(name, n) for n in range(count))
    return Fragment(KINDS[key].title, (layer,), {name: (None,) * count}, entrances, Port(name))
