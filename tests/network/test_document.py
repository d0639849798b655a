"""The document: one door, one telling for each change, what a change says."""

from __future__ import annotations

import pytest

from designer.errors import EditError
from designer.network.document import Document
from designer.network.edits import (
    AddLayer,
    Compound,
    RemoveLayer,
    Rename,
    SetFrozen,
    SetInputs,
    SetPlaces,
    SetPurpose,
    SetRates,
    SetSettings,
)
from designer.network.network import Layer, Place, Port
from designer.network.preprocessing import Preprocessing


def test_observers_hear_each_change_once(tiny_network):
    document = Document(tiny_network)
    heard = []
    end = document.observe(heard.append)
    change = document.apply(SetFrozen(("fc",), True))
    assert heard == [change]
    assert change.before is tiny_network
    assert change.after is document.network
    end()
    end()
    document.apply(SetFrozen(("fc",), False))
    assert heard == [change]


def test_a_refused_edit_changes_and_tells_nothing(tiny_network):
    document = Document(tiny_network)
    heard = []
    document.observe(heard.append)
    with pytest.raises(EditError):
        document.apply(Compound("c", (SetFrozen(("fc",), True), RemoveLayer("nix"))))
    assert document.network is tiny_network
    assert heard == []


def test_a_change_says_what_is_new_gone_other_and_rewired(tiny_network):
    document = Document(tiny_network)
    change = document.apply(
        Compound(
            "c",
            (
                AddLayer(Layer("new", "new", "ReLU"), (Port("pool"),)),
                SetInputs("flatten", (Port("new"),)),
                SetFrozen(("fc",), True),
                RemoveLayer("drop"),
            ),
        )
    )
    assert change.added == ("new",)
    assert change.removed == ("drop",)
    assert change.changed == ("fc",)
    assert change.rewired == ("flatten", "fc")
    assert change.structural


def test_freezing_is_no_structural_change(tiny_network):
    change = Document(tiny_network).apply(SetFrozen(("fc",), True))
    assert change.changed == ("fc",)
    assert not change.structural


@pytest.mark.parametrize(
    ("edit", "reaches"),
    [
        (SetSettings("fc", {"bias": False}), True),
        (Rename("fc", "head"), True),
        (RemoveLayer("drop"), True),
        (SetInputs("fc", (None,)), True),
        (SetPurpose(classes=("a", "b")), True),
        (SetPurpose(preprocessing=Preprocessing(resize=8, crop=8)), True),
        (SetPurpose(name="other"), False),
        (SetFrozen(("fc",), True), False),
        (SetRates(("fc",), 10.0), False),
        (SetPlaces({"fc": Place("", 1.0, 2.0)}), False),
        (SetSettings("fc", {}), False),
    ],
    ids=lambda part: type(part).__name__,
)
def test_which_changes_reach_shapes_and_problems(tiny_network, edit, reaches):
    assert Document(tiny_network).apply(edit).reaches_facts is reaches
