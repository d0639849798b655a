"""The network page: edits through one undo stack, actions, outline, property pane, problems."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from designer.catalog.actions import replace_head
from designer.gui.editing import head_dialog
from designer.gui.editing.head_dialog import HeadDialog
from designer.network.edits import Rename, SetFrozen, SetSettings
from designer.network.groups import GROUP
from designer.session.results import Problem

from .conftest import make_facts


def test_edits_are_undone_and_redone_in_the_document(page, context, tiny_network):
    page.apply(Rename("fc", "classifier"))
    page.apply(SetFrozen(("stem.conv",), True))
    assert page.context.history.stack.count() == 2
    assert page.context.history.stack.undoText() == "Freeze stem.conv"
    last = context.session.network
    page.context.history.stack.undo()
    page.context.history.stack.undo()
    assert context.session.network == tiny_network
    page.context.history.stack.redo()
    page.context.history.stack.redo()
    assert context.session.network == last


def test_an_edit_that_is_refused_is_told_and_not_on_the_stack(page, context, notices, tiny_network):
    assert not page.apply(Rename("fc", "drop"))
    assert page.context.history.stack.count() == 0
    assert context.session.network is tiny_network
    assert [notice.severity for notice in notices] == ["error"]
    assert "already a layer named 'drop'" in notices[0].text


def test_edits_of_other_pages_can_be_undone_too(page, context, tiny_network):
    context.session.apply(replace_head(tiny_network, ["a", "b", "c", "d"]))
    assert page.context.history.stack.count() == 1
    page.context.history.stack.undo()
    assert context.session.network == tiny_network


def test_another_network_empties_the_stack(page, context, tiny_network, qtbot):
    page.apply(Rename("fc", "classifier"))
    with qtbot.waitSignal(page.canvas.arranged):
        context.session.open(tiny_network, None)
    assert page.context.history.stack.count() == 0


def test_a_long_walk_through_the_stack(page, context, tiny_network, qtbot):
    for number in range(60):
        page.apply(SetSettings("fc", {"out_features": number + 1}))
    last = context.session.network
    while page.context.history.stack.canUndo():
        page.context.history.stack.undo()
    assert context.session.network == tiny_network
    while page.context.history.stack.canRedo():
        page.context.history.stack.redo()
    assert context.session.network == last


def test_what_the_page_needs(make_page, context, tiny_network):
    page = make_page(None)
    assert page.need()
    context.session.open(tiny_network, None)
    context.session.set_facts(make_facts(tiny_network))
    assert page.need() == ""
    context.session.set_facts(make_facts(tiny_network, Problem("warning", "fc", "w")))
    assert page.need() == ""
    context.session.set_facts(make_facts(tiny_network, Problem("error", "fc", "e")))
    assert page.need()


def test_without_a_network_it_leads_to_the_start(make_page, visited, qtbot):
    from PySide6.QtWidgets import QPushButton

    page = make_page(None)
    button = next(b for b in page.findChildren(QPushButton) if b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert visited == ["start"]


def test_the_backbone_is_frozen_and_all_unfrozen(page, context):
    page.actions_by_key["freeze_backbone"].trigger()
    frozen = {layer.id for layer in context.session.network if layer.frozen}
    assert frozen == {"stem.conv", "stem.bn", "block.conv"}
    assert not page.actions_by_key["freeze_backbone"].isEnabled()
    assert "already" in page.actions_by_key["freeze_backbone"].toolTip()
    page.actions_by_key["unfreeze_all"].trigger()
    assert not any(layer.frozen for layer in context.session.network)


def test_the_head_is_replaced_by_the_dialog(page, context, qtbot, monkeypatch):
    def agree(dialog):
        dialog.by_names.setChecked(True)
        dialog.names.setPlainText("daisy\n rose \n\ntulip\nlily")
        assert dialog.accept_button.isEnabled()
        return HeadDialog.DialogCode.Accepted

    monkeypatch.setattr(head_dialog.HeadDialog, "exec", agree)
    with qtbot.waitSignal(page.canvas.arranged):
        page.actions_by_key["replace_head"].trigger()
    assert context.session.network.classes == ("daisy", "rose", "tulip", "lily")
    head = next(layer for layer in context.session.network if layer.name == "fc")
    assert head.settings["out_features"] == 4
    assert (head.weight_rate, head.bias_rate) == (10, 10)
    assert page.context.history.stack.count() == 1


def test_thinking_better_of_it_changes_nothing(page, context, monkeypatch, tiny_network):
    monkeypatch.setattr(head_dialog.HeadDialog, "exec", lambda dialog: HeadDialog.DialogCode.Rejected)
    page.questions.replace_head()
    assert context.session.network is tiny_network


def test_deleting_several_layers_is_one_edit(page, context, qtbot):
    page.selection.select(["stem.bn", "stem.relu"])
    with qtbot.waitSignal(page.canvas.arranged):
        page.editor.delete()
    assert page.context.history.stack.count() == 1
    assert [port.layer for port in context.session.network.inputs["block.conv"]] == ["stem.conv"]
    assert page.selection.layers == ()


def test_an_unknown_kind_can_be_looked_at(make_page, tiny_network, facts):
    odd = tiny_network.with_layers(replace(tiny_network["pool"], kind="FromTheFuture"))
    page = make_page(odd, facts=facts)
    page.go_to_layer("pool")
    assert page.pane.state.kind == "FromTheFuture"
    assert page.canvas.view.item.content("pool").kind == "FromTheFuture"
    assert GROUP + "stem" in page.canvas.picture.frames


@pytest.mark.parametrize("size", [(960, 540), (2300, 1300)])
def test_the_parts_find_room(make_page, tiny_network, facts, size):
    page = make_page(tiny_network, size, facts)
    assert page.canvas.view.viewport().width() >= 300
    bar = page.zoom_bar
    assert bar.isVisible()
    assert (
        not page.canvas.rect()
        .translated(page.canvas.mapTo(page, QPoint()))
        .intersects(bar.rect().translated(bar.mapTo(page, QPoint())))
    )
