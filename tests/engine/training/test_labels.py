"""Training on pictures with several labels: losses, weights, the measure, what is kept, and going on."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from torch.nn import functional

from designer.catalog.losses import LOSSES, class_weights, positive_weights
from designer.engine.building import build, weights_of
from designer.engine.data import load_picture, read_folder
from designer.engine.labelling import labelling
from designer.engine.training import confirm, train
from designer.engine.training.beginning import begun
from designer.engine.training.checkpoints import CheckpointFile
from designer.engine.training.losses import Objective
from designer.engine.training.trial import trial
from designer.errors import TrainingError
from designer.progress import BatchNews, LabelsNews, Recording, Silent
from designer.session.options import TrainingOptions
from tests.engine.training.crashing import Crash

from ...shapes import NAMES, make_shapes

SCORES = torch.tensor([[1.2, -0.4, 0.1], [-2.0, 0.7, 3.0], [0.3, 0.3, -0.6], [-1.0, 2.0, 0.5]])
LABELS = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
OPTIONS = TrainingOptions(
    epochs=4, batch_size=8, learning_rate=1e-2, device="cpu", loss="binary_cross_entropy"
)


def by_hand(loss, positive=(1.0, 1.0, 1.0), gamma=2.0, smoothing=0.0):
    """The loss of each picture, one label after the other."""
    found = []
    for scores, labels in zip(SCORES.double().tolist(), LABELS.tolist(), strict=True):
        terms = []
        for score, true, weight in zip(scores, labels, positive, strict=True):
            p, y = 1 / (1 + math.exp(-score)), true * (1 - smoothing) + smoothing / 2
            cross = -weight * y * math.log(p) - (1 - y) * math.log(1 - p)
            if loss == "binary_cross_entropy":
                terms.append(cross)
            elif loss == "focal":
                terms.append(cross * (1 - p if true else p) ** gamma)
            else:
                terms.append((p - y) ** 2 * (weight if true else 1) / len(scores))
        found.append(sum(terms))
    return torch.tensor(found, dtype=torch.float32)


@pytest.mark.parametrize("key", [key for key, row in LOSSES.items() if row.several])
@pytest.mark.parametrize("positive", [(1.0, 1.0, 1.0), (3.0, 0.5, 1.0)])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_losses_as_worked_out_by_hand(key, positive, smoothing):
    options = replace(OPTIONS, loss=key, label_smoothing=smoothing)
    objective = Objective(options, [1, 1, 1], (), "cpu", positive=positive)
    assert torch.allclose(objective([SCORES], LABELS), by_hand(key, positive, smoothing=smoothing), atol=1e-6)
    assert objective.together(LABELS) == 4.0


@pytest.mark.parametrize("key", [key for key, row in LOSSES.items() if row.several])
def test_gradients_are_finite_where_scores_are_large(key):
    scores = torch.tensor([[90.0, -90.0, 0.0]], requires_grad=True)
    objective = Objective(
        replace(OPTIONS, loss=key, focal_gamma=0.5), [1, 1, 1], (), "cpu", positive=(1, 1, 1)
    )
    for labels in ([[1.0, 0.0, 1.0]], [[0.0, 1.0, 0.0]]):
        objective([scores], torch.tensor(labels)).sum().backward()
        assert scores.grad.isfinite().all()


def test_auxiliary_outputs_count_as_they_are_weighed():
    objective = Objective(OPTIONS, [1, 1, 1], (0.4,), "cpu", positive=(2.0, 1.0, 1.0))
    plain = by_hand("binary_cross_entropy", (2.0, 1.0, 1.0))
    assert torch.allclose(objective([SCORES, SCORES], LABELS), 1.4 * plain, atol=1e-5)


def test_balanced_weights_are_absent_over_present():
    options = replace(OPTIONS, class_weights="balanced")
    assert positive_weights(options, (2, 8, 0, 10), 10) == (4.0, 0.25, 1.0, 1.0)
    assert positive_weights(OPTIONS, (2, 8, 0, 10), 10) == (1.0,) * 4
    assert class_weights(options, (2, 8)) == (2.5, 0.625)  # as ever


def test_the_measure_is_scikit_learns_macro_f1():
    chance = torch.Generator().manual_seed(0)
    way = labelling(True)
    scores = torch.randn(60, 6, generator=chance)
    labels = (torch.rand(60, 6, generator=chance) < 0.3).float()
    scores[:, 3], labels[:, 3] = -1.0, 0.0  # neither said nor there
    scores[:, 4], labels[:, 4] = -1.0, 1.0  # never said
    labels[:, 5] = 0.0  # never there
    tally = way.tally(scores[:25], labels[:25]) + way.tally(scores[25:], labels[25:])
    theirs = f1_score(labels.numpy(), scores.numpy() > 0, average="macro", zero_division=np.nan)
    assert way.measured(tally, 60) == pytest.approx(theirs, abs=1e-12)
    nothing = torch.zeros(2, 3)
    assert way.measured(way.tally(nothing - 1, nothing), 2) == 0.0


@pytest.fixture(scope="module")
def shapes_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shapes")
    make_shapes(folder, 40)
    return folder


@pytest.fixture
def shapes(shapes_folder):
    """40 pictures, 8 of them for validation."""
    return read_folder(shapes_folder, 0.2, 0, None, Silent())


@pytest.fixture
def network(tiny_network):
    """The tiny network for bar, circle and square."""
    return replace(tiny_network, classes=NAMES, multilabel=True)


def test_an_epoch_tells_the_loss_and_macro_f1_of_its_validation_pictures(network, shapes):
    progress = Recording()
    network = replace(network, classes=tuple(reversed(NAMES)))
    run = train(network, weights_of(build(network, seed=1)), shapes, replace(OPTIONS, keep="last"), progress)
    assert run.multilabel
    assert run.interval is None
    assert sum(isinstance(news, LabelsNews) for news in progress.news) == 1
    assert all(0 <= news.accuracy <= 1 for news in progress.news if isinstance(news, BatchNews))
    module = build(network, run.weights).eval()
    held_out = [shapes.pictures[i] for i in shapes.validation]
    with torch.no_grad():
        scores = torch.cat([module(load_picture(p.path, network.preprocessing)[None]) for p in held_out])
    names = [{shapes.classes[label] for label in p.labels} for p in held_out]
    truth = torch.tensor([[float(name in shown) for name in network.classes] for shown in names])
    loss = functional.binary_cross_entropy_with_logits(scores, truth, reduction="none").sum(1).mean()
    last = run.history[-1]
    assert last.val_loss == pytest.approx(float(loss), abs=1e-5)
    theirs = f1_score(truth.numpy(), scores.numpy() > 0, average="macro", zero_division=np.nan)
    assert last.val_accuracy == pytest.approx(theirs, abs=1e-9)
    best = max(run.history, key=lambda row: (row.val_accuracy, -row.val_loss))
    assert run.best_epoch == best.epoch


@pytest.mark.parametrize("cached", [True, False])
def test_training_is_measured_over_the_whole_epoch(network, shapes, cached):
    # Nothing but the last layer can change, and that hardly does: scores are those of the end.
    frozen = [replace(layer, frozen=True) for layer in network if layer.id != "fc"]
    network = network.with_layers(*frozen)
    options = replace(OPTIONS, epochs=2, learning_rate=1e-9, cache_features=cached, precision="full")
    run = train(network, weights_of(build(network, seed=1)), shapes, options, Silent())
    module = build(network, run.weights).eval()
    pictures = [shapes.pictures[i] for i in shapes.training]
    with torch.no_grad():
        scores = torch.cat([module(load_picture(p.path, network.preprocessing)[None]) for p in pictures])
    truth = np.array([[label in p.labels for label in range(3)] for p in pictures])
    theirs = f1_score(truth, scores.numpy() > 0, average="macro", zero_division=np.nan)
    assert 0 < theirs < 1
    assert [row.train_accuracy for row in run.history] == pytest.approx([theirs, theirs])


def test_frozen_layers_give_the_same_run_from_known_features(network, shapes):
    backbone = [layer for layer in network if layer.id.startswith(("stem", "block"))]
    network = network.with_layers(*(replace(layer, frozen=True) for layer in backbone))
    given = weights_of(build(network, seed=1))
    runs = [
        train(network, given, shapes, replace(OPTIONS, cache_features=cached, precision="full"), Silent())
        for cached in (True, False)
    ]
    for one, other in zip(runs[0].history, runs[1].history, strict=True):
        assert one.train_loss == pytest.approx(other.train_loss, rel=1e-4)
        assert one.val_loss == pytest.approx(other.val_loss, rel=1e-4)


@pytest.mark.parametrize(
    "changed", [{}, {"flip": True, "crop": 0.4, "accumulate": 2, "class_weights": "balanced"}]
)
@pytest.mark.parametrize("at", [3, 7, 13])
def test_it_goes_on_bit_for_bit(network, shapes, tmp_path, at, changed):

    def outcome(run):
        rows = [replace(row, seconds=0.0) for row in run.history]
        return rows, {i: run.weights.digest(i) for i in run.weights}, run.best_epoch

    options = replace(OPTIONS, **changed)
    given = weights_of(build(network, seed=3))
    whole = train(network, given, shapes, options, Silent())
    file = CheckpointFile(tmp_path / "run.checkpoint", minutes=0)
    with pytest.raises(KeyboardInterrupt):
        train(network, given, shapes, options, Crash(cancel_after=at), checkpoints=file)
    again = train(network, given, shapes, options, Silent(), checkpoints=file, begin_from=file.read())
    assert outcome(again) == outcome(whole)


def test_balanced_weights_come_from_the_training_pictures(network, shapes):
    options = replace(OPTIONS, class_weights="balanced")
    network = replace(network, classes=("square", "bar", "circle"))
    with begun(network, weights_of(build(network)), shapes, options, Silent()) as (training, _):
        counts = dict(zip(shapes.classes, shapes.counts(shapes.training), strict=True))
        wanted = [(2 + (32 - counts[name]) / counts[name]) * math.log(2) for name in network.classes]
        assert len(set(wanted)) == 3
        found = training.objective([torch.zeros(3, 3)], torch.eye(3))
        assert found.tolist() == pytest.approx(wanted)


def test_what_stands_at_the_door(network, shapes):
    given = weights_of(build(network))
    with pytest.raises(TrainingError, match="'Cross entropy' cannot be used") as caught:
        train(network, given, shapes, replace(OPTIONS, loss="cross_entropy"), Silent())
    assert caught.value.options == {"loss": "binary_cross_entropy"}
    assert "Binary cross entropy (binary_cross_entropy)" in caught.value.remedy
    problems = trial(network, given, shapes, replace(OPTIONS, loss="cross_entropy"), Silent()).problems
    assert [problem.options for problem in problems] == [(("loss", "binary_cross_entropy"),)]
    with pytest.raises(TrainingError, match="do not fit the pictures") as caught:
        train(replace(network, multilabel=False), given, shapes, OPTIONS, Silent())
    assert (caught.value.step, caught.value.remedy) == ("data", "Set the network to several labels.")
    one = replace(shapes, multilabel=False, pictures=tuple(replace(p, label=0) for p in shapes.pictures))
    with pytest.raises(TrainingError, match="do not fit the pictures") as caught:
        train(network, given, one, OPTIONS, Silent())
    assert "one class for each picture" in caught.value.remedy
    assert len(trial(network, given, shapes, replace(OPTIONS, loss="nonsense"), Silent()).problems) == 1


def test_a_loss_of_ones_own_gets_the_labels(network, shapes, tmp_path):
    file = tmp_path / "own.py"
    file.write_text(
        "from torch.nn import functional as F\n"
        "def loss(answers, labels):\n"
        "    return F.binary_cross_entropy_with_logits(answers, labels, reduction='none').sum(1)\n"
    )
    confirm(file)
    given = weights_of(build(network, seed=1))
    options = replace(OPTIONS, epochs=2)
    ours = train(network, given, shapes, options, Silent())
    theirs = train(network, given, shapes, replace(options, custom=str(file)), Silent())
    assert [row.train_loss for row in ours.history] == [row.train_loss for row in theirs.history]
    balanced = replace(options, custom=str(file), class_weights="balanced")
    with pytest.raises(TrainingError, match=r"own\.py") as caught:
        train(network, given, shapes, balanced, Silent())
    assert caught.value.options == {"class_weights": "none"}
