"""Pictures of three classes that differ in colour, with noise: quick to learn, not trivial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from designer.engine.data import read_folder
from designer.progress import Silent

COLOURS = {"cat": (150, 90, 90), "dog": (90, 150, 90), "owl": (90, 90, 150)}


@pytest.fixture(scope="session")
def pets_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pets")
    generator = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir()
        for number in range(15):
            noise = generator.normal(0, 45, (16, 16, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture
def pets(pets_folder):
    """45 pictures, 36 of them for training and 9 for validation."""
    return read_folder(pets_folder, 0.2, 0, None, Silent())


@pytest.fixture
def frozen_network(tiny_network):
    """The tiny network with all but its head frozen."""
    backbone = [layer for layer in tiny_network if layer.id.startswith(("stem", "block"))]
    return tiny_network.with_layers(*(replace(layer, frozen=True) for layer in backbone))
