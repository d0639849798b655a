"""The document's values: order, connections, ancestors, cycles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.errors import EditError, NetworkError
from designer.network.network import Connection, Layer, Network, Port, unused


def test_each_layer_comes_after_what_feeds_it(tiny_network):
    order = tiny_network.order
    assert sorted(order) == sorted(tiny_network.layers)
    for connection in tiny_network.connections:
        assert order.index(connection.source) < order.index(connection.target)


def test_order_keeps_the_files_order_where_it_is_free(tiny_network):
    assert tiny_network.order == tuple(tiny_network.layers)


def test_order_does_not_depend_on_the_files_order_alone(tiny_network):
    turned = replace(
        tiny_network,
        layers=dict(reversed(tiny_network.layers.items())),
        inputs=dict(reversed(tiny_network.inputs.items())),
    )
    assert turned.order == tiny_network.order


def test_a_cycle_is_named():
    layers = {name: Layer(name, name, "Identity") for name in ("head", "one", "two")}
    inputs = {"head": (), "one": (Port("two"),), "two": (Port("one"),)}
    with pytest.raises(NetworkError, match="one, two"):
        _ = Network("n", layers, inputs).order


def test_connections_and_consumers_agree(tiny_network):
    assert len(tiny_network.connections) == 11
    assert tiny_network.consumers["stem.relu"] == (
        Connection("stem.relu", 0, "block.conv", 0),
        Connection("stem.relu", 0, "block.add", 1),
    )
    assert tiny_network.consumers["output"] == ()


def test_an_empty_input_is_no_connection(tiny_network):
    cut = tiny_network.with_inputs({"fc": (None,)})
    assert len(cut.connections) == 10
    assert cut.ancestors(["output"]) == {"output", "fc"}


def test_ancestors_and_descendants(tiny_network):
    assert tiny_network.ancestors(["block.conv"]) == {
        "input",
        "stem.conv",
        "stem.bn",
        "stem.relu",
        "block.conv",
    }
    assert tiny_network.descendants(["flatten"]) == {"flatten", "drop", "fc", "output"}


def test_whoever_has_seen_enough_walks_no_further(tiny_network):
    assert next(tiny_network.upstream(["fc"])) == "fc"
    assert set(tiny_network.upstream(["pool"])) == tiny_network.ancestors(["pool"])
    assert set(tiny_network.downstream(["pool"])) == {"pool", "flatten", "drop", "fc", "output"}


def test_what_feeds_what_is_told_as_by_walking_all_of_it(tiny_network):
    turned = replace(tiny_network, layers=dict(reversed(tiny_network.layers.items())))
    ring = tiny_network.with_inputs({"stem.bn": (Port("drop"),)})
    cut = tiny_network.with_inputs({"pool": (None,)})
    assert tiny_network.feeds("stem.relu", "block.add")
    assert not cut.feeds("stem.relu", "fc")
    assert ring.feeds("drop", "stem.bn")
    for network in (tiny_network, turned, ring, cut):
        for source in network.layers:
            reached = network.descendants((source,))
            assert {target for target in network.layers if network.feeds(source, target)} == reached


def test_layers_of_a_kind_come_in_file_order(tiny_network):
    assert [layer.id for layer in tiny_network.of_kind("Conv2d", "Linear")] == [
        "stem.conv",
        "block.conv",
        "fc",
    ]


def test_a_layer_that_is_not_there_is_an_error(tiny_network):
    with pytest.raises(EditError, match="no layer 'nix'"):
        tiny_network["nix"]
    with pytest.raises(EditError):
        tiny_network.with_layers(Layer("nix", "nix", "ReLU"))


def test_changed_networks_share_the_rest(tiny_network):
    changed = tiny_network.with_layers(replace(tiny_network["fc"], frozen=True))
    assert changed["fc"].frozen
    assert not tiny_network["fc"].frozen
    assert changed["stem.conv"] is tiny_network["stem.conv"]
    assert list(changed.layers) == list(tiny_network.layers)


def test_a_change_of_values_keeps_what_hangs_on_the_wiring(tiny_network):
    for network in (tiny_network, tiny_network.with_inputs({"fc": (Port("stem.relu"),)})):
        known = network.connections, network.consumers, network.order, network.ring, network.names
        after = network.with_layers(replace(network["fc"], name="head"))
        fresh = Network(after.name, after.layers, after.inputs)
        assert (after.connections, after.consumers, after.order, after.ring) == known[:4]
        assert (fresh.connections, fresh.consumers, fresh.order, fresh.ring) == known[:4]
        assert after.consumers is network.consumers
        assert after.names == fresh.names != known[4]
        assert after.rank == fresh.rank == {layer_id: n for n, layer_id in enumerate(network.order)}
        frozen = network.with_layers(replace(network["fc"], frozen=True))
        assert frozen.names is network.names
    rewired = tiny_network.with_inputs({"fc": ()})
    assert len(rewired.connections) == len(tiny_network.connections) - 1


def test_unused_names_count_up():
    assert unused("fc", {"conv"}) == "fc"
    assert unused("fc", {"fc"}) == "fc_2"
    assert unused("fc", {"fc", "fc_2", "fc_4"}) == "fc_3"
