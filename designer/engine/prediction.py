"""Prediction: the most probable classes of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from designer.engine.building import build
from designer.engine.data import Pictures, check_picture
from designer.engine.devices import choose
from designer.engine.evaluation import probabilities, width_error
from designer.engine.process import give_back_memory, prepare
from designer.engine.weights import Weights
from designer.errors import DataError
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress
from designer.session.label_report import THRESHOLD
from designer.session.results import Prediction


def predict(
    network: Network, weights: Weights, paths: Sequence[Path], top: int, device: str, progress: Progress
) -> tuple[Prediction, ...]:
    """Say what pictures show.

    Args:
        network: without names, its classes are called by their numbers.
        weights: of its layers.
        paths: picture files.
        top: how many classes for each picture, at most; more where more of several labels are answers.
        device: 'auto', 'cpu', 'cuda' or 'mps'.
        progress: hears `StepNews`.

    Returns:
        One prediction for each path, in order.

    Raises:
        DataError: a file cannot be read as a picture; it names the file. Or `top` is below 1.
        NetworkError: the network cannot be run, or does not give one value for each class.
        Cancelled: by the user.
    """
    if top < 1:
        raise DataError(
            tr("{count} classes cannot be named for a picture.", count=top),
            tr("At least the most probable one is."),
            tr("Ask for 1 or more."),
        )
    # Before anything is computed, so that a wrong path is known at once.
    for path in paths:
        progress.raise_if_cancelled()
        check_picture(path)
    chosen = choose(device)
    prepare()
    module = build(network, weights)
    pictures = Pictures(paths, network.preprocessing, budget=0)
    found: list[Prediction] = []
    try:
        text = tr("Looking at {count} pictures", count=len(paths))
        for rows, answer in probabilities(module, pictures, chosen.device, text, progress):
            names = network.classes or tuple(str(n) for n in range(answer.shape[1]))
            if answer.shape[1] != len(names):
                raise width_error(answer.shape[1], len(names))
            best = answer.topk(len(names) if network.multilabel else min(top, len(names)), dim=1)
            for row, values, labels in zip(rows, best.values.tolist(), best.indices.tolist(), strict=True):
                pairs = [(names[label], value) for label, value in zip(labels, values, strict=True)]
                found.append(_prediction(pictures.paths[row], pairs, top, network.multilabel))
    finally:
        give_back_memory()
    for index, why in sorted(pictures.broken.items()):
        raise DataError(
            tr("The picture '{path}' cannot be read.", path=pictures.paths[index]),
            why,
            tr("Leave it out, or replace the file."),
        )
    return tuple(found)


def _prediction(path: Path, pairs: list[tuple[str, float]], top: int, multilabel: bool) -> Prediction:
    said = sum(probability > THRESHOLD for _, probability in pairs) if multilabel else 0
    return Prediction(path, tuple(pairs[: max(top, said)]), multilabel)
