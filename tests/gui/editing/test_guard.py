"""What an edit would cost, the one question about it, and that Undo brings the very weights back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.catalog.actions import delete_layers, set_settings
from designer.gui.editing import guard as room
from designer.gui.editing.guard import Guard, loss_of, question_of
from designer.jobs import steps
from designer.network.edits import Compound, Rename, SetFrozen, SetSettings
from designer.progress import Silent

WEIGHTS = {"stem.conv": 1, "stem.bn": 1, "block.conv": 1, "fc": 1}


@pytest.fixture
def answers(monkeypatch):
    """The questions that were asked, and what is answered."""
    asked: list = []
    asked_with = {"answer": "change", "asked": asked}

    def ask(parent, text, detail, choices):
        asked.append((text, detail, [choice.text for choice in choices]))
        return asked_with["answer"]

    monkeypatch.setattr(room, "ask", ask)
    return asked_with


@pytest.fixture
def pretrained(tiny_network):
    return replace(tiny_network, origin="resnet18")


@pytest.mark.parametrize(
    ("edit", "layers"),
    [
        (SetSettings("stem.conv", {"kernel_size": 5}), ("stem.conv",)),
        (SetSettings("stem.conv", {"kernel_size": [3, 3]}), ()),
        (SetSettings("stem.conv", {"stride": 2}), ()),
        (SetSettings("pool", {"output_size": 2}), ()),
        (Rename("fc", "head"), ()),
        (SetFrozen(("fc",), True), ()),
        (Compound("", (SetSettings("fc", {"bias": False}), SetFrozen(("fc",), True))), ("fc",)),
    ],
)
def test_what_an_edit_costs(tiny_network, edit, layers):
    loss = loss_of(tiny_network, edit, WEIGHTS, {})
    assert (loss.layers if loss is not None else ()) == layers


def test_what_is_lost_already_or_was_never_there_costs_nothing(tiny_network):
    edit = SetSettings("fc", {"in_features": 9})
    assert loss_of(tiny_network, edit, WEIGHTS, {"fc": "does not fit"}) is None
    assert loss_of(tiny_network, edit, None, {}) is None
    assert loss_of(tiny_network, edit, {"stem.conv": 1}, {}) is None
    assert loss_of(tiny_network, delete_layers(tiny_network, ["fc"]), WEIGHTS, {}) is None


def test_the_question_in_words(pretrained, facts):
    edit = SetSettings("stem.conv", {"kernel_size": 5, "out_channels": 4, "stride": 2})
    text, detail = question_of(pretrained, loss_of(pretrained, edit, WEIGHTS, {}), facts)
    assert text == "Change out channels, kernel size of 'stem.conv', and begin with new weights?"
    assert "The 216 values that came with resnet18" in detail
    assert "Undo brings them back" in detail
    both = set_settings(pretrained, ["stem.conv", "block.conv"], {"kernel_size": 5})
    text, detail = question_of(pretrained, loss_of(pretrained, both, WEIGHTS, {}), facts)
    assert "2 layers" in text
    assert "800 values" in detail


def test_the_first_loss_is_asked_about_and_no_other(make_page, context, pretrained, facts, answers):
    page = make_page(pretrained, facts=facts)
    context.session.weights = WEIGHTS
    page.go_to_layer("stem.conv")
    editors = page.pane.layer.form.editors
    editors["stride"].fields[0].setText("2")
    editors["stride"].fields[0].setModified(True)
    editors["stride"].fields[0].committed.emit()
    assert context.session.network["stem.conv"].settings["stride"] == 2
    assert answers["asked"] == []
    answers["answer"] = "keep"
    editors["out_channels"].widget.setValue(16)
    assert context.session.network["stem.conv"].settings["out_channels"] == 8
    assert editors["out_channels"].widget.value() == 8
    assert len(answers["asked"]) == 1
    assert answers["asked"][0][2] == ["Change it", "Cancel"]
    editors["out_channels"].widget.setValue(16)
    assert context.session.network["stem.conv"].settings["out_channels"] == 16
    assert len(answers["asked"]) == 1


def test_a_network_of_ones_own_is_not_guarded(qapp, context, tiny_network, answers):
    context.session.open(tiny_network, WEIGHTS)
    guard = Guard(context.session, None)
    assert guard.agrees(tiny_network, SetSettings("fc", {"in_features": 9}))
    assert answers["asked"] == []


def test_undo_brings_the_weights_back(context, tiny_network, facts):
    built = steps_weights(tiny_network)
    context.session.open(tiny_network, built)
    before = {layer_id: built.digest(layer_id) for layer_id in built}
    assert set(before) == set(WEIGHTS)
    assert misfits_of(context) == {}
    context.session.apply(set_settings(tiny_network, ["stem.conv"], {"kernel_size": 5}))
    assert set(misfits_of(context)) == {"stem.conv"}
    context.session.apply(set_settings(context.session.network, ["stem.conv"], {"kernel_size": [1, 7]}))
    assert set(misfits_of(context)) == {"stem.conv"}
    while context.history.stack.canUndo():
        context.history.stack.undo()
    assert context.session.network == tiny_network
    assert misfits_of(context) == {}
    after = weights_as_built(context)
    assert {layer_id: after.digest(layer_id) for layer_id in after} == before


def steps_weights(network):
    from designer.engine.building import build, weights_of

    return weights_of(build(network, seed=3))


def weights_as_built(context):
    from designer.engine.building import build, weights_of

    # Another seed: what the session's weights do not give would differ.
    return weights_of(build(context.session.network, context.session.weights, seed=4))


def misfits_of(context) -> dict[str, str]:
    return dict(steps.misfits(context.session.network, context.session.weights)(Silent()))
