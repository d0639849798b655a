"""Edits: what each does, what it refuses, and that its inverse leads back to an equal network."""

from __future__ import annotations

import pytest

from designer.errors import EditError
from designer.network.edits import (
    AddLayer,
    Compound,
    PutLayers,
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

EDITS = {
    "add": AddLayer(Layer("new", "new", "ReLU"), (Port("fc"),), 3),
    "add last": AddLayer(Layer("new", "new", "ReLU")),
    "remove a fork": RemoveLayer("stem.relu"),
    "remove the first": RemoveLayer("input"),
    "remove the last": RemoveLayer("output"),
    "connect": SetInputs("block.add", (Port("stem.relu"), Port("stem.bn"), Port("input"))),
    "disconnect": SetInputs("fc", ()),
    "settings": SetSettings("fc", {"out_features": 7, "bias": False}),
    "rename": Rename("fc", "classifier"),
    "freeze": SetFrozen(("stem.conv", "stem.bn"), True),
    "rates": SetRates(("fc", "stem.conv"), 10.0, None),
    "put": PutLayers((Layer("fc", "other", "Identity"),), "Put"),
    "purpose": SetPurpose("n", ("x", "y"), Preprocessing(resize=32, crop=32)),
    "labelling": SetPurpose(multilabel=True),
    "compound": Compound(
        "Swap",
        (
            RemoveLayer("fc"),
            AddLayer(Layer("fc2", "fc", "Linear", {"in_features": 8, "out_features": 2}), (Port("drop"),), 9),
            SetInputs("output", (Port("fc2"),)),
        ),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_inverse_leads_back(tiny_network, name):
    edit = EDITS[name]
    inverse = edit.inverse(tiny_network)
    changed = edit.apply(tiny_network)
    assert changed != tiny_network
    back = inverse.apply(changed)
    assert back == tiny_network
    # Equal dicts may differ in order; the order of layers is part of the document.
    assert list(back.layers) == list(tiny_network.layers)
    assert list(back.inputs) == list(tiny_network.inputs)


@pytest.mark.parametrize("name", EDITS)
def test_the_inverse_of_the_inverse_is_the_edit(tiny_network, name):
    edit = EDITS[name]
    changed = edit.apply(tiny_network)
    inverse = edit.inverse(tiny_network)
    again = inverse.inverse(changed)
    assert again.apply(inverse.apply(changed)) == changed


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_has_a_text_and_the_same_one_back(tiny_network, name):
    assert EDITS[name].text.strip()


def test_a_removed_layer_leaves_empty_inputs(tiny_network):
    left = RemoveLayer("stem.relu").apply(tiny_network)
    assert left.inputs["block.conv"] == (None,)
    assert left.inputs["block.add"] == (Port("block.conv"), None)
    assert "stem.relu" not in left


def test_settings_that_are_not_named_stay(tiny_network):
    changed = SetSettings("stem.conv", {"stride": 2}).apply(tiny_network)
    assert changed["stem.conv"].settings == {**tiny_network["stem.conv"].settings, "stride": 2}


def test_a_rate_that_is_none_stays(tiny_network):
    changed = SetRates(("fc",), bias_rate=3).apply(tiny_network)
    assert (changed["fc"].weight_rate, changed["fc"].bias_rate) == (1.0, 3.0)


REFUSED = {
    "two with one id": (AddLayer(Layer("fc", "fc9", "ReLU")), "already a layer 'fc'"),
    "two with one name": (AddLayer(Layer("new", "fc", "ReLU")), "already a layer named"),
    "fed by nobody": (AddLayer(Layer("new", "new", "ReLU"), (Port("nix"),)), "no layer 'nix'"),
    "no such output": (SetInputs("fc", (Port("drop", -1),)), "no output -1"),
    "remove nobody": (RemoveLayer("nix"), "no layer 'nix'"),
    "cycle": (SetInputs("stem.conv", (Port("fc"),)), "cannot be fed"),
    "itself": (SetInputs("fc", (Port("fc"),)), "cannot be fed"),
    "empty name": (Rename("fc", "  "), "needs a name"),
    "name in use": (Rename("fc", "drop"), "already a layer named 'drop'"),
    "negative rate": (SetRates(("fc",), -1.0), "cannot be -1"),
    "infinite rate": (SetRates(("fc",), float("inf")), "cannot be inf"),
    "rate that is no number": (SetRates(("fc",), float("nan")), "cannot be nan"),
    "same class twice": (SetPurpose(classes=("a", "a")), "same name"),
    "second part fails": (Compound("c", (SetFrozen(("fc",), True), RemoveLayer("nix"))), "no layer 'nix'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_edit_that_does_not_fit_is_refused(tiny_network, name):
    edit, said = REFUSED[name]
    before = tiny_network
    with pytest.raises(EditError, match=said):
        edit.apply(tiny_network)
    assert tiny_network == before


def test_renaming_to_its_own_name_is_no_clash(tiny_network):
    assert Rename("fc", " fc ").apply(tiny_network) == tiny_network
