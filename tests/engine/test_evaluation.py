"""Evaluation: scikit-learn's numbers, classes found by name, and what is said when they do not match."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn import metrics

from designer.engine.building import build, weights_of
from designer.engine.data import Pictures, load_picture, read_folder
from designer.engine.evaluation import confusion_matrix, evaluate, scores
from designer.engine.module import NetworkModule
from designer.errors import Cancelled, DataError, NetworkError
from designer.network.edits import AddLayer, SetInputs
from designer.network.network import Layer, Port
from designer.progress import Recording, Silent, StepNews


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 7), st.integers(1, 60), st.integers(0, 10_000))
def test_the_numbers_are_scikit_learns(count, pictures, seed):
    generator = np.random.default_rng(seed)
    # Classes without pictures and classes that are never predicted both come up.
    truth = generator.integers(0, generator.integers(1, count + 1), pictures)
    predicted = generator.integers(0, count, pictures)
    labels = list(range(count))
    confusion = confusion_matrix(truth.tolist(), predicted.tolist(), count)
    assert np.array_equal(confusion, metrics.confusion_matrix(truth, predicted, labels=labels))
    wanted = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    found = scores([str(label) for label in labels], confusion)
    assert np.allclose([row.precision for row in found], wanted[0])
    assert np.allclose([row.recall for row in found], wanted[1])
    assert np.allclose([row.f1 for row in found], wanted[2])
    assert [row.count for row in found] == wanted[3].tolist()


def put(folder, name, count, seed):
    (folder / name).mkdir(parents=True)
    generator = np.random.default_rng(seed)
    for number in range(count):
        low, high = sorted(generator.integers(0, 256, 2))
        pixels = generator.integers(low, high + 1, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name / f"{number}.png")


@pytest.fixture
def data(tmp_path):
    for seed, name in enumerate(("cat", "dog", "owl")):
        put(tmp_path / "pets", name, 12 + seed, seed)
    return read_folder(tmp_path / "pets", 0.25, 0, None, Silent())


@pytest.fixture
def weights(tiny_network):
    module = build(tiny_network, seed=4)
    with torch.no_grad():  # far apart and around nought, so that all classes come up
        module.layer_module("fc").weight.mul_(60)
        means = module.run({Port("input"): torch.zeros(1, 3, 16, 16)}, [Port("flatten")])[0][0]
        module.layer_module("fc").bias.copy_(-module.layer_module("fc").weight @ means)
    return weights_of(module)


def by_hand(network, weights, data, indices):
    module = build(network, weights)
    pictures = torch.stack([load_picture(data.pictures[i].path, network.preprocessing) for i in indices])
    with torch.no_grad():
        return module(pictures).softmax(1)


def test_the_report_is_that_of_the_pictures_one_by_one(tiny_network, weights, data):
    report = evaluate(tiny_network, weights, data, None, "cpu", Silent())
    answers = by_hand(tiny_network, weights, data, data.validation)
    assert report.pictures == tuple(data.pictures[i].path for i in data.validation)
    assert report.truth == tuple(data.pictures[i].label for i in data.validation)
    assert report.predicted == tuple(answers.argmax(1).tolist())
    assert np.allclose(report.confidence, answers.max(1).values, atol=1e-6)
    assert report.accuracy == metrics.accuracy_score(report.truth, report.predicted)
    assert np.array_equal(report.confusion, metrics.confusion_matrix(report.truth, report.predicted))
    assert len(set(report.predicted)) > 1


def test_which_pictures(tiny_network, weights, data):
    assert len(evaluate(tiny_network, weights, data, (0, 5), "cpu", Silent()).pictures) == 2
    whole = replace(data, training=tuple(range(39)), validation=())
    assert len(evaluate(tiny_network, weights, whole, None, "cpu", Silent()).pictures) == 39


def test_classes_are_found_by_name(tiny_network, weights, data):
    turned = replace(tiny_network, classes=("owl", "cat", "dog"))
    report = evaluate(turned, weights, data, None, "cpu", Silent())
    numbers = {"owl": 0, "cat": 1, "dog": 2}
    assert report.classes == ("owl", "cat", "dog")
    assert report.truth == tuple(numbers[data.classes[data.pictures[i].label]] for i in data.validation)


def test_a_network_may_know_more_classes_than_the_pictures(tiny_network, weights, data):
    renamed = replace(data, classes=("cat", "dog"), pictures=data.pictures[:25], training=(), validation=())
    report = evaluate(tiny_network, weights, renamed, None, "cpu", Silent())
    assert [row.count for row in report.per_class] == [12, 13, 0]
    assert report.per_class[2].recall == 0


def test_classes_that_do_not_match_are_both_named(tiny_network, weights, data):
    with pytest.raises(DataError) as caught:
        evaluate(replace(tiny_network, classes=("cat", "fox", "owl")), weights, data, None, "cpu", Silent())
    assert "does not know 'dog'" in caught.value.why
    assert "'fox'" in caught.value.why


def test_an_output_of_another_width(tiny_network, weights, data):
    with pytest.raises(NetworkError, match=r"gives 3 values .* has 4 classes"):
        evaluate(
            replace(tiny_network, classes=("cat", "dog", "owl", "yak")), weights, data, None, "cpu", Silent()
        )


def test_a_network_that_cannot_be_run(tiny_network, weights, data):
    pooled = tiny_network["pool"]
    broken = tiny_network.with_layers(replace(pooled, settings={"output_size": 2}))
    with pytest.raises(NetworkError, match="cannot be run on these pictures"):
        evaluate(broken, weights, data, None, "cpu", Silent())


def test_pictures_that_broke_since_are_named_and_left_out(tiny_network, weights, data):
    lost = data.pictures[data.validation[1]].path
    lost.unlink()
    report = evaluate(tiny_network, weights, data, None, "cpu", Silent())
    assert report.unreadable == (f"{lost}: There is no such file.",)
    assert len(report.pictures) == len(data.validation) - 1
    assert lost not in report.pictures
    with pytest.raises(DataError, match="no pictures to evaluate on"):
        evaluate(tiny_network, weights, data, (data.validation[1],), "cpu", Silent())


def test_progress_and_cancelling(tiny_network, weights, data):
    recording = Recording()
    everything = tuple(range(len(data.pictures)))
    evaluate(tiny_network, weights, data, everything, "cpu", recording)
    assert [news.done for news in recording.news if isinstance(news, StepNews)][-1] == 1
    with pytest.raises(Cancelled):
        evaluate(tiny_network, weights, data, everything, "cpu", Recording(cancel_after=2))
    assert not torch.is_inference_mode_enabled()


def test_a_layer_that_torch_refuses_in_whatever_way_is_told(tiny_network, data):
    # torch.transpose raises IndexError, not RuntimeError.
    turned = Layer("turned", "turned", "Transpose", {"dim0": 1, "dim1": 9})
    network = AddLayer(turned, (Port("flatten"),)).apply(tiny_network)
    network = SetInputs("drop", (Port("turned"),)).apply(network)
    with pytest.raises(NetworkError, match="turned"):
        evaluate(network, weights_of(build(tiny_network)), data, None, "cpu", Silent())


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."),
        MemoryError("Unable to allocate 4 TiB."),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("where", [(NetworkModule, "run"), (Pictures, "empty")], ids=["network", "pictures"])
def test_memory_that_runs_out(tiny_network, weights, data, monkeypatch, where, error):
    def fail(*given, **named):
        raise error

    monkeypatch.setattr(*where, fail)
    with pytest.raises(NetworkError, match="not enough memory") as caught:
        evaluate(tiny_network, weights, data, None, "cpu", Silent())
    assert caught.value.why == str(error)
    assert caught.value.remedy
