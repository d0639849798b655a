"""Choices by measuring: only where answers stay the same, by a clear margin, never against an option."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
import torch

from designer import settings
from designer.engine.building import build, weights_of
from designer.engine.training import choosing, features, state, train
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.choosing import Threads, alike, quicker
from designer.engine.weights import Weights
from designer.progress import Recording, Silent
from designer.session.options import TrainingOptions
from tests.engine.training.crashing import Crash

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")


def test_alike():
    exact = torch.tensor([[3.0, 0.0], [0.0, 3.0]])
    # Without their mean picture these are four values of +-1.5: a norm of 3.
    assert alike([exact], [exact + torch.tensor([[0.3, 0.0], [0.0, 0.0]])], 0.11)
    assert not alike([exact], [exact + torch.tensor([[0.3, 0.0], [0.0, 0.0]])], 0.09)
    # A class that changes counts, however small the difference is beside others.
    near = torch.tensor([[1.0, 1.001], [100.0, -100.0]])
    assert not alike([near], [near + torch.tensor([[0.002, 0.0], [0.0, 0.0]])], 0.05)
    assert not alike([exact], [exact * float("nan")], 1.0)
    assert not alike([exact, exact], [exact, -exact], 10.0)
    # A single picture tells nothing of what tells pictures apart.
    assert not alike([exact[:1]], [exact[:1] + 0.001], 0.05)


def test_quicker(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(choosing, "perf_counter", lambda: clock[0])
    times = iter([100, 100, 3, 2, 9, 9, 4, 1.5])  # the first round warms up

    def act():
        clock[0] += next(times)

    assert quicker(act, act) == pytest.approx(3 / 1.5)


def test_what_is_clearly_slower_is_not_timed_for_long(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(choosing, "perf_counter", lambda: clock[0])
    times = iter([100, 100, 2, 3])

    def act():
        clock[0] += next(times)

    assert quicker(act, act) == pytest.approx(2 / 3)


@pytest.fixture
def many(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    monkeypatch.setattr(choosing, "cores", lambda: 2)
    yield 2
    torch.set_num_threads(before)


def slowed(monkeypatch, seconds):
    """A clock by which a step takes so long with one and with two threads."""
    clock = [0.0]
    monkeypatch.setattr(choosing, "perf_counter", lambda: clock[0])

    def act():
        clock[0] += seconds[torch.get_num_threads()]

    return act


@pytest.mark.parametrize(
    ("alone", "together", "chosen"), [(1.0, 1.31, 1), (1.0, 1.29, 2), (1.0, 0.6, 2), (1.0, 6.0, 1)]
)
def test_one_thread_only_where_it_is_clearly_faster(monkeypatch, many, alone, together, chosen):
    threads = Threads()
    assert threads.open
    remark = threads.choose(slowed(monkeypatch, {1: alone, 2: together}))
    assert torch.get_num_threads() == chosen
    assert ("One thread is used" in remark) == (chosen == 1)
    assert not threads.open  # once
    threads.put_back()
    assert torch.get_num_threads() == 2


def test_the_users_number_of_threads_stands(monkeypatch, many):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    threads = Threads()
    assert not threads.open
    threads.set(1)
    assert torch.get_num_threads() == 2


def test_a_run_puts_threads_back_and_goes_on_with_its_number(tiny_network, pets, monkeypatch, many, tmp_path):
    for name, value in (("LONG_WORK", 1), ("MANY", 1), ("TRIED", 8)):
        monkeypatch.setattr(state, name, value)
    monkeypatch.setattr(state, "has_bfloat16", lambda: False)
    monkeypatch.setattr(choosing, "quicker", lambda usual, other: 2.0)
    used = []

    class Looking(Recording):
        def hold(self):
            used.append(torch.get_num_threads())
            return super().hold()

    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    given = weights_of(build(tiny_network, seed=3))
    run = train(tiny_network, given, pets, OPTIONS, Looking(), checkpoints=file)
    assert set(used) == {1}
    assert torch.get_num_threads() == 2
    assert "One thread is used: it was 2.0 times as fast as 2" in run.remarks[0]
    held = file.read()
    assert held.values["threads"] == 1
    held.values["place"]["epoch"] = 2
    used.clear()
    monkeypatch.setattr(choosing, "quicker", lambda usual, other: pytest.fail("measured again"))
    train(tiny_network, given, pets, OPTIONS, Looking(), begin_from=held)
    assert set(used) <= {1}
    assert torch.get_num_threads() == 2


@pytest.fixture
def capable(monkeypatch):
    """A processor that is three times as fast in bfloat16, and any work is much."""
    monkeypatch.setattr(features, "has_bfloat16", lambda: True)
    monkeypatch.setattr(features, "MUCH_WORK", 1)
    monkeypatch.setattr(features, "MANY", 1)
    monkeypatch.setattr(features, "TOLERANCE", 1e9)
    monkeypatch.setattr(features, "alike", lambda exact, rough, tolerance: True)
    monkeypatch.setattr(features, "quicker", lambda usual, other: 3.0)


def kept():
    """How features lie in the cache."""
    found = (settings.cache_folder() / "features").glob("*/features.json")
    return sorted(json.loads(path.read_text())["how"]["precision"] for path in found)


def test_bfloat16_where_it_is_quicker_and_gives_the_same(frozen_network, pets, capable):
    run = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert kept() == ["bfloat16"]
    assert "bfloat16" in run.remarks[0]


def test_bfloat16_is_refused_when_answers_differ(frozen_network, pets, capable, monkeypatch):
    monkeypatch.setattr(features, "alike", alike)
    monkeypatch.setattr(features, "TOLERANCE", 1e-6)
    run = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert kept() == ["float32"]
    assert run.remarks == ()


def test_bfloat16_is_tried_on_pictures_of_all_classes(frozen_network, pets, capable, monkeypatch):
    """They come class by class, and within one class there is little to tell apart."""
    real, seen = features.Prefix.run, []

    def run(self, portion, *, half=False):
        seen.append((half, portion.labels.tolist()))
        return real(self, portion, half=half)

    monkeypatch.setattr(features.Prefix, "run", run)
    train(frozen_network, Weights(), pets, OPTIONS, Silent())
    (exact, tried), (rough, again) = seen[:2]
    assert (exact, rough) == (False, True)
    assert tried == again
    assert len(tried) == choosing.TRIED
    assert set(tried) == {0, 1, 2}
    # What is computed then is in the order of the pictures all the same.
    batches = [labels for _, labels in seen[-6:]]
    assert all(labels == sorted(labels) for labels in batches)
    assert sorted(label for labels in batches for label in labels) == [0] * 15 + [1] * 15 + [2] * 15


def test_bfloat16_is_refused_without_a_clear_gain(frozen_network, pets, capable, monkeypatch):
    monkeypatch.setattr(features, "quicker", lambda usual, other: 1.29)
    train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert kept() == ["float32"]


def test_bfloat16_is_not_tried_for_little_work_or_without_hardware(
    frozen_network, pets, capable, monkeypatch
):
    monkeypatch.setattr(features, "MUCH_WORK", 10**12)
    train(frozen_network, Weights(), pets, OPTIONS, Silent())
    monkeypatch.setattr(features, "MUCH_WORK", 1)
    monkeypatch.setattr(features, "MANY", 1000)
    train(frozen_network, Weights(), pets, replace(OPTIONS, batch_size=7), Silent())
    monkeypatch.setattr(features, "MANY", 1)
    monkeypatch.setattr(features, "has_bfloat16", lambda: False)
    train(frozen_network, Weights(), pets, replace(OPTIONS, batch_size=9), Silent())
    assert kept() == ["float32"] * 3


def test_full_precision_means_full(frozen_network, pets, capable):
    full = replace(OPTIONS, precision="full")
    train(frozen_network, Weights(), pets, full, Silent())
    assert kept() == ["float32"]


def test_full_precision_takes_no_features_that_were_computed_in_half(frozen_network, pets, capable):
    train(frozen_network, Weights(), pets, OPTIONS, Silent())
    train(frozen_network, Weights(), pets, replace(OPTIONS, precision="full"), Silent())
    assert kept() == ["bfloat16", "float32"]
    # And automatically the same is taken as before.
    run = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert (
        run.history[0].train_loss
        == train(frozen_network, Weights(), pets, OPTIONS, Silent()).history[0].train_loss
    )


@pytest.mark.parametrize("emptied", [False, True])
def test_a_run_goes_on_in_the_precision_it_had(frozen_network, pets, capable, monkeypatch, tmp_path, emptied):
    whole = train(frozen_network, Weights(), pets, OPTIONS, Silent())
    shutil.rmtree(settings.cache_folder())
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(frozen_network, Weights(), pets, OPTIONS, Crash(cancel_after=17), checkpoints=file)
    held = file.read()
    assert held.values["features"]["precision"] == "bfloat16"
    if emptied:
        shutil.rmtree(settings.cache_folder())
    # The machine is busy now: measured again, it would come out otherwise.
    monkeypatch.setattr(features, "quicker", lambda usual, other: 0.5)
    again = train(frozen_network, Weights(), pets, OPTIONS, Silent(), begin_from=held)
    assert {i: again.weights.digest(i) for i in again.weights} == {
        i: whole.weights.digest(i) for i in whole.weights
    }


def test_an_operation_that_bfloat16_lacks_is_no_failure(frozen_network, pets, capable, monkeypatch):
    def missing(self, portion, *, half=False):
        if half:
            raise RuntimeError("not implemented for 'BFloat16'")
        return real(self, portion)

    real = features.Prefix.run
    monkeypatch.setattr(features.Prefix, "run", missing)
    train(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert kept() == ["float32"]


def test_frozen_is_frozen_still(frozen_network, pets, capable):
    given = weights_of(build(frozen_network, seed=3))
    run = train(frozen_network, given, pets, OPTIONS, Silent())
    assert {i for i in run.weights if run.weights.digest(i) != given.digest(i)} == {"fc"}
