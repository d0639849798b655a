"""Edits as JSON: every sort comes back as it was, and what is not an edit is refused in words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.network.edit_file import DEEPEST, edit_from_json, edit_to_json
from designer.network.edits import (
    AddLayer,
    Compound,
    PutLayers,
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
from designer.network.restructure import Added, Restructure

TEXT = st.text(max_size=8)
NUMBER = st.floats(0, 1e6)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
SETTINGS = st.dictionaries(TEXT, VALUE, max_size=3)
PORTS = st.lists(st.none() | st.builds(Port, TEXT, st.integers(0, 9)), max_size=3).map(tuple)
LAYERS = st.builds(
    Layer,
    TEXT,
    TEXT,
    TEXT,
    SETTINGS,
    TEXT,
    st.booleans(),
    NUMBER,
    NUMBER,
    st.lists(TEXT, max_size=2).map(tuple),
)
IDS = st.lists(TEXT, max_size=3).map(tuple)
PLACE = st.builds(Place, TEXT, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
INDEX = st.integers(-1, 50)
EDITS = st.recursive(
    st.one_of(
        st.builds(AddLayer, LAYERS, PORTS, INDEX),
        st.builds(RemoveLayer, TEXT),
        st.builds(SetInputs, TEXT, PORTS),
        st.builds(SetSettings, TEXT, SETTINGS),
        st.builds(Rename, TEXT, TEXT),
        st.builds(SetFrozen, IDS, st.booleans()),
        st.builds(SetRates, IDS, st.none() | NUMBER, st.none() | NUMBER),
        st.builds(SetPlaces, st.dictionaries(TEXT, st.none() | PLACE, max_size=3), TEXT),
        st.builds(PutLayers, st.lists(LAYERS, max_size=2).map(tuple), TEXT),
        st.builds(
            SetPurpose,
            st.none() | TEXT,
            st.none() | IDS,
            st.none() | st.just(Preprocessing(40, 32, "nearest", (0.1, 0.2, 0.3), (1.0, 2.0, 3.0))),
            st.none() | st.booleans(),
        ),
        st.builds(
            Restructure,
            TEXT,
            IDS,
            st.lists(st.builds(Added, LAYERS, PORTS, INDEX), max_size=2).map(tuple),
            st.dictionaries(TEXT, PORTS, max_size=2),
        ),
    ),
    lambda inner: st.builds(Compound, TEXT, st.lists(inner, max_size=3).map(tuple)),
    max_leaves=6,
)


@given(EDITS)
def test_any_edit_comes_back_as_it_was(edit):
    written = json.dumps(edit_to_json(edit))
    assert edit_from_json(json.loads(written)) == edit


def test_what_is_not_given_is_left_out():
    assert edit_to_json(RemoveLayer("fc")) == {"edit": "RemoveLayer", "layer": "fc"}
    assert edit_to_json(SetRates(("fc",), None, 2.0)) == {
        "edit": "SetRates",
        "layers": ["fc"],
        "bias_rate": 2.0,
    }
    added = edit_to_json(AddLayer(Layer("a", "a", "ReLU"), (Port("b"), None)))
    assert added == {
        "edit": "AddLayer",
        "layer": {"id": "a", "name": "a", "kind": "ReLU", "inputs": [["b", 0], None]},
    }


def test_what_is_no_edit_of_ours_cannot_be_written():
    with pytest.raises(TypeError, match="str"):
        edit_to_json("delete everything")


LAYER = {"id": "a", "name": "a", "kind": "ReLU"}
RUBBISH = [
    (7, "not a table"),
    (None, "not a table"),
    ([], "not a table"),
    ({}, "edit"),
    ({"edit": 3}, "not a text"),
    ({"edit": "Explode"}, "there is no edit 'Explode'"),
    ({"edit": "RemoveLayer"}, "layer"),
    ({"edit": "RemoveLayer", "layer": 3}, "not a text"),
    ({"edit": "RemoveLayer", "layer": "a", "quickly": True}, "takes no 'quickly'"),
    ({"edit": "AddLayer", "layer": "a"}, "not a table"),
    ({"edit": "AddLayer", "layer": {**LAYER, "colour": "red"}}, "has no 'colour'"),
    ({"edit": "AddLayer", "layer": {**LAYER, "settings": []}}, "Expected `object`.*settings"),
    ({"edit": "AddLayer", "layer": {**LAYER, "inputs": "b"}}, "Expected `array`"),
    ({"edit": "AddLayer", "layer": {**LAYER, "inputs": [["b", -1]]}}, "Expected `int` >= 0"),
    ({"edit": "AddLayer", "layer": {**LAYER, "weight_rate": -1}}, "Expected `float` >= 0.*weight_rate"),
    ({"edit": "AddLayer", "layer": LAYER, "index": -2}, "between"),
    ({"edit": "AddLayer", "layer": LAYER, "index": True}, "not a whole number"),
    ({"edit": "PutLayers", "layers": [{**LAYER, "inputs": []}]}, "nothing of its inputs"),
    ({"edit": "SetInputs", "layer": "a", "inputs": None}, "Expected `array`"),
    ({"edit": "SetFrozen", "layers": "a", "frozen": True}, "not a list"),
    ({"edit": "SetFrozen", "layers": ["a"], "frozen": 1}, "neither true nor false"),
    ({"edit": "SetRates", "layers": ["a"], "weight_rate": -1}, "bounds"),
    ({"edit": "SetPlaces", "places": {"a": ["", 1e12, 0]}}, "Expected `float` <= 1"),
    ({"edit": "SetPurpose", "preprocessing": {"resize": 3}}, "preprocessing"),
    ({"edit": "SetPurpose", "classes": "abc"}, "not a list"),
    ({"edit": "SetPurpose", "multilabel": 1}, "neither true nor false"),
    ({"edit": "Compound", "text": "x", "parts": [{"edit": "Explode"}]}, "no edit 'Explode'"),
    ({"edit": "Restructure", "text": "x", "added": [LAYER]}, "layer"),
]


@pytest.mark.parametrize(("value", "said"), RUBBISH)
def test_rubbish_is_refused_in_words(value, said):
    with pytest.raises((KeyError, TypeError, ValueError), match=said):
        edit_from_json(value)


def test_edits_within_edits_have_an_end():
    value = {"edit": "RemoveLayer", "layer": "a"}
    for _ in range(DEEPEST):
        value = {"edit": "Compound", "text": "", "parts": [value]}
    assert isinstance(edit_from_json(value), Compound)
    with pytest.raises(ValueError, match="deep"):
        edit_from_json({"edit": "Compound", "text": "", "parts": [value]})
