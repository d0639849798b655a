"""What looking at the layers costs training: python tests/benchmarks/watching.py [rounds]

resnet18 is trained on 256 pictures of noise, 64 pixels wide, in batches of 32, with one torch thread and
with two; in turns unseen, and with somebody looking at the layers all the time. Printed are the pictures
for each second of processor time, their ratio (1: looking costs nothing; at least 0.97 is promised), and
how often the layers were looked at. Each round is as long as several looks are apart. On a machine that is
busy otherwise these ratios are not exact to a few hundredths; what can be told there is the last figure:
what one look costs, from runs where every batch is looked at, times the looks of a run, as a ratio too.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest.mock import patch

from designer.engine.process import before_torch

before_torch()

import numpy as np
import torch
from PIL import Image

from designer.catalog.actions import replace_head
from designer.engine.data import read_folder
from designer.engine.opening import Opened, open_model
from designer.engine.training import train
from designer.engine.training.watching import Budget
from designer.engine.weights import Weights
from designer.network.preprocessing import Preprocessing
from designer.progress import LAYERS, LayersNews, Recording, Silent
from designer.session.data import ImageData
from designer.session.options import TrainingOptions

SIDE = 64
PICTURES = 256
EPOCHS = 6
THREADS = (1, 2)


def pictures(folder: Path) -> ImageData:
    """Two classes of noise, all of it for training but what is needed to see how well it went."""
    noise = np.random.default_rng(0)
    for name in ("one", "other"):
        (folder / name).mkdir()
        for number in range(PICTURES // 2):
            pixels = noise.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return read_folder(folder, 0.05, 0, None, Silent())


def of_one_look(opened: Opened, data: ImageData, rounds: int) -> float:
    """Seconds of processor time that a look costs, from runs in which every batch is looked at."""
    found = []
    for _ in range(rounds):
        plain, _ = measured(opened, data, looking=False)
        with patch.object(Budget, "due", lambda budget, wanted: wanted):
            slowed, looks = measured(opened, data, looking=True)
        found.append(EPOCHS * len(data.training) * (1 / slowed - 1 / plain) / looks)
    return median(found)


def measured(opened: Opened, data: ImageData, *, looking: bool) -> tuple[float, int]:
    """Pictures for each second of processor time, and how often the layers were looked at."""
    progress = Recording(wants=frozenset({LAYERS} if looking else ()))
    options = TrainingOptions(epochs=EPOCHS, batch_size=32, device="cpu", cache_features=False)
    began = time.process_time()
    train(opened.network, opened.weights, data, options, progress)
    seconds = time.process_time() - began
    return EPOCHS * len(data.training) / seconds, sum(isinstance(n, LayersNews) for n in progress.news)


def main(rounds: int = 5) -> None:
    """Print a line for each number of threads."""
    opened = small(open_model("resnet18", "none", 0, Silent()))
    with tempfile.TemporaryDirectory() as folder:
        data = pictures(Path(folder))
        for threads in THREADS:
            os.environ["OMP_NUM_THREADS"] = str(threads)
            torch.set_num_threads(threads)
            measured(opened, data, looking=True)
            unseen, seen, ratios = [], [], []
            for number in range(rounds):
                # In turns, and each first every other time: a machine is not as fast all the time.
                order = (False, True) if number % 2 else (True, False)
                found = {looking: measured(opened, data, looking=looking) for looking in order}
                unseen.append(found[False][0])
                seen.append(found[True][0])
                ratios.append(found[True][0] / found[False][0])
            looked = of_one_look(opened, data, rounds) * found[True][1]
            reckoned = 1 - looked * median(unseen) / (EPOCHS * len(data.training))
            print(
                f"{threads} thread(s): unseen {median(unseen):.1f}, looked at {median(seen):.1f} pictures/s, "
                f"ratio {median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}), "
                f"{found[True][1]} looks in a run; "
                f"by what a look costs {reckoned:.3f}",
                flush=True,
            )


def small(opened: Opened) -> Opened:
    """The same network, fresh, for two classes and small pictures."""
    network = replace_head(opened.network, ("one", "other")).apply(opened.network)
    return Opened(replace(network, preprocessing=Preprocessing(resize=SIDE, crop=SIDE)), Weights())


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
