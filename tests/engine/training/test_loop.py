"""The loop: the same numbers as a plain loop written apart from it, and every way that it can end."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from designer.engine.building import build, weights_of
from designer.engine.data import Pictures, load_picture
from designer.engine.training import beginning, train
from designer.engine.training.losses import Objective
from designer.engine.training.seeding import order_of_epoch
from designer.engine.weights import Weights
from designer.errors import OutOfMemoryError, TrainingError
from designer.network.network import Layer, Network, Port
from designer.progress import BatchNews, DeviceNews, Recording, Silent, StepNews
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow

OPTIONS = TrainingOptions(epochs=3, batch_size=8, learning_rate=1e-2, device="cpu")


def without_dropout(network: Network) -> Network:
    return network.with_layers(replace(network["drop"], settings={"p": 0.0}))


def digests(weights: Weights) -> dict[str, str]:
    return {layer_id: weights.digest(layer_id) for layer_id in weights}


def test_it_is_the_plain_loop(tiny_network, pets):
    """Against torch's own SGD, cosine rate and losses, with the same order of pictures."""
    network = without_dropout(tiny_network)
    network = network.with_layers(replace(network["fc"], weight_rate=10.0, bias_rate=5.0))
    options = replace(OPTIONS, optimizer="SGD", weight_decay=0.1, learning_rate=1e-3, keep="last")
    weights = weights_of(build(network, seed=1))
    run = train(network, weights, pets, options, Silent())

    module = build(network, weights)
    parts = dict(module.layer_modules())
    biases = [parts["stem.bn"].weight, parts["stem.bn"].bias, parts["block.conv"].bias]
    groups = [
        {"params": [parts["stem.conv"].weight, parts["block.conv"].weight], "weight_decay": 0.1},
        {"params": biases, "weight_decay": 0.0},
        {"params": [parts["fc"].weight], "lr": 1e-2, "weight_decay": 0.1},
        {"params": [parts["fc"].bias], "lr": 5e-3, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.SGD(groups, lr=1e-3, momentum=0.9)
    # 36 pictures in batches of 8: five steps in each epoch, the last one of four pictures.
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=15)
    pictures = torch.stack([load_picture(p.path, network.preprocessing) for p in pets.pictures])
    labels = torch.tensor([p.label for p in pets.pictures])
    validation = torch.tensor(pets.validation)
    for row in run.history:
        order = torch.tensor(order_of_epoch(pets.training, options.seed, row.epoch))
        module.train()
        losses, right, rates = [], 0, []
        for batch in order.split(8):
            optimizer.zero_grad()
            answer = module(pictures[batch])
            loss = nn.CrossEntropyLoss()(answer, labels[batch])
            loss.backward()
            optimizer.step()
            rates.append(scheduler.get_last_lr()[0])
            scheduler.step()
            losses += [loss.item()] * len(batch)
            right += int((answer.argmax(1) == labels[batch]).sum())
        module.eval()
        with torch.no_grad():
            answer = module(pictures[validation])
        assert row.train_loss == pytest.approx(sum(losses) / 36, abs=1e-5)
        assert row.train_accuracy == right / 36
        assert row.learning_rate == pytest.approx(rates[-1])
        assert row.val_loss == pytest.approx(
            nn.functional.cross_entropy(answer, labels[validation]).item(), abs=1e-5
        )
        assert row.val_accuracy == (answer.argmax(1) == labels[validation]).float().mean().item()
    theirs = weights_of(module).flat()
    ours = run.weights.flat()
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.allclose(tensor.float(), theirs[name].float(), atol=1e-5), name
        assert tensor.is_contiguous()


def test_it_learns(tiny_network, pets):
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, epochs=12), Silent())
    assert run.history[-1].val_accuracy == 1.0
    assert run.history[-1].train_loss < 0.5 * run.history[0].train_loss
    assert (run.number, run.stopped_because, run.classes) == (0, "finished", ("cat", "dog", "owl"))
    assert run.device.startswith("CPU")
    assert run.seconds > sum(row.seconds for row in run.history) > 0
    assert run.images_per_second > 0
    assert run.remarks == ()


@pytest.mark.parametrize("optimizer", ["AdamW", "Adam", "SGD"])
@pytest.mark.parametrize("schedule", ["cosine", "constant"])
def test_every_choice_of_the_tables_lowers_the_loss(tiny_network, pets, optimizer, schedule):
    options = replace(OPTIONS, optimizer=optimizer, schedule=schedule, epochs=4)
    history = train(tiny_network, Weights(), pets, options, Silent()).history
    assert history[-1].train_loss < history[0].train_loss


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone(tiny_network, pets):
    torch.manual_seed(123)
    state = torch.get_rng_state()
    first = train(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(7)
    second = train(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert digests(first.weights) == digests(second.weights)
    timeless = [[replace(row, seconds=0.0) for row in run.history] for run in (first, second)]
    assert timeless[0] == timeless[1]
    other = train(tiny_network, Weights(), pets, replace(OPTIONS, seed=1), Silent())
    assert digests(other.weights) != digests(first.weights)


@pytest.mark.parametrize("cached", [True, False])
def test_frozen_layers_keep_every_bit_and_all_others_move(frozen_network, pets, cached):
    given = weights_of(build(frozen_network, seed=3))
    before = digests(given)
    run = train(frozen_network, given, pets, replace(OPTIONS, cache_features=cached), Silent())
    after = digests(run.weights)
    assert digests(given) == before
    assert {i for i in after if after[i] != before[i]} == {"fc"}
    assert set(after) == {"stem.conv", "stem.bn", "block.conv", "fc"}


def test_without_freezing_every_tensor_moves(tiny_network, pets):
    given = weights_of(build(tiny_network, seed=3))
    run = train(tiny_network, given, pets, OPTIONS, Silent())
    ours, before = run.weights.flat(), given.flat()
    assert all(not torch.equal(ours[name], before[name]) for name in before)


def with_auxiliary(network: Network) -> Network:
    layers = {
        **network.layers,
        "aux.flat": Layer("aux.flat", "aux.flat", "Flatten", {}, "aux"),
        "aux.fc": Layer("aux.fc", "aux.fc", "Linear", {"in_features": 8 * 16 * 16, "out_features": 3}, "aux"),
        "aux.out": Layer("aux.out", "aux.out", "AuxiliaryOutput", {"loss_weight": 0.4}, "aux"),
    }
    inputs = {
        **network.inputs,
        "aux.flat": (Port("stem.relu"),),
        "aux.fc": (Port("aux.flat"),),
        "aux.out": (Port("aux.fc"),),
    }
    return replace(network, layers=layers, inputs=inputs)


def test_auxiliary_outputs_count_in_training_alone(tiny_network, pets):
    network = with_auxiliary(tiny_network)
    run = train(network, Weights(), pets, OPTIONS, Silent())
    start = weights_of(build(network, seed=OPTIONS.seed))
    assert run.weights.digest("aux.fc") != start.digest("aux.fc")
    answers = [torch.randn(5, 3), torch.randn(5, 3)]
    labels = torch.tensor([0, 1, 2, 0, 1])
    wanted = nn.CrossEntropyLoss()(answers[0], labels) + 0.4 * nn.CrossEntropyLoss()(answers[1], labels)
    objective = Objective(OPTIONS, (1, 1, 1), build(network).auxiliary_weights, "cpu")
    assert torch.allclose(objective(answers, labels).mean(), wanted)


def test_labels_are_found_by_name(tiny_network, pets):
    turned = replace(tiny_network, classes=("owl", "cat", "dog"))
    run = train(turned, Weights(), pets, replace(OPTIONS, epochs=12), Silent())
    assert run.classes == ("owl", "cat", "dog")
    module = build(turned, run.weights)
    owl = next(p for p in pets.pictures if pets.classes[p.label] == "owl")
    assert module(load_picture(owl.path, turned.preprocessing)[None]).argmax() == 0


class StopAt(Recording):
    """Cancels once a piece of news makes `when` true."""

    def __init__(self, when):
        super().__init__()
        self.when = when

    def report(self, news):
        super().report(news)
        if self.when(news):
            self.cancel_after = 0


def test_stopping_keeps_the_best_epoch(tiny_network, pets):
    stop = StopAt(lambda news: isinstance(news, EpochRow) and news.epoch == 2)
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, epochs=50), stop)
    assert run.stopped_because == "stopped"
    assert [row.epoch for row in run.history] == [1, 2]
    shorter = train(
        tiny_network,
        Weights(),
        pets,
        replace(OPTIONS, epochs=50),
        StopAt(lambda news: isinstance(news, EpochRow) and news.epoch == run.best_epoch),
    )
    assert digests(shorter.weights) == digests(run.weights)


def test_stopping_in_the_first_epoch_keeps_what_was_trained(tiny_network, pets):
    stop = StopAt(lambda news: isinstance(news, BatchNews))
    run = train(tiny_network, Weights(), pets, OPTIONS, stop)
    assert (run.stopped_because, run.history, run.best_epoch) == ("stopped", (), 0)
    start = weights_of(build(tiny_network, seed=OPTIONS.seed))
    assert run.weights.digest("fc") != start.digest("fc")


def test_stopping_before_the_first_batch(frozen_network, pets):
    run = train(frozen_network, Weights(), pets, OPTIONS, Recording(cancel_after=1))
    assert run.stopped_because == "stopped"
    assert digests(run.weights) == digests(weights_of(build(frozen_network, seed=OPTIONS.seed)))


def test_the_last_weights_where_they_are_asked_for(tiny_network, pets):
    options = replace(OPTIONS, epochs=6, learning_rate=0.05)
    best = train(tiny_network, Weights(), pets, options, Silent())
    last = train(tiny_network, Weights(), pets, replace(options, keep="last"), Silent())
    assert best.best_epoch == last.best_epoch < 6
    assert digests(best.weights) != digests(last.weights)


def test_no_validation_pictures(tiny_network, pets):
    everything = replace(pets, training=tuple(range(45)), validation=())
    run = train(tiny_network, Weights(), everything, OPTIONS, Silent())
    assert all(math.isnan(row.val_loss) and math.isnan(row.val_accuracy) for row in run.history)
    assert run.best_epoch == 0
    last = train(tiny_network, Weights(), everything, replace(OPTIONS, keep="last"), Silent())
    assert digests(last.weights) == digests(run.weights)


def poison(monkeypatch, step):
    """The loss of the `step`-th training batch is no number."""
    at_step(monkeypatch, step, lambda values: values * math.nan)


def at_step(monkeypatch, step, change):
    real, calls = Objective.__call__, []

    def changed(objective, answers, labels):
        values = real(objective, answers, labels)
        if values.requires_grad:
            calls.append(1)
        return change(values) if len(calls) >= step and values.requires_grad else values

    monkeypatch.setattr(Objective, "__call__", changed)


def test_a_loss_that_is_no_number_in_the_first_epoch(tiny_network, pets, monkeypatch):
    poison(monkeypatch, 3)
    with pytest.raises(TrainingError, match="not a number any more") as caught:
        train(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert "0.01" in caught.value.remedy


def test_a_loss_that_is_no_number_later_keeps_the_last_good_weights(tiny_network, pets, monkeypatch):
    short = train(tiny_network, Weights(), pets, replace(OPTIONS, schedule="constant", epochs=1), Silent())
    poison(monkeypatch, 8)
    recording = Recording()
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, schedule="constant"), recording)
    assert (run.stopped_because, len(run.history)) == ("failed", 1)
    assert "epoch 2" in run.remarks[0]
    assert StepNews(run.remarks[0]) in recording.news
    assert digests(run.weights) == digests(short.weights)


def test_a_rate_that_is_far_too_high_ends_with_a_message(tiny_network, pets):
    options = replace(OPTIONS, optimizer="SGD", learning_rate=1e3, epochs=200)
    try:
        run = train(tiny_network, Weights(), pets, options, Silent())
    except TrainingError as error:
        assert "tenth" in error.remedy  # noqa: PT017
    else:
        assert run.stopped_because == "failed"


def test_pictures_that_break_meanwhile_are_left_out_and_named(tiny_network, pets, tmp_path):
    lost = tmp_path / "lost.png"
    pictures = [replace(p, path=lost) if i == pets.training[4] else p for i, p in enumerate(pets.pictures)]
    data = replace(pets, pictures=tuple(pictures))
    run = train(tiny_network, Weights(), data, OPTIONS, Silent())
    assert run.stopped_because == "finished"
    assert run.remarks == (f"1 picture could not be read and was left out: '{lost}': There is no such file.",)


@pytest.mark.parametrize("altered", [False, True])
def test_pictures_that_break_in_the_middle_are_counted_and_listed(
    tiny_network, pets, pets_folder, tmp_path, monkeypatch, altered
):
    from designer.engine.data import pictures

    # Nothing is kept in memory, as with a folder that does not fit.
    monkeypatch.setattr(pictures, "memory_budget", lambda: 0)
    copies = tmp_path / "pets"
    shutil.copytree(pets_folder, copies)
    data = replace(
        pets,
        pictures=tuple(replace(p, path=copies / p.path.parent.name / p.path.name) for p in pets.pictures),
    )
    lost = [data.pictures[index].path for index in data.training[5:30]]

    class Losing(Recording):
        def report(self, news):
            super().report(news)
            if isinstance(news, EpochRow) and news.epoch == 2:
                for path in lost:
                    path.write_bytes(b"")

    options = replace(OPTIONS, epochs=4, cache_features=False, flip=altered)
    run = train(tiny_network, Weights(), data, options, Losing())
    assert (run.stopped_because, len(run.history)) == ("finished", 4)
    named = " ".join(f"'{path}': It is empty." for path in lost[:5])
    assert run.remarks == (f"25 pictures could not be read and were left out: {named} And 20 more.",)
    # Of 36 pictures 11 are left: accuracy is a share of those.
    assert (run.history[3].train_accuracy * 11) == pytest.approx(round(run.history[3].train_accuracy * 11))


def test_no_picture_can_be_read_any_more(tiny_network, frozen_network, pets, tmp_path):
    gone = replace(pets, pictures=tuple(replace(p, path=tmp_path / "x.png") for p in pets.pictures))
    for network in (tiny_network, frozen_network):
        with pytest.raises(TrainingError, match="None of the training pictures"):
            train(network, Weights(), gone, OPTIONS, Silent())


def with_vector_norm(network: Network) -> Network:
    """A batch normalization of 8 single values, which cannot train on one picture."""
    norm = Layer("norm", "norm", "BatchNorm1d", {"num_features": 8})
    changed = replace(network, layers={**network.layers, "norm": norm})
    return replace(changed, inputs={**network.inputs, "norm": (Port("flatten"),), "drop": (Port("norm"),)})


def test_a_last_batch_of_one_joins_the_one_before(tiny_network, pets):
    network = with_vector_norm(tiny_network)
    recording = Recording()
    run = train(network, Weights(), pets, replace(OPTIONS, batch_size=5), recording)
    assert run.stopped_because == "finished"
    assert all(news.batches == 7 for news in recording.news if isinstance(news, BatchNews))
    with pytest.raises(TrainingError, match="one picture at a time"):
        train(network, Weights(), pets, replace(OPTIONS, batch_size=1), Silent())
    assert train(tiny_network, Weights(), pets, replace(OPTIONS, batch_size=1), Silent()).history


def test_the_news(tiny_network, pets):
    recording = Recording()
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, epochs=8), recording)
    news = recording.news
    assert sum(isinstance(item, DeviceNews) for item in news) == 1
    assert tuple(item for item in news if isinstance(item, EpochRow)) == run.history
    batches = [item for item in news if isinstance(item, BatchNews)]
    assert batches[0].iteration == 1
    assert [item.iteration for item in batches] == sorted({item.iteration for item in batches})
    assert len(batches) <= run.seconds / 0.05 + 1
    for item in batches:
        assert (item.epochs, item.batches) == (8, 5)
        assert item.iteration == (item.epoch - 1) * 5 + item.batch
        assert item.images_per_second > 0
    # What is left is worked out from the time since the first epoch began.
    left = [item for item in batches if item.iteration < 40]
    ahead = [item.elapsed - item.remaining / (40 - item.iteration) * item.iteration for item in left]
    assert ahead == pytest.approx([ahead[0]] * len(left), abs=1e-6)
    assert 0 <= ahead[0] < batches[0].elapsed


def test_the_news_of_batches_tell_their_accuracy(tiny_network, pets, monkeypatch):
    monkeypatch.setattr("designer.engine.training.news.PAUSE", 0.0)
    recording = Recording()
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, epochs=3, batch_size=8), recording)
    pictures = len(pets.training)
    for row in run.history:
        told = [n for n in recording.news if isinstance(n, BatchNews) and n.epoch == row.epoch]
        sizes = [8] * (pictures // 8) + [pictures % 8] * bool(pictures % 8)
        assert len(told) == len(sizes)
        right = sum(news.accuracy * size for news, size in zip(told, sizes, strict=True))
        assert right / pictures == pytest.approx(row.train_accuracy)


def test_mixed_precision_on_the_cpu_learns_too(tiny_network, pets):
    run = train(tiny_network, Weights(), pets, replace(OPTIONS, precision="mixed", epochs=8), Silent())
    assert run.history[-1].train_loss < run.history[0].train_loss
    assert all(tensor.dtype != torch.bfloat16 for tensor in run.weights.flat().values())


def fail_at(monkeypatch, step, error):
    def fail(values):
        raise error

    at_step(monkeypatch, step, fail)


OUT_OF_MEMORY = (
    torch.OutOfMemoryError("CUDA out of memory."),
    RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: 8 bytes."),
    MemoryError(),
)


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: type(error).__name__)
def test_memory_that_runs_out(tiny_network, pets, monkeypatch, error):
    fail_at(monkeypatch, 2, error)
    with pytest.raises(TrainingError, match="not enough memory") as caught:
        train(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert (caught.value.batch_size, caught.value.accumulate) == (4, 2)


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: type(error).__name__)
def test_memory_that_runs_out_later_keeps_what_was_trained(tiny_network, pets, monkeypatch, error):
    fail_at(monkeypatch, 7, error)
    run = train(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert (run.stopped_because, len(run.history)) == ("failed", 1)
    assert "not enough memory" in run.remarks[0]


def test_memory_that_runs_out_before_the_first_epoch(tiny_network, pets, monkeypatch):
    """numpy asks for more than there is, as when pictures are made ready."""

    def empty(pictures, count, *, pinned=False):
        return torch.from_numpy(np.empty((1 << 50,), np.float32))

    monkeypatch.setattr(Pictures, "empty", empty)
    with pytest.raises(OutOfMemoryError, match="not enough memory") as caught:
        train(tiny_network, Weights(), pets, OPTIONS, Silent())
    assert (caught.value.batch_size, caught.value.accumulate) == (4, 2)

    def built(*given, **named):
        raise MemoryError

    monkeypatch.setattr(beginning, "build", built)
    with pytest.raises(OutOfMemoryError, match="not enough memory"):
        train(tiny_network, Weights(), pets, OPTIONS, Silent())


def test_a_bug_is_not_taken_for_a_failure(tiny_network, pets, monkeypatch):
    fail_at(monkeypatch, 7, RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        train(tiny_network, Weights(), pets, OPTIONS, Silent())
