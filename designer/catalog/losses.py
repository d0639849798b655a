"""The table of losses: what training makes small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.catalog.rows import row_of
from designer.errors import TrainingError
from designer.messages import tr
from designer.session.options import TrainingOptions

CLASS_WEIGHTS = ("none", "balanced")


@dataclass(frozen=True, slots=True)
class Loss:
    """A measure of how far answers are from the truth.

    Attributes:
        key: name in options and projects.
        title: what the user sees.
        target: the engine's function, 'package.module.function': answers of shape (N, classes) and true
            classes of shape (N,) to one value for each picture, shape (N,).
        options: fields of `TrainingOptions` that it takes as arguments of the same names.
        help: one line with the formula.
        several: the engine's function where pictures have several labels, '' where it cannot be used:
            answers and labels of 0 and 1, both of shape (N, classes), to shape (N,). It also takes
            `positive`, of shape (classes,): what labels that are there count.
    """

    key: str
    title: str
    target: str
    options: tuple[str, ...]
    help: str
    several: str = ""

    def arguments(self, options: TrainingOptions) -> dict[str, float]:
        """What the function is called with besides answers and classes."""
        return {name: getattr(options, name) for name in self.options}


_ENGINE = "designer.engine.training.losses"

_ROWS = (
    Loss(
        "cross_entropy",
        "Cross entropy",
        f"{_ENGINE}.cross_entropy",
        ("label_smoothing",),
        "-log of the true class's softmax: the usual one, for classes of which each picture shows one.",
    ),
    Loss(
        "binary_cross_entropy",
        "Binary cross entropy",
        f"{_ENGINE}.binary_cross_entropy",
        ("label_smoothing",),
        "-log sigmoid of the true class, -log(1 - sigmoid) of all others, added up: each class for itself.",
        several=f"{_ENGINE}.several_binary_cross_entropy",
    ),
    # Lin et al., 2017 (arXiv 1708.02002): a gamma of 2, the default here, did best. Without their alpha, for
    # which there are class weights.
    Loss(
        "focal",
        "Focal loss",
        f"{_ENGINE}.focal",
        ("focal_gamma", "label_smoothing"),
        "(1 - p) ^ gamma * -log p of the true class: what is told apart already counts less.",
        several=f"{_ENGINE}.several_focal",
    ),
    Loss(
        "mean_squared_error",
        "Mean squared error",
        f"{_ENGINE}.mean_squared_error",
        ("label_smoothing",),
        "Mean of (softmax - truth) ^ 2 over the classes: forgives wrong labels more than cross entropy.",
        several=f"{_ENGINE}.several_mean_squared_error",
    ),
)

LOSSES = {row.key: row for row in _ROWS}
"""All losses by key, in the order of the list that the user sees."""


def loss(key: str) -> Loss:
    """The row of that key.

    Raises:
        TrainingError: there is none; it names those that there are.
    """
    return row_of(LOSSES, key, tr("There is no loss '{key}'.", key=key), TrainingError)


def check_labels(key: str, multilabel: bool) -> None:
    """Raise TrainingError where a loss takes one class for each picture, and these have several labels."""
    row = loss(key)
    if not multilabel or row.several:
        return
    fit = next(other for other in LOSSES.values() if other.several)
    raise TrainingError(
        tr("'{loss}' cannot be used: these pictures have several labels.", loss=tr(row.title)),
        tr("It takes each picture to show exactly one class."),
        tr("Choose {title} ({key}), which takes each label for itself.", title=tr(fit.title), key=fit.key),
        options={"loss": fit.key},
    )


def positive_weights(options: TrainingOptions, counts: Sequence[int], pictures: int) -> tuple[float, ...]:
    """What a label that is there counts, where pictures have several: 1, or balanced: without / with it.

    Then the pictures that show a class count together as much as those that do not, as torch advises for
    `pos_weight` of `BCEWithLogitsLoss`. Classes that no picture or every picture shows count 1.

    Args:
        options: `class_weights` among them.
        counts: training pictures that show each class.
        pictures: training pictures in all.
    """
    if options.class_weights == "none":
        return (1.0,) * len(counts)
    return tuple((pictures - count) / count if 0 < count < pictures else 1.0 for count in counts)


def class_weights(options: TrainingOptions, counts: Sequence[int]) -> tuple[float, ...]:
    """What a picture of each class counts: 1, or balanced: pictures / (classes * pictures of the class).

    Classes without a picture count 1.

    Args:
        options: `class_weights` among them.
        counts: training pictures of each class.
    """
    if options.class_weights == "none":
        return (1.0,) * len(counts)
    if options.class_weights != "balanced":
        raise TrainingError(
            tr("There are no class weights '{key}'.", key=options.class_weights),
            tr("It is misspelt, or of another version of Netgraft."),
            tr("Choose one of: {names}.", names=", ".join(CLASS_WEIGHTS)),
        )
    there = [count for count in counts if count]
    return tuple(sum(there) / (len(there) * count) if count else 1.0 for count in counts)
