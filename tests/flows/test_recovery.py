"""A training run that is killed, and the window that goes on with it: nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.engine.building import build, weights_of
from designer.engine.data import read_folder
from designer.engine.project_file import ProjectContents, load_project, save_project
from designer.engine.training import begin_run, interrupted_runs, recovery, train
from designer.gui import asking
from designer.progress import Silent
from designer.session.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=40, batch_size=6, learning_rate=1e-2, device="cpu", checkpoint_minutes=0.1)
COLOURS = {"cat": (200, 60, 60), "dog": (60, 200, 60), "owl": (60, 60, 200)}

CHILD = """
import sys
from pathlib import Path
import designer
from designer.progress import Silent
from designer.session.results import EpochRow

class Telling(Silent):
    def report(self, news):
        if isinstance(news, EpochRow):
            print(news.epoch, flush=True)
    def hold(self):
        return 0.0

project = designer.open(sys.argv[1])
project.train(progress=Telling())
"""


@pytest.fixture
def pictures(tmp_path):
    noise = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(8):
            values = np.clip(noise.normal(colour, 40, (16, 16, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(values).save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


@pytest.fixture
def project(tmp_path, tiny_network, pictures):
    path = tmp_path / "tiny.netgraft"
    weights = weights_of(build(tiny_network, seed=3))
    contents = ProjectContents(tiny_network, weights, data_folder=pictures, training_options=OPTIONS)
    save_project(path, contents, Silent())
    return path


def killed(
    project: Path, before: Callable[[], None] = lambda: None, code: str = CHILD, until: str = "3\n"
) -> None:
    """Train in a process of its own, and kill it without warning once it has said `until`."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(project)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with child:
        for line in child.stdout:
            if line == until:
                break
        before()
        child.kill()
    assert child.returncode == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_the_window_goes_on_where_a_killed_run_was(make_window, qtbot, project, pictures):
    killed(project)
    data = read_folder(pictures, 0.2, 0, None, Silent())
    held = load_project(project, Silent())
    whole = train(held.network, held.weights, data, OPTIONS, Silent())

    window = make_window()
    session = window.context.session
    window.open_project(project)
    qtbot.waitUntil(lambda: window._bar.notice is not None, timeout=60_000)
    notice = window._bar.notice
    assert "was broken off after" in notice.text
    assert notice.action_text == "Continue training"
    notice.action()
    qtbot.waitUntil(lambda: bool(session.runs), timeout=120_000)
    qtbot.waitUntil(lambda: not window.context.runner.busy(), timeout=60_000)
    assert window.step == "training"
    (run,) = session.runs
    assert [replace(row, seconds=0.0) for row in run.history] == [
        replace(row, seconds=0.0) for row in whole.history
    ]
    assert all(session.weights.digest(i) == whole.weights.digest(i) for i in whole.weights)
    assert [row[0] for row in window.pages["training"].epochs.model.rows] == [str(n) for n in range(1, 41)]
    assert session.path == project
    assert session.changed
    window.saving.save()
    qtbot.waitUntil(lambda: not session.changed, timeout=60_000)
    assert len(load_project(project, Silent()).runs) == 1
    assert interrupted_runs() == ()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_what_was_saved_during_the_run_is_not_written_over_unasked(make_window, qtbot, project, monkeypatch):
    """Another network is saved to the project while it trains; then the run is killed."""

    def save():
        held = load_project(project, Silent())
        edited = held.network.with_layers(replace(held.network["drop"], settings={"p": 0.5}))
        save_project(project, replace(held, network=edited), Silent())

    killed(project, before=save)
    saved = project.read_bytes()
    asked = []

    def ask(parent, text, detail, choices):
        asked.append((text, [choice.key for choice in choices]))
        return "cancel"

    monkeypatch.setattr(asking, "ask", ask)
    window = make_window()
    session = window.context.session
    window.open_project(project)
    qtbot.waitUntil(lambda: window._bar.notice is not None, timeout=60_000)
    assert session.network["drop"].settings == {"p": 0.5}
    assert "saved since the run began" in window._bar.notice.detail
    window._bar.notice.action()
    qtbot.waitUntil(lambda: bool(session.runs), timeout=120_000)
    qtbot.waitUntil(lambda: not window.context.runner.busy(), timeout=60_000)
    assert session.network["drop"].settings == {"p": 0.2}
    window.saving.save()
    qtbot.waitUntil(lambda: bool(asked), timeout=60_000)
    ((text, choices),) = asked
    assert "was not saved" in text
    assert choices == ["save_as", "overwrite", "cancel"]
    assert project.read_bytes() == saved


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_killed_run_can_be_discarded(make_window, qtbot, project):
    killed(project)
    window = make_window()
    window.open_project(project)
    qtbot.waitUntil(lambda: window._bar.notice is not None, timeout=60_000)
    window._bar._other.click()
    qtbot.waitUntil(lambda: not window.context.runner.running(), timeout=60_000)
    assert interrupted_runs() == ()
    assert window._bar.notice is None


EARLY = """
import sys
from threading import Event
import designer
from designer.progress import Silent

class Waiting(Silent):
    def hold(self):
        print("features", flush=True)
        Event().wait()

project = designer.open(sys.argv[1])
project.do("freeze_backbone")
project.train(progress=Waiting(), epochs=3)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_run_that_is_killed_before_its_first_checkpoint_begins_again(
    make_window, qtbot, project, pictures, monkeypatch
):
    """While what its frozen layers give is computed; that they are frozen was never saved."""
    killed(project, code=EARLY, until="features\n")
    monkeypatch.setattr(recovery, "GRACE", -1)
    held = load_project(project, Silent())
    data = read_folder(pictures, 0.2, 0, None, Silent())
    # A run of something else, meanwhile, leaves it alone.
    begin_run(held, project.with_name("other.netgraft"), data, Silent()).folder.discard()

    window = make_window()
    session = window.context.session
    window.open_project(project)
    qtbot.waitUntil(lambda: window._bar.notice is not None, timeout=60_000)
    notice = window._bar.notice
    assert "before its first checkpoint" in notice.text
    assert (notice.action_text, notice.other_text) == ("Begin it again", "Discard")
    assert not any(layer.frozen for layer in session.network)
    notice.action()
    qtbot.waitUntil(lambda: bool(session.runs), timeout=120_000)
    qtbot.waitUntil(lambda: not window.context.runner.busy(), timeout=60_000)
    assert window.step == "training"
    assert session.network["stem.conv"].frozen
    assert session.training_options.epochs == 3
    (run,) = session.runs
    whole = train(session.network, held.weights, data, session.training_options, Silent())
    assert [replace(row, seconds=0.0) for row in run.history] == [
        replace(row, seconds=0.0) for row in whole.history
    ]
    assert session.path == project
    window.saving.save()
    qtbot.waitUntil(lambda: not session.changed, timeout=60_000)
    assert load_project(project, Silent()).network["stem.conv"].frozen
    assert interrupted_runs() == ()
