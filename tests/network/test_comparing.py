"""What became of each layer, of made changes whose outcome is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from designer.network.comparing import compare
from designer.network.comparison import Difference, purpose_text
from designer.network.edits import (
    AddLayer,
    Compound,
    RemoveLayer,
    Rename,
    SetFrozen,
    SetInputs,
    SetPurpose,
    SetRates,
    SetSettings,
)
from designer.network.network import Layer, Port
from designer.network.preprocessing import Preprocessing


@dataclass
class KnownLayer:
    shapes: tuple = ()
    parameters: int = 0
    macs: int = 0


@dataclass
class Known:
    layers: dict = field(default_factory=dict)


NOTHING = Known()


def states(before, after, known_before=NOTHING, known_after=NOTHING):
    """States of the layers that are not the same, by name."""
    found = compare(before, after, known_before, known_after)
    return {d.layer.name: d.state for d in found.deltas if d.state != "same"}


def only(before, after):
    """The one delta that is not the same."""
    found = [d for d in compare(before, after, NOTHING, NOTHING).deltas if d.state != "same"]
    assert len(found) == 1
    return found[0]


def test_a_network_equals_itself(tiny_network):
    found = compare(tiny_network, tiny_network, NOTHING, NOTHING)
    assert found.equal
    assert [d.layer.id for d in found.deltas] == list(tiny_network.layers)
    assert (found.marks_before, found.marks_after) == ({}, {})


@pytest.mark.parametrize(
    ("edit", "expected", "text"),
    [
        (
            SetSettings("fc", {"out_features": 9}),
            Difference("setting", 3, 9, "out_features"),
            "out_features 3 → 9",
        ),
        (Rename("fc", "answer"), Difference("name", "fc", "answer"), "name fc → answer"),
        (SetFrozen(("fc",), True), Difference("frozen", False, True), "now frozen"),
        (SetRates(("fc",), 10.0), Difference("weight_rate", 1.0, 10.0), "factor of weights 1.0 → 10.0"),
        (SetRates(("fc",), None, 0.5), Difference("bias_rate", 1.0, 0.5), "factor of bias 1.0 → 0.5"),
        (
            SetInputs("fc", (Port("flatten"),)),
            Difference("inputs", ["drop"], ["flatten"]),
            "fed by flatten instead of drop",
        ),
        (SetInputs("fc", (None,)), Difference("inputs", ["drop"], [""]), "fed by nothing instead of drop"),
        (
            SetSettings("stem.bn", {"eps": 0.1}),
            Difference("setting", None, 0.1, "eps"),
            "eps nothing → 0.1",
        ),
    ],
)
def test_one_change_is_told_and_no_other(tiny_network, edit, expected, text):
    delta = only(tiny_network, edit.apply(tiny_network))
    assert delta.state == "changed"
    assert delta.differences == (expected,)
    assert delta.text == text


def test_a_layer_that_is_no_longer_frozen(tiny_network):
    frozen = SetFrozen(("fc",), True).apply(tiny_network)
    assert only(frozen, tiny_network).text == "no longer frozen"


def test_a_layer_put_into_a_connection_is_the_only_change(tiny_network):
    after = Compound(
        "insert",
        (
            AddLayer(Layer("new~1", "new", "ReLU"), (Port("drop"),), 9),
            SetInputs("fc", (Port("new~1"),)),
        ),
    ).apply(tiny_network)
    assert states(tiny_network, after) == {"new": "added"}
    found = compare(tiny_network, after, NOTHING, NOTHING)
    assert found.marks_after == {"new~1": "added"}
    # In the order of the network: between what it was put between.
    names = [d.layer.name for d in found.deltas]
    assert names.index("new") == names.index("fc") - 1
    back = compare(after, tiny_network, NOTHING, NOTHING)
    assert back.marks_before == {"new~1": "removed"}
    assert [d.layer.name for d in back.deltas] == names


def test_a_layer_that_gets_something_else_through_a_new_one_is_changed(tiny_network):
    after = Compound(
        "reroute",
        (
            AddLayer(Layer("new~1", "new", "ReLU"), (Port("flatten"),)),
            SetInputs("fc", (Port("new~1"),)),
        ),
    ).apply(tiny_network)
    assert states(tiny_network, after) == {"new": "added", "fc": "changed"}


def test_another_output_of_the_same_layer_is_another_input(tiny_network):
    after = SetInputs("fc", (Port("drop", 1),)).apply(tiny_network)
    assert only(tiny_network, after).differences[0].what == "inputs"


def test_layers_that_are_gone_stand_where_they_stood(tiny_network):
    after = Compound(
        "delete",
        (RemoveLayer("flatten"), RemoveLayer("drop"), SetInputs("fc", (Port("pool"),))),
    ).apply(tiny_network)
    found = compare(tiny_network, after, NOTHING, NOTHING)
    assert [d.layer.id for d in found.deltas] == list(tiny_network.layers)
    assert [d.layer.id for d in found.removed] == ["flatten", "drop"]
    assert not found.changed


def test_shapes_and_sizes_are_compared(tiny_network):
    after = SetSettings("fc", {"out_features": 9}).apply(tiny_network)
    before = Known({"fc": KnownLayer(((3,),), 27, 24), "output": KnownLayer(((3,),))})
    now = Known({"fc": KnownLayer(((9,),), 81, 72), "output": KnownLayer(((9,),))})
    found = compare(tiny_network, after, before, now)
    delta = found.changed[0]
    assert (delta.parameter_delta, delta.macs_before, delta.macs_after) == (54, 24, 72)
    assert delta.shape_text == "3 → 9"
    # The output is as it was; what it gives is not.
    assert [d.layer.id for d in found.of_state("reshaped")] == ["output"]
    assert found.parameter_delta == 54
    assert not found.equal


def test_totals_count_what_learns(tiny_network):
    after = SetFrozen(("stem.conv",), True).apply(tiny_network)
    known = Known({"stem.conv": KnownLayer(parameters=216), "fc": KnownLayer(parameters=27)})
    found = compare(tiny_network, after, known, known)
    assert (found.totals_before.trainable, found.totals_after.trainable) == (243, 27)
    assert (found.totals_after.layers, found.totals_after.connections) == (11, 11)


def test_classes_name_and_preprocessing_are_compared(tiny_network):
    edit = SetPurpose("other", ("a", "b"), Preprocessing(resize=20, crop=18))
    found = compare(tiny_network, edit.apply(tiny_network), NOTHING, NOTHING)
    assert [(d.what, d.name) for d in found.purpose] == [
        ("name", ""),
        ("setting", "classes"),
        ("setting", "preprocessing"),
    ]
    assert not found.equal


def test_the_sort_of_labels_is_compared(tiny_network):
    several = SetPurpose(multilabel=True).apply(tiny_network)
    (found,) = compare(tiny_network, several, NOTHING, NOTHING).purpose
    assert purpose_text(found) == "Answers: one class for each picture → several labels for each picture."


def test_lists_and_tuples_are_the_same_values(tiny_network):
    one = SetSettings("stem.conv", {"kernel_size": [3, 3]}).apply(tiny_network)
    other = SetSettings("stem.conv", {"kernel_size": (3, 3)}).apply(tiny_network)
    assert compare(one, other, NOTHING, NOTHING).equal


def test_defaults_may_be_filled_in(tiny_network):
    given = SetSettings("drop", {"p": 0.2, "inplace": False}).apply(tiny_network)

    def complete(layer):
        return {"inplace": False, **layer.settings} if layer.kind == "Dropout" else layer.settings

    assert not compare(tiny_network, given, NOTHING, NOTHING).equal
    assert compare(tiny_network, given, NOTHING, NOTHING, complete).equal


def test_names_of_unrelated_networks_are_not_told_of(tiny_network):
    ids = {i: f"x{n}" for n, i in enumerate(tiny_network.layers)}
    renamed = replace(
        tiny_network,
        layers={ids[i]: replace(layer, id=ids[i], name=ids[i]) for i, layer in tiny_network.layers.items()},
        inputs={
            ids[i]: tuple(Port(ids[p.layer], p.output) for p in ports)
            for i, ports in tiny_network.inputs.items()
        },
    )
    found = compare(tiny_network, renamed, NOTHING, NOTHING)
    assert not found.related
    assert found.equal
