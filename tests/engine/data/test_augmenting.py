"""Altering pictures: Pillow's numbers, and chance that follows from seed, version and picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image, ImageEnhance
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from designer.catalog.augmentations import AUGMENTATIONS
from designer.engine.data import augmenting, augmenting_of, load_pixels
from designer.engine.data.augmenting import Augmenting, Window, cut, recolour
from designer.engine.data.decoding import load_resized
from designer.network.preprocessing import Preprocessing
from designer.session.options import TrainingOptions

CAT = Path(skimage.data.__file__).parent / "chelsea.png"
RECIPE = Preprocessing(resize=120, crop=96)
ALL = TrainingOptions(flip=True, flip_vertical=True, crop=0.6, rotation=30, colour=0.4, seed=3)


@pytest.fixture(scope="module")
def cat():
    return load_resized(CAT, RECIPE)


def image(pixels):
    return Image.fromarray(np.ascontiguousarray(pixels.permute(1, 2, 0).numpy()))


def difference(pixels, wanted):
    return np.abs(pixels.permute(1, 2, 0).numpy().astype(int) - np.asarray(wanted).astype(int))


def test_the_middle_is_what_the_network_gets_without_altering(cat):
    assert cat.shape == (3, 120, 180)
    middle = cut(cat, Window(42, 12, 96), 0.0, RECIPE)
    assert torch.equal(middle, load_pixels(CAT, RECIPE))


def test_a_window_is_resized_as_pillow_does(cat):
    found = cut(cat, Window(20, 7, 61), 0.0, RECIPE)
    wanted = image(cat).crop((20, 7, 81, 68)).resize((96, 96), Image.Resampling.BILINEAR)
    assert difference(found, wanted).max() <= 1


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_a_window_has_torchvisions_bits(cat, interpolation):
    found = cut(cat, Window(20, 7, 61), 0.0, replace(RECIPE, interpolation=interpolation))
    mode = InterpolationMode(interpolation)
    wanted = functional.resized_crop(cat.contiguous(), 7, 20, 61, 61, [96, 96], mode, antialias=True)
    assert torch.equal(found, wanted)


@pytest.mark.parametrize(("angle", "turns"), [(90.0, 1), (180.0, 2), (-90.0, 3)])
def test_quarter_turns_are_those_of_the_array(cat, angle, turns):
    """Counter-clockwise, as Pillow's: nothing is interpolated, no corner is empty."""
    found = cut(cat, Window(42, 12, 96), angle, RECIPE)
    wanted = torch.rot90(load_pixels(CAT, RECIPE), turns, (1, 2))
    assert (found.int() - wanted.int()).abs().max() <= 1


def test_a_slanted_turn_is_that_of_pillow(cat):
    found = cut(cat, Window(42, 12, 96), 17.0, RECIPE)
    whole = image(cat).rotate(17.0, Image.Resampling.BILINEAR, center=(90, 60), fillcolor=(124, 116, 104))
    off = difference(found, whole.crop((42, 12, 138, 108)))
    # Pillow cuts fractions off instead of rounding, and does not blend the edge of the picture.
    assert np.quantile(off, 0.99) <= 1
    assert off.mean() < 0.6


def test_corners_from_outside_take_the_mean_colour(cat):
    found = cut(cat, Window(0, 0, 96), 45.0, RECIPE)
    assert found[:, 20, 0].tolist() == [124, 116, 104]


def test_colours_are_those_of_pillow(cat):
    pixels = cut(cat, Window(42, 12, 96), 0.0, RECIPE)
    wanted = image(pixels)
    for enhancer, factor in (
        (ImageEnhance.Brightness, 1.2),
        (ImageEnhance.Contrast, 0.7),
        (ImageEnhance.Color, 1.4),
    ):
        wanted = enhancer(wanted).enhance(factor)
    assert difference(recolour(pixels, 1.2, 0.7, 1.4), wanted).max() <= 4
    assert difference(recolour(pixels, 1.2, 0.7, 1.4), wanted).mean() < 1
    assert torch.equal(recolour(pixels, 1.0, 1.0, 1.0), pixels)


@pytest.mark.parametrize(("name", "side"), [("flip", 2), ("flip_vertical", 1)])
def test_every_second_picture_is_flipped(cat, name, side):
    plain = load_pixels(CAT, RECIPE)
    altering = Augmenting(replace(TrainingOptions(), **{name: True}), RECIPE)
    flipped = 0
    for index in range(400):
        found = altering.alter(cat, index, 1)
        if torch.equal(found, plain.flip(side)):
            flipped += 1
        else:
            assert torch.equal(found, plain)
    # Four standard deviations of 400 throws of a coin.
    assert 160 <= flipped <= 240


def test_windows_lie_in_the_picture_and_keep_the_share(cat, monkeypatch):
    windows, angles = [], []

    def recording(picture, window, angle, recipe):
        windows.append(window)
        angles.append(angle)
        return cut(picture, window, angle, recipe)

    monkeypatch.setattr(augmenting, "cut", recording)
    altering = Augmenting(TrainingOptions(crop=0.6, rotation=30), RECIPE)
    for version in range(1, 301):
        assert altering.alter(cat, 0, version).shape == (3, 96, 96)
    for window in windows:
        assert 0 <= window.left <= 180 - window.side
        assert 0 <= window.top <= 120 - window.side
    shares = np.array([window.side**2 / 96**2 for window in windows])
    assert 0.39 <= shares.min() < 0.42
    assert 0.97 < shares.max() <= 1
    assert abs(shares.mean() - 0.7) < 0.03
    assert -30 <= min(angles) < -28
    assert 28 < max(angles) <= 30


@pytest.mark.parametrize("crop", [0.95, 0.5])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(1, 1), (3, 50), (70, 20)])
def test_any_picture_can_be_altered(tmp_path, crop, interpolation, size):
    Image.new("RGB", size, (9, 90, 200)).save(tmp_path / "a.png")
    recipe = Preprocessing(resize=20, crop=20, interpolation=interpolation)
    options = replace(ALL, crop=crop, rotation=180, colour=1.0)
    picture, altering = load_resized(tmp_path / "a.png", recipe), Augmenting(options, recipe)
    for version in range(1, 11):
        pixels = altering.alter(picture, 0, version)
        assert (pixels.shape, pixels.dtype) == ((3, 20, 20), torch.uint8)


def test_a_version_follows_from_seed_version_and_picture_alone(cat):
    first, second = Augmenting(ALL, RECIPE), Augmenting(ALL, RECIPE)
    second.alter(cat, 9, 9)
    keys = [(index, version) for index in range(5) for version in range(1, 5)]
    found = {key: first.alter(cat, *key) for key in keys}
    for key in reversed(keys):
        assert torch.equal(second.alter(cat, *key), found[key])
    assert len({tuple(pixels.flatten().tolist()) for pixels in found.values()}) == len(keys)
    other = Augmenting(replace(ALL, seed=4), RECIPE)
    assert not torch.equal(other.alter(cat, 0, 1), found[0, 1])


def test_switching_one_on_does_not_change_the_others(cat):
    # The same window with and without a flip.
    for index in range(20):
        plain = Augmenting(TrainingOptions(crop=0.5), RECIPE).alter(cat, index, 1)
        both = Augmenting(TrainingOptions(crop=0.5, flip=True), RECIPE).alter(cat, index, 1)
        assert torch.equal(both, plain) or torch.equal(both, plain.flip(2))


def test_variants_take_turns_and_not_all_alike():
    altering = Augmenting(TrainingOptions(flip=True, variants=4), RECIPE)
    orders = set()
    for index in range(50):
        shown = [altering.version(index, epoch) for epoch in range(1, 13)]
        assert sorted(shown[:4]) == [1, 2, 3, 4]
        assert shown[:4] == shown[4:8] == shown[8:]
        orders.add(tuple(shown[:4]))
    assert len(orders) > 10
    anew = Augmenting(TrainingOptions(flip=True, variants=0), RECIPE)
    assert [anew.version(7, epoch) for epoch in (1, 2, 900)] == [1, 2, 900]


def test_without_augmentation_nothing_alters():
    assert augmenting_of(TrainingOptions(), RECIPE) is None
    for key in AUGMENTATIONS:
        strength = True if key.startswith("flip") else 0.5
        assert augmenting_of(replace(TrainingOptions(), **{key: strength}), RECIPE) is not None
