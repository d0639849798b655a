"""The card before the start: what it shows, when it is out of date, and what its buttons do."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from designer.gui.training.check_card import CheckCard
from designer.gui.training.checking import Checked, resolve
from designer.jobs import training
from designer.network.edits import SetFrozen
from designer.session.options import TrainingOptions
from designer.session.results import Hindrance, Trial

FOUND = Trial(
    device="CPU, 2 cores",
    reason="There is no graphics card.",
    memory=2_600_000_000,
    memory_found="estimated",
    free=24_000_000_000,
    features_seconds=2.7,
    epoch_seconds=0.016,
    seconds=19.0,
    waiting=0.053,
    remarks=("Times are worked out from 64 pictures.",),
)
PROBLEM = Trial(
    problems=(
        Hindrance(
            "It is too much.", "It must fit.", "Take half.", options=(("batch_size", 16), ("accumulate", 2))
        ),
        Hindrance("Other classes.", "They differ.", "Replace the head.", step="network"),
    )
)


@pytest.fixture
def now(tiny_network, data):
    return Checked(tiny_network, data, TrainingOptions())


class TestResolve:
    def test_before_anything_is_open(self):
        state = resolve(None)
        assert not state.can_check
        assert "Open a network" in state.reason

    def test_before_the_first_check(self, now):
        state = resolve(now)
        assert state.can_check
        assert state.facts == state.advice == ()

    def test_while_another_job_runs(self, now):
        state = resolve(now, busy_with="Exporting")
        assert not state.can_check
        assert "Exporting" in state.reason

    def test_while_it_runs(self, now):
        state = resolve(now, FOUND, now, running=True)
        assert state.running
        assert state.facts == ()

    def test_the_facts(self, now):
        state = resolve(now, FOUND, now)
        assert (state.stale, state.line) == (False, "Training can start.")
        assert [(fact.title, fact.text) for fact in state.facts] == [
            ("Device", "CPU, 2 cores"),
            ("Memory", "2.6 GB of 24.0 GB"),
            ("Features, once", "2.7 s"),
            ("An epoch", "16.0 ms"),
            ("In all", "about 19 s"),
            ("Waiting for pictures", "5 %"),
        ]
        assert "Estimated from the shapes" in state.facts[1].help
        assert state.remarks == FOUND.remarks

    def test_a_better_batch_size(self, now):
        better = replace(FOUND, batch_size=64, batch_reason="It fits.")
        (advice,) = resolve(now, better, now).advice
        assert (advice.serious, advice.button, advice.options) == (False, "Use 64", (("batch_size", 64),))
        assert advice.text == "A batch size of 64 is better. It fits."
        taken = replace(now, options=replace(now.options, batch_size=64))
        assert resolve(taken, better, now).advice == ()

    def test_problems_have_their_fixes_and_no_facts_are_shown(self, now):
        state = resolve(now, PROBLEM, now)
        assert state.line == "Training cannot start like this."
        assert state.facts == ()
        memory, classes = state.advice
        assert memory.text == "It is too much. It must fit. Take half."
        assert (memory.button, memory.step) == ("Use 16, 2 per step", "")
        assert (classes.button, classes.step) == ("Show the network", "network")
        assert all(advice.serious for advice in state.advice)

    @pytest.mark.parametrize(
        ("options", "button"),
        [((("devices", 1),), "Use 1"), ((("sync_batch_norm", False),), "Switch it off")],
    )
    def test_what_several_gpus_cannot_do_is_put_right_by_a_button(self, now, options, button):
        problem = Trial(problems=(Hindrance("No.", options=options),))
        several = replace(now, options=replace(now.options, devices=2, sync_batch_norm=True))
        [advice] = resolve(several, problem, several).advice
        assert (advice.button, advice.options) == (button, options)

    def test_what_has_changed_since_is_named(self, now, tiny_network, data):
        frozen = tiny_network.with_layers(replace(tiny_network["fc"], frozen=True))
        options = replace(now.options, epochs=3)
        state = resolve(Checked(frozen, replace(data), options), FOUND, now)
        assert state.stale
        assert (
            state.line == "The check is out of date. Changed since: the network, the pictures, the options."
        )
        assert resolve(replace(now, options=options), FOUND, now).line.endswith("since: the options.")

    def test_many_remarks_are_shortened(self, now):
        found = replace(FOUND, remarks=("One.", "Two.", "Three.", "Four."))
        state = resolve(now, found, now)
        assert state.remarks == ("One.", "Two.", "2 more remarks.")
        assert state.all_remarks == found.remarks
        assert resolve(now, replace(FOUND, remarks=("One.", "Two.", "Three.")), now).remarks[2] == "Three."

    def test_moved_boxes_are_no_change(self, now, tiny_network):
        moved = replace(tiny_network, places={"fc": (1.0, 2.0)})
        assert not resolve(replace(now, network=moved), FOUND, now).stale


@pytest.fixture
def card(ready, qtbot):
    made = CheckCard(ready)
    qtbot.addWidget(made)
    made.show()
    return made


def answers(monkeypatch, result, hold=None):
    given = []

    def trial(taken):
        def step(progress):
            given.append(taken.savable)
            while hold is not None and not hold.wait(0.005):
                progress.raise_if_cancelled()
            if isinstance(result, Exception):
                raise result
            return result

        return step

    monkeypatch.setattr(training, "trial", trial)
    return given


def test_checking_shows_what_was_found(card, ready, monkeypatch, qtbot):
    given = answers(monkeypatch, FOUND)
    card.check_button.click()
    qtbot.waitUntil(lambda: card.state.facts != ())
    assert given[0].network is ready.session.network
    assert card.check_button.text() == "Check again"
    assert ready.session.runs == ()


def test_an_edit_makes_it_out_of_date(card, ready, monkeypatch, qtbot):
    answers(monkeypatch, FOUND)
    card.check_button.click()
    qtbot.waitUntil(lambda: card.state.facts != ())
    ready.session.apply(SetFrozen(("stem.conv",), True))
    assert card.state.stale
    assert "the network" in card.state.line
    assert not card.rows
    # As it was: what was found holds again.
    ready.session.apply(SetFrozen(("stem.conv",), False))
    assert not card.state.stale


def test_a_change_while_it_is_checked_counts(card, ready, monkeypatch, qtbot):
    go_on = threading.Event()
    answers(monkeypatch, FOUND, go_on)
    card.check_button.click()
    ready.session.set_options(training=replace(ready.session.training_options, epochs=7))
    go_on.set()
    qtbot.waitUntil(lambda: not card.checker.running)
    assert card.state.stale


def test_fixes_are_applied(card, ready, visited, monkeypatch, qtbot):
    answers(monkeypatch, PROBLEM)
    card.check_button.click()
    qtbot.waitUntil(lambda: len(card.rows) == 2)
    card.rows[1].button.click()
    assert visited == ["network"]
    card.rows[0].button.click()
    options = ready.session.training_options
    assert (options.batch_size, options.accumulate) == (16, 2)
    assert card.state.stale
    # What has been done is not advised any more.
    assert [row.advice.step for row in card.rows] == ["network"]


def test_it_can_be_cancelled_and_closed(card, monkeypatch, qtbot):
    answers(monkeypatch, FOUND, threading.Event())
    card.check_button.click()
    assert not card.check_button.isVisible()
    card.cancel_button.click()
    qtbot.waitUntil(lambda: not card.checker.running)
    assert card.state.facts == ()
    answers(monkeypatch, FOUND)
    card.check_button.click()
    qtbot.waitUntil(lambda: card.state.facts != ())
    card.close_button.click()
    assert card.state.facts == ()
    assert not card.close_button.isVisible()


def test_what_was_found_of_another_network_is_forgotten(card, ready, tiny_network, data, monkeypatch, qtbot):
    go_on = threading.Event()
    answers(monkeypatch, FOUND, go_on)
    card.check_button.click()
    ready.session.open(replace(tiny_network, name="another"), {}, data=data)
    go_on.set()
    qtbot.waitUntil(lambda: not card.checker.running)
    assert card.state.facts == ()


def test_a_bug_in_the_check_is_told(card, notices, monkeypatch, qtbot):
    answers(monkeypatch, RuntimeError("a bug"))
    card.check_button.click()
    qtbot.waitUntil(lambda: not card.checker.running)
    assert "went wrong" in notices[0].text


def test_a_loss_that_fits_is_offered(card, ready, monkeypatch, qtbot):
    problem = Hindrance("No.", "Labels.", "Choose it.", options=(("loss", "binary_cross_entropy"),))
    answers(monkeypatch, Trial(problems=(problem,)))
    card.check_button.click()
    qtbot.waitUntil(lambda: len(card.rows) == 1)
    assert card.rows[0].button.text() == "Use binary cross entropy"
    card.rows[0].button.click()
    assert ready.session.training_options.loss == "binary_cross_entropy"
    assert not card.rows
