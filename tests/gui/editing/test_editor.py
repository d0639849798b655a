"""The editor: what is asked for on the page becomes one edit, and nothing is lost when it cannot."""

from __future__ import annotations

import pytest

from designer.gui.editing.adding import Adding
from designer.gui.editing.editor import Editor
from designer.gui.editing.freezing import Freezing
from designer.gui.editing.selection import Selection
from designer.network.edits import Rename
from designer.network.network import Connection, Place, Port
from designer.session.session import Session

from .conftest import make_facts


@pytest.fixture
def session(context, tiny_network) -> Session:
    context.session.open(tiny_network, None)
    context.session.set_facts(make_facts(tiny_network))
    return context.session


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def editor(context, session, selection) -> Editor:
    return Editor(context, selection)


@pytest.fixture
def adding(context, editor, selection) -> Adding:
    return Adding(context, editor, selection)


def test_an_edit_that_is_refused_is_told_of(editor, session, notices, tiny_network, qtbot):
    with qtbot.waitSignal(editor.refused):
        assert not editor.apply(Rename("fc", "drop"))
    assert session.network is tiny_network
    assert [notice.severity for notice in notices] == ["error"]


def test_without_a_network_nothing_happens(context, notices):
    lonely = Editor(context, Selection())
    assert not lonely.apply(Rename("fc", "x"))
    adding = Adding(context, lonely, Selection())
    adding.add_entry("Conv2d", None)
    lonely.select_all()
    assert lonely.targets(Port("fc")) == {}
    assert adding.place_text() == ""
    assert notices == []


def test_an_entry_goes_after_the_selected_layer(editor, adding, session, selection, qtbot):
    selection.select(["stem.relu"])
    assert adding.place_text() == "Goes after stem.relu"
    with qtbot.waitSignal(editor.added) as added:
        adding.add_entry("BatchNorm2d", None)
    (new,) = added.args[0]
    network = session.network
    assert network[new].settings["num_features"] == 8
    assert network.inputs[new] == (Port("stem.relu"),)
    assert {c.target for c in network.consumers[new]} == {"block.conv", "block.add"}
    assert selection.layers == (new,)


def test_an_entry_goes_into_the_selected_connection(adding, session, selection):
    selection.select_connections([Connection("stem.relu", 0, "block.conv", 0)])
    assert adding.place_text() == "Goes between stem.relu and block.conv"
    adding.add_entry("ReLU", None)
    (new,) = selection.layers
    assert [c.target for c in session.network.consumers[new]] == ["block.conv"]
    assert session.network.inputs["block.add"] == (Port("block.conv"), Port("stem.relu"))


def test_after_the_output_means_before_it(adding, session, selection):
    selection.select(["output"])
    adding.add_entry("Softmax", None)
    (new,) = selection.layers
    assert session.network.inputs["output"] == (Port(new),)
    assert session.network.inputs[new] == (Port("fc"),)


def test_with_nothing_selected_it_stands_by_itself(adding, session, selection):
    adding.add_entry("Linear", Place("fc", 300.0, 0.0))
    (new,) = selection.layers
    assert session.network.inputs[new] == (None,)
    assert session.network.places[new] == Place("fc", 300.0, 0.0)


def test_of_several_layers_the_last_one_counts(adding, session, selection):
    selection.select(["fc", "stem.conv", "pool"])
    adding.add_entry("Identity", None)
    assert session.network.inputs[selection.layers[0]] == (Port("fc"),)


def test_dropping(adding, session, selection):
    adding.drop("ReLU", Connection("pool", 0, "flatten", 0), Place("", 0, 0))
    (inside,) = selection.layers
    assert session.network.inputs["flatten"] == (Port(inside),)
    adding.drop("residual", None, Place("fc", 10.0, 20.0))
    assert len(selection.layers) > 3
    assert session.network.places[selection.layers[0]] == Place("fc", 10.0, 20.0)
    before = session.network
    adding.drop("no such thing", None, Place("", 0, 0))
    assert session.network is before


def test_connecting_rerouting_and_disconnecting(editor, session, context):
    editor.connect_ports(Port("stem.bn"), "block.conv", 0)
    assert session.network.inputs["block.conv"] == (Port("stem.bn"),)
    old = Connection("stem.relu", 0, "block.add", 1)
    before = session.network
    editor.reroute(old, Port("stem.relu"), "block.conv", 0)
    assert session.network.inputs["block.conv"] == (Port("stem.relu"),)
    assert Port("stem.relu") not in session.network.inputs["block.add"]
    context.history.stack.undo()
    assert session.network == before
    editor.disconnect_all((Connection("drop", 0, "fc", 0),))
    assert session.network.inputs["fc"] == (None,)


def test_what_may_be_connected(editor):
    targets = editor.targets(Port("block.conv"))
    assert not targets["stem.conv", 0].allowed
    assert targets["pool", 0].allowed
    assert editor.sources("pool", 0)[Port("stem.relu")].allowed


def test_deleting_and_duplicating(editor, session, selection, tiny_network, context):
    selection.select(["drop"])
    editor.delete()
    assert "drop" not in session.network
    context.history.stack.undo()
    assert session.network == tiny_network
    selection.select_connections([Connection("drop", 0, "fc", 0)])
    editor.delete()
    assert session.network.inputs["fc"] == (None,)
    selection.select(["stem.conv", "stem.bn"])
    editor.duplicate()
    twins = selection.layers
    assert len(twins) == 2
    assert session.network[twins[0]].weights_from[0] == "stem.conv"


def test_renaming_and_moving(editor, session, context):
    editor.name_layer("fc", "fc ")
    assert context.history.stack.count() == 0
    editor.name_layer("fc", "classifier")
    assert session.network["fc"].name == "classifier"
    editor.move({"fc": Place("drop", 5.0, 90.0), "pool": Place("", 1.0, 2.0)})
    assert session.network.places["fc"] == Place("drop", 5.0, 90.0)
    assert context.history.texts()[-1] == "Move 2 boxes"


def test_freezing_along_the_network(editor, session, selection):
    freezing = Freezing(editor, selection)
    selection.select(["stem.bn"])
    freezing.freeze_up_to()
    assert {layer.id for layer in session.network if layer.frozen} == {"stem.conv", "stem.bn"}
    freezing.unfreeze_from()
    assert {layer.id for layer in session.network if layer.frozen} == {"stem.conv"}
    freezing.freeze_group()
    assert session.network["stem.bn"].frozen
    freezing.unfreeze_group()
    assert not session.network["stem.conv"].frozen
    freezing.freeze_all_but_head()
    assert not session.network["fc"].frozen
    assert session.network["block.conv"].frozen
    freezing.unfreeze_all()
    freezing.freeze_selected()
    assert [layer.id for layer in session.network if layer.frozen] == ["stem.bn"]
    freezing.unfreeze_selected()
    assert not any(layer.frozen for layer in session.network)
    selection.select(["fc", "stem.conv"])
    freezing.freeze_up_to()
    assert session.network["fc"].frozen
    freezing.unfreeze_from()
    assert not any(layer.frozen for layer in session.network)
