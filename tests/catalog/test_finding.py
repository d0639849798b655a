"""Layers and connections by what a user calls them."""

from __future__ import annotations

import pytest

from designer.catalog.finding import connection, layer_id, layer_ids
from designer.errors import EditError
from designer.network.edits import Rename, SetInputs
from designer.network.network import Connection, Port


def test_layers_by_name_id_and_group(tiny_network):
    network = Rename("fc", "answer").apply(tiny_network)
    assert layer_ids(network, ["answer"]) == ("fc",)
    assert layer_ids(network, ["fc"]) == ("fc",)
    assert layer_ids(network, ["stem", "answer", "stem"]) == ("stem.conv", "stem.bn", "stem.relu", "fc")
    assert (layer_id(network, "answer"), layer_id(network, "fc")) == ("fc", "fc")


def test_a_name_goes_before_an_id(tiny_network):
    network = Rename("drop", "fc").apply(Rename("fc", "answer").apply(tiny_network))
    assert layer_id(network, "fc") == "drop"


def test_what_is_not_there_is_told_with_what_is_like_it(tiny_network):
    with pytest.raises(EditError, match="flatten"):
        layer_id(tiny_network, "flaten")
    with pytest.raises(EditError, match="stem"):
        layer_ids(tiny_network, ["stm"])


def test_connections_by_either_end(tiny_network):
    into_fc = Connection("drop", 0, "fc", 0)
    assert connection(tiny_network, "drop", "fc") == into_fc
    assert connection(tiny_network, "drop", None) == into_fc
    assert connection(tiny_network, None, "fc") == into_fc
    assert connection(tiny_network, None, "block.add", 1) == Connection("stem.relu", 0, "block.add", 1)


def test_a_connection_that_is_not_there_or_not_the_only_one(tiny_network):
    with pytest.raises(EditError, match="no connection from drop to pool"):
        connection(tiny_network, "drop", "pool")
    with pytest.raises(EditError, match="2 connections"):
        connection(tiny_network, "stem.relu", None)
    twice = SetInputs("block.add", (Port("stem.relu"), Port("stem.relu"))).apply(tiny_network)
    with pytest.raises(EditError, match="number of the input"):
        connection(twice, "stem.relu", "block.add")
    assert connection(twice, "stem.relu", "block.add", 1).input == 1
