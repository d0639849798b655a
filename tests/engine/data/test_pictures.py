"""Pictures by number: kept in memory within bounds, broken ones named and passed over."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from designer.engine.data import Pictures, load_picture
from designer.errors import DataError
from designer.network.preprocessing import Preprocessing

RECIPE = Preprocessing(resize=8, crop=8)


@pytest.fixture
def paths(tmp_path):
    found = [tmp_path / f"{number}.png" for number in range(4)]
    for number, path in enumerate(found):
        pixels = np.random.default_rng(number).integers(0, 256, (9, 12, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
    return found


def test_a_batch_holds_the_pictures(paths):
    pictures = Pictures(paths, RECIPE)
    batch = pictures.batch([(2, 0), (0, 0)])
    assert batch.indices == (2, 0)
    ready = pictures.ready(batch, "cpu")
    assert ready.shape == (2, 3, 8, 8)
    for row, index in zip(ready, (2, 0), strict=True):
        assert torch.equal(row, load_picture(paths[index], RECIPE))
        assert torch.equal(row, pictures[index])
    assert pictures.batch([]).pixels.shape == (0, 3, 8, 8)


def test_decoded_pictures_are_kept_while_they_fit(paths):
    pictures = Pictures(paths, RECIPE, budget=2 * 3 * 8 * 8 + 5)
    before = pictures.batch([(n, 0) for n in range(4)]).pixels.clone()
    for path in paths:
        path.unlink()
    after = pictures.batch([(n, 0) for n in range(4)])
    assert after.indices == (0, 1)
    assert torch.equal(after.pixels, before[:2])
    assert sorted(pictures.broken) == [2, 3]


def test_a_broken_picture_is_passed_over_and_named(paths):
    paths[1].write_text("broken")
    pictures = Pictures(paths, RECIPE)
    assert pictures.batch([(0, 0), (1, 0), (2, 0)]).indices == (0, 2)
    assert pictures.broken == {1: "It is not a picture of a known format."}
    with pytest.raises(DataError):
        pictures[1]
