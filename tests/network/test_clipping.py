"""The clipboard's text: what was copied comes back, and rubbish of any sort is refused in plain words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.errors import EditError
from designer.network import clipping
from designer.network.clipping import Clip, clip_from_text, clip_to_text, is_clip
from designer.network.fragment import Entrance, Fragment
from designer.network.network import Layer, Port


def fragment(*, name: str = "conv", weights_from: tuple[str, ...] = ("old", "older")) -> Fragment:
    """A convolution, and an addition of it and what comes from outside."""
    conv = {"in_channels": 4, "out_channels": 4, "kernel_size": [1, 3]}
    return Fragment(
        "2 layers",
        (Layer("c", name, "Conv2d", conv, "block", True, 2.0, 0.5, weights_from), Layer("a", "add", "Add")),
        {"c": (None,), "a": (Port("c"), None)},
        (Entrance("c", 0), Entrance("a", 1)),
        Port("a"),
    )


@pytest.mark.parametrize("name", ["conv", "слой", "層 1", "🧠", "x" * 500, 'quo"te\\', "line\nbreak"])
def test_what_was_copied_comes_back(name):
    clip = clip_from_text(clip_to_text(fragment(name=name), "window 1"))
    assert clip == Clip(fragment(name=name), "window 1")
    assert is_clip(clip_to_text(fragment(name=name)))


def test_layers_without_ends_come_back_too():
    bare = Fragment("ReLU", (Layer("r", "relu", "ReLU"),), {"r": (None,)})
    assert clip_from_text(clip_to_text(bare)).fragment == bare


def test_weights_come_from_the_same_document_alone():
    clip = clip_from_text(clip_to_text(fragment(), "one"))
    assert clip.for_document("one") == fragment()
    assert clip.for_document("other") == fragment(weights_from=())
    nameless = clip_from_text(clip_to_text(fragment()))
    assert nameless.for_document("") == fragment(weights_from=())


RUBBISH = {
    "nothing": ("", "something else"),
    "prose": ("Dear reader", "something else"),
    "other JSON": ('{"a": 1}', "something else"),
    "a list": ("[1, 2]", "something else"),
    "a number": ("17", "something else"),
    "not a number": ('{"netgraft": "layers", "format": NaN}', "something else"),
    "nested deeply": ("[" * 100_000, "something else"),
    "half a character": ('{"netgraft": "layers", "format": 1, "title": "\\ud800"}', "something else"),
    "a raw half character": ("\ud800", "something else"),
    "a number beyond bounds": ("1" * 5000, "something else"),
    "newer": ('{"netgraft": "layers", "format": 2}', "newer version"),
    "no format": ('{"netgraft": "layers"}', "something else"),
    "format true": ('{"netgraft": "layers", "format": true}', "something else"),
    "no layers": ('{"netgraft": "layers", "format": 1}', "missing required field"),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_refused_in_plain_words(name):
    given_text, said = RUBBISH[name]
    with pytest.raises(EditError) as caught:
        clip_from_text(given_text)
    assert said in str(caught.value)
    assert all((caught.value.what, caught.value.why, caught.value.remedy))


def put(path: tuple, value: object) -> dict:
    found = json.loads(clip_to_text(fragment(), "one"))
    at = found
    for key in path[:-1]:
        at = at[key]
    if value is DELETED:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return found


DELETED = object()
DAMAGED = {
    "no document": (("document",), DELETED),
    "no layer": (("layers",), []),
    "layers that are none": (("layers",), "abc"),
    "a layer that is none": (("layers", 0), 5),
    "no name": (("layers", 0, "name"), DELETED),
    "an empty name": (("layers", 0, "name"), " "),
    "two of one name": (("layers", 0, "name"), "add"),
    "two of one id": (("layers", 0, "id"), "a"),
    "settings that are none": (("layers", 0, "settings"), [1]),
    "frozen perhaps": (("layers", 0, "frozen"), "perhaps"),
    "a negative rate": (("layers", 0, "weight_rate"), -1),
    "weights from a number": (("layers", 0, "weights_from"), 7),
    "weights from numbers": (("layers", 0, "weights_from"), [7]),
    "fed by nobody": (("layers", 1, "inputs", 0), ["nix", 0]),
    "fed by itself": (("layers", 1, "inputs", 0), ["a", 0]),
    "a negative output": (("layers", 1, "inputs", 0), ["c", -1]),
    "inputs that are none": (("layers", 1, "inputs"), {"a": 1}),
    "an entrance nowhere": (("entrances", 0), ["nix", 0]),
    "an input too far": (("entrances", 0), ["c", 1]),
    "an exit nowhere": (("exit",), ["nix", 0]),
    "a title that is none": (("title",), None),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_clip_is_refused(name):
    path, value = DAMAGED[name]
    with pytest.raises(EditError, match="cannot be read"):
        clip_from_text(json.dumps(put(path, value)))


def test_a_clip_beyond_all_measure_is_refused_both_ways(monkeypatch):
    long_text = clip_to_text(fragment())
    monkeypatch.setattr(clipping, "MOST", 100)
    with pytest.raises(EditError, match="too many layers"):
        clip_to_text(fragment())
    with pytest.raises(EditError, match="too many layers"):
        clip_from_text(long_text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [
        ("document",),
        ("title",),
        ("layers",),
        ("entrances",),
        ("exit",),
        *((where, n) for where in ("layers", "entrances") for n in (0, 1)),
        *(
            ("layers", n, key)
            for n in (0, 1)
            for key in ("id", "name", "kind", "group", "settings", "inputs", "frozen", "weights_from")
        ),
    ]
)


@settings(max_examples=200)
@given(PLACES, JSON)
def test_any_value_anywhere_is_read_or_refused(path, value):
    try:
        clip = clip_from_text(json.dumps(put(path, value)))
    except EditError:
        return
    assert clip_from_text(clip_to_text(clip.fragment, clip.document)) == clip


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_text_is_refused(rubbish):
    with pytest.raises(EditError):
        clip_from_text(rubbish)
