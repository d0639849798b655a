from dataclasses import replace
from pathlib import Path

from designer.gui.evaluation.state import dropped_text, resolve
from designer.session.data import ImageData, Picture
from designer.session.results import Facts, Problem

PICTURES = tuple(Picture(Path(f"{i}.png"), i) for i in range(3))
DATA = ImageData(Path(), ("cat", "dog", "owl"), PICTURES, (), (0, 1), (2,), 0.5, 0)


def test_all_there(tiny_network):
    state = resolve(tiny_network, None, DATA)
    assert state.can_evaluate
    assert state.can_use_folder
    assert state.can_predict
    assert state.reason == state.need == ""


def test_without_a_network_nothing_works():
    state = resolve(None, None, DATA)
    assert not any((state.can_evaluate, state.can_predict, state.can_use_folder))


def test_without_pictures_single_ones_can_still_be_predicted(tiny_network):
    state = resolve(tiny_network, None, None)
    assert not state.can_evaluate
    assert state.can_predict
    assert state.step == "data"


def test_a_network_with_errors_does_nothing(tiny_network):
    state = resolve(tiny_network, Facts(problems=(Problem("error", "fc", "fc is bad."),)), DATA)
    assert not any((state.can_evaluate, state.can_predict))
    assert state.reason == "fc is bad."


def test_no_validation_pictures(tiny_network):
    state = resolve(tiny_network, None, replace(DATA, training=(0, 1, 2), validation=()))
    assert not state.can_evaluate
    assert state.can_use_folder


def test_its_own_job_and_another_one(tiny_network):
    assert resolve(tiny_network, None, DATA, running=True).can_cancel
    state = resolve(tiny_network, None, DATA, busy_with="Training")
    assert not any((state.can_evaluate, state.can_predict, state.can_use_folder))
    assert "Training" in state.reason


def test_why_a_report_is_gone():
    assert "edited" in dropped_text("network")
    assert "trained" in dropped_text("runs")
    assert dropped_text("file") == ""
