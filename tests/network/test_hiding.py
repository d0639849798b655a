"""Hidden layers: what flows through them is one line past them, and nothing else is lost."""

from __future__ import annotations

from dataclasses import replace

from designer.network.groups import everything, group_tree, view_of
from designer.network.hiding import could_hide, hidden_layers, hide
from designer.network.network import Layer, Network, Port


def seen(network, expanded=None):
    tree = group_tree(network)
    return view_of(network, tree, everything(tree) if expanded is None else expanded)


def edges(view):
    return {(edge.source, edge.target): edge.connections for edge in view.edges}


def test_a_hidden_layer_is_passed_by_its_line(tiny_network):
    view = hide(tiny_network, seen(tiny_network), ["BatchNorm2d"])
    keys = [box.key for box in view.boxes]
    assert "stem.bn" not in keys
    assert len(keys) == len(tiny_network) - 1
    assert edges(view)[("stem.conv", "stem.relu")] == 1
    assert view.shown["stem.bn"] == "stem.conv"
    assert hidden_layers(view) == ("stem.bn",)


def test_several_in_a_row_and_one_that_feeds_two(tiny_network):
    view = hide(tiny_network, seen(tiny_network), ["BatchNorm2d", "ReLU", "Flatten", "Dropout"])
    assert edges(view)[("stem.conv", "block.conv")] == 1
    assert edges(view)[("stem.conv", "block.add")] == 1
    assert edges(view)[("pool", "fc")] == 1
    assert {i: view.shown[i] for i in ("stem.bn", "stem.relu", "flatten", "drop")} == {
        "stem.bn": "stem.conv",
        "stem.relu": "stem.conv",
        "flatten": "pool",
        "drop": "pool",
    }
    # Each line is still the connections between what its ends stand for.
    for (source, target), count in edges(view).items():
        found = [
            c
            for c in tiny_network.connections
            if (view.shown[c.source], view.shown[c.target]) == (source, target)
        ]
        assert len(found) == count


def test_what_has_several_inputs_or_leads_nowhere_stays(tiny_network):
    view = seen(tiny_network)
    assert hide(tiny_network, view, ["Add", "Output", "Input"]) is view
    counts = could_hide(tiny_network)
    assert "Add" not in counts
    assert "Output" not in counts
    assert counts["ReLU"] == 1


def test_a_layer_that_someone_went_to_is_seen(tiny_network):
    view = hide(tiny_network, seen(tiny_network), ["BatchNorm2d", "ReLU"], ["stem.relu"])
    assert hidden_layers(view) == ("stem.bn",)


def test_a_frame_with_nothing_in_it_goes(tiny_network):
    alone = {i: replace(tiny_network[i], group="norm") for i in ("stem.bn", "stem.relu")}
    network = tiny_network.with_layers(*alone.values())
    view = seen(network)
    assert "norm" in {frame.path for frame in view.frames}
    assert "norm" not in {frame.path for frame in hide(network, view, ["BatchNorm2d", "ReLU"]).frames}


def test_what_is_in_a_collapsed_group_is_not_hidden(tiny_network):
    view = hide(tiny_network, seen(tiny_network, frozenset()), ["ReLU", "BatchNorm2d"])
    assert view == seen(tiny_network, frozenset())
    assert hidden_layers(view) == ()


def test_a_cycle_of_layers_to_hide_is_seen():
    rows = [Layer("a", "a", "ReLU"), Layer("b", "b", "ReLU"), Layer("c", "c", "ReLU")]
    inputs = {"a": (Port("b"),), "b": (Port("a"),), "c": (Port("b"),)}
    network = Network("round", {row.id: row for row in rows}, inputs)
    view = hide(network, seen(network), ["ReLU"])
    # The last leads nowhere, the other two feed one another.
    assert {box.key for box in view.boxes} == {"a", "b", "c"}
