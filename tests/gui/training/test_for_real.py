"""The pages with the real engine on a small network: train, stop, evaluate, predict, export, use."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import psutil
import pytest
from PIL import Image

from designer.engine.building import build, weights_of
from designer.engine.data import read_folder
from designer.engine.training import loop, train
from designer.gui.evaluation.page import EvaluationPage
from designer.gui.export.page import ExportPage
from designer.gui.training.page import TrainingPage
from designer.progress import Silent
from designer.session.options import ExportOptions, TrainingOptions

COLOURS = {"cat": (220, 40, 40), "dog": (40, 220, 40), "owl": (40, 40, 220)}


@pytest.fixture
def folder(tmp_path):
    """Ten noisy pictures of one colour for each class."""
    noise = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(10):
            values = np.clip(noise.normal(colour, 25, (20, 24, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(values).save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


@pytest.fixture
def opened(context, tiny_network, folder):
    """The small network, its fresh weights, and the pictures, open in the session."""
    data = read_folder(folder, 0.2, 0, None, Silent())
    options = TrainingOptions(epochs=6, batch_size=8, learning_rate=0.02, device="cpu", keep="best")
    context.session.open(
        tiny_network, weights_of(build(tiny_network, seed=0)), data=data, training_options=options
    )
    return context


def settle(qtbot, context):
    qtbot.waitUntil(lambda: not context.runner.running(), timeout=120_000)


@pytest.mark.parametrize("embedded", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_from_training_to_a_file_that_runs_elsewhere(opened, qtbot, notices, folder, tmp_path, embedded):
    session = opened.session
    training, evaluation, export = TrainingPage(opened), EvaluationPage(opened), ExportPage(opened)
    for page in (training, evaluation, export):
        qtbot.addWidget(page)
    training.show()
    training.shown()

    training.start_button.click()
    settle(qtbot, opened)
    (run,) = session.runs
    assert run.stopped_because == "finished"
    assert len(training.epochs.model.rows) == 6
    assert run.history[-1].val_loss < run.history[0].val_loss
    assert training.status.value("best") == f"{100 * run.history[run.best_epoch - 1].val_accuracy:.1f} %"
    lines = training.curves.loss.lines[0].items
    assert list(lines["validation"].getData()[1]) == [row.val_loss for row in run.history]
    # news of batches come at most 20 times a second, so that the very last may be missing
    assert 0 < lines["raw"].getData()[0][-1] <= 6

    evaluation.evaluate_button.click()
    settle(qtbot, opened)
    # the kept weights are those of the best epoch, so that the report repeats its accuracy
    assert session.report.accuracy == run.history[run.best_epoch - 1].val_accuracy
    evaluation.evaluator.predict([folder / "owl" / "0.png"])
    settle(qtbot, opened)
    assert len(evaluation.view.predictions.rows) == 1

    session.set_options(export=ExportOptions(embed_preprocessing=embedded, check_pictures=6))
    export.options.path.setText(str(tmp_path / f"tiny {embedded}.onnx"))
    export.export_button.click()
    settle(qtbot, opened)
    assert export.result.mark.isVisibleTo(export)
    assert "same first class" in export.result.verdict.text()
    assert told_by(export.result.code.toPlainText(), folder / "owl" / "0.png", tmp_path) == (
        engine_says(session, folder / "owl" / "0.png")
    )
    assert [notice.text for notice in notices if notice.severity == "error"] == []


def test_stopping_for_real_keeps_the_epochs_that_were_done(opened, qtbot):
    session = opened.session
    session.set_options(training=replace(session.training_options, epochs=100_000))
    page = TrainingPage(opened)
    qtbot.addWidget(page)
    before = session.weights
    page.start_button.click()
    qtbot.waitUntil(lambda: len(page.epochs.model.rows) >= 2, timeout=60_000)
    page.stop_button.click()
    settle(qtbot, opened)
    (run,) = session.runs
    assert run.stopped_because == "stopped"
    assert 2 <= len(run.history) < 100_000
    assert [row[0] for row in page.epochs.model.rows] == [str(row.epoch) for row in run.history]
    assert session.weights is not before
    assert session.weights.digest("fc") != before.digest("fc")


def test_a_stopped_run_goes_on_to_its_end_as_if_it_had_not_been(opened, qtbot, notices):
    session = opened.session
    session.set_options(training=replace(session.training_options, epochs=100))
    whole = train(session.network, session.weights, session.data, session.training_options, Silent())
    page = TrainingPage(opened)
    qtbot.addWidget(page)
    page.start_button.click()
    qtbot.waitUntil(lambda: len(page.epochs.model.rows) >= 1, timeout=60_000)
    page.stop_button.click()
    settle(qtbot, opened)
    assert session.runs[0].stopped_because == "stopped"
    page.continue_button.click()
    settle(qtbot, opened)
    (run,) = session.runs
    assert run.stopped_because == "finished"
    assert [row.train_loss for row in run.history] == [row.train_loss for row in whole.history]
    assert all(session.weights.digest(i) == whole.weights.digest(i) for i in whole.weights)
    assert notices == []


def test_a_stopped_run_goes_on_once_its_pictures_are_back(opened, qtbot, notices, folder, monkeypatch):
    session = opened.session
    whole = train(session.network, session.weights, session.data, session.training_options, Silent())
    page = TrainingPage(opened)
    qtbot.addWidget(page)
    page.show()
    real = loop.learn

    def learn(*given):
        # In the middle of the second epoch.
        if given[0].place.iteration == 3:
            page.live._job.cancel()
        return real(*given)

    monkeypatch.setattr(loop, "learn", learn)
    page.start_button.click()
    settle(qtbot, opened)
    assert len(session.runs[0].history) == 1
    monkeypatch.setattr(loop, "learn", real)
    away = folder.rename(folder.with_name("away"))
    page.continue_button.click()
    settle(qtbot, opened)
    assert "can be read any more" in notices[-1].text
    assert session.runs[0].stopped_because == "stopped"
    assert page.continue_button.isVisible()
    away.rename(folder)
    page.continue_button.click()
    settle(qtbot, opened)
    (run,) = session.runs
    assert run.stopped_because == "finished"
    assert [row.train_loss for row in run.history] == [row.train_loss for row in whole.history]
    assert all(session.weights.digest(i) == whole.weights.digest(i) for i in whole.weights)


def test_a_run_that_is_stopped_in_its_first_epoch_goes_on(opened, qtbot, monkeypatch):
    session = opened.session
    whole = train(session.network, session.weights, session.data, session.training_options, Silent())
    page = TrainingPage(opened)
    qtbot.addWidget(page)
    real = loop.learn

    def learn(*given):
        # After the second of three batches.
        if given[0].place.iteration == 1:
            page.live._job.cancel()
        return real(*given)

    monkeypatch.setattr(loop, "learn", learn)
    page.start_button.click()
    settle(qtbot, opened)
    assert session.runs == ()
    monkeypatch.setattr(loop, "learn", real)
    page.continue_button.click()
    settle(qtbot, opened)
    (run,) = session.runs
    assert [row.train_loss for row in run.history] == [row.train_loss for row in whole.history]
    assert all(session.weights.digest(i) == whole.weights.digest(i) for i in whole.weights)


def test_two_processes_are_paused_and_stopped_like_one(opened, qtbot, monkeypatch):
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")
    session = opened.session
    session.set_options(training=replace(session.training_options, epochs=100_000, devices=2))
    page = TrainingPage(opened)
    qtbot.addWidget(page)
    page.start_button.click()
    qtbot.waitUntil(lambda: len(page.epochs.model.rows) >= 2, timeout=120_000)
    children = psutil.Process().children()
    assert {child.environ()["RANK"] for child in children} == {"0", "1"}
    page.pause_button.click()
    assert page.live.paused
    page.stop_button.click()
    settle(qtbot, opened)
    (run,) = session.runs
    assert (run.stopped_because, run.device[:7]) == ("stopped", "2 x CPU")
    assert [row[0] for row in page.epochs.model.rows] == [str(row.epoch) for row in run.history]
    assert not any(child.is_running() for child in children)


def test_pictures_are_shown_to_the_run_that_goes_on(opened, qtbot, folder, notices):
    session = opened.session
    session.set_options(training=replace(session.training_options, epochs=100_000))
    training, evaluation = TrainingPage(opened), EvaluationPage(opened)
    for page in (training, evaluation):
        qtbot.addWidget(page)
    training.start_button.click()
    qtbot.waitUntil(lambda: len(training.epochs.model.rows) >= 2, timeout=60_000)
    assert session.live is not None
    assert not evaluation.evaluate_button.isEnabled()
    assert evaluation.view.predictions.button.isEnabled()
    evaluation.evaluator.predict([folder / "owl" / "0.png", folder / "cat" / "1.png"])
    qtbot.waitUntil(lambda: len(evaluation.view.predictions.rows) == 2, timeout=60_000)
    assert training.live.running
    training.stop_button.click()
    settle(qtbot, opened)
    assert session.live is None
    assert session.runs[0].stopped_because == "stopped"
    # It may tell what it chose by measuring; on a busy computer one thread is quicker.
    assert [notice.text for notice in notices if notice.severity != "info"] == []


def told_by(code: str, picture, folder) -> list[tuple[str, str]]:
    """What the snippet prints for a picture, run as a stranger would, without the program."""
    Image.open(picture).save(folder / "picture.jpg", format="PNG")
    script = folder / "snippet.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(name, share) for name, share, _ in lines]


def engine_says(session, picture) -> list[tuple[str, str]]:
    from designer.engine.prediction import predict

    (prediction,) = predict(session.network, session.weights, [picture], 5, "cpu", Silent())
    return [(name, f"{100 * share:.1f}") for name, share in prediction.top]
