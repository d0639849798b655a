"""Pictures to look at before training: those that training shows, byte by byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from designer.engine.building import build, weights_of
from designer.engine.data import drawn, examples, load_pixels
from designer.engine.data.augmenting import Augmenting
from designer.engine.data.decoding import load_resized
from designer.engine.training.beginning import begun
from designer.errors import Cancelled
from designer.network.preprocessing import Preprocessing
from designer.progress import Silent
from designer.session.data import ImageData, Picture
from designer.session.options import TrainingOptions

RECIPE = Preprocessing(resize=20, crop=16)
ALL = TrainingOptions(flip=True, flip_vertical=True, crop=0.6, rotation=30, colour=0.4, seed=3)


@pytest.fixture
def data(tmp_path):
    """Nine pictures of three classes, each of noise of its own."""
    chance = np.random.default_rng(5)
    pictures = []
    for number in range(9):
        path = tmp_path / f"{number}.png"
        Image.fromarray(chance.integers(0, 256, (30, 40, 3), dtype=np.uint8)).save(path)
        pictures.append(Picture(path, number // 3))
    classes = ("cat", "dog", "owl")
    return ImageData(tmp_path, classes, tuple(pictures), (), tuple(range(9)), (), 0.0, 0)


def pixels_of(example, version):
    """Shape: (3, side, side)."""
    rows = np.frombuffer(example.versions[version], np.uint8).reshape(example.side, example.side, 3)
    return torch.from_numpy(rows.copy()).permute(2, 0, 1)


def test_others_are_drawn_until_all_were_seen(data):
    turns = [drawn(data, turn, 3) for turn in range(4)]
    for turn in turns:
        assert sorted(data.pictures[index].label for index in turn) == [0, 1, 2]
    # Nine pictures in three turns; then the first again.
    assert sorted(index for turn in turns[:3] for index in turn) == list(range(9))
    assert turns[3] == turns[0] == drawn(data, 0, 3)


def test_of_few_classes_several_pictures_are_drawn_but_none_twice(data):
    one = replace(data, training=(3, 4, 5))
    assert sorted(drawn(one, 0, 3)) == [3, 4, 5]
    alone = replace(data, training=(3, 8))
    assert [sorted(drawn(alone, turn, 3)) for turn in range(2)] == [[3, 8], [3, 8]]
    assert drawn(replace(data, training=()), 0, 3) == ()
    # Nothing is drawn that is held out.
    some = replace(data, training=(0, 4, 7), validation=(1, 2, 3, 5, 6, 8))
    assert sorted(drawn(some, 5, 3)) == [0, 4, 7]


@pytest.mark.parametrize("variants", [0, 3])
def test_they_are_the_versions_that_the_epochs_show(data, variants):
    options = replace(ALL, variants=variants)
    altering = Augmenting(options, RECIPE)
    found = examples(data, (7, 0), (1, 2, 5, 6), options, RECIPE, Silent())
    assert [(example.index, example.side, example.why) for example in found] == [(7, 16, ""), (0, 16, "")]
    for example in found:
        path = data.pictures[example.index].path
        whole = load_resized(path, RECIPE)
        assert torch.equal(pixels_of(example, 0), load_pixels(path, RECIPE))
        for place, epoch in enumerate((1, 2, 5, 6), 1):
            wanted = altering.alter(whole, example.index, altering.version(example.index, epoch))
            assert torch.equal(pixels_of(example, place), wanted)
        assert len(set(example.versions)) == 5 - (variants == 3)


def test_a_run_takes_the_same_bytes(data, tiny_network):
    """As the loop takes them from the source that training begins with, up to being made floats."""
    options = replace(ALL, device="cpu", batch_size=9)
    weights = weights_of(build(tiny_network, seed=1))
    recipe = tiny_network.preprocessing
    found = examples(data, range(9), (1, 2), options, recipe, Silent())
    with begun(tiny_network, weights, data, options, Silent()) as (training, _):
        for epoch in (1, 2):
            (portion,) = training.pictures.batches([range(9)], epoch)
            (values,) = portion.known.values()
            mean, std = (torch.tensor(part).view(3, 1, 1) for part in (recipe.mean, recipe.std))
            for example, value in zip(found, values, strict=True):
                wanted = ((value * std + mean) * 255).round().to(torch.uint8)
                assert torch.equal(pixels_of(example, epoch), wanted)


def test_without_altering_there_is_the_picture_as_it_is_alone(data):
    (found,) = examples(data, (4,), (1, 2, 3), TrainingOptions(), RECIPE, Silent())
    assert len(found.versions) == 1
    assert torch.equal(pixels_of(found, 0), load_pixels(data.pictures[4].path, RECIPE))


def test_what_cannot_be_read_says_why_and_the_others_come(data):
    data.pictures[1].path.write_bytes(b"no picture")
    data.pictures[2].path.unlink()
    broken, gone, good = examples(data, (1, 2, 3), (1,), ALL, RECIPE, Silent())
    assert broken.versions == gone.versions == ()
    assert broken.why
    assert gone.why
    assert (len(good.versions), good.why) == (2, "")


def test_it_can_be_given_up_between_two_pictures(data):
    class Impatient(Silent):
        asked = 0

        def raise_if_cancelled(self):
            self.asked += 1
            if self.asked == 2:
                raise Cancelled

    progress = Impatient()
    with pytest.raises(Cancelled):
        examples(data, (0, 1, 2), (1,), ALL, RECIPE, progress)
    assert progress.asked == 2
