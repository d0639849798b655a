"""The dialog that finds a learning rate: what it shows, what it sets, and how it ends."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QDialog

from designer.errors import TrainingError
from designer.gui.training.page import TrainingPage
from designer.gui.training.rate_dialog import RateDialog, RateFinder
from designer.jobs import training
from designer.progress import StepNews
from designer.session.results import RateCurve
from designer.session.stages import Stage

CURVE = RateCurve((1e-5, 1e-4, 1e-3, 1e-2, 1e-1), (2.0, 1.9, 1.2, 0.9, 5.0), 0.0032, True)


def answers(monkeypatch, result, hold=None):
    def find_rate(taken):
        def step(progress):
            progress.report(StepNews("Trying learning rates", 0.25))
            while hold is not None and not hold.wait(0.005):
                progress.raise_if_cancelled()
            if isinstance(result, Exception):
                raise result
            return result

        return step

    monkeypatch.setattr(training, "find_rate", find_rate)


@pytest.fixture
def make(ready, qtbot):
    def make():
        finder = RateFinder(ready, ready.runner)
        assert finder.find()
        dialog = RateDialog(ready, finder)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog, finder

    return make


def test_the_curve_and_the_suggestion(make, monkeypatch, qtbot):
    answers(monkeypatch, CURVE)
    dialog, finder = make()
    qtbot.waitUntil(lambda: dialog.rate is not None)
    assert dialog.rate == 0.0032
    assert dialog.use_button.text() == "Use 0.0032"
    # Shown by powers of ten.
    assert list(dialog.plot.curve.getData()[0]) == pytest.approx([-5, -4, -3, -2, -1])
    assert dialog.plot.line.value() == pytest.approx(math.log10(0.0032))
    assert not dialog.bar.isVisible()
    qtbot.waitUntil(lambda: not finder.running)


def test_another_rate_by_dragging(make, monkeypatch, qtbot):
    answers(monkeypatch, CURVE)
    dialog, finder = make()
    qtbot.waitUntil(lambda: dialog.rate is not None)
    dialog.plot.line.setPos(-3)
    dialog.plot.line.sigDragged.emit(dialog.plot.line)
    assert (dialog.rate, dialog.use_button.text()) == (0.001, "Use 0.001")
    qtbot.waitUntil(lambda: not finder.running)


def test_without_a_suggestion_nothing_can_be_used_until_one_is_chosen(make, monkeypatch, qtbot):
    answers(monkeypatch, replace(CURVE, suggestion=None))
    dialog, finder = make()
    qtbot.waitUntil(lambda: "falls nowhere" in dialog.text.text())
    assert not dialog.use_button.isEnabled()
    assert not dialog.plot.line.isVisible()
    qtbot.waitUntil(lambda: not finder.running)


def test_closing_gives_up_the_search(make, monkeypatch, qtbot):
    answers(monkeypatch, CURVE, threading.Event())
    dialog, finder = make()
    qtbot.waitUntil(lambda: dialog.bar.value() == 250)
    dialog.reject()
    qtbot.waitUntil(lambda: not finder.running)
    assert dialog.rate is None


def test_why_there_is_none_is_told_in_the_dialog(make, monkeypatch, notices, qtbot):
    answers(monkeypatch, TrainingError("There is nothing to train.", "All is frozen.", "Unfreeze a layer."))
    dialog, finder = make()
    qtbot.waitUntil(lambda: "nothing to train" in dialog.text.text())
    assert notices == []
    assert not dialog.use_button.isEnabled()
    qtbot.waitUntil(lambda: not finder.running)


@pytest.fixture
def page(ready, qtbot):
    made = TrainingPage(ready)
    qtbot.addWidget(made)
    made.resize(1080, 640)
    made.show()
    return made


@pytest.mark.parametrize("agreed", [True, False])
def test_the_button_beside_the_rate(page, ready, monkeypatch, qtbot, agreed):
    answers(monkeypatch, CURVE)

    def execute(dialog):
        qtbot.waitUntil(lambda: dialog.rate is not None)
        return QDialog.DialogCode.Accepted if agreed else QDialog.DialogCode.Rejected

    monkeypatch.setattr(RateDialog, "exec", execute)
    before = ready.session.training_options.learning_rate
    page.options.rate_button.click()
    assert ready.session.training_options.learning_rate == (0.0032 if agreed else before)
    assert page.options.editor("learning_rate").value() == (0.0032 if agreed else before)
    qtbot.waitUntil(lambda: not page.rate_finder.running)


def test_the_button_goes_with_the_rate_and_needs_what_training_needs(page, ready):
    assert page.options.rate_button.isEnabled()
    assert page.options.is_shown("learning_rate")
    ready.session.set_options(training=replace(ready.session.training_options, stages=(Stage("a", 1, 1e-3),)))
    assert not page.options.is_shown("learning_rate")
    assert not page.options.rate_button.isVisible()
    ready.session.set_data(None)
    assert not page.options.rate_button.isEnabled()


def test_the_card_is_there_before_the_start_alone(page, stand_in, qtbot):
    stand_in.hold_after = 1
    assert page.check.isVisible()
    page.start_button.click()
    assert not page.check.isVisible()
    stand_in.go_on.set()
    qtbot.waitUntil(lambda: not page.live.running and not page.context.runner.busy())
    assert page.check.isVisible()
