"""Ctrl+C: training keeps what it has, everything else leaves nothing; the exit status is 130."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.console import Console

from designer import cli, settings
from designer.cli.progress import TerminalProgress
from designer.engine.project_file import load_project
from designer.engine.training.recovery import RunFolder
from designer.errors import Cancelled
from designer.progress import BatchNews, DeviceNews, Silent, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow

ROW = EpochRow(3, 0.5, 0.25, 0.75, 0.875, 2.0, 0.01)


def start(*arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "designer", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def wait_for_line(stream, pattern):
    """Read lines until one matches; the test's own timeout bounds it."""
    for line in stream:
        if re.search(pattern, line):
            return line
    raise AssertionError(f"no line {pattern!r}")


def test_training_keeps_what_was_trained(project, pictures):
    child = start("train", project, "--data", pictures, "--epochs", 100_000, "--json")
    try:
        wait_for_line(child.stderr, r"^epoch 2")
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 130
    assert "Traceback" not in err
    assert '"stopped_because": "stopped"' in out
    (run,) = load_project(project, Silent()).runs
    assert run.stopped_because == "stopped"
    assert 2 <= len(run.history) < 100_000
    assert run.weights is not None


def test_a_stopped_run_is_gone_on_with(project, pictures, run, monkeypatch):
    class StopsAtOnce(TerminalProgress):
        def report(self, news):
            super().report(news)
            if isinstance(news, EpochRow) and news.epoch == 2:
                self.cancelled = True

    with monkeypatch.context() as within:
        within.setattr(cli, "TerminalProgress", StopsAtOnce)
        outcome = run("train", project, "--data", pictures, "--epochs", 5, "--json")
    assert outcome.status == 130
    done = outcome.document["epochs"]
    assert done in (2, 3)
    outcome = run("train", project, "--resume", "--json")
    assert outcome.status == 0
    assert outcome.document["epochs"] == 5
    (one,) = load_project(project, Silent()).runs
    assert (one.number, one.stopped_because) == (1, "finished")
    assert not list((settings.state_folder() / "runs").iterdir())


def test_a_run_that_died_before_its_first_checkpoint_begins_anew(project, pictures, run):
    contents = replace(load_project(project, Silent()), training_options=TrainingOptions(epochs=2))
    RunFolder.begin(contents, project).release()
    outcome = run("train", project, "--data", pictures, "--resume")
    assert outcome.status == 0
    assert "it has begun anew" in outcome.out
    (one,) = load_project(project, Silent()).runs
    assert (one.stopped_because, len(one.history)) == ("finished", 2)
    assert "it has begun anew" in one.remarks[0]
    assert not list((settings.state_folder() / "runs").iterdir())
    outcome = run("train", project, "--resume")
    assert outcome.status == 1
    assert "no run to go on with" in outcome.err


def test_a_run_that_is_stopped_before_its_first_batch_leaves_nothing(project, pictures, run, monkeypatch):
    class StopsAtOnce(TerminalProgress):
        def hold(self):
            raise Cancelled

    monkeypatch.setattr(cli, "TerminalProgress", StopsAtOnce)
    assert run("train", project, "--data", pictures).status == 130
    assert not list((settings.state_folder() / "runs").iterdir())


def test_an_interrupted_start_leaves_everything(run, project, pictures, monkeypatch):
    class StopsAtOnce(TerminalProgress):
        def raise_if_cancelled(self):
            raise Cancelled

    before = project.read_bytes()
    monkeypatch.setattr(cli, "TerminalProgress", StopsAtOnce)
    for arguments in (
        ("train", project, "--data", pictures),
        ("evaluate", project, "--data", pictures),
        ("export", project, "-o", project.with_name("a.onnx")),
    ):
        outcome = run(*arguments)
        assert outcome.status == 130
        assert outcome.err.splitlines()[-1] == "Interrupted."
    assert project.read_bytes() == before
    assert not project.with_name("a.onnx").exists()


class TestProgress:
    def test_the_first_interrupt_asks_and_the_second_ends(self, capsys):
        with TerminalProgress() as progress:
            progress.raise_if_cancelled()
            os.kill(os.getpid(), signal.SIGINT)
            with pytest.raises(Cancelled):
                progress.raise_if_cancelled()
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
        assert "press Ctrl+C again" in capsys.readouterr().err

    def test_ctrl_c_is_given_back(self):
        former = signal.getsignal(signal.SIGINT)
        with TerminalProgress():
            assert signal.getsignal(signal.SIGINT) != former
        assert signal.getsignal(signal.SIGINT) == former

    def test_it_works_in_other_threads(self):
        found = []

        def use():
            with TerminalProgress(quiet=True) as progress:
                progress.raise_if_cancelled()
                found.append(True)

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        assert found

    def test_without_a_terminal_there_is_a_line_for_each_epoch(self, capsys):
        with TerminalProgress() as progress:
            progress.report(StepNews("Checking 24 pictures", 0.5))
            progress.report(DeviceNews("CPU", "It was asked for."))
            progress.report(BatchNews(3, 9, 1, 2, 5, 0.7, 0.01, 100.0, 1.0, None))
            progress.report(ROW)
        lines = capsys.readouterr().err.splitlines()
        assert lines[0] == "Training on CPU. It was asked for."
        assert lines[1].startswith("epoch 3/9  training: loss 0.5, accuracy 75.0 %  validation: loss 0.25, ")
        assert len(lines) == 2

    def test_long_silence_is_broken(self, capsys, monkeypatch):
        from designer.cli import progress as module

        clock = SimpleNamespace(now=0.0)
        monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
        with TerminalProgress() as progress:
            for clock.now in (1.0, 4.0, 12.0, 14.0, 24.0):
                progress.report(StepNews("Downloading", clock.now / 40))
            clock.now = 40.0
            progress.report(StepNews("Downloaded", 1.0))
        assert capsys.readouterr().err.splitlines() == ["Downloading (30%)", "Downloading (60%)"]

    def test_on_a_terminal_there_is_a_bar(self):
        stream = io.StringIO()
        progress = TerminalProgress()
        progress._console = Console(file=stream, force_terminal=True, width=120, highlight=False)
        with progress:
            progress.report(StepNews("Downloading [odd] name", 0.25))
            progress._bar.refresh()
            progress.report(BatchNews(1, 2, 5, 10, 5, 0.7, 0.01, 123.0, 1.0, 3.0))
            progress._bar.refresh()
            progress.report(ROW)
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
        assert "Downloading [odd] name" in text
        assert "25%" in text
        assert "Epoch 1/2  loss 0.7  123 pictures/s  3.0 s left" in text
        assert "epoch 3/2" in text

    def test_quiet_says_nothing(self, capsys):
        with TerminalProgress(quiet=True) as progress:
            for news in (ROW, DeviceNews("CPU", ""), StepNews("x", 0.1)):
                progress.report(news)
        assert capsys.readouterr().err == ""
