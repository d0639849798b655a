"""How well several labels are told: counts, scores and average precision of each class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from designer.engine.labelling import SeveralLabels
from designer.session.label_report import THRESHOLD, LabelReport, LabelScore


def label_report(
    classes: Sequence[str],
    pictures: Sequence[Path],
    truth: Tensor,
    probabilities: Tensor,
    unreadable: tuple[str, ...] = (),
) -> LabelReport:
    """What is to be said of probabilities, given what is true.

    Args:
        classes: names.
        pictures: paths.
        truth: 1 and 0. Shape: (N, classes).
        probabilities: 0 to 1, of the same shape.
        unreadable: files that were left out.
    """
    there, said = truth.numpy() > 0, probabilities.numpy() > THRESHOLD
    way = SeveralLabels()
    per_class = tuple(
        LabelScore(
            name,
            int((there & said)[:, column].sum()),
            int((there & ~said)[:, column].sum()),
            int((said & ~there)[:, column].sum()),
            int((~said & ~there)[:, column].sum()),
            average_precision(there[:, column], probabilities[:, column].numpy()),
        )
        for column, name in enumerate(classes)
    )
    known = [score.average_precision for score in per_class if score.average_precision is not None]
    return LabelReport(
        macro_f1=way.measured(way.tally(probabilities - THRESHOLD, truth), len(truth)),
        mean_average_precision=float(np.mean(known)) if known else None,
        decisions=float((there == said).mean()),
        exact=float((there == said).all(axis=1).mean()),
        per_class=per_class,
        pictures=tuple(pictures),
        truth=tuple(tuple(np.flatnonzero(row).tolist()) for row in there),
        probabilities=tuple(tuple(row) for row in torch.as_tensor(probabilities).tolist()),
        unreadable=unreadable,
    )


def average_precision(there: NDArray[np.bool_], scores: NDArray[np.floating]) -> float | None:
    """Sum over the thresholds of what recall gains, times the precision there. Shape: (N,), (N,).

    Pictures of the same score are taken together, as scikit-learn does; None where nothing is there.
    """
    if not there.any():
        return None
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(there[order])
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    precision, recall = right[ends] / (ends + 1), right[ends] / right[-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))
