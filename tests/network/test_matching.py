"""Pairs of layers: the longest common run against the textbook, and which rule pairs what."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from designer.network.edits import AddLayer, Compound, RemoveLayer, Rename, SetInputs
from designer.network.matching import longest_common, match
from designer.network.network import Layer, Network, Port

TOKENS = st.lists(st.sampled_from("abcd"), max_size=40)


def table_length(one, other):
    """Length of the longest common subsequence, by the usual table."""
    row = [0] * (len(other) + 1)
    for a in one:
        former = row
        row = [0]
        for place, b in enumerate(other):
            row.append(former[place] + 1 if a == b else max(former[place + 1], row[place]))
    return row[-1]


def chain(kinds, prefix="n", ids=None):
    """Layers of these kinds in a row, between an input and an output."""
    names = ids or [f"{prefix}{n}" for n in range(len(kinds))]
    rows = [
        Layer("input", "input", "Input", {"shape": [4]}),
        *(Layer(name, name, kind) for name, kind in zip(names, kinds, strict=True)),
        Layer("output", "output", "Output"),
    ]
    inputs = {row.id: (Port(rows[n - 1].id),) if n else () for n, row in enumerate(rows)}
    return Network("chain", {row.id: row for row in rows}, inputs)


@given(TOKENS, TOKENS)
def test_the_longest_common_run_is_common_and_longest(one, other):
    found = longest_common(one, other)
    assert [one[i] for i, _ in found] == [other[j] for _, j in found]
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(found))
    assert len(found) == table_length(one, other)


def test_long_runs_are_found_soon():
    one = ["conv", "norm", "relu"] * 2000
    other = ["conv", "relu"] * 2000
    assert len(longest_common(one, other)) == 4000


def test_a_network_is_paired_with_itself(tiny_network):
    found = match(tiny_network, tiny_network)
    assert found.pairs == {i: i for i in tiny_network.layers}
    assert found.related


def test_a_renamed_layer_is_still_the_same(tiny_network):
    after = Rename("fc", "answer").apply(tiny_network)
    assert match(tiny_network, after).pairs["fc"] == "fc"


def test_a_fresh_layer_of_the_same_name_and_kind_is_the_old_one_renewed(tiny_network):
    fresh = replace(tiny_network["fc"], id="fc~1", settings={"in_features": 8, "out_features": 9})
    after = Compound(
        "renew",
        (RemoveLayer("fc"), AddLayer(fresh, (Port("drop"),)), SetInputs("output", (Port("fc~1"),))),
    ).apply(tiny_network)
    assert match(tiny_network, after).pairs["fc"] == "fc~1"


def test_a_layer_put_in_anothers_place_is_paired_by_its_weights(tiny_network):
    other = Layer("other~1", "other", "Conv2d", dict(tiny_network["fc"].settings), weights_from=("fc",))
    after = Compound("replace", (RemoveLayer("fc"), AddLayer(other, (Port("drop"),)))).apply(tiny_network)
    assert match(tiny_network, after).pairs["fc"] == "other~1"


def test_a_copy_does_not_take_the_place_of_what_it_was_copied_from(tiny_network):
    copy = replace(tiny_network["fc"], id="fc~1", name="fc_2", weights_from=("fc",))
    after = AddLayer(copy, (Port("drop"),)).apply(tiny_network)
    pairs = match(tiny_network, after).pairs
    assert pairs["fc"] == "fc"
    assert "fc~1" not in pairs.values()


def test_a_layer_taken_out_here_and_one_put_in_there_are_two(tiny_network):
    there = Layer("new~1", "new", "Dropout", {"p": 0.2})
    after = Compound("move", (RemoveLayer("drop"), AddLayer(there, (Port("input"),)))).apply(tiny_network)
    pairs = match(tiny_network, after).pairs
    assert "drop" not in pairs
    assert "new~1" not in pairs.values()


def test_between_the_same_neighbours_a_layer_of_the_same_kind_is_the_same(tiny_network):
    here = Layer("new~1", "new", "Dropout", {"p": 0.9})
    after = Compound(
        "exchange",
        (RemoveLayer("drop"), AddLayer(here, (Port("flatten"),)), SetInputs("fc", (Port("new~1"),))),
    ).apply(tiny_network)
    assert match(tiny_network, after).pairs["drop"] == "new~1"


def test_numbers_that_mean_something_else_are_not_trusted():
    before = chain(["Conv2d", "ReLU", "Conv2d", "ReLU"], ids=list("0123"))
    after = chain(
        ["Conv2d", "BatchNorm2d", "ReLU", "Conv2d", "BatchNorm2d", "ReLU"], ids=[str(n) for n in range(6)]
    )
    found = match(before, after)
    assert not found.related
    assert found.pairs == {"input": "input", "0": "0", "1": "2", "2": "3", "3": "5", "output": "output"}


def test_equal_settings_go_before_equal_kinds():
    before = chain(["Linear"], prefix="a")
    after = chain(["Linear", "Linear"], prefix="b")
    settings = {"in_features": 3, "out_features": 7}
    before = replace(before, layers={**before.layers, "a0": replace(before["a0"], settings=settings)})
    after = replace(after, layers={**after.layers, "b1": replace(after["b1"], settings=settings)})
    assert match(before, after).pairs["a0"] == "b1"


def test_a_cycle_is_compared_too():
    before = chain(["ReLU", "ReLU"])
    after = replace(before, inputs={**before.inputs, "n0": (Port("n1"),)})
    assert len(match(before, after).pairs) == 4
