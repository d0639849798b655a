"""How far answers are from the truth: one value for each picture, so that pictures can be weighed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from designer.catalog.losses import class_weights, loss
from designer.engine.training.custom import Custom
from designer.session.options import TrainingOptions


class Objective:
    """What training makes small: the loss of the options on the main and the auxiliary outputs.

    Args:
        options: loss, its settings and class weights.
        counts: training pictures of each class.
        auxiliary: weight of each auxiliary output.
        device: where the answers are.
        custom: a file whose own loss takes the place of the options'.

    Attributes:
        weights: what a picture of each class counts. Shape: (classes,), on the device.
    """

    def __init__(
        self,
        options: TrainingOptions,
        counts: Sequence[int],
        auxiliary: Sequence[float],
        device: str,
        custom: Custom | None = None,
    ) -> None:
        row = loss(options.loss)
        package, name = row.target.rsplit(".", 1)
        self._values: Callable[..., Tensor] = getattr(importlib.import_module(package), name)
        self._arguments = row.arguments(options)
        self._custom = custom if custom is not None and custom.loss is not None else None
        self._auxiliary = tuple(auxiliary)
        self._counting = torch.tensor(class_weights(options, counts), dtype=torch.float32)
        self.weights = self._counting.to(device)

    def __call__(self, answers: Sequence[Tensor], labels: Tensor) -> Tensor:
        """Each picture's loss times what it counts, auxiliary outputs times their weights added.

        Args:
            answers: of the main output, then of the auxiliary ones; main alone in validation.
            labels: numbers of the classes.

        Shape: answers (N, classes), labels (N,), to (N,).
        """
        return self.plain(answers, labels) * self.weights[labels]

    def plain(self, answers: Sequence[Tensor], labels: Tensor) -> Tensor:
        """As when called, but each picture counts 1."""
        values = self._loss(answers[0], labels)
        for weight, answer in zip(self._auxiliary, answers[1:], strict=False):
            values = values + weight * self._loss(answer, labels)
        return values

    def _loss(self, answers: Tensor, labels: Tensor) -> Tensor:
        if self._custom is not None:
            return self._custom.losses("loss", len(labels), answers.float(), labels)
        return self._values(answers.float(), labels, **self._arguments)

    def together(self, labels: Tensor) -> float:
        """What pictures of these classes, on the CPU, count together: a mean loss is divided by it."""
        return float(self._counting[labels].sum())


def cross_entropy(answers: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """-log softmax of the true class. Shape: (N, classes), (N,) to (N,)."""
    return functional.cross_entropy(answers, labels, reduction="none", label_smoothing=label_smoothing)


def binary_cross_entropy(answers: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Each class for itself against all others, added up. Shape: (N, classes), (N,) to (N,).

    Smoothing takes half its share from 1 and gives it to 0, as for two classes.
    """
    truth = _one_hot(answers, labels) * (1 - label_smoothing) + label_smoothing / 2
    return functional.binary_cross_entropy_with_logits(answers, truth, reduction="none").sum(1)


def focal(answers: Tensor, labels: Tensor, focal_gamma: float = 2.0, label_smoothing: float = 0.0) -> Tensor:
    """Cross entropy times (1 - probability of the true class) ^ gamma. Shape: (N, classes), (N,) to (N,).

    Source: Lin et al., Focal Loss for Dense Object Detection, 2017, for several classes.
    """
    values = cross_entropy(answers, labels, label_smoothing)
    true = answers.log_softmax(1).gather(1, labels[:, None])[:, 0].exp()
    # 0 to the power of a fraction has no gradient.
    return values * (1 - true).clamp_min(1e-8) ** focal_gamma


def mean_squared_error(answers: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Mean of the squared differences of softmax and truth (Brier). Shape: (N, classes), (N,) to (N,)."""
    truth = _one_hot(answers, labels) * (1 - label_smoothing) + label_smoothing / answers.shape[1]
    return (answers.softmax(1) - truth).square().mean(1)


def _one_hot(answers: Tensor, labels: Tensor) -> Tensor:
    return functional.one_hot(labels, answers.shape[1]).to(answers.dtype)
