"""The network page: edits through one undo stack, actions, outline, property pane, problems."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox

from designer.catalog.actions import replace_head
from designer.gui.editing import head_dialog
from designer.gui.editing.head_dialog import HeadDialog
from designer.jobs import steps
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


def edit_text(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_settings_are_edited_in_the_pane(page, context):
    page.go_to_layer("stem.conv")
    pane = page.pane.layer
    spin = pane.editor("out_channels").widget
    assert isinstance(spin, QSpinBox)
    spin.setValue(16)
    assert context.session.network["stem.conv"].settings["out_channels"] == 16
    edit_text(pane.editor("kernel_size").widget, "5, 3")
    assert context.session.network["stem.conv"].settings["kernel_size"] == [5, 3]
    check = pane.editor("bias").widget
    assert isinstance(check, QCheckBox)
    check.click()
    assert context.session.network["stem.conv"].settings["bias"] is True
    assert page.context.history.stack.count() == 3
    page.context.history.stack.undo()
    assert not check.isChecked()
    assert page.pane.layer is pane


def test_a_value_that_does_not_fit_is_marked_and_not_kept(page, context, tiny_network):
    page.go_to_layer("stem.conv")
    line = page.pane.layer.editor("kernel_size").widget
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0")
    assert line.property("wrong")
    assert "upwards" in line.toolTip()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "3"
    assert not line.property("wrong")
    assert context.session.network is tiny_network


def test_a_name_in_use_is_refused_and_the_pane_shows_the_old_one(page, context, notices, tiny_network):
    page.go_to_layer("fc")
    name = next(w for w in page.pane.layer.findChildren(QLineEdit) if w.text() == "fc")
    edit_text(name, "drop")
    assert context.session.network is tiny_network
    assert len(notices) >= 1
    assert name.text() == "fc"


def test_rates_and_frozen_in_the_pane(page, context):
    page.go_to_layer("fc")
    training = page.pane.layer.training
    edit_text(training._weight.widget, "10")
    assert context.session.network["fc"].weight_rate == 10
    assert context.session.network["fc"].bias_rate == 1
    training._frozen.click()
    assert context.session.network["fc"].frozen
    page.selection.select(["fc", "stem.conv", "pool"])
    several = page.pane.state
    assert several.tick == "some"
    assert several.rates == (None, 1.0)
    assert several.learning == ("fc", "stem.conv")


def test_the_pane_tells_of_new_weights(page, context, qtbot, monkeypatch, tiny_network):
    monkeypatch.setattr(
        steps, "misfits", lambda network, weights: lambda progress: (("fc", "'weight' has shape (3, 8)"),)
    )
    context.session.set_weights("weights")
    qtbot.waitUntil(lambda: page._misfits.found == {"fc": "'weight' has shape (3, 8)"})
    page.go_to_layer("fc")
    assert "(3, 8)" in page.pane.state.new_weights
    page.go_to_layer("pool")
    assert page.pane.state.new_weights == ""


def test_the_pane_of_the_network(page, context):
    page.selection.select(())
    rows = dict(page.pane.state.rows)
    assert rows["Layers"] == "11"
    assert rows["Parameters"] == "843"
    assert rows["Trainable"] == "843"
    assert rows["Input"] == "3 × 16 × 16"
    page.freezing.freeze_backbone()
    assert dict(page.pane.state.rows)["Frozen"] == "816"


def test_the_pane_of_a_layer_has_its_facts(page):
    page.go_to_layer("block.add")
    assert page.pane.state.rows[:3] == (
        ("Input", "8 × 16 × 16"),
        ("Input", "8 × 16 × 16"),
        ("Output", "8 × 16 × 16"),
    )
    assert page.pane.state.frozen is None
    assert page.pane.state.rates is None


def test_problems_are_listed_and_lead_to_the_layer(page, context, qtbot, tiny_network):
    assert not page.problems.isVisible()
    said = "Layer 'fc' expects 9 inputs."
    context.session.set_facts(
        make_facts(tiny_network, Problem("warning", "pool", "w"), Problem("error", "fc", said))
    )
    assert page.problems.isVisible()
    item = page.problems.list.item(0)
    assert item.text() == said
    page.problems.list.itemClicked.emit(item)
    assert page.selection.layers == ("fc",)
    assert page.pane.state.problems == (said,)
    context.session.set_facts(make_facts(tiny_network))
    assert not page.problems.isVisible()


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


def test_problems_are_shown_whole(make_page, tiny_network, facts, qtbot):
    long = "Layer 'fc' expects 17 values but 'pool' gives 16. " * 3
    found = replace(facts, problems=(Problem("error", "fc", long), Problem("warning", "fc", "Short.")))
    shown = make_page(tiny_network, (960, 540), found).problems.list

    def whole(row: int) -> bool:
        return shown.visualItemRect(shown.item(row)).bottom() <= shown.viewport().rect().bottom()

    qtbot.waitUntil(lambda: whole(0) and whole(1))
    assert shown.visualItemRect(shown.item(0)).height() > 3 * shown.fontMetrics().height()
    assert not shown.verticalScrollBar().isVisible()
