"""What the export tests share: real photographs, and exports that stay in this process."""

from pathlib import Path

import pytest
import skimage
from PIL import Image

from designer.engine.building import build, weights_of
from designer.engine.export import child, exporting

PHOTOGRAPHS = ("chelsea", "coffee", "rocket", "astronaut", "brick", "grass", "gravel", "camera")


@pytest.fixture(scope="session")
def photographs(tmp_path_factory) -> tuple[Path, ...]:
    """Eight photographs of scikit-image as small JPEG files."""
    folder = tmp_path_factory.mktemp("photographs")
    paths = []
    for name in PHOTOGRAPHS:
        path = folder / f"{name}.jpg"
        Image.fromarray(getattr(skimage.data, name)()).convert("RGB").resize((320, 280)).save(path)
        paths.append(path)
    return tuple(paths)


@pytest.fixture
def same_process(monkeypatch):
    """Run the child's work here: no start-up time, and what a test has patched counts."""
    monkeypatch.setattr(exporting, "run_child", child.run)


@pytest.fixture
def tiny_weights(tiny_network):
    """Weights of the small network."""
    return weights_of(build(tiny_network, seed=5))
