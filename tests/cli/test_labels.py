"""Several labels from the command line: the whole way, and what is said where something does not fit."""

from __future__ import annotations

import json

import onnx
import pytest

from ..shapes import NAMES, make_shapes


@pytest.fixture
def shapes(tmp_path):
    make_shapes(tmp_path / "shapes", 60)
    return tmp_path / "shapes"


def test_from_pictures_to_an_answer(run, tmp_path, shapes, monkeypatch):
    file = tmp_path / "s.netgraft"
    made = run(
        *("new", "squeezenet1_1", "--weights", "none", "--data", shapes, "--freeze", "backbone"),
        *("--output", file),
    )
    assert made.status == 0, made.err
    options = ("--data", shapes, "--epochs", 2, "--batch-size", 16, "--device", "cpu", "--json")
    refused = run("train", file, *options)
    assert refused.status == 1
    assert "several labels" in refused.err
    assert "binary_cross_entropy" in refused.err
    trained = run("train", file, *options, "--loss", "binary_cross_entropy")
    assert trained.status == 0, trained.err
    assert trained.document["multilabel"] is True
    assert "macro F1" in trained.err
    assert "accuracy" not in trained.err

    told = run("evaluate", file, "--json").document
    assert told["classes"] == list(NAMES)
    assert {"macro_f1", "mean_average_precision", "decisions_right", "pictures_right"} <= set(told)
    assert "confusion" not in told
    for score in told["per_class"]:
        assert score["found"] + score["missed"] + score["wrong"] + score["absent"] == told["pictures"] == 12
    text = run("evaluate", file).out
    assert text.startswith("Macro F1 ")
    assert "average precision" in text

    picture = next(shapes.glob("*.png"))
    (one,) = run("predict", file, picture, "--json").document
    assert one["answers"] == [row["class"] for row in one["top"] if row["probability"] > 0.5]
    assert len(one["top"]) == 3
    assert "answer" in run("predict", file, picture).out

    assert run("export", file, "--output", tmp_path / "s.onnx").status == 0
    props = {p.key: p.value for p in onnx.load(tmp_path / "s.onnx").metadata_props}
    assert props["multilabel"] == "true"
    assert json.loads(props["labels"]) == list(NAMES)
