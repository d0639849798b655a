"""Processes started from here, as the window starts them: news, stopping, failing, and none left behind."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace

import psutil
import pytest

from designer.engine.building import build, weights_of
from designer.engine.devices import ChosenDevice
from designer.engine.training import checks, together, train, train_here
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.checks import processes
from designer.engine.training.passing import error_from_json, error_to_json, news_from_json, news_to_json
from designer.engine.training.task import Task
from designer.engine.training.team import LostError
from designer.errors import Cancelled, OutOfMemoryError, TrainingError
from designer.progress import (
    LAYERS,
    BatchNews,
    CheckpointNews,
    DeviceNews,
    LayerReading,
    LayersNews,
    Recording,
    Silent,
    StageNews,
    StepNews,
)
from designer.session.options import TrainingOptions
from designer.session.results import EarlierEpochs, EpochRow

pytestmark = pytest.mark.timeout(600)
OPTIONS = TrainingOptions(
    epochs=3, batch_size=4, learning_rate=1e-2, device="cpu", keep="last", devices=2, optimizer="SGD"
)


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")


@pytest.fixture(autouse=True)
def nobody_is_left():
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


@pytest.fixture
def network(tiny_network):
    """Nothing that depends on how a batch is cut."""
    changed = (
        replace(tiny_network["drop"], settings={"p": 0.0}),
        replace(tiny_network["stem.bn"], frozen=True),
    )
    return tiny_network.with_layers(*changed)


def numbers(rows):
    return [(row.train_loss, row.val_loss, row.train_accuracy, row.val_accuracy) for row in rows]


class Stop(Recording):
    """Stops after the first epoch."""

    def report(self, news):
        super().report(news)
        if isinstance(news, EpochRow):
            self.cancel_after = 0


def test_stopped_and_gone_on_with_it_is_one_with_twice_the_batch(network, pets, tmp_path):
    given = weights_of(build(network, seed=3))
    one = train(network, given, pets, replace(OPTIONS, batch_size=8), Silent())
    file = CheckpointFile(tmp_path / "checkpoint", minutes=0)
    heard = Stop(wants=frozenset({LAYERS}))
    stopped = train_here(network, given, pets, OPTIONS, heard, checkpoints=file)
    assert stopped.stopped_because == "stopped"
    assert stopped.options == OPTIONS
    assert [type(news) for news in heard.news].count(DeviceNews) == 1
    assert any(isinstance(news, BatchNews) for news in heard.news)
    assert numbers(n for n in heard.news if isinstance(n, EpochRow)) == numbers(stopped.history)
    [stage] = [news for news in heard.news if isinstance(news, StageNews)]
    assert "fc" in stage.learning
    [first, *_] = [news for news in heard.news if isinstance(news, LayersNews)]
    assert first.layers["fc"].gradient > 0
    assert any(isinstance(news, CheckpointNews) for news in heard.news)

    heard = Recording()
    again = train_here(network, given, pets, OPTIONS, heard, checkpoints=file, begin_from=file.read())
    assert again.stopped_because == "finished"
    assert again.device.startswith("2 x CPU")
    assert numbers(again.history) == [pytest.approx(row, rel=1e-4) for row in numbers(one.history)]
    # Nobody looks at layers this time.
    assert not [news for news in heard.news if isinstance(news, LayersNews)]
    [earlier] = [news for news in heard.news if isinstance(news, EarlierEpochs)]
    assert earlier.rows == stopped.history
    for layer_id in one.weights:
        for name, tensor in one.weights[layer_id].items():
            wanted = pytest.approx(tensor.flatten().tolist(), rel=1e-3, abs=1e-5)
            assert again.weights[layer_id][name].flatten().tolist() == wanted


ROW = EpochRow(2, 0.5, 0.25, 0.75, 1.0, 3.5, 1e-3, 1)


@pytest.mark.parametrize(
    "news",
    [
        StepNews("a step", 0.5),
        StepNews("a step"),
        BatchNews(1, 2, 3, 4, 5, 0.5, 1e-3, 99.5, 12.0, None, 0.25, 1000, 2, 3, "Head", 0.75),
        CheckpointNews(2.5, 17, 3.25),
        DeviceNews("2 x CPU", "It was asked for."),
        StageNews(1, 2, "Head", frozenset({"fc", "bn"})),
        LayersNews(7, 2, {"fc": LayerReading(0.5, 1.5, None, 3, 0.01, 2.0, 0.001)}),
        ROW,
        EarlierEpochs((ROW, replace(ROW, epoch=3))),
    ],
    ids=lambda news: type(news).__name__,
)
def test_news_come_through_as_they_were(news):
    assert news_from_json(json.loads(json.dumps(news_to_json(news)))) == news


def test_an_epoch_without_validation_comes_through():
    row = news_from_json(json.loads(json.dumps(news_to_json(replace(ROW, val_loss=math.nan)))))
    assert math.isnan(row.val_loss)


@pytest.mark.parametrize(
    "error",
    [
        TrainingError("what", "why", "remedy", step="data", options={"batch_size": 2}),
        OutOfMemoryError("what", "why", "remedy", 16, 2),
        LostError("what", "why", "remedy"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_come_through_as_they_were(error):
    found = error_from_json(json.loads(json.dumps(error_to_json(error))))
    assert type(found) is type(error)
    assert (str(found), found.step, found.options) == (str(error), error.step, error.options)


def test_what_is_wrong_with_the_choices_is_said_without_starting_any(network, pets, monkeypatch):
    monkeypatch.setattr(together, "command", lambda folder: [])
    other = replace(network, classes=("x", "y", "z"))
    with pytest.raises(TrainingError, match="classes are not those of the pictures"):
        train_here(other, weights_of(build(other)), pets, OPTIONS, Silent())
    options = replace(OPTIONS, sync_batch_norm=True)
    with pytest.raises(TrainingError, match="cannot be synchronised on the CPU"):
        train_here(network, weights_of(build(network)), pets, options, Silent())


def test_an_error_is_the_one_that_a_process_of_its_own_would_say(network, pets):
    wide = network.with_layers(replace(network["fc"], settings={**network["fc"].settings, "out_features": 4}))
    with pytest.raises(TrainingError, match="The output 'output' does not fit") as told:
        train_here(wide, weights_of(build(wide)), pets, OPTIONS, Silent())
    assert told.value.step == "network"


def child(monkeypatch, code):
    monkeypatch.setattr(together, "command", lambda folder: [sys.executable, "-S", "-c", code, str(folder)])


def test_a_process_that_dies_without_a_word_ends_all(network, pets, monkeypatch):
    monkeypatch.setattr(together, "GRACE", 1.0)
    child(monkeypatch, "import os, sys\nif os.environ['RANK'] == '0': sys.stdin.read()\nos._exit(9)")
    with pytest.raises(TrainingError, match="status 9"):
        train_here(network, weights_of(build(network)), pets, OPTIONS, Silent())


class Kill(Recording):
    """Kills one of the processes once two epochs are over, as a system without memory would."""

    def __init__(self, rank):
        super().__init__()
        self.rank = str(rank)

    def report(self, news):
        super().report(news)
        if isinstance(news, CheckpointNews) and news.epoch >= 2:
            for child in psutil.Process().children():
                if child.environ().get("RANK") == self.rank:
                    child.kill()


@pytest.mark.parametrize("rank", [0, 1])
def test_a_process_that_is_killed_costs_no_epoch(network, pets, tmp_path, rank):
    options = replace(OPTIONS, epochs=100_000, schedule="constant")
    given = weights_of(build(network, seed=3))
    file = CheckpointFile(tmp_path / "checkpoint", minutes=0)
    heard = Kill(rank)
    run = train_here(network, given, pets, options, heard, checkpoints=file)
    assert run.stopped_because == "failed"
    assert len(run.history) >= 2
    assert run.device.startswith("2 x CPU")
    assert len(run.classes) == 3
    rows = [news for news in heard.news if isinstance(news, EpochRow)]
    assert numbers(run.history) == numbers(rows)[: len(run.history)]
    assert {i: list(run.weights[i]) for i in run.weights} == {i: list(given[i]) for i in given}
    assert run.weights.digest("fc") != given.digest("fc")
    assert any(("status -9" if rank == 0 else "does not answer") in remark for remark in run.remarks)
    held = file.read()
    again = train_here(
        network,
        given,
        pets,
        replace(options, epochs=len(run.history) + 1),
        Silent(),
        begin_from=held,
        checkpoints=file,
    )
    assert again.stopped_because == "finished"


def test_cancelled_before_it_began_ends_all(network, pets, monkeypatch):
    child(monkeypatch, "import sys; sys.stdin.read()")
    with pytest.raises(Cancelled):
        train_here(network, weights_of(build(network)), pets, OPTIONS, Recording(cancel_after=2))


def test_the_cause_is_told_and_not_that_another_one_has_gone(network, pets, monkeypatch):
    code = (
        "import json, os\n"
        "lost = os.environ['RANK'] == '0'\n"
        "told = ['gone' if lost else 'cause', '', '']\n"
        "print(json.dumps({'error': {'told': told, 'lost': lost}}), flush=True)\n"
        "os._exit(1)"
    )
    child(monkeypatch, code)
    with pytest.raises(TrainingError, match=r"^cause$"):
        train_here(network, weights_of(build(network)), pets, OPTIONS, Silent())


def test_what_cannot_be_started_is_told(network, pets, monkeypatch, tmp_path):
    monkeypatch.setattr(together, "command", lambda folder: [str(tmp_path / "nothing")])
    with pytest.raises(TrainingError, match="could not be started"):
        train_here(network, weights_of(build(network)), pets, OPTIONS, Silent())


def test_a_task_comes_back_as_it_was(network, pets, tmp_path):
    given = weights_of(build(network, seed=3))
    task = Task(network, given, pets, OPTIONS, tmp_path / "checkpoint", True)
    task.write(tmp_path)
    found = Task.read(tmp_path)
    assert (found.network, found.data, found.options) == (network, pets, OPTIONS)
    assert (found.checkpoint, found.goes_on) == (tmp_path / "checkpoint", True)
    assert {i: found.weights.digest(i) for i in found.weights} == {i: given.digest(i) for i in given}


@pytest.mark.parametrize(
    ("device", "devices", "cards", "wanted"),
    [
        ("cpu", 1, 0, 1),
        ("cpu", 3, 0, 3),
        ("cpu", 0, 4, 1),
        ("auto", 4, 0, 1),
        ("auto", 0, 0, 1),
        ("auto", 0, 4, 4),
        ("cuda", 2, 4, 2),
        ("cuda", 5, 4, None),
    ],
)
def test_how_many_processes_there_are(monkeypatch, device, devices, cards, wanted):
    monkeypatch.setattr(checks.torch.cuda, "device_count", lambda: cards)
    chosen = ChosenDevice("cuda" if cards else "cpu", "", "")
    monkeypatch.setattr(checks, "choose", lambda asked: chosen)
    options = replace(OPTIONS, device=device, devices=devices)
    if wanted is None:
        with pytest.raises(TrainingError, match="has 4"):
            processes(options)
    else:
        assert processes(options) == wanted
