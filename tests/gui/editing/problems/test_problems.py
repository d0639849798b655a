"""The list of problems: what it shows, where it leads, what it offers, and that it is never stale."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from designer.catalog.fixes import Remedies
from designer.gui.editing.problems import panel
from designer.gui.editing.problems.panel import MOST
from designer.gui.editing.problems.state import MOST as LISTED
from designer.gui.editing.problems.state import resolve, title_of
from designer.jobs import steps
from designer.network.edits import AddLayer, Rename, SetFrozen, SetRates, SetSettings
from designer.network.network import Layer, Port
from designer.progress import Silent
from designer.session.results import Problem

from ..conftest import make_facts


def inferred(network):
    return steps.infer_facts(network)(Silent())


@pytest.mark.parametrize(
    ("errors", "warnings", "title"),
    [
        (0, 0, "No problems"),
        (1, 0, "1 problem"),
        (2, 1, "2 problems, 1 warning"),
        (0, 1200, "1,200 warnings"),
    ],
)
def test_the_title_counts(errors, warnings, title):
    assert title_of(errors, warnings) == title


def test_errors_come_first_and_many_are_counted(tiny_network):
    problems = [Problem("warning", "pool", f"w{n}") for n in range(LISTED)]
    facts = make_facts(tiny_network, *problems, Problem("error", "fc", "e"))
    state = resolve(tiny_network, facts, {})
    assert state.problems[0].message == "e"
    assert (len(state.problems), state.more, state.worst) == (LISTED, 1, "error")
    assert resolve(None, None, {}) is None


def test_until_the_facts_are_there_it_says_that_they_come(tiny_network):
    stale = replace(make_facts(tiny_network, Problem("error", "fc", "e")), checking=True)
    for facts in (None, stale):
        state = resolve(tiny_network, facts, {})
        assert (state.title, state.worst, state.problems) == ("Checking ...", "checking", ())


def test_lost_weights_and_all_frozen_are_among_them(tiny_network, facts):
    misfits = {"fc": "'weight' has shape (3, 9), not (3, 8)"}
    lost = resolve(tiny_network, facts, misfits)
    assert [problem.layer for problem in lost.problems] == ["fc"]
    assert "(3, 9), not (3, 8)" in lost.problems[0].message
    frozen = SetFrozen(("stem.conv", "stem.bn", "block.conv", "fc"), True).apply(tiny_network)
    assert "frozen" in resolve(frozen, facts, {}).problems[0].message
    still = SetRates(("stem.conv", "stem.bn", "block.conv", "fc"), 0.0, 0.0).apply(tiny_network)
    assert resolve(still, facts, {}).problems


def test_they_lead_to_the_layer_by_click_and_by_key(page, context, qtbot, tiny_network):
    assert page.problems.title.text() == "No problems"
    assert page.problems.isVisible()
    said = "Layer 'fc' expects 9 inputs."
    context.session.set_facts(
        make_facts(tiny_network, Problem("warning", "pool", "w"), Problem("error", "fc", said))
    )
    assert page.problems.title.text() == "1 problem, 1 warning"
    first, second = page.problems.rows
    assert first.problem.message == said
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert page.selection.layers == ("fc",)
    assert page.pane.state.problems == (said,)
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert page.selection.layers == ("pool",)
    context.session.set_facts(make_facts(tiny_network))
    assert page.problems.title.text() == "No problems"
    assert page.problems.rows == []


def test_arrow_keys_go_from_row_to_row(page, context, qtbot, tiny_network):
    found = (Problem("error", "fc", "one"), Problem("error", "pool", "two"))
    context.session.set_facts(make_facts(tiny_network, *found))
    with qtbot.waitActive(page):
        page.activateWindow()
    first, second = page.problems.rows
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Down)
    QTest.keyClick(second, Qt.Key.Key_Up)
    assert first.hasFocus()


def test_new_rows_leave_the_keyboard_where_it_is(page, context, qtbot, tiny_network):
    def tell(message: str) -> None:
        context.session.set_facts(make_facts(tiny_network, Problem("error", "fc", message)))
        qtbot.waitUntil(lambda: page.problems.rows[0].isVisible())

    tell("one")
    page.problems.rows[0].setFocus()
    page.canvas.view.setFocus()
    tell("another")
    assert QApplication.focusWidget() is page.canvas.view
    page.problems.rows[0].setFocus()
    assert QApplication.focusWidget() is page.problems.rows[0]
    tell("a third")
    assert QApplication.focusWidget() is page.problems.rows[0]


def test_one_click_on_a_remedy_puts_it_right(make_page, context, tiny_network):
    broken = SetSettings("fc", {"in_features": 9}).apply(tiny_network)
    page = make_page(broken, facts=inferred(broken))
    row = page.problems.rows[0]
    assert "expects 9 inputs" in row.problem.message
    assert row.fixes
    QTest.mouseClick(row.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert inferred(context.session.network).problems == ()
    assert context.history.stack.count() == 1
    context.history.stack.undo()
    assert context.session.network == broken


def test_a_remedy_is_worked_out_for_the_network_as_it_is_now(make_page, context, tiny_network):
    broken = SetSettings("fc", {"in_features": 9}).apply(tiny_network)
    page = make_page(broken, facts=inferred(broken))
    context.session.apply(SetRates(("fc",), 3.0))
    page.problems.rows[0].fix_chosen.emit(page.problems.rows[0].problem, page.problems.rows[0].fixes[0])
    assert context.session.network["fc"].weight_rate == 3.0
    assert inferred(context.session.network).problems == ()


def test_remedies_are_looked_for_when_shapes_are_known_anew_and_not_at_every_tick(
    make_page, context, tiny_network, monkeypatch
):
    broken = SetSettings("fc", {"in_features": 9}).apply(tiny_network)
    page = make_page(broken, facts=inferred(broken))
    offered, looked_for = page.problems.rows[0].fixes, []
    look = Remedies.of

    def counting(remedies, problem):
        looked_for.append(problem)
        return look(remedies, problem)

    monkeypatch.setattr(Remedies, "of", counting)
    context.session.apply(SetFrozen(("fc",), True))
    page.selection.select(["fc"])
    assert looked_for == []
    assert page.problems.rows[0].fixes == offered
    context.session.apply(SetSettings("fc", {"in_features": 7}))
    context.session.set_facts(inferred(context.session.network))
    assert len(looked_for) == 1


def test_after_an_edit_nothing_stale_is_offered(make_page, context, qtbot, tiny_network):
    broken = SetSettings("fc", {"in_features": 9}).apply(tiny_network)
    page = make_page(broken, facts=inferred(broken))
    problem, text = page.problems.rows[0].problem, page.problems.rows[0].fixes[0]
    context.session.apply(SetSettings("fc", {"in_features": 7}))
    assert page.problems.state.worst == "checking"
    before = context.session.network
    page.problems.fix(problem, text)
    assert context.session.network is before
    # Nobody infers anew in this test, so that the list says so before long.
    qtbot.waitUntil(lambda: page.problems.title.text() == "Checking ...")
    assert not page.problems.rows[0].isEnabled()
    context.session.set_facts(inferred(context.session.network))
    assert page.problems.title.text() == "1 problem"
    assert "expects 7 inputs" in page.problems.rows[0].problem.message
    assert page.problems.rows[0].isEnabled()


def test_a_quick_check_does_not_flicker(make_page, context, tiny_network):
    broken = SetSettings("fc", {"in_features": 9}).apply(tiny_network)
    page = make_page(broken, facts=inferred(broken))
    rows = page.problems.rows
    context.session.apply(SetSettings("stem.conv", {"padding": 2}))
    QCoreApplication.processEvents()
    assert page.problems.title.text() == "1 problem"
    context.session.set_facts(inferred(context.session.network))
    assert page.problems.rows is rows


def test_the_list_folds(page, context, tiny_network):
    context.session.set_facts(make_facts(tiny_network, Problem("error", "fc", "e")))
    high = page.problems.height()
    page.problems.title.click()
    assert page.problems.height() < high
    assert not page.problems._area.isVisible()
    page.problems.title.click()
    assert page.problems.height() == high


@pytest.mark.parametrize("size", [(1200, 700), (1800, 900)])
def test_problems_are_shown_whole(make_page, tiny_network, facts, qtbot, size):
    long = "Layer 'fc' expects 17 values but 'pool' gives 16. " * 3
    found = replace(facts, problems=(Problem("error", "fc", long), Problem("warning", "fc", "Short.")))
    problems = make_page(tiny_network, size, found).problems

    def whole(row) -> bool:
        bottom = row.mapTo(problems._area.viewport(), row.rect().bottomLeft()).y()
        return 0 < bottom <= problems._area.viewport().height()

    qtbot.waitUntil(lambda: all(whole(row) for row in problems.rows))
    for row in problems.rows:
        for label in row.findChildren(QLabel):
            if label.text():
                assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("many", [1, 2, 30])
def test_there_is_a_scroll_bar_only_where_there_is_more(make_page, tiny_network, facts, qtbot, many):
    long = "Layer 'fc' expects 17 values but 'pool' gives 16. " * 2
    found = replace(facts, problems=tuple(Problem("warning", "fc", f"{long}{n}") for n in range(many)))
    problems = make_page(tiny_network, (1100, 700), found).problems
    bar = problems._area.verticalScrollBar()
    qtbot.waitUntil(lambda: problems.rows[0].height() > 30 and bar.isVisible() is (many == 30))
    # As far as one can scroll, the last problem ends at the lower edge.
    bar.setValue(bar.maximum())
    last = problems.rows[-1]
    bottom = last.mapTo(problems._area.viewport(), last.rect().bottomLeft()).y() + 1
    assert abs(bottom - problems._area.viewport().height()) <= 2


def test_a_name_of_500_letters_breaks(make_page, tiny_network, facts, qtbot):
    name = "x" * 500
    network = Rename("fc", name).apply(tiny_network)
    found = replace(facts, problems=(Problem("error", "fc", f"Layer '{name}' is bad."),))
    problems = make_page(network, (960, 540), found).problems
    qtbot.waitUntil(lambda: problems._area.height() >= 60)
    qtbot.waitUntil(lambda: problems.rows[0].width() <= problems._area.viewport().width())
    assert problems._area.height() <= MOST


def test_a_thousand_problems_are_quick(page, context, tiny_network):
    many = (Problem("warning", "fc", f"Warning number {n}.") for n in range(1000))
    context.session.set_facts(make_facts(tiny_network, *many))
    assert len(page.problems.rows) == LISTED
    assert page.problems._more.text() == "And 940 more."
    assert page.problems.title.text() == "1,000 warnings"


def test_rows_of_a_long_list_are_offered_remedies_when_they_come_into_sight(make_page, tiny_network):
    last = next(connection.source for connection in tiny_network.connections if connection.target == "fc")
    strays = [Layer(f"stray{n}", f"stray{n}", "ReLU") for n in range(30)]
    network = tiny_network
    for stray in strays:
        network = AddLayer(stray, (Port(last),)).apply(network)
    page = make_page(network, facts=inferred(network))
    rows = page.problems.rows
    assert len(rows) == 30
    assert all(row.fixes for row in rows[: panel.AT_ONCE])
    assert rows[-1].fixes is None
    rows[0].setFocus()
    for row in rows[:-1]:
        QTest.keyClick(row, Qt.Key.Key_Down)
    assert all(row.fixes for row in rows)
