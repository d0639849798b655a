"""How far answers are from the truth: one value for each picture, so that pictures can be weighed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from designer.catalog.losses import check_labels, class_weights, loss
from designer.engine.training.custom import Custom
from designer.errors import TrainingError
from designer.messages import tr
from designer.session.options import TrainingOptions


class Objective:
    """What training makes small: the loss of the options on the main and the auxiliary outputs.

    Args:
        options: loss, its settings and class weights.
        counts: training pictures of each class.
        auxiliary: weight of each auxiliary output.
        device: where the answers are.
        custom: a file whose own loss takes the place of the options'.
        positive: what labels that are there count, where pictures have several labels each; None where
            they show one class each.

    Labels are numbers of the classes, shape (N,); with several labels 1 and 0, shape (N, classes).

    Raises:
        TrainingError: the loss cannot be used on several labels, or labels that are there cannot be
            weighed in a loss of the user's own.
    """

    def __init__(
        self,
        options: TrainingOptions,
        counts: Sequence[int],
        auxiliary: Sequence[float],
        device: str,
        custom: Custom | None = None,
        positive: Sequence[float] | None = None,
    ) -> None:
        check_labels(options.loss, positive is not None)
        row = loss(options.loss)
        package, name = (row.target if positive is None else row.several).rsplit(".", 1)
        self._values: Callable[..., Tensor] = getattr(importlib.import_module(package), name)
        self._arguments: dict[str, Any] = dict(row.arguments(options))
        self._custom = custom if custom is not None and custom.loss is not None else None
        if positive is not None:
            _check_weighing(options, self._custom)
            self._arguments["positive"] = torch.tensor(positive, dtype=torch.float32, device=device)
        self._auxiliary = tuple(auxiliary)
        self._counting = torch.tensor(class_weights(options, counts), dtype=torch.float32)
        self._weights = self._counting.to(device)

    def __call__(self, answers: Sequence[Tensor], labels: Tensor) -> Tensor:
        """Each picture's loss times what it counts, auxiliary outputs times their weights added.

        Args:
            answers: of the main output, then of the auxiliary ones; main alone in validation.
            labels: what is true.

        Shape: (N,).
        """
        return self.plain(answers, labels) * self.counted(labels)

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

    def counted(self, labels: Tensor) -> Tensor:
        """What each picture counts: as its class does; with several labels these count, each picture 1.

        Shape: (N,).
        """
        return self._weights[labels] if labels.dim() == 1 else self._weights.new_ones(len(labels))

    def together(self, labels: Tensor) -> float:
        """What pictures with these labels, on the CPU, count together: a mean loss is divided by it."""
        return float(self._counting[labels].sum()) if labels.dim() == 1 else float(len(labels))


def _check_weighing(options: TrainingOptions, custom: Custom | None) -> None:
    if custom is not None and options.class_weights != "none":
        raise TrainingError(
            tr("Balanced class weights cannot be used with the loss of '{file}'.", file=custom.path.name),
            tr("With several labels they change the terms of a loss, which are not known of this one."),
            tr("Choose no class weights, or weigh the labels in the file."),
            options={"class_weights": "none"},
        )


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


def several_binary_cross_entropy(
    answers: Tensor, labels: Tensor, positive: Tensor, label_smoothing: float = 0.0
) -> Tensor:
    """-log sigmoid of what is there, -log(1 - sigmoid) of what is not, added up. Shape: (N, classes) to (N,).

    Smoothing takes half its share from 1 and gives it to 0. `positive` multiplies the terms of what is there.
    """
    values = functional.binary_cross_entropy_with_logits(
        answers, _smoothed(labels, label_smoothing), reduction="none", pos_weight=positive
    )
    return values.sum(1)


def several_focal(
    answers: Tensor,
    labels: Tensor,
    positive: Tensor,
    focal_gamma: float = 2.0,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Each term of binary cross entropy times (1 - probability of what is true) ^ gamma, added up.

    Shape: (N, classes) to (N,). Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
    """
    values = functional.binary_cross_entropy_with_logits(
        answers, _smoothed(labels, label_smoothing), reduction="none", pos_weight=positive
    )
    wrong = (labels - answers.sigmoid()).abs()
    return (values * wrong.clamp_min(1e-8) ** focal_gamma).sum(1)


def several_mean_squared_error(
    answers: Tensor, labels: Tensor, positive: Tensor, label_smoothing: float = 0.0
) -> Tensor:
    """Mean of the squared differences of sigmoid and truth (Brier). Shape: (N, classes) to (N,).

    `positive` multiplies the terms of what is there.
    """
    values = (answers.sigmoid() - _smoothed(labels, label_smoothing)).square()
    return (values * (1 + (positive - 1) * labels)).mean(1)


def _smoothed(labels: Tensor, label_smoothing: float) -> Tensor:
    return labels * (1 - label_smoothing) + label_smoothing / 2


def _one_hot(answers: Tensor, labels: Tensor) -> Tensor:
    return functional.one_hot(labels, answers.shape[1]).to(answers.dtype)
