"""Why a layer does not take what it is given: settings that nobody would write by hand."""

from __future__ import annotations

import pytest

from designer.catalog.kinds import kind
from designer.engine.mismatch import Source, explain
from designer.engine.shapes import infer
from designer.network.edits import SetSettings


@pytest.mark.parametrize("name", ["padding", "kernel_size", "dilation"])
@pytest.mark.parametrize("value", [[], [1, 1, 1]])
def test_a_window_without_two_sides_is_a_problem_of_its_layer(tiny_network, name, value):
    network = SetSettings("stem.conv", {name: value}).apply(tiny_network)
    problems = [p for p in infer(network).problems if p.layer == "stem.conv"]
    assert [p.severity for p in problems] == ["error"]
    assert repr(value) in problems[0].message


def test_a_window_that_cannot_be_reckoned_with_leaves_torchs_own_words():
    row = kind("Conv2d")
    settings = row.complete({"in_channels": 3, "out_channels": 4, "kernel_size": 3})
    settings["kernel_size"] = [3, 3, 3, 3]
    error = explain("a", row, settings, [Source("b", (3, 8, 8), (2, 3, 8, 8))], "expected 2 values")
    assert "expected 2 values" in error.why
