"""Several labels from end to end: drawn pictures, training, evaluation, prediction, project and ONNX."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
import torch
from sklearn.metrics import (
    average_precision_score,
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
)

from designer.engine.building import build, weights_of
from designer.engine.data import load_picture, read_folder
from designer.engine.evaluation import evaluate
from designer.engine.export import export_onnx
from designer.engine.label_scores import average_precision, label_report
from designer.engine.prediction import predict
from designer.engine.project_file import ProjectContents, load_project, save_project
from designer.engine.training import train
from designer.errors import DataError
from designer.network.preprocessing import Preprocessing
from designer.progress import Silent
from designer.session.label_report import LabelReport
from designer.session.options import ExportOptions, TrainingOptions

from ..shapes import NAMES, make_shapes

OPTIONS = TrainingOptions(
    epochs=12, batch_size=16, learning_rate=2e-2, device="cpu", loss="binary_cross_entropy", flip=True
)


def random_answers(count=200, classes=4):
    chance = torch.Generator().manual_seed(2)
    truth = (torch.rand(count, classes, generator=chance) < torch.tensor([0.5, 0.1, 0.8, 0.3])).float()
    # Few different values, so that there are ties, also at 0.5.
    shares = (torch.rand(count, classes, generator=chance) * 0.7 + 0.3 * truth).mul(20).round() / 20
    return truth, shares


def test_scores_are_those_of_scikit_learn():
    truth, shares = random_answers()
    report = label_report(("a", "b", "c", "d"), [f"{i}" for i in range(200)], truth, shares)
    said = shares.numpy() > 0.5
    precision, recall, f1, count = precision_recall_fscore_support(truth.numpy(), said, zero_division=0)
    for number, score in enumerate(report.per_class):
        assert score.precision == pytest.approx(precision[number])
        assert score.recall == pytest.approx(recall[number])
        assert score.f1 == pytest.approx(f1[number])
        assert score.count == count[number]
        theirs = average_precision_score(truth[:, number].numpy(), shares[:, number].numpy())
        assert score.average_precision == pytest.approx(theirs)
        counts = multilabel_confusion_matrix(truth.numpy(), said)[number]
        assert [[score.absent, score.wrong], [score.missed, score.found]] == counts.tolist()
    assert report.macro_f1 == pytest.approx(f1.mean())
    assert report.mean_average_precision == pytest.approx(
        average_precision_score(truth.numpy(), shares.numpy(), average="macro")
    )
    assert report.decisions == pytest.approx((said == truth.numpy()).mean())
    assert report.exact == pytest.approx((said == truth.numpy()).all(1).mean())
    assert report.truth[0] == tuple(np.flatnonzero(truth[0]))


def test_average_precision_by_hand():
    there = np.array([True, False, True, False])
    assert average_precision(there, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert average_precision(there, np.array([0.5, 0.5, 0.5, 0.5])) == pytest.approx(0.5)
    assert average_precision(np.zeros(4, bool), np.arange(4.0)) is None


def test_a_class_that_is_never_there_has_no_average_precision():
    truth, shares = random_answers()
    truth[:, 1] = 0
    report = label_report(("a", "b", "c", "d"), [""] * 200, truth, shares)
    assert report.per_class[1].average_precision is None
    kept = [score.average_precision for score in report.per_class if score.name != "b"]
    assert report.mean_average_precision == pytest.approx(sum(kept) / 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shapes")
    make_shapes(folder, 160, 4)
    return folder


@pytest.fixture
def network(tiny_network):
    """The tiny network for the shapes."""
    layers = {**tiny_network.layers}
    layers["input"] = replace(layers["input"], settings={"shape": [3, 32, 32]})
    recipe = Preprocessing(resize=32, crop=32)
    # Maxima tell whether something is anywhere.
    layers["pool"] = replace(layers["pool"], kind="AdaptiveMaxPool2d")
    return replace(tiny_network, layers=layers, preprocessing=recipe, classes=NAMES, multilabel=True)


def test_from_drawn_pictures_to_onnx(network, folder, tmp_path):
    data = read_folder(folder, 0.25, 0, None, Silent())
    run = train(network, weights_of(build(network, seed=0)), data, OPTIONS, Silent())
    assert run.best.val_accuracy > 0.95

    report = evaluate(network, run.weights, data, None, "cpu", Silent())
    assert isinstance(report, LabelReport)
    assert report.macro_f1 == pytest.approx(run.best.val_accuracy, abs=1e-6)
    assert report.mean_average_precision > 0.95
    assert len(report.pictures) == 40

    save_project(tmp_path / "s.netgraft", ProjectContents(network, run.weights, runs=(run,)), Silent())
    opened = load_project(tmp_path / "s.netgraft", Silent())
    assert opened.network.multilabel
    assert opened.runs[0].multilabel

    paths = [data.pictures[i].path for i in data.validation]
    module = build(opened.network, opened.weights).eval()
    with torch.no_grad():
        batch = torch.stack([load_picture(path, network.preprocessing) for path in paths])
        shares = module(batch).sigmoid().numpy()
    for row, prediction in enumerate(predict(opened.network, opened.weights, paths, 1, "cpu", Silent())):
        said = {name for name, share in zip(NAMES, shares[row], strict=True) if share > 0.5}
        assert set(prediction.answers) == said
        assert len(prediction.top) == max(1, len(said))
        for name, share in prediction.top:
            assert share == pytest.approx(shares[row][NAMES.index(name)], abs=1e-5)

    exported = export_onnx(network, run.weights, tmp_path / "s.onnx", ExportOptions(), paths, Silent())
    session = onnxruntime.InferenceSession(str(exported.path))
    told = session.get_modelmeta().custom_metadata_map
    assert told["multilabel"] == "true"
    assert json.loads(told["labels"]) == list(NAMES)
    (scores,) = session.run(None, {session.get_inputs()[0].name: batch.numpy()})
    assert np.allclose(1 / (1 + np.exp(-scores)), shares, atol=1e-4)
    assert exported.parity.max_abs_diff < 1e-4


def test_a_picture_may_show_nothing(network, folder):
    weights = weights_of(build(network, seed=0))
    fc = {**weights["fc"], "bias": torch.full((3,), -99.0)}
    weights = weights.merged(type(weights)({"fc": fc}))
    path = sorted(folder.glob("*.png"))[0]
    (prediction,) = predict(network, weights, [path], 2, "cpu", Silent())
    assert prediction.answers == ()
    assert len(prediction.top) == 2


def test_labels_of_the_other_sort_are_refused(network, folder):
    data = read_folder(folder, 0.25, 0, None, Silent())
    weights = weights_of(build(network))
    with pytest.raises(DataError, match="cannot be evaluated") as caught:
        evaluate(replace(network, multilabel=False), weights, data, None, "cpu", Silent())
    assert "one class" in caught.value.why
    one = replace(data, multilabel=False, pictures=tuple(replace(p, label=0) for p in data.pictures))
    with pytest.raises(DataError, match="cannot be evaluated"):
        evaluate(network, weights, one, None, "cpu", Silent())
