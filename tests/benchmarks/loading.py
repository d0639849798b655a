"""Photographs per second: this program's loading against torchvision's ImageFolder and DataLoader.

    python tests/benchmarks/loading.py [count] [rounds]

JPEG photographs of 500 x 375 are cut from those of scikit-image and scikit-learn. Each loader gives
normalised batches of 32 for a network of 224 x 224, shuffled, in the first epoch and in the second. Rounds
are interleaved, medians are told: wall time, which others on the machine spoil, and CPU time of all threads
and processes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import skimage.data
import sklearn.datasets
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2
from torchvision.transforms._presets import ImageClassification

from designer.engine.data import Loader, Pictures, augmenting_of
from designer.engine.process import prepare
from designer.network.preprocessing import Preprocessing
from designer.session.options import TrainingOptions

BATCH = 32
SIZE = (500, 375)
NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg", "retina.jpg")
RECIPE = Preprocessing()
ALTERING = TrainingOptions(flip=True, crop=0.5, variants=0)
AIMS = {"first": 1.7, "second": 7.0}
"""Times as fast as ImageFolder's default, in each epoch."""


def photographs(folder: Path, count: int) -> list[Path]:
    """Crops of photographs as JPEG files of quality 90, in two classes."""
    inner = Path(sklearn.datasets.__file__).parent / "images"
    sources = [Path(skimage.data.__file__).parent / name for name in NAMES]
    images = [Image.open(p).convert("RGB") for p in (*sources, inner / "china.jpg", inner / "flower.jpg")]
    chance = np.random.default_rng(0)
    for number in range(count):
        image = images[number % len(images)]
        width = int(min(image.width, image.height * SIZE[0] / SIZE[1]) * chance.uniform(0.6, 1))
        height = width * SIZE[1] // SIZE[0]
        left = int(chance.integers(0, image.width - width + 1))
        top = int(chance.integers(0, image.height - height + 1))
        place = folder / ("even", "odd")[number % 2] / f"{number:04}.jpg"
        place.parent.mkdir(exist_ok=True)
        box = (left, top, left + width, top + height)
        image.resize(SIZE, Image.Resampling.LANCZOS, box).save(place, quality=90)
    return sorted(folder.rglob("*.jpg"))


def cpu_seconds() -> float:
    """CPU time of this process and of those it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measured(batches: Iterable[torch.Tensor], count: int) -> tuple[float, float]:
    """Wall and CPU seconds for each picture of an epoch."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    seen = sum(len(batch) for batch in batches)
    if seen != count:
        raise ValueError(f"{seen} of {count} pictures came")
    return (time.perf_counter() - wall) / count, (cpu_seconds() - cpu) / count


def folder_epochs(folder: Path, workers: int, *, altered: bool) -> Callable[[], Iterable[torch.Tensor]]:
    """Epochs of torchvision's way."""
    preset = ImageClassification(crop_size=RECIPE.crop, resize_size=RECIPE.resize)
    if altered:
        preset = v2.Compose(
            [
                v2.RandomResizedCrop(RECIPE.crop, scale=(0.5, 1)),
                v2.RandomHorizontalFlip(),
                v2.PILToTensor(),
                v2.ToDtype(torch.float32, scale=True),
                v2.Normalize(RECIPE.mean, RECIPE.std),
            ]
        )
    loader = DataLoader(ImageFolder(str(folder), preset), BATCH, shuffle=True, num_workers=workers)
    return lambda: (batch for batch, _ in loader)


def own_epochs(
    paths: list[Path], threads: int | None, *, altered: bool
) -> Callable[[], Iterable[torch.Tensor]]:
    """Epochs of this program's way."""
    pictures = Pictures(paths, RECIPE, augmenting=augmenting_of(ALTERING, RECIPE) if altered else None)
    loader, epoch = Loader(pictures, threads=threads), 0

    def batches() -> Iterable[torch.Tensor]:
        nonlocal epoch
        epoch += 1
        order = np.random.default_rng(epoch).permutation(len(paths)).tolist()
        keys = [(index, epoch if altered else 0) for index in order]
        wanted = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
        for batch in loader.batches(wanted):
            yield pictures.ready(batch, "cpu")

    return batches


def main(count: int, rounds: int) -> None:
    prepare()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = photographs(folder, count)
        print(
            f"{count} photographs, {sum(p.stat().st_size for p in paths) / count / 1000:.0f} kB in the mean"
        )
        for altered in (False, True):
            ways = {
                "ImageFolder, 0 workers": lambda a=altered: folder_epochs(folder, 0, altered=a),
                "ImageFolder, 2 workers": lambda a=altered: folder_epochs(folder, 2, altered=a),
                "ours, 1 thread": lambda a=altered: own_epochs(paths, 1, altered=a),
                "ours, 2 threads": lambda a=altered: own_epochs(paths, 2, altered=a),
                "ours": lambda a=altered: own_epochs(paths, None, altered=a),
            }
            times: dict[tuple[str, str], list[tuple[float, float]]] = {}
            for _ in range(rounds):
                for way, make in ways.items():
                    epochs = make()
                    for which in AIMS:
                        times.setdefault((way, which), []).append(measured(epochs(), count))
            show("altered" if altered else "as they are", times)


def show(title: str, times: dict[tuple[str, str], list[tuple[float, float]]]) -> None:
    """One line for each way and epoch; ratios are to ImageFolder without workers in the same epoch."""
    print(f"\n{title:24} epoch   pictures/s  CPU ms   x wall   x CPU   aim")
    medians = {
        key: tuple(statistics.median(pair[part] for pair in pairs) for part in (0, 1))
        for key, pairs in times.items()
    }
    for (way, which), (wall, cpu) in medians.items():
        base = medians["ImageFolder, 0 workers", which]
        aim = f"{AIMS[which]}" if way.startswith("ours") and title == "as they are" else ""
        print(
            f"{way:24} {which:7} {1 / wall:8.0f} {cpu * 1000:9.2f} {base[0] / wall:8.2f} "
            f"{base[1] / cpu:7.2f}   {aim}"
        )


if __name__ == "__main__":
    main(*(int(value) for value in (*sys.argv[1:], *("320", "3")[len(sys.argv) - 1 :])))
