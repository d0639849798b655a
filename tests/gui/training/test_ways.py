"""Comparing ways of training from the window, and taking the weights of one of the runs."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from designer.errors import Cancelled
from designer.gui.training.page import TrainingPage
from designer.gui.training.texts import run_cells
from designer.gui.training.ways import WaysDialog
from designer.jobs import training
from designer.progress import BatchNews, DeviceNews
from designer.session.kept_runs import KeptRuns
from designer.session.options import TrainingOptions
from designer.session.results import Run, WayNews


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


NAMES = ("From scratch", "Frozen", "Tuned")


class Engine:
    """Stands in for the engine: three ways of their own weights, three epochs each.

    Attributes:
        hold_at: way and epoch after which it waits for `go_on`, or to be stopped.
    """

    def __init__(self, stand_in, folder, kind):
        self.stand_in, self.folder, self.kind = stand_in, folder, kind
        self.hold_at = ()
        self.waits, self.go_on = threading.Event(), threading.Event()
        self.given = []

    def train_ways(self, taken, project, keys, epochs):
        self.given.append((taken.savable.network, keys, epochs))
        return self.step

    def step(self, progress):
        runs = []
        for number, name in enumerate(NAMES, 1):
            whole = run_of(self.stand_in, self.kind(fc=name), name)
            progress.report(WayNews(number, len(NAMES), name, whole.options))
            progress.report(DeviceNews("CPU", "no GPU was found"))
            run = self.way(progress, number, whole)
            if run.history:
                progress.report(replace(run, weights=None))
            runs.append(run)
            if run.stopped_because == "stopped":
                return KeptRuns(tuple(runs), self.folder, stopped=True)
        return KeptRuns(tuple(runs), self.folder)

    def way(self, progress, number, whole):
        rows = []
        try:
            for row in whole.history:
                for batch in range(1, 5):
                    progress.hold()
                    done = 4 * row.epoch - 4 + batch
                    progress.report(BatchNews(row.epoch, 3, batch, 4, done, 0.5, 1e-3, 80.0, done * 0.1, 9.0))
                rows.append(row)
                progress.report(row)
                if (number, row.epoch) == self.hold_at:
                    self.waits.set()
                    while not self.go_on.wait(0.005):
                        progress.raise_if_cancelled()
                    self.go_on.clear()
        except Cancelled:
            best = min(len(rows), 3)
            return replace(whole, history=tuple(rows), best_epoch=best, stopped_because="stopped")
        return whole


@pytest.fixture
def engine(ready, stand_in, monkeypatch, folder):
    made = Engine(stand_in, folder, type(ready.session.weights))
    monkeypatch.setattr(training, "train_ways", made.train_ways)
    return made


@pytest.fixture
def compare(page, qtbot, engine):
    """Begins to compare, or goes on, up to the place where the engine holds."""

    def begin(*hold_at):
        engine.hold_at = hold_at
        engine.waits.clear()
        engine.go_on.set() if page.live.running else engine.go_on.clear()
        page.ways.compare(("from_scratch", "feature_extraction", "fine_tuning"), 3)
        if hold_at:
            qtbot.waitUntil(engine.waits.is_set)
            qtbot.waitUntil(lambda: page.header.line.startswith(f"Comparing, {hold_at[0]} of 3: "))
            qtbot.waitUntil(lambda: len(page.live.record.rows) == hold_at[1])
            qtbot.waitUntil(lambda: page.status.value("epoch") == f"{hold_at[1]} of 3")
        else:
            qtbot.waitUntil(lambda: not page.live.running and not page.context.runner.busy())

    return begin


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


def test_runs_are_added_laid_over_each_other_and_the_weights_stay(page, ready, engine, compare):
    weights = ready.session.weights
    compare()
    keys = ("from_scratch", "feature_extraction", "fine_tuning")
    assert engine.given == [(ready.session.network, keys, 3)]
    assert ready.session.weights is weights
    assert [run.number for run in ready.session.runs] == [1, 2, 3]
    assert page.runs.rows == [0, 1, 2]
    assert [number for number, _ in page.curves.runs] == [1, 2, 3]
    assert page.ways_button.isEnabled()
    assert "Comparing" not in page.header.line
    # The option that differs has a column; how sure the accuracy is stands beside it.
    assert page.runs.model.rows[0][0] == "1  From scratch"
    assert "95 % sure" in page.runs.model.rows[0][3]


def test_the_way_that_goes_on_is_seen_live_over_those_before(page, compare):
    compare(1, 2)
    first = page.live.record
    compare(2, 2)
    assert page.header.line.startswith("Comparing, 2 of 3: Frozen.")
    assert page.status.state == "Training"
    told = [page.status.value(name) for name in ("epoch", "elapsed", "remaining", "speed", "best")]
    assert told == ["2 of 3", "0.8 s", "9.0 s", "80", "70.0 %"]
    assert [row[0] for row in page.epochs.model.rows] == ["1", "2"]
    rows = page.runs.model.rows
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("1  From scratch", "3 / 3", "finished"),
        ("2  Frozen", "2 / 3", "running"),
    ]
    assert page.runs.rows == [0, 1]
    drawn = [lines.items["validation"].getData() for lines in page.curves.accuracy.lines]
    assert [list(x) for x, _ in drawn] == [[1, 2, 3], [1, 2]]
    assert list(drawn[1][1]) == pytest.approx([60, 70])
    # A way that is over keeps the batches that it told, then and later.
    second = page.live.record
    assert [columns.record for _, columns in page.curves.runs] == [first, second]
    assert len(first.batches) > 0
    compare()
    assert [columns.record for _, columns in page.curves.runs[:2]] == [first, second]


def test_a_way_that_is_over_can_be_looked_at_alone(page, compare):
    compare(2, 1)
    page.runs.view.selectRow(0)
    assert page.status.state == "Finished"
    assert len(page.epochs.model.rows) == 3
    # Nothing can be taken of it before the others are over.
    assert not page.ways.use_button.isEnabled()
    page.runs.view.selectAll()
    assert page.status.state == "Training"
    compare(3, 1)
    # Selected as a whole, what goes on is followed.
    assert page.runs.rows == [0, 1, 2]
    page.runs.view.selectRow(1)
    compare()
    assert page.runs.rows == [0, 1, 2]


def test_comparing_pauses_and_goes_on(page, compare, engine, qtbot):
    compare(1, 2)
    assert page.pause_button.isVisible()
    page.pause_button.click()
    assert page.resume_button.isVisible()
    assert page.status.state == "Paused"
    engine.go_on.set()
    # It waits before the next batch, for as long as it is not told to go on.
    job = page.context.runner.current()
    assert job.paused
    page.resume_button.click()
    assert not job.paused
    qtbot.waitUntil(lambda: not page.live.running)
    assert len(page.context.session.runs) == 3


def test_stopping_keeps_what_the_ways_have_given_and_says_so(page, ready, compare, qtbot, notices):
    compare(2, 2)
    assert "what the ways have given until then is kept" in page.stop_button.toolTip()
    page.stop_button.click()
    assert not page.stop_button.isEnabled()
    qtbot.waitUntil(lambda: not page.live.running)
    first, second = ready.session.runs
    assert (first.stopped_because, second.stopped_because) == ("finished", "stopped")
    assert len(second.history) == 2
    assert notices[-1].text == (
        "Comparing was stopped. What was reached until then is kept: run 1 (From scratch), run 2 (Frozen)."
    )
    assert page.runs.rows == [0, 1]


def test_stopping_before_an_epoch_is_over_says_that_nothing_has_changed(
    page, ready, monkeypatch, folder, qtbot, notices, stand_in
):
    empty = replace(run_of(stand_in, None, "Frozen", epochs=0), best_epoch=0, stopped_because="stopped")
    given = KeptRuns((empty,), folder, stopped=True)
    monkeypatch.setattr(training, "train_ways", lambda *taken: lambda progress: given)
    page.ways.compare(("from_scratch", "feature_extraction"), 3)
    qtbot.waitUntil(lambda: not page.live.running)
    assert ready.session.runs == ()
    assert folder.said == ["discarded"]
    assert "nothing has changed" in notices[-1].text


def test_the_weights_of_a_run_are_taken(page, ready, engine, qtbot, notices):
    page.ways.compare(("from_scratch", "feature_extraction"), 3)
    qtbot.waitUntil(lambda: len(ready.session.runs) == 3 and not ready.runner.busy())
    page.runs.view.selectRow(1)
    assert page.ways.use_button.isEnabled()
    page.ways.use_button.click()
    assert ready.session.weights == {"fc": "Frozen", "stem": "kept"}
    assert "run 2" in notices[-1].text


def test_what_a_crash_would_need_stays_until_the_runs_are_saved(page, ready, engine, folder, qtbot, tmp_path):
    page.ways.compare(("from_scratch", "feature_extraction"), 3)
    qtbot.waitUntil(lambda: len(ready.session.runs) == 3 and not ready.runner.busy())
    assert folder.said == []
    ready.session.saved(tmp_path / "a.netgraft")
    assert folder.said == ["discarded"]


def test_runs_of_a_network_that_was_closed_are_not_kept(
    page, ready, compare, folder, qtbot, tiny_network, notices
):
    compare(2, 1)
    ready.session.open(replace(tiny_network, name="another"), {})
    qtbot.waitUntil(lambda: not ready.runner.busy())
    assert ready.session.runs == ()
    assert folder.said == ["discarded"]
    assert page.runs.model.rows == ()
    assert "open before has been stopped" in notices[-1].text


def test_the_interval_is_told_of_compared_runs_alone(stand_in):
    run = run_of(stand_in, None, "Frozen")
    # 80 of 100: Wilson's interval is 71.1 to 86.7 %.
    assert run_cells(run)[3] == "80.0 % (epoch 3), 95 % sure: 71.1 % to 86.7 %"
    assert run_cells(replace(run, name=""))[3] == "80.0 % (epoch 3)"
