"""Comparing ways of training from the window, and taking the weights of one of the runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.gui.training.page import TrainingPage
from designer.gui.training.texts import run_cells
from designer.gui.training.ways import WaysDialog
from designer.jobs import training
from designer.progress import BatchNews, WayNews
from designer.session.kept_runs import KeptRuns
from designer.session.options import TrainingOptions
from designer.session.results import Run


def run_of(stand_in, weights, name, epochs=3, why="finished"):
    rows = tuple(stand_in.row(epoch) for epoch in range(1, epochs + 1))
    options = TrainingOptions(epochs=3, learning_rate=0.1 * len(name))
    classes = ("cat", "dog", "owl")
    return Run(0, options, rows, epochs, why, "CPU", 1.0, 9.0, classes, weights, name=name, validated=100)


@pytest.fixture
def page(ready, qtbot):
    ready.session.set_options(training=TrainingOptions(epochs=7))
    made = TrainingPage(ready)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.curves is not None)
    return made


class Place:
    """Stands in for the folder of the last run."""

    def __init__(self):
        self.said = []

    def release(self):
        self.said.append("released")

    def discard(self):
        self.said.append("discarded")


@pytest.fixture
def folder():
    return Place()


@pytest.fixture
def ways(ready, stand_in, monkeypatch, folder):
    """Stands in for the engine: three runs of their own weights."""
    given = []
    kind = type(ready.session.weights)
    runs = tuple(run_of(stand_in, kind(fc=name), name) for name in ("From scratch", "Frozen", "Tuned"))

    def train_ways(taken, project, keys, epochs):
        given.append((taken.savable.network, keys, epochs))

        def step(progress):
            progress.report(WayNews(2, 3, "Frozen", epochs))
            progress.report(BatchNews(1, epochs, 1, 4, 1, 0.5, 1e-3, 80.0, 0.1, 1.0))
            return KeptRuns(runs, folder)

        return step

    monkeypatch.setattr(training, "train_ways", train_ways)
    return given


def test_what_is_asked(qtbot, page):
    dialog = WaysDialog(7, page)
    qtbot.addWidget(dialog)
    assert dialog.keys == ("from_scratch", "feature_extraction", "fine_tuning")
    assert dialog.epochs.value() == 7
    dialog.boxes["from_scratch"].setChecked(False)
    assert dialog.accept_button.isEnabled()
    dialog.boxes["fine_tuning"].setChecked(False)
    # One way alone is nothing to compare.
    assert not dialog.accept_button.isEnabled()


def test_runs_are_added_laid_over_each_other_and_the_weights_stay(page, ready, ways, qtbot):
    weights = ready.session.weights
    said = []
    page.ways.told.connect(lambda news: said.append(news.text))
    page.ways.compare(("from_scratch", "feature_extraction", "fine_tuning"), 3)
    qtbot.waitUntil(lambda: len(ready.session.runs) == 3)
    assert ways == [(ready.session.network, ("from_scratch", "feature_extraction", "fine_tuning"), 3)]
    assert ready.session.weights is weights
    assert [run.number for run in ready.session.runs] == [1, 2, 3]
    assert page.runs.rows == [0, 1, 2]
    assert [shown.number for shown in page.live.shown((1, 2, 3))] == [1, 2, 3]
    assert said[-1] == "2 of 3: Frozen – epoch 1 of 3"
    qtbot.waitUntil(lambda: not page.ways.running and page.ways_button.isEnabled())
    assert "2 of 3" not in page.header.line
    # The option that differs has a column; how sure the accuracy is stands beside it.
    assert page.runs.model.rows[0][0] == "1  From scratch"
    assert "95 % sure" in page.runs.model.rows[0][3]


def test_the_weights_of_a_run_are_taken(page, ready, ways, qtbot, notices):
    page.ways.compare(("from_scratch", "feature_extraction"), 3)
    qtbot.waitUntil(lambda: len(ready.session.runs) == 3 and not ready.runner.busy())
    page.runs.view.selectRow(1)
    assert page.ways.use_button.isEnabled()
    page.ways.use_button.click()
    assert ready.session.weights == {"fc": "Frozen", "stem": "kept"}
    assert "run 2" in notices[-1].text


def test_what_a_crash_would_need_stays_until_the_runs_are_saved(page, ready, ways, folder, qtbot, tmp_path):
    page.ways.compare(("from_scratch", "feature_extraction"), 3)
    qtbot.waitUntil(lambda: len(ready.session.runs) == 3 and not ready.runner.busy())
    assert folder.said == []
    ready.session.saved(tmp_path / "a.netgraft")
    assert folder.said == ["discarded"]


def test_runs_of_a_network_that_was_closed_are_not_kept(page, ready, ways, folder, qtbot, tiny_network):
    page.ways.compare(("from_scratch", "feature_extraction"), 3)
    ready.session.open(replace(tiny_network, name="another"), {})
    qtbot.waitUntil(lambda: not ready.runner.busy())
    assert ready.session.runs == ()
    assert folder.said == ["discarded"]


def test_the_interval_is_told_of_compared_runs_alone(stand_in):
    run = run_of(stand_in, None, "Frozen")
    # 80 of 100: Wilson's interval is 71.1 to 86.7 %.
    assert run_cells(run)[3] == "80.0 % (epoch 3), 95 % sure: 71.1 % to 86.7 %"
    assert run_cells(replace(run, name=""))[3] == "80.0 % (epoch 3)"
