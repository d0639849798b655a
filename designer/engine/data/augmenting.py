"""Altering training pictures by chance: every choice follows from seed, version and picture alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from designer.catalog.augmentations import AUGMENTATIONS, alters
from designer.engine.data.decoding import centre_window
from designer.network.preprocessing import Preprocessing
from designer.session.options import TrainingOptions

ALTERING, TURNS = 1, 2
"""What chance is asked for: how a picture is altered, and in which order its versions come."""
PLACES = {key: place for place, key in enumerate(AUGMENTATIONS)}


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a picture, in pixels: what the network gets, once it is enlarged to `crop`."""

    left: int
    top: int
    side: int


class Augmenting:
    """Alters pictures as the options say.

    Args:
        options: with the strengths, the number of variants and the seed.
        preprocessing: of the network.
    """

    def __init__(self, options: TrainingOptions, preprocessing: Preprocessing) -> None:
        self.options = options
        self.preprocessing = preprocessing
        self._turns: dict[int, tuple[int, ...]] = {}

    def version(self, index: int, epoch: int) -> int:
        """The version, from 1, of picture `index` that an epoch, counted from 1, shows.

        Without variants every epoch has a version of its own. With them each picture goes through its
        variants in an order of its own, over and over.
        """
        variants = self.options.variants
        if not variants:
            return epoch
        if index not in self._turns:
            chance = np.random.default_rng(np.random.SeedSequence((TURNS, self.options.seed, index)))
            self._turns[index] = tuple((chance.permutation(variants) + 1).tolist())
        return self._turns[index][(epoch - 1) % variants]

    def alter(self, picture: Tensor, index: int, version: int) -> Tensor:
        """A version of picture `index`. Shape: (3, H, W), resized but not cut, to (3, crop, crop), uint8."""
        options = self.options
        window, angle = self._window(picture, index, version), 0.0
        if options.rotation:
            angle = self._chance("rotation", index, version).uniform(-options.rotation, options.rotation)
        pixels = cut(picture, window, angle, self.preprocessing)
        if options.flip and self._chance("flip", index, version).random() < 0.5:
            pixels = functional.horizontal_flip(pixels)
        if options.flip_vertical and self._chance("flip_vertical", index, version).random() < 0.5:
            pixels = functional.vertical_flip(pixels)
        if options.colour:
            chance = self._chance("colour", index, version)
            pixels = recolour(pixels, *chance.uniform(1 - options.colour, 1 + options.colour, 3).tolist())
        return pixels

    def _window(self, picture: Tensor, index: int, version: int) -> Window:
        height, width = picture.shape[1:]
        crop = self.preprocessing.crop
        if not self.options.crop:
            return Window(*centre_window(width, height, crop), crop)
        chance = self._chance("crop", index, version)
        side = max(1, round(crop * math.sqrt(1 - self.options.crop * chance.random())))
        left, top = chance.random(2) * (width - side + 1, height - side + 1)
        return Window(int(left), int(top), side)

    def _chance(self, key: str, index: int, version: int) -> np.random.Generator:
        """One for each augmentation, so that switching one on changes nothing about the others."""
        seed = np.random.SeedSequence((ALTERING, self.options.seed, version, index, PLACES[key]))
        return np.random.default_rng(seed)


def cut(picture: Tensor, window: Window, angle: float, preprocessing: Preprocessing) -> Tensor:
    """What a window shows of a picture, resized. Shape: (3, H, W) to (3, crop, crop), both uint8.

    Args:
        picture: resized, not cut.
        window: lies in it.
        angle: degrees by which the picture is turned counter-clockwise about the window's middle.
        preprocessing: of the network.
    """
    mode = InterpolationMode(preprocessing.interpolation)
    if angle:
        picture, window = _turned(picture, window, angle, preprocessing)
    left, top, side, crop = window.left, window.top, window.side, preprocessing.crop
    shown = picture[:, top : top + side, left : left + side]
    if side == crop:
        return shown
    # With the values of a pixel side by side, as they lie in a picture, without gaps: torch would else part
    # the colours before it resizes, and have them put together again after it.
    dense = torch.from_numpy(np.ascontiguousarray(shown.permute(1, 2, 0).numpy())).permute(2, 0, 1)
    pixels: Tensor = functional.resize(dense, [crop, crop], mode, antialias=True)
    return pixels


def _turned(
    picture: Tensor, window: Window, angle: float, preprocessing: Preprocessing
) -> tuple[Tensor, Window]:
    """The part of a picture that a turned window reaches, turned, and the window's place in it."""
    height, width = picture.shape[1:]
    half, radians = window.side / 2, math.radians(angle)
    reach = math.ceil(half * (abs(math.cos(radians)) + abs(math.sin(radians)))) + 2
    x, y = window.left + half, window.top + half
    x0, x1 = max(0, math.floor(x) - reach), min(width, math.ceil(x) + reach)
    y0, y1 = max(0, math.floor(y) - reach), min(height, math.ceil(y) + reach)
    nearest = preprocessing.interpolation == "nearest"
    turned = functional.rotate(
        picture[:, y0:y1, x0:x1],
        angle,
        interpolation=InterpolationMode.NEAREST if nearest else InterpolationMode.BILINEAR,
        center=[x - x0, y - y0],
        fill=[float(round(255 * min(max(mean, 0.0), 1.0))) for mean in preprocessing.mean],
    )
    return turned, Window(window.left - x0, window.top - y0, window.side)


def recolour(pixels: Tensor, brightness: float, contrast: float, saturation: float) -> Tensor:
    """Multiply these, in this order, as torchvision's `ColorJitter` does. Shape: (3, H, W), uint8."""
    pixels = functional.adjust_brightness(pixels, brightness)
    pixels = functional.adjust_contrast(pixels, contrast)
    recoloured: Tensor = functional.adjust_saturation(pixels, saturation)
    return recoloured


def augmenting_of(options: TrainingOptions, preprocessing: Preprocessing) -> Augmenting | None:
    """What alters training pictures; None where nothing does."""
    return Augmenting(options, preprocessing) if alters(options) else None
