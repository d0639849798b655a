"""Layers put in: into connections, after layers, by themselves; their names, groups, places and order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import add, append, insert, new_ids
from designer.catalog.actions.putting import common_group
from designer.catalog.library import ENTRIES, Around
from designer.errors import EditError
from designer.network.edits import AddLayer, Compound, RemoveLayer
from designer.network.fragment import Fragment
from designer.network.network import Connection, Layer, Network, Place, Port

EDGE = Connection("stem.bn", 0, "stem.relu", 0)


def test_one_layer_goes_into_a_connection(tiny_network, one, made):
    edit = insert(tiny_network, EDGE, one("Tanh", "tanh"))
    assert edit.text == "Insert Tanh after stem.bn"
    after = made(edit, tiny_network)
    (new,) = new_ids(edit)
    assert after[new] == Layer(new, "tanh", "Tanh", {}, "stem")
    assert after.inputs[new] == (Port("stem.bn"),)
    assert after.inputs["stem.relu"] == (Port(new),)
    assert list(after.layers).index(new) == list(after.layers).index("stem.bn") + 1


def test_only_that_connection_changes(tiny_network, one, made):
    edit = insert(tiny_network, Connection("stem.relu", 0, "block.add", 1), one())
    after = made(edit, tiny_network)
    (new,) = new_ids(edit)
    assert after.inputs["block.add"] == (Port("block.conv"), Port(new))
    assert after.inputs["block.conv"] == (Port("stem.relu"),)
    # The innermost group around both ends.
    assert after[new].group == ""


def test_a_block_has_a_group_of_its_own(tiny_network, residual, made):
    edit = insert(tiny_network, EDGE, residual)
    after = made(edit, tiny_network)
    conv, side, addition = new_ids(edit)
    assert [(after[i].name, after[i].group) for i in (conv, side, addition)] == [
        ("residual_block.conv", "stem.residual_block"),
        ("residual_block.side", "stem.residual_block.shortcut"),
        ("residual_block.add", "stem.residual_block"),
    ]
    assert after.inputs[conv] == after.inputs[side] == (Port("stem.bn"),)
    assert after.inputs[addition] == (Port(conv), Port(side))
    assert after.inputs["stem.relu"] == (Port(addition),)
    start = list(after.layers).index("stem.bn") + 1
    assert list(after.layers)[start : start + 3] == [conv, side, addition]
    again = insert(after, Connection(addition, 0, "stem.relu", 0), residual)
    twice = made(again, after)
    assert twice[new_ids(again)[0]].name == "residual_block_2.conv"
    assert twice[new_ids(again)[1]].group == "stem.residual_block_2.shortcut"


def test_after_a_layer_it_takes_over_all_that_was_fed(tiny_network, one, made):
    edit = append(tiny_network, "stem.relu", one())
    assert edit.text == "Add ReLU after stem.relu"
    after = made(edit, tiny_network)
    (new,) = new_ids(edit)
    assert after.inputs["block.conv"] == (Port(new),)
    assert after.inputs["block.add"] == (Port("block.conv"), Port(new))
    assert after.inputs[new] == (Port("stem.relu"),)


def test_after_a_layer_that_feeds_nothing_it_feeds_nothing(tiny_network, one, made):
    loose = tiny_network.with_inputs({"output": (None,)})
    edit = append(loose, "fc", one())
    after = made(edit, loose)
    assert after.inputs[new_ids(edit)[0]] == (Port("fc"),)
    end = Fragment("End", (Layer("o", "o", "Output"),), {"o": (None,)}, one("X", "o").entrances, None)
    assert made(append(loose, "fc", end), loose).of_kind("Output")[0].id.startswith("o")


def test_other_outputs_of_the_layer_stay_where_they_are(tiny_network, one, made):
    cut = replace(tiny_network["stem.relu"], kind="Chunk", settings={"chunks": 2})
    network = tiny_network.with_layers(cut).with_inputs(
        {"block.add": (Port("block.conv"), Port("stem.relu", 1))}
    )
    edit = append(network, "stem.relu", one())
    after = made(edit, network)
    assert after.inputs["block.add"] == (Port("block.conv"), Port("stem.relu", 1))
    assert after.inputs["block.conv"] == (Port(new_ids(edit)[0]),)


def test_by_itself_it_lies_before_the_output_and_where_it_was_dropped(tiny_network, residual, made):
    edit = add(tiny_network, residual, Place("stem.bn", 300.0, -20.0))
    assert edit.text == "Add Residual block"
    after = made(edit, tiny_network)
    ids = new_ids(edit)
    assert list(after.layers)[-4:] == [*ids, "output"]
    assert after.inputs[ids[0]] == (None,)
    assert after.places[ids[0]] == Place("stem.bn", 300.0, -20.0)
    assert {after.places[i].anchor for i in ids[1:]} == {ids[0]}
    # Below one another.
    assert 0 < after.places[ids[1]].y < after.places[ids[2]].y
    bare = made(add(tiny_network, residual), tiny_network)
    assert bare.places == {}


def test_names_of_layers_stay_unique(tiny_network, one, made):
    network = tiny_network
    for wanted in ("fc_2", "fc_3"):
        edit = add(network, one("ReLU", "fc"))
        network = made(edit, network)
        assert network[new_ids(edit)[0]].name == wanted


def test_what_lets_nothing_through_is_refused(tiny_network, one):
    source = Fragment("Source", (Layer("p", "p", "Parameter", {"shape": [1]}),), {"p": ()}, (), Port("p"))
    sink = replace(one(), exit=None)
    nothing = Fragment("Nothing", (), {})
    for fragment in (source, sink, nothing):
        with pytest.raises(EditError):
            insert(tiny_network, EDGE, fragment)
    for fragment in (source, sink):
        with pytest.raises(EditError):
            append(tiny_network, "stem.bn", fragment)
    with pytest.raises(EditError, match="nothing to put in"):
        add(tiny_network, nothing)
    with pytest.raises(EditError, match="after 'output'"):
        append(tiny_network, "output", one())
    with pytest.raises(EditError, match="no such connection"):
        insert(tiny_network, Connection("fc", 0, "drop", 0), one())


@pytest.mark.parametrize("key", ENTRIES)
def test_every_entry_of_the_library_can_be_added(tiny_network, made, key):
    fragment = ENTRIES[key].make(Around((8, 16, 16), 3))
    edit = add(tiny_network, fragment, Place("", 0.0, 0.0))
    after = made(edit, tiny_network)
    assert [after[i].kind for i in new_ids(edit)] == [layer.kind for layer in fragment.layers]
    if fragment.entrances and fragment.exit is not None:
        into = insert(tiny_network, EDGE, fragment)
        inside = made(into, tiny_network)
        fed = [p for i in new_ids(into) for p in inside.inputs[i]]
        assert fed.count(Port("stem.bn")) == len(fragment.entrances)


def test_the_common_group():
    assert common_group("a.b.c", "a.b.d") == "a.b"
    assert common_group("a.b", "a.b") == "a.b"
    assert common_group("a.b", "a.bc") == "a"
    assert common_group("a", "") == ""


def test_new_ids_are_those_that_stay(tiny_network):
    edit = Compound(
        "x",
        (
            AddLayer(Layer("a", "a", "ReLU")),
            AddLayer(Layer("b", "b", "ReLU")),
            Compound("y", (RemoveLayer("a"), AddLayer(Layer("c", "c", "ReLU")))),
        ),
    )
    assert new_ids(edit) == ("b", "c")
    assert new_ids(RemoveLayer("fc")) == ()


@pytest.mark.parametrize("name", ["x" * 500, "слой", "層", "a.b..c", " ", "\n", "🧠"])
def test_names_in_any_script(tiny_network, one, made, name):
    edit = add(tiny_network, replace(one(), layers=(Layer("new", name, "ReLU"),)))
    after = made(edit, tiny_network)
    assert after[new_ids(edit)[0]].name == name
    assert len(edit.text) < 80


def test_an_empty_network_takes_a_first_layer(one, made):
    empty = Network("empty", {}, {})
    after = made(add(empty, one()), empty)
    assert len(after) == 1
