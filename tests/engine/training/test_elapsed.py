"""How long a run took: time of work, for what frozen layers give too, and nothing that it stood still."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from designer.engine.building import build, weights_of
from designer.engine.training import loop, news, state, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.prefix import Prefix
from designer.errors import Cancelled
from designer.progress import BatchNews, CheckpointNews, Recording, Silent
from designer.session.options import TrainingOptions
from designer.session.stages import ALL, Stage

OPTIONS = TrainingOptions(epochs=4, batch_size=8, learning_rate=1e-2, device="cpu")
BATCHES = 5
"""In each epoch, of 36 pictures; validation takes one, and what is frozen goes through in six."""
LONG = 1000.0
"""Seconds that a part takes by the clock of these tests: all else takes much less together."""


class Clock:
    """The time, moved on at will."""

    def __init__(self):
        self.on = 0.0

    def __call__(self):
        return time.monotonic() + self.on


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(news, "monotonic", made)
    monkeypatch.setattr(state, "monotonic", made)
    # Each batch is told.
    monkeypatch.setattr(news, "PAUSE", 0.0)
    return made


@pytest.fixture
def slow_learning(clock, monkeypatch):
    real = loop.learn

    def learn(*given):
        clock.on += LONG
        return real(*given)

    monkeypatch.setattr(loop, "learn", learn)


class Pausing(Recording):
    """Is paused at each question; stopped in the pause of the one numbered `stop`."""

    def __init__(self, clock, stop=0):
        super().__init__()
        self.clock = clock
        self.stop = stop

    def hold(self):
        self.asked += 1
        self.clock.on += LONG
        if self.asked == self.stop:
            raise Cancelled
        return LONG


def started(network):
    return network, weights_of(build(network, seed=3))


def test_pauses_are_not_counted_wherever_they_are(frozen_network, pets, clock):
    progress = Pausing(clock)
    run = train(*started(frozen_network), pets, OPTIONS, progress)
    assert progress.asked == 6 + 4 * (BATCHES + 1)
    assert run.seconds < LONG
    assert sum(row.seconds for row in run.history) <= run.seconds
    told = [item.elapsed for item in progress.news if isinstance(item, BatchNews)]
    assert len(told) == 4 * BATCHES
    assert told == sorted(told)
    assert told[-1] <= run.seconds


@pytest.mark.parametrize("stop", [2, 8, 12, 14], ids=["features", "training", "validation", "second epoch"])
def test_a_pause_that_ends_with_stopping_is_not_counted(frozen_network, pets, clock, stop):
    run = train(*started(frozen_network), pets, OPTIONS, Pausing(clock, stop))
    assert run.stopped_because == "stopped"
    assert len(run.history) == (1 if stop == 14 else 0)
    assert run.seconds < LONG


def test_what_frozen_layers_give_is_counted_while_it_runs_and_afterwards(
    frozen_network, pets, clock, monkeypatch, tmp_path
):
    real, calls = Prefix.run, []

    def slow(*given, **named):
        calls.append(1)
        clock.on += LONG
        return real(*given, **named)

    monkeypatch.setattr(Prefix, "run", slow)
    recording = Recording()
    run = train(
        *started(frozen_network),
        pets,
        OPTIONS,
        recording,
        checkpoints=CheckpointFile(tmp_path / "checkpoint", minutes=0),
    )
    assert len(calls) >= 6
    counted = len(calls) * LONG
    assert counted <= run.seconds < counted + LONG
    batches = [item for item in recording.news if isinstance(item, BatchNews)]
    assert all(counted <= item.elapsed < counted + LONG for item in batches)
    written = [item for item in recording.news if isinstance(item, CheckpointNews)]
    assert all(counted <= item.elapsed <= run.seconds for item in written)
    # It is over, and no part of what is left.
    assert all(item.remaining < LONG for item in batches)
    # What is known from an earlier run takes no time.
    assert train(*started(frozen_network), pets, OPTIONS, Silent()).seconds < LONG


def test_a_run_that_goes_on_adds_up(tiny_network, pets, slow_learning, tmp_path):
    whole = train(*started(tiny_network), pets, OPTIONS, Silent())
    assert 4 * BATCHES * LONG <= whole.seconds < (4 * BATCHES + 1) * LONG
    assert [round(row.seconds / LONG, 1) for row in whole.history] == pytest.approx([BATCHES] * 4, abs=0.2)
    file = CheckpointFile(tmp_path / "checkpoint")
    stopped = train(*started(tiny_network), pets, OPTIONS, Recording(cancel_after=10), checkpoints=file)
    # Five batches and one of validation, then three of the second epoch.
    assert 8 * LONG <= stopped.seconds < 9 * LONG
    assert file.read().values["elapsed"] == pytest.approx(stopped.seconds, abs=LONG / 10)
    recording = Recording()
    again = train(*started(tiny_network), pets, OPTIONS, recording, begin_from=file.read())
    assert again.stopped_because == "finished"
    assert again.seconds == pytest.approx(whole.seconds, abs=LONG / 2)
    first = next(item for item in recording.news if isinstance(item, BatchNews))
    assert 9 * LONG <= first.elapsed < 10 * LONG
    assert first.remaining == pytest.approx((4 * BATCHES - 9) * LONG, abs=LONG)


def test_stages_with_pauses_between_them(frozen_network, pets, clock):
    options = replace(OPTIONS, stages=(Stage("Head", 1, 1e-2), Stage("All", 1, 1e-3, (ALL,))))
    run = train(*started(frozen_network), pets, options, Pausing(clock))
    assert len(run.history) == 2
    assert run.seconds < LONG
