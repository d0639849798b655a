"""The dry run: nothing changes, its figures follow from what was measured, and problems are train's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.engine import process
from designer.engine.building import build, weights_of
from designer.engine.data import Pictures
from designer.engine.module import NetworkModule
from designer.engine.training import train
from designer.engine.training import trial as trials
from designer.engine.training.losses import Objective
from designer.engine.training.trial import trial
from designer.engine.weights import Weights
from designer.errors import Cancelled, DesignerError
from designer.network.network import Layer, Port
from designer.progress import Recording, Silent, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import Hindrance
from designer.session.stages import ALL, Stage

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")


def test_nothing_changes(frozen_network, pets):
    given = weights_of(build(frozen_network, seed=3))
    before = {layer_id: given.digest(layer_id) for layer_id in given}
    torch.manual_seed(5)
    state = torch.get_rng_state()
    recording = Recording()
    trial(frozen_network, given, pets, OPTIONS, recording)
    assert torch.equal(torch.get_rng_state(), state)
    assert {layer_id: given.digest(layer_id) for layer_id in given} == before
    # The news of a run would be taken for a run.
    assert {type(news) for news in recording.news} == {StepNews}


def test_what_is_told_of_a_network_that_trains_as_a_whole(tiny_network, pets):
    found = trial(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert found.device.startswith("CPU")
    assert found.reason == "The CPU was asked for."
    assert found.problems == ()
    assert found.features_seconds == 0
    assert found.epoch_seconds > 0
    # The first epoch reads the pictures, the others find them in memory.
    assert found.seconds > 3 * found.epoch_seconds
    assert 0 < found.waiting < 1
    assert found.memory_found in ("estimated", "rise")
    assert 0 < found.memory < found.free
    assert found.batch_size is None


def test_features_are_counted_once(frozen_network, pets):
    found = trial(frozen_network, Weights(), pets, OPTIONS, Silent())
    assert found.features_seconds > 0
    assert found.seconds == pytest.approx(found.features_seconds + 3 * found.epoch_seconds)
    uncached = trial(frozen_network, Weights(), pets, replace(OPTIONS, cache_features=False), Silent())
    assert uncached.features_seconds == 0


@pytest.fixture(params=[1, 2])
def threads(request, monkeypatch):
    """As many as a run begins with."""
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(process, "_prepared", [request.param])
    yield request.param
    torch.set_num_threads(before)


def test_the_estimate_of_memory_is_that_of_the_shapes(frozen_network, pets, monkeypatch, threads):
    """Worked out by hand for float32, on a process that takes nothing more."""
    monkeypatch.setattr(trials, "memory_used", lambda device: 0)
    found = trial(frozen_network, Weights(), pets, OPTIONS, Silent())
    backbone = 3 * 8 * 9 + 2 * 8 + 8 * 8 * 9 + 8
    head = 8 * 3 + 3
    # Gradient and two means of AdamW.
    held = 4 * (backbone + head + 3 * head)
    # Kept of each picture: what the head gets. Nothing before it has a gradient.
    kept = 8 * (4 * 8)
    # Most at once in the frozen pass: the picture, stem, block and sum of 8 x 16 x 16; by each thread of two
    # for a batch of its own.
    picture, value = 4 * 3 * 256, 4 * 8 * 256
    ahead = threads * 8 * (picture + 3 * value)
    features = 45 * 4 * 8
    assert found.memory_found == "estimated"
    assert found.memory == held + kept + ahead + features


class Clock:
    """Time that only passes where it is told to."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(trials, "monotonic", lambda: self.now)

    def takes(self, seconds):
        self.now += seconds


def test_the_times_follow_from_the_measured_ones(tiny_network, pets, monkeypatch):
    """A batch takes 50 ms and 10 ms for each picture, validation 4 ms, reading 2 ms, on two cores."""
    clock = Clock(monkeypatch)
    monkeypatch.setattr(trials, "cores", lambda: 2)
    real_epoch, real_validate, real_read = trials.train_epoch, trials.validate, Pictures.read

    def train_epoch(training):
        clock.takes(0.05 + 0.01 * len(training.data.training))
        return real_epoch(training)

    def validate(training):
        clock.takes(0.004 * len(training.data.validation))
        return real_validate(training)

    def read(pictures, keys, into, **named):
        clock.takes(0.002 * sum((index, False) not in pictures._kept for index, _ in keys))
        return real_read(pictures, keys, into, **named)

    monkeypatch.setattr(trials, "train_epoch", train_epoch)
    monkeypatch.setattr(trials, "validate", validate)
    monkeypatch.setattr(Pictures, "read", read)
    found = trial(tiny_network, Weights(), pets, OPTIONS, Silent())
    # 36 pictures for training in 5 batches, 9 for validation.
    epoch = 5 * 0.05 + 36 * 0.01 + 9 * 0.004
    reading = 45 * 0.002
    assert found.epoch_seconds == pytest.approx(epoch)
    assert found.seconds == pytest.approx(3 * epoch + reading / 2)
    assert found.waiting == pytest.approx(1 - epoch / (epoch + reading / 2))
    # Stages of 2 and 4 epochs: both are tried, and take the same here.
    parts = (Stage("head", 2, 1e-2), Stage("all", 4, 1e-3, (ALL,)))
    found = trial(tiny_network, Weights(), pets, replace(OPTIONS, stages=parts), Silent())
    assert found.seconds == pytest.approx(6 * epoch + reading / 2)
    assert not any("between" in remark for remark in found.remarks)


def test_pictures_that_do_not_fit_in_memory_are_read_in_each_epoch(tiny_network, pets, monkeypatch):
    monkeypatch.setattr(trials, "memory_budget", lambda: 3 * 16 * 16 * 44)
    found = trial(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert found.seconds == pytest.approx(3 * found.epoch_seconds)


def test_features_that_do_not_fit_are_not_counted_on(frozen_network, pets, monkeypatch):
    # 8 values of 4 bytes for each of 45 pictures.
    monkeypatch.setattr(trials, "budget", lambda device: 45 * 32 - 1)
    assert trial(frozen_network, Weights(), pets, OPTIONS, Silent()).features_seconds == 0
    monkeypatch.setattr(trials, "budget", lambda device: 45 * 32)
    assert trial(frozen_network, Weights(), pets, OPTIONS, Silent()).features_seconds > 0


def test_stages_between_are_said_to_be_estimated(frozen_network, pets):
    parts = tuple(Stage(str(n), 1, 1e-2, ("block.conv",) if n else ()) for n in range(3))
    found = trial(frozen_network, Weights(), pets, replace(OPTIONS, stages=parts), Silent())
    assert any("as slow as the last" in remark for remark in found.remarks)
    assert found.features_seconds > 0


def test_many_pictures_are_not_all_looked_at(tiny_network, pets, monkeypatch):
    """However many there are, and however large the batch."""
    many = replace(pets, pictures=pets.pictures * 200)
    many = replace(many, training=tuple(range(8000)), validation=tuple(range(8000, 9000)))
    seen = []
    real = NetworkModule.run

    def run(module, known, wanted):
        seen.append(len(next(iter(known.values()))))
        return real(module, known, wanted)

    monkeypatch.setattr(NetworkModule, "run", run)
    found = trial(tiny_network, Weights(), many, replace(OPTIONS, batch_size=4096), Silent())
    assert max(seen) <= 64
    assert sum(seen) < 800
    assert found.epoch_seconds > 0


def with_vector_norm(network):
    norm = Layer("norm", "norm", "BatchNorm1d", {"num_features": 8})
    changed = replace(network, layers={**network.layers, "norm": norm})
    return replace(changed, inputs={**network.inputs, "norm": (Port("flatten"),), "drop": (Port("norm"),)})


CASES = {
    "learning rate 0": lambda n, d: (n, d, replace(OPTIONS, learning_rate=0)),
    "learning rate 1e9": lambda n, d: (n, d, replace(OPTIONS, learning_rate=1e9)),
    "no such optimizer": lambda n, d: (n, d, replace(OPTIONS, optimizer="Lion")),
    "no such device": lambda n, d: (n, d, replace(OPTIONS, device="tpu")),
    "no pictures": lambda n, d: (n, replace(d, training=()), OPTIONS),
    "other classes": lambda n, d: (replace(n, classes=("cat", "dog", "yak")), d, OPTIONS),
    "labels beyond the head": lambda n, d: (
        replace(n.with_layers(replace(n["fc"], settings={"in_features": 8, "out_features": 2})), classes=()),
        d,
        OPTIONS,
    ),
    "a size that it cannot take": lambda n, d: (
        n.with_layers(replace(n["stem.conv"], settings={**n["stem.conv"].settings, "kernel_size": 40})),
        d,
        OPTIONS,
    ),
    "all frozen": lambda n, d: (
        n.with_layers(*(replace(layer, frozen=True) for layer in n)),
        d,
        OPTIONS,
    ),
    "batches of one": lambda n, d: (with_vector_norm(n), d, replace(OPTIONS, batch_size=1)),
    "one picture": lambda n, d: (n, replace(d, training=d.training[:1]), OPTIONS),
    "a missing layer in a stage": lambda n, d: (
        n,
        d,
        replace(OPTIONS, stages=(Stage("s", 1, 1e-2, ("gone",)),)),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_problems_are_those_that_training_stops_for(tiny_network, pets, case):
    network, data, options = CASES[case](tiny_network, pets)
    with pytest.raises(DesignerError) as caught:
        train(network, Weights(), data, options, Silent())
    found = trial(network, Weights(), data, options, Silent())
    (problem,) = found.problems
    assert (problem.what, problem.why, problem.remedy) == (
        caught.value.what,
        caught.value.why,
        caught.value.remedy,
    )
    assert problem.what
    assert problem.remedy


def test_where_each_problem_is_put_right(tiny_network, pets):
    def fix(case):
        network, data, options = CASES[case](tiny_network, pets)
        (problem,) = trial(network, Weights(), data, options, Silent()).problems
        return problem.step, dict(problem.options)

    assert fix("no pictures") == ("data", {})
    assert fix("one picture") == ("data", {})
    assert fix("other classes") == ("network", {})
    assert fix("labels beyond the head") == ("network", {})
    assert fix("all frozen") == ("network", {})
    assert fix("batches of one") == ("", {"batch_size": 2})
    assert fix("learning rate 0") == ("", {})


def test_all_problems_that_can_be_seen_at_once_are_told(tiny_network, pets):
    network = replace(tiny_network, classes=("cat", "dog", "yak"))
    options = replace(OPTIONS, epochs=0, loss="hinge", device="tpu")
    found = trial(network, Weights(), pets, options, Silent())
    said = [problem.what for problem in found.problems]
    assert [any(word in text for text in said) for word in ("epochs", "hinge", "classes", "tpu")] == [
        True
    ] * 4
    assert found.device == ""


def raised(monkeypatch, error):
    def fail(objective, answers, labels):
        raise error

    monkeypatch.setattr(Objective, "__call__", fail)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory."), MemoryError()])
def test_memory_that_runs_out_is_a_problem_with_its_fix(tiny_network, pets, monkeypatch, error):
    raised(monkeypatch, error)
    (problem,) = trial(tiny_network, Weights(), pets, OPTIONS, Silent()).problems
    assert "not enough memory" in problem.what
    assert problem.options == (("batch_size", 4), ("accumulate", 2))


def test_a_gpu_that_fails_is_a_problem(tiny_network, pets, monkeypatch):
    raised(monkeypatch, torch.AcceleratorError("CUDA error: unspecified launch failure"))
    (problem,) = trial(tiny_network, Weights(), pets, OPTIONS, Silent()).problems
    assert problem == Hindrance(
        "The graphics card has stopped working.",
        "CUDA error: unspecified launch failure",
        "Restart the program, and train again, or choose the device 'cpu'.",
    )


def test_a_bug_is_no_problem_of_the_user(tiny_network, pets, monkeypatch):
    raised(monkeypatch, RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        trial(tiny_network, Weights(), pets, OPTIONS, Silent())


def test_a_loss_that_is_no_number_is_a_problem(tiny_network, pets):
    weights = weights_of(build(tiny_network, seed=0))
    poisoned = {name: tensor.clone() for name, tensor in weights["block.conv"].items()}
    poisoned["weight"][0, 0, 0, 0] = torch.nan
    (problem,) = trial(
        tiny_network, weights.merged(Weights({"block.conv": poisoned})), pets, OPTIONS, Silent()
    ).problems
    assert "'weight' of layer 'block.conv'" in problem.why


def test_it_can_be_cancelled_at_any_question(frozen_network, pets):
    counting = Recording()
    trial(frozen_network, Weights(), pets, OPTIONS, counting)
    assert counting.asked > 8
    state = torch.get_rng_state()
    for number in range(1, counting.asked, 3):
        with pytest.raises(Cancelled):
            trial(frozen_network, Weights(), pets, OPTIONS, Recording(cancel_after=number))
    assert torch.equal(torch.get_rng_state(), state)


def test_pictures_that_cannot_be_read_are_told_of(tiny_network, pets, tmp_path):
    lost = tmp_path / "lost.png"
    pictures = [replace(p, path=lost) if i == pets.training[4] else p for i, p in enumerate(pets.pictures)]
    found = trial(tiny_network, Weights(), replace(pets, pictures=tuple(pictures)), OPTIONS, Silent())
    assert any("could not be read" in remark for remark in found.remarks)
    gone = replace(pets, pictures=tuple(replace(p, path=lost) for p in pets.pictures))
    (problem,) = trial(tiny_network, Weights(), gone, OPTIONS, Silent()).problems
    assert problem.step == "data"


def test_a_class_without_a_training_picture_is_told_of(tiny_network, pets):
    without = tuple(i for i in pets.training if pets.pictures[i].label != 2)
    found = trial(tiny_network, Weights(), replace(pets, training=without), OPTIONS, Silent())
    assert found.problems == ()
    assert "Class 'owl' has no picture for training." in found.remarks


def test_a_batch_larger_than_the_data_is_proposed_to_be_smaller(tiny_network, pets):
    found = trial(tiny_network, Weights(), pets, replace(OPTIONS, batch_size=512), Silent())
    assert found.batch_size == 32
    assert found.batch_reason == "There are only 36 pictures for training."


def test_several_processes_are_tried_in_one_and_it_says_so(tiny_network, pets):
    found = trial(tiny_network, Weights(), pets, replace(OPTIONS, devices=2), Silent())
    assert found.problems == ()
    assert any("Tried in one of 2 processes." in remark for remark in found.remarks)


def test_what_several_processes_cannot_do_is_a_problem_with_a_remedy(tiny_network, pets):
    options = replace(OPTIONS, devices=2, sync_batch_norm=True)
    [problem] = trial(tiny_network, Weights(), pets, options, Silent()).problems
    assert problem.what == "Batch normalization cannot be synchronised on the CPU."
    assert problem.options == (("sync_batch_norm", False),)
    # One process has nothing to synchronise.
    assert trial(tiny_network, Weights(), pets, replace(options, devices=1), Silent()).problems == ()
