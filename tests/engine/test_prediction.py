"""Prediction: the most probable classes, best first, and files that are no pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from designer.engine.building import build, weights_of
from designer.engine.data import load_picture
from designer.engine.prediction import predict
from designer.errors import Cancelled, DataError
from designer.progress import Recording, Silent


@pytest.fixture
def paths(tmp_path):
    found = [tmp_path / f"{number}.jpg" for number in range(40)]
    for number, path in enumerate(found):
        pixels = np.random.default_rng(number).integers(0, 256, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
    return found


def test_the_probabilities_of_each_picture(tiny_network, paths):
    module = build(tiny_network, seed=4)
    found = predict(tiny_network, weights_of(module), paths, 2, "cpu", Silent())
    assert [row.image for row in found] == paths
    for row in found[::7]:
        with torch.no_grad():
            answer = module(load_picture(row.image, tiny_network.preprocessing)[None]).softmax(1)[0]
        best = answer.argsort(descending=True)[:2].tolist()
        assert [name for name, _ in row.top] == [tiny_network.classes[i] for i in best]
        assert np.allclose([value for _, value in row.top], answer[best], atol=1e-6)


def test_never_more_classes_than_there_are(tiny_network, paths):
    (row,) = predict(tiny_network, weights_of(build(tiny_network)), paths[:1], 5, "cpu", Silent())
    assert len(row.top) == 3
    assert sum(value for _, value in row.top) == pytest.approx(1)
    unnamed = replace(tiny_network, classes=())
    (row,) = predict(unnamed, weights_of(build(tiny_network)), paths[:1], 5, "cpu", Silent())
    assert {name for name, _ in row.top} == {"0", "1", "2"}


@pytest.mark.parametrize("kind", ["text", "missing"])
def test_a_file_that_is_no_picture_is_named(tiny_network, paths, kind):
    bad = paths[1].with_name("bad.jpg")
    if kind == "text":
        bad.write_text("text")
    with pytest.raises(DataError, match=r"bad\.jpg"):
        predict(tiny_network, weights_of(build(tiny_network)), [paths[0], bad], 5, "cpu", Silent())


@pytest.mark.parametrize("top", [0, -2])
def test_no_class_at_all_cannot_be_asked_for(tiny_network, paths, top):
    with pytest.raises(DataError, match=f"{top} classes"):
        predict(tiny_network, weights_of(build(tiny_network)), paths, top, "cpu", Silent())


def test_cancelling(tiny_network, paths):
    weights = weights_of(build(tiny_network))
    with pytest.raises(Cancelled):
        predict(tiny_network, weights, paths, 5, "cpu", Recording(cancel_after=41))
