"""Evaluation: how well a network tells the classes of pictures apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from time import monotonic

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from designer.engine.building import build
from designer.engine.data import Pictures
from designer.engine.devices import choose
from designer.engine.label_scores import label_report
from designer.engine.labelling import labelling
from designer.engine.module import NetworkModule
from designer.engine.process import give_back_memory, prepare
from designer.engine.training.batches import PictureSource, groups
from designer.engine.training.failures import UNRUNNABLE, cause_of, lacked_memory
from designer.engine.weights import Weights
from designer.errors import DataError, NetworkError
from designer.messages import tr
from designer.network.network import Network, Port
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.label_report import LabelReport
from designer.session.results import ClassScore, Report

BATCH = 32
PAUSE = 0.05
"""Seconds between two pieces of news."""


def evaluate(
    network: Network,
    weights: Weights,
    data: ImageData,
    indices: tuple[int, ...] | None,
    device: str,
    progress: Progress,
) -> Report | LabelReport:
    """Compare what a network answers with the true classes of pictures.

    Args:
        network: its classes hold those of the pictures, in any order.
        weights: of its layers.
        data: the pictures.
        indices: which of them; None for the validation pictures, or all where there are none.
        device: 'auto', 'cpu', 'cuda' or 'mps'.
        progress: hears `StepNews`.

    Returns:
        The report, of several labels where pictures have these; classes are the network's, in its order.
        Scores without a denominator are 0.

    Raises:
        DataError: the classes or the sort of labels do not match, or no picture can be read.
        NetworkError: the network cannot be run, or does not give one value for each class.
        Cancelled: by the user.
    """
    classes = network.classes or data.classes
    _check_classes(classes, data)
    _check_labelling(network, data)
    truths = labelling(data.multilabel).truths(data, classes)
    chosen = choose(device)
    prepare()
    module = build(network, weights)
    wanted = (data.validation or tuple(range(len(data.pictures)))) if indices is None else indices
    pictures = Pictures([data.pictures[i].path for i in wanted], network.preprocessing, budget=0)
    read: list[int] = []
    found: list[Tensor] = []
    try:
        text = tr("Evaluating {count} pictures", count=len(wanted))
        for rows, answer in probabilities(module, pictures, chosen.device, text, progress):
            read += rows
            found.append(answer)
    finally:
        give_back_memory()
    report = _several if data.multilabel else _report
    return report(classes, pictures, read, [truths[wanted[row]] for row in read], found)


def probabilities(
    module: NetworkModule, pictures: Pictures, device: str, text: str, progress: Progress
) -> Iterator[tuple[tuple[int, ...], Tensor]]:
    """Run a network on pictures: numbers of those read, and their probabilities, on the CPU.

    Shape: (N, classes), rows that add up to 1, unless the network tells several labels.

    Raises:
        NetworkError: the network cannot be run on the pictures, or there is not enough memory.
        Cancelled: by the user.
    """
    try:
        yield from _run_all(module, pictures, device, text, progress)
    except (MemoryError, RuntimeError) as error:
        if not lacked_memory(error):
            raise
        raise NetworkError(
            tr("There is not enough memory to run the network."),
            str(error).strip().partition("\n")[0],
            tr("Close other programs, or choose another device."),
        ) from error


def _run_all(
    module: NetworkModule, pictures: Pictures, device: str, text: str, progress: Progress
) -> Iterator[tuple[tuple[int, ...], Tensor]]:
    module.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    output = Port(module.network.of_kind("Output")[0].id)
    source = PictureSource(pictures, [0] * len(pictures), module.eval(), device)
    told = 0.0
    progress.report(StepNews(text, 0.0))
    with closing(source.batches(groups(range(len(pictures)), BATCH))) as batches:
        for portion in batches:
            progress.raise_if_cancelled()
            rows = portion.indices
            if rows:
                yield rows, _run(module, portion.known, output)
            if rows and monotonic() - told >= PAUSE:
                told = monotonic()
                progress.report(StepNews(text, (rows[-1] + 1) / len(pictures)))
    progress.report(StepNews(text, 1.0))


def confusion_matrix(truth: Sequence[int], predicted: Sequence[int], count: int) -> NDArray[np.int64]:
    """How often each class (row) was taken for each class (column). Shape: (count, count)."""
    matrix = np.zeros((count, count), np.int64)
    np.add.at(matrix, (np.asarray(truth, np.int64), np.asarray(predicted, np.int64)), 1)
    return matrix


def scores(classes: Sequence[str], confusion: NDArray[np.int64]) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of each class; 0 where nothing was there or nothing was predicted."""
    right = np.diag(confusion).astype(float)
    there, answered = confusion.sum(axis=1), confusion.sum(axis=0)
    precision, recall = right / np.maximum(answered, 1), right / np.maximum(there, 1)
    f1 = 2 * right / np.maximum(there + answered, 1)
    rows = zip(classes, precision, recall, f1, there, strict=True)
    return tuple(ClassScore(name, float(p), float(r), float(f), int(n)) for name, p, r, f, n in rows)


def width_error(width: int, count: int) -> NetworkError:
    """The output is not as wide as there are classes."""
    return NetworkError(
        tr(
            "The network gives {width} values for a picture, but has {count} classes.",
            width=width,
            count=count,
        ),
        tr("There must be one value for each class."),
        tr("Replace the head."),
    )


def _answers(
    classes: tuple[str, ...], pictures: Pictures, read: list[int], found: list[Tensor]
) -> tuple[Tensor, tuple[str, ...]]:
    """Probabilities of all pictures that were read, and what is said of those that were not."""
    unreadable = tuple(f"{pictures.paths[i]}: {why}" for i, why in sorted(pictures.broken.items()))
    if not read:
        raise DataError(
            tr("There are no pictures to evaluate on."),
            unreadable[0] if unreadable else tr("None was chosen."),
            tr("Read the folder again, or choose another one."),
        )
    answers = torch.cat(found)
    if answers.shape[1] != len(classes):
        raise width_error(answers.shape[1], len(classes))
    return answers, unreadable


def _several(
    classes: tuple[str, ...],
    pictures: Pictures,
    read: list[int],
    truth: list[list[float]],
    found: list[Tensor],
) -> LabelReport:
    answers, unreadable = _answers(classes, pictures, read, found)
    paths = [pictures.paths[row] for row in read]
    return label_report(classes, paths, torch.tensor(truth), answers, unreadable)


def _report(
    classes: tuple[str, ...], pictures: Pictures, read: list[int], truth: list[int], found: list[Tensor]
) -> Report:
    answers, unreadable = _answers(classes, pictures, read, found)
    confidence, predicted = answers.max(1)
    confusion = confusion_matrix(truth, predicted.tolist(), len(classes))
    return Report(
        accuracy=float(np.trace(confusion) / confusion.sum()),
        classes=classes,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        per_class=scores(classes, confusion),
        pictures=tuple(pictures.paths[row] for row in read),
        truth=tuple(truth),
        predicted=tuple(predicted.tolist()),
        confidence=tuple(confidence.tolist()),
        unreadable=unreadable,
    )


def _check_classes(classes: tuple[str, ...], data: ImageData) -> None:
    unknown = [name for name in data.classes if name not in classes]
    if unknown:
        raise DataError(
            tr("The classes of the pictures are not those of the network."),
            tr(
                "The network does not know {unknown}; it knows {known}.",
                unknown=_names(unknown),
                known=_names(classes),
            ),
            tr("Choose pictures of its classes, or replace the head and train it."),
        )


def _check_labelling(network: Network, data: ImageData) -> None:
    if network.multilabel == data.multilabel:
        return
    if network.multilabel:
        why = tr("It tells several labels for each picture, and these have one class each.")
    else:
        why = tr("It tells one class for each picture, and these have several labels each.")
    raise DataError(
        tr("The network cannot be evaluated on these pictures."),
        why,
        tr("Choose pictures that are labelled as those that it was trained on."),
    )


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:6])
    return shown + (tr(" and {count} more", count=len(names) - 6) if len(names) > 6 else "")


@torch.inference_mode()
def _run(module: NetworkModule, known: Mapping[Port, Tensor], output: Port) -> Tensor:
    try:
        (answer,) = module.run(known, [output])
    except UNRUNNABLE as error:
        if lacked_memory(error):
            raise
        raise NetworkError(
            tr("The network cannot be run on these pictures."),
            cause_of(module.network, error),
            tr("Look for the problems marked in the network, and mend them."),
        ) from error
    if answer.dim() != 2:
        shape = " x ".join(str(size) for size in answer.shape[1:])
        raise NetworkError(
            tr("The network gives {shape} values for a picture.", shape=shape),
            tr("There must be one value for each class."),
            tr("Put pooling and flattening before the output."),
        )
    return labelling(module.network.multilabel).probabilities(answer.float()).cpu()
