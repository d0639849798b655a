"""The dialogs that ask before they edit: a new head, another kind of layer; and naming on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from designer.catalog.actions import HEAD_STYLES, HeadPlan
from designer.engine.building import build, weights_of
from designer.errors import EditError
from designer.gui.editing.diff_view import DiffRow, DiffView
from designer.gui.editing.head_dialog import HeadDialog, described, names_in, planned
from designer.gui.editing.replace_dialog import ReplaceDialog, kept, weights_text
from designer.jobs.previews import preview
from designer.network.network import Network, Port
from designer.progress import Progress
from designer.session.results import Facts, LayerFacts
from designer.session.session import Session

from .conftest import make_facts

LONG = 60_000
"""Milliseconds: torch may have to be loaded first."""


class Quiet(Progress):
    def report(self, news: object) -> None:
        pass

    def raise_if_cancelled(self) -> None:
        pass


@pytest.fixture
def session(context, tiny_network) -> Session:
    context.session.open(tiny_network, None)
    context.session.set_facts(make_facts(tiny_network))
    return context.session


@pytest.fixture
def head(context, session, qtbot) -> HeadDialog:
    dialog = HeadDialog(context)
    qtbot.addWidget(dialog)
    return dialog


def test_names_that_are_typed():
    assert names_in("a, b,c") == ("a", "b", "c")
    assert names_in("a, b\nc") == ("a, b", "c")
    assert names_in(" \n") == ()


def test_the_plan_of_a_head_as_a_diff(tiny_network, facts):
    plan = planned(tiny_network, ("a", "b"), "linear", facts)
    assert isinstance(plan, HeadPlan)
    (new,) = plan.added
    after = Facts({**facts.layers, new.id: LayerFacts(((2,),), 18)})
    shown = described(plan, facts, after)
    assert shown.rows == (
        DiffRow("-", "fc", "Linear, 3", "→ 3", "27 parameters"),
        DiffRow("+", "fc", "Linear, 2", "→ 2", "18 parameters"),
    )
    assert shown.edit is plan.edit
    assert shown.rows[1].spoken == "added, fc, Linear, 2, → 2, 18 parameters"


def test_a_plan_that_cannot_be(tiny_network, facts):
    wrong = planned(tiny_network, ("a", "a"), "linear", facts)
    assert isinstance(wrong, EditError)
    shown = described(wrong, facts, None)
    assert shown.edit is None
    assert "same name" in shown.text
    assert shown.rows == ()


@pytest.mark.parametrize("style", list(HEAD_STYLES))
def test_every_style_has_a_diff(tiny_network, facts, style):
    plan = planned(tiny_network, ("a", "b"), style, facts)
    assert isinstance(plan, HeadPlan)
    rows = described(plan, facts, None).rows
    assert {row.sign for row in rows} == {"+", "-"}
    assert rows[-1].text == "Linear, 2"


@pytest.mark.parametrize("kind", [HeadDialog, ReplaceDialog])
def test_enter_still_accepts_after_cancel_had_the_keyboard(context, session, qtbot, kind):
    dialog = HeadDialog(context) if kind is HeadDialog else ReplaceDialog(context, "stem.relu")
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    first = dialog.focusWidget()
    cancel = next(b for b in dialog.findChildren(QPushButton) if b is not dialog.accept_button)
    cancel.setFocus()
    assert cancel.isDefault()
    first.setFocus()
    assert dialog.accept_button.isDefault()
    assert not cancel.isDefault()


def test_the_head_dialog_previews_and_says_why_it_cannot(head, qtbot):
    assert head.by_number.isChecked()
    qtbot.waitUntil(lambda: "before" in head.plan.text, timeout=LONG)
    # 843 parameters, 27 of them in the head of three classes; two classes take 18.
    assert head.plan.text == "Parameters: 843 before, 834 after."
    assert [row.sign for row in head.diff.rows] == ["-", "+"]
    head.by_names.setChecked(True)
    head.names.setPlainText("one\none")
    assert not head.accept_button.isEnabled()
    assert head.plan.edit is None
    assert head.diff.isHidden()
    head.names.setPlainText("one\ntwo\nthree\nfour")
    assert head.accept_button.isEnabled()
    head.styles.buttons["flatten_dense"].setChecked(True)
    qtbot.waitUntil(lambda: "before" in head.plan.text, timeout=LONG)
    assert head.plan.edit is not None
    assert any("Dropout" in row.text for row in head.diff.rows)
    head.reject()


def test_the_plan_that_is_shown_is_the_one_that_is_done(head, qtbot, session):
    qtbot.waitUntil(lambda: "before" in head.plan.text, timeout=LONG)
    edit = head.plan.edit
    assert head.plan.edit is edit
    session.apply(edit)
    assert session.network.classes == ("class 1", "class 2")
    head.reject()


def test_the_classes_of_the_pictures_are_suggested(context, session, qtbot, monkeypatch):
    class Pictures:
        classes = ("daisy", "rose")

    monkeypatch.setattr(session, "data", Pictures())
    dialog = HeadDialog(context)
    qtbot.addWidget(dialog)
    assert dialog.by_names.isChecked()
    assert dialog.classes == ("daisy", "rose")
    dialog.reject()


def test_what_stays_when_a_layer_becomes_another_kind(tiny_network, facts):
    found = kept(tiny_network, "stem.bn", "GroupNorm", facts)
    assert found.edit is not None
    assert found.layer.settings["num_channels"] == 8
    assert dict(found.rows)["Connections"] == "all stay"
    after = found.edit.apply(tiny_network)
    assert after.inputs["stem.relu"] == (Port(found.layer.id),)
    same = kept(tiny_network, "stem.bn", "BatchNorm2d", facts)
    assert same.edit is None
    assert "already" in same.why


def test_whether_weights_stay(tiny_network, facts):
    weights = weights_of(build(tiny_network, seed=0))

    def told(layer_id: str, key: str, weights: object = weights) -> str:
        found = kept(tiny_network, layer_id, key, facts)
        after = preview(found.edit.apply(tiny_network), weights)(Quiet())
        return weights_text(found.layer, weights, after)

    assert told("stem.bn", "GroupNorm") == "stay"
    assert told("stem.conv", "Conv1d").startswith("new, ")
    assert told("stem.bn", "GroupNorm", None) == "new, 16 parameters"
    assert told("stem.bn", "ReLU") == "none needed"
    assert weights_text(tiny_network["fc"], weights, None) == ""


def test_the_replace_dialog_is_worked_by_keys(context, session, qtbot):
    dialog = ReplaceDialog(context, "stem.relu")
    qtbot.addWidget(dialog)
    dialog.show()
    keys = [row.key for row in dialog.list.rows_model.rows if row.key]
    assert "ReLU" not in keys
    assert not {"Input", "Output", "residual"} & set(keys)
    QTest.keyClicks(dialog.search, "gelu")
    assert dialog.list.row.key == "GELU"
    assert dialog.accept_button.isEnabled()
    qtbot.waitUntil(lambda: dialog._after is not None, timeout=LONG)
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.result() == ReplaceDialog.DialogCode.Accepted
    session.apply(dialog.edit)
    (new,) = [layer for layer in session.network if layer.kind == "GELU"]
    assert new.name == "stem.relu"


def test_many_rows_are_counted(qtbot):
    view = DiffView()
    qtbot.addWidget(view)
    rows = tuple(DiffRow("-", f"layer {n}", "Linear") for n in range(100))
    view.show_rows(rows)
    assert view.rows == rows


def test_a_layer_is_renamed_on_its_box(page, context, qtbot):
    page.selection.select(["fc"])
    page.actions_by_key["rename"].trigger()
    field = page.renaming.field
    assert field.isVisible()
    assert field.text() == "fc"
    field.selectAll()
    QTest.keyClicks(field, "classifier")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert context.session.network["fc"].name == "classifier"
    assert not field.isVisible()
    assert page.canvas.view.hasFocus()


def test_escape_keeps_the_name(page, context):
    page.selection.select(["fc"])
    page.questions.rename()
    QTest.keyClicks(page.renaming.field, "x")
    QTest.keyClick(page.renaming.field, Qt.Key.Key_Escape)
    assert not page.renaming.field.isVisible()
    assert context.session.network["fc"].name == "fc"


def test_a_layer_in_a_collapsed_group_is_brought_into_sight_first(page, qtbot, tiny_network: Network):
    with qtbot.waitSignal(page.canvas.arranged):
        page.canvas.collapse_all()
    page.selection.select(["stem.bn"])
    page.questions.rename()
    assert page.renaming.field.text() == "stem.bn"
    qtbot.waitUntil(lambda: "stem.bn" in page.canvas.picture.keys)
    assert page.renaming.field.isVisible()


def test_the_replace_dialog_says_when_nothing_is_found(context, session, qtbot):
    dialog = ReplaceDialog(context, "stem.relu")
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.empty.isVisible()
    dialog.search.setText("zzz")
    assert dialog.empty.isVisible()
    assert not dialog.accept_button.isEnabled()
    dialog.search.setText("gelu")
    assert not dialog.empty.isVisible()
    dialog.reject()


def test_why_it_cannot_be_stands_where_layers_would_begin(head, qtbot):
    head.show()
    qtbot.waitUntil(lambda: "before" in head.plan.text, timeout=LONG)
    first = head.diff.mapTo(head, QPoint(0, 0)).y()
    assert not head._text.property("danger")
    head.by_names.setChecked(True)
    head.names.setPlainText("one\none")
    qtbot.waitUntil(lambda: head._text.mapTo(head, QPoint(0, 0)).y() < first + 8)
    assert head._text.property("danger")
    head.reject()


def test_facts_of_a_change_are_on_the_lines_that_they_tell_of(qtbot):
    view = DiffView()
    qtbot.addWidget(view)
    view.resize(500, 200)
    view.show_rows((DiffRow("-", "fc", "Linear", "→ 3", "27 parameters"), DiffRow("+", "new", "ReLU", "→ 4")))
    view.show()
    labels = {label.text(): label for label in view.findChildren(QLabel)}
    middle = {text: label.mapTo(view, label.contentsRect().center()).y() for text, label in labels.items()}
    for one, other in (("fc", "→ 3"), ("Linear", "27 parameters"), ("new", "→ 4")):
        assert abs(middle[one] - middle[other]) <= 1
    ends = {
        label.mapTo(view, QPoint(label.width(), 0)).x()
        for text, label in labels.items()
        if "→" in text or "par" in text
    }
    assert len(ends) == 1


def test_settings_are_told_in_words(tiny_network, facts):
    rows = dict(kept(tiny_network, "stem.conv", "Conv1d", facts).rows)
    assert "bias no" in rows["Settings kept"]
    assert "False" not in str(rows)


def test_a_shape_that_cannot_be_worked_out_is_not_awaited(context, session, qtbot):
    dialog = ReplaceDialog(context, "stem.conv")
    qtbot.addWidget(dialog)
    dialog.list.mark("Conv1d")
    qtbot.waitUntil(lambda: dialog._after is not None, timeout=LONG)
    # Pictures have one dimension too many for it.
    assert dialog.facts._rows[-1] == ("Output then", "not known")
    dialog.reject()
