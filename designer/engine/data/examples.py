"""Training pictures as training shows them, to be looked at before it begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from designer.engine.data.augmenting import augmenting_of
from designer.engine.data.pictures import UNALTERED, Pictures
from designer.network.preprocessing import Preprocessing
from designer.progress import Progress
from designer.session.data import ImageData
from designer.session.options import TrainingOptions
from designer.session.results import Example

DRAWING = 3
"""What chance is asked for; see `augmenting`."""


def drawn(data: ImageData, turn: int, count: int) -> tuple[int, ...]:
    """Numbers of `count` training pictures of as many classes as can be, by chance; fewer if there are fewer.

    Each turn, from 0, shows others, until every class has shown all of its pictures; the same turn always
    shows the same.
    """
    members: dict[int, list[int]] = {}
    for index in data.training:
        # One that shows none of the classes stands for that.
        for label in data.pictures[index].labels or (len(data.classes),):
            members.setdefault(label, []).append(index)
    labels = _mixed(sorted(members), len(members))
    found = []
    for place in range(turn * count, (turn + 1) * count):
        if labels:
            label = labels[place % len(labels)]
            pictures = _mixed(members[label], label)
            found.append(pictures[place // len(labels) % len(pictures)])
    return tuple(dict.fromkeys(found))


def _mixed(numbers: Sequence[int], key: int) -> list[int]:
    chance = np.random.default_rng(np.random.SeedSequence((DRAWING, key)))
    return [numbers[place] for place in chance.permutation(len(numbers)).tolist()]


def examples(
    data: ImageData,
    indices: Sequence[int],
    epochs: Sequence[int],
    options: TrainingOptions,
    preprocessing: Preprocessing,
    progress: Progress,
) -> tuple[Example, ...]:
    """Some pictures as they are, and as some epochs of training show them: read as training reads them.

    Args:
        data: the pictures.
        indices: numbers of those that are wanted.
        epochs: numbers of epochs, from 1.
        options: how pictures are altered, with the seed.
        preprocessing: of the network.
        progress: asked between two pictures.

    Raises:
        Cancelled: by the user.
    """
    altering = augmenting_of(options, preprocessing)
    paths = [picture.path for picture in data.pictures]
    pictures = Pictures(paths, preprocessing, budget=0, augmenting=altering)
    found = []
    for index in indices:
        progress.raise_if_cancelled()
        versions = [UNALTERED]
        if altering is not None:
            versions += [altering.version(index, epoch) for epoch in epochs]
        pixels = pictures.empty(len(versions))
        with torch.no_grad():
            pictures.read([(index, version) for version in versions], pixels, keep=False)
        why = pictures.broken.get(index, "")
        rows = () if why else tuple(row.tobytes() for row in pixels.permute(0, 2, 3, 1).numpy())
        found.append(Example(index, preprocessing.crop, rows, why))
    return tuple(found)
