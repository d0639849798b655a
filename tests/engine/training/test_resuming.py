"""Going on after an interruption: bit for bit what an uninterrupted run gives, wherever it was broken off."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from designer.engine.building import build, weights_of
from designer.engine.training import train
from designer.engine.training.checkpoints import CheckpointFile
from designer.errors import Cancelled, TrainingError
from designer.network.file import network_to_json
from designer.progress import BatchNews, CheckpointNews, Recording, Silent
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow
from designer.session.stages import ALL, Stage
from designer.settings import cache_folder
from tests.engine.training.crashing import Crash

OPTIONS = TrainingOptions(epochs=4, batch_size=8, learning_rate=1e-2, device="cpu")
STAGES = (Stage("Head", 2, 1e-2), Stage("All", 2, 1e-3, (ALL,)))
CASES = {
    "plain": OPTIONS,
    "last": replace(OPTIONS, keep="last", optimizer="SGD"),
    "averaged, accumulated, clipped": replace(
        OPTIONS, average_weights=0.9, accumulate=2, clip_gradients=0.5, warmup_epochs=1
    ),
    "plateau": replace(OPTIONS, schedule="plateau", plateau_epochs=1, learning_rate=0.3, optimizer="RMSprop"),
    "mixed": replace(OPTIONS, precision="mixed"),
    "stages": replace(OPTIONS, stages=STAGES),
    "altered": replace(OPTIONS, flip=True, flip_vertical=True, crop=0.5, rotation=20, colour=0.3),
    "altered ahead": replace(OPTIONS, flip=True, crop=0.5, variants=2),
}
AHEAD = {"stages": 6, "altered ahead": 10}
"""Questions while features are computed: in groups of 8, for 36 and 9 pictures, and for twice 36 and 9."""


def outcome(run):
    rows = [replace(row, seconds=0.0) for row in run.history]
    return rows, {i: run.weights.digest(i) for i in run.weights}, run.best_epoch, run.stopped_because


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("at", [2, 6, 9, 16, 22])
def test_it_goes_on_bit_for_bit(frozen_network, tiny_network, pets, tmp_path, name, at):
    options = CASES[name]
    network = frozen_network if name in AHEAD else tiny_network
    given = weights_of(build(network, seed=3))
    whole = train(network, given, pets, options, Silent())
    # A checkpoint after every step, as when `checkpoint_minutes` were 0.
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(network, given, pets, options, Crash(cancel_after=at), checkpoints=file)
    held = file.read() if file.path.exists() else None
    assert held is not None or at <= 1 + AHEAD.get(name, 1)
    again = train(network, given, pets, options, Silent(), checkpoints=file, begin_from=held)
    assert outcome(again) == outcome(whole)
    if held is not None:
        assert held.values["place"]["iteration"] > 0


def test_broken_off_twice(tiny_network, pets, tmp_path):
    given = weights_of(build(tiny_network, seed=3))
    whole = train(tiny_network, given, pets, OPTIONS, Silent())
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_network, given, pets, OPTIONS, Crash(cancel_after=5), checkpoints=file)
    with pytest.raises(KeyboardInterrupt):
        train(
            tiny_network,
            given,
            pets,
            OPTIONS,
            Crash(cancel_after=9),
            checkpoints=file,
            begin_from=file.read(),
        )
    again = train(tiny_network, given, pets, OPTIONS, Silent(), begin_from=file.read())
    assert outcome(again) == outcome(whole)


CHILD = """
import json, sys
from pathlib import Path
from designer.engine.building import build, weights_of
from designer.engine.data import read_folder
from designer.engine.training import train
from designer.engine.training.checkpoints import CheckpointFile
from designer.network.file import network_from_json
from designer.progress import Silent
from designer.session.options import TrainingOptions

class Printing(Silent):
    def hold(self):
        print("batch", flush=True)
        sys.stdin.readline()
        return 0.0

value = json.loads(Path(sys.argv[1]).read_text())
network = network_from_json(value["network"])
train(
    network,
    weights_of(build(network, seed=3)),
    read_folder(Path(value["data"]), 0.2, 0, None, Silent()),
    TrainingOptions.from_json(value["options"]),
    Printing(),
    checkpoints=CheckpointFile(Path(value["file"]), minutes=0),
)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_killed_at_any_moment(tiny_network, pets, pets_folder, tmp_path):
    """A process of its own, killed by the system in the middle of an epoch."""
    file = tmp_path / "run.checkpoint"
    task = tmp_path / "task.json"
    value = {
        "network": network_to_json(tiny_network),
        "data": str(pets_folder),
        "options": OPTIONS.to_json(),
        "file": str(file),
    }
    task.write_text(json.dumps(value))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(task)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with child:
        # Five training batches and two of validation in each epoch: the third batch of the second epoch.
        for _ in range(10):
            assert child.stdout.readline() == "batch\n"
            child.stdin.write("\n")
            child.stdin.flush()
        child.kill()
    assert child.returncode == -signal.SIGKILL
    held = CheckpointFile(file).read()
    assert held.values["place"]["epoch"] == 1
    given = weights_of(build(tiny_network, seed=3))
    whole = train(tiny_network, given, pets, OPTIONS, Silent())
    again = train(tiny_network, given, pets, OPTIONS, Silent(), begin_from=held)
    assert outcome(again) == outcome(whole)


def test_cancelled_while_it_finds_its_way_back(frozen_network, pets, tmp_path):
    """The checkpoint stays as it is until the run stands where it was: here features are computed anew."""
    given = weights_of(build(frozen_network, seed=3))
    whole = train(frozen_network, given, pets, OPTIONS, Silent())
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(frozen_network, given, pets, OPTIONS, Crash(cancel_after=15), checkpoints=file)
    before = file.path.read_bytes()
    shutil.rmtree(cache_folder() / "features")
    stopped = train(
        frozen_network,
        given,
        pets,
        OPTIONS,
        Recording(cancel_after=3),
        checkpoints=file,
        begin_from=file.read(),
    )
    assert stopped.stopped_because == "stopped"
    assert file.path.read_bytes() == before
    again = train(frozen_network, given, pets, OPTIONS, Silent(), begin_from=file.read())
    assert outcome(again) == outcome(whole)


def test_time_and_batches_count_on(tiny_network, pets, tmp_path):
    given = weights_of(build(tiny_network, seed=3))
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_network, given, pets, OPTIONS, Crash(cancel_after=12), checkpoints=file)
    held = file.read()
    held.values["elapsed"] = 1_000.0
    recording = Recording()
    run = train(tiny_network, given, pets, OPTIONS, recording, begin_from=held)
    assert run.seconds > 1_000
    batches = [news for news in recording.news if isinstance(news, BatchNews)]
    assert batches[0].iteration == held.values["place"]["iteration"] + 1
    assert batches[0].elapsed >= 1_000
    # What is left is told by the time that batches take now, not by the thousand seconds.
    assert all(news.remaining < 100 for news in batches)


def test_checkpoints_are_told_of(tiny_network, pets, tmp_path):
    file, recording = CheckpointFile(tmp_path / "run.checkpoint", minutes=0), Recording()
    given = weights_of(build(tiny_network, seed=3))
    train(tiny_network, given, pets, OPTIONS, recording, checkpoints=file)
    told = [news for news in recording.news if isinstance(news, CheckpointNews)]
    place = file.read().values["place"]
    assert told[-1].iteration == place["iteration"]
    batches = next(news.batches for news in recording.news if isinstance(news, BatchNews))
    assert [news.epoch for news in told] == pytest.approx([news.iteration / batches for news in told])
    assert [news.elapsed for news in told] == sorted(news.elapsed for news in told)


def test_other_pictures_or_another_network_are_refused(tiny_network, pets, tmp_path):
    given = weights_of(build(tiny_network, seed=3))
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_network, given, pets, OPTIONS, Crash(cancel_after=12), checkpoints=file)
    fewer = replace(pets, training=pets.training[:-1])
    changed = tiny_network.with_layers(replace(tiny_network["drop"], settings={"p": 0.5}))
    for network, data in ((tiny_network, fewer), (changed, pets)):
        with pytest.raises(TrainingError, match="cannot go on"):
            train(network, given, data, OPTIONS, Silent(), begin_from=file.read())


def test_a_damaged_checkpoint_is_said_to_be(tiny_network, pets, tmp_path):
    path = tmp_path / "run.checkpoint"
    for content in (b"", b"nonsense", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(content)
        with pytest.raises(TrainingError, match="cannot be used"):
            CheckpointFile(path).read()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("checkpoint.json", json.dumps({"format": 99}))
    with pytest.raises(TrainingError, match="newer version"):
        CheckpointFile(path).read()
    path.unlink()
    with pytest.raises(TrainingError, match="cannot be used"):
        CheckpointFile(path).read()


def test_a_full_disk_does_not_end_the_run(tiny_network, pets, tmp_path, monkeypatch):
    from designer.engine.training import checkpoints

    def full(path, entries):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "write_archive", full)
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    run = train(tiny_network, weights_of(build(tiny_network)), pets, OPTIONS, Silent(), checkpoints=file)
    assert run.stopped_because == "finished"
    assert sum("No space left" in remark for remark in run.remarks) == 1


def test_short_epochs_are_not_slowed_down_by_checkpoints(monkeypatch, tmp_path):
    from designer.engine.training import checkpoints

    clock = [100.0]
    monkeypatch.setattr(checkpoints, "monotonic", lambda: clock[0])
    monkeypatch.setattr(
        checkpoints, "write_archive", lambda path, entries: clock.__setitem__(0, clock[0] + 1)
    )
    from designer.engine.training.checkpoints import Checkpoint
    from designer.engine.weights import Weights

    file = CheckpointFile(tmp_path / "x", minutes=10)
    assert file.due(epoch_over=True)
    assert not file.due(epoch_over=False)
    file.write(Checkpoint({}, Weights()))  # takes a second
    clock[0] += 19
    assert not file.due(epoch_over=True)
    clock[0] += 1.1
    assert file.due(epoch_over=True)
    clock[0] += 600
    assert file.due(epoch_over=False)


def test_stopping_by_the_user_is_no_crash(tiny_network, pets, tmp_path):
    class Stop(Recording):
        def report(self, news):
            super().report(news)
            if isinstance(news, EpochRow):
                self.cancel_after = 0

    run = train(tiny_network, weights_of(build(tiny_network)), pets, OPTIONS, Stop())
    assert run.stopped_because == "stopped"
    with pytest.raises(Cancelled):
        Recording(cancel_after=1).hold()
    assert not math.isnan(run.history[0].val_loss)
