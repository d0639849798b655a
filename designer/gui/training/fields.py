"""The options of training as one table: how each is named, edited and explained."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.optimizers import OPTIMIZERS
from designer.catalog.schedules import SCHEDULES
from designer.session.options import TrainingOptions


@dataclass(frozen=True, slots=True)
class Field:
    """One option.

    Attributes:
        name: field of `TrainingOptions`.
        label, help: English texts; translated where they are shown.
        editor: 'whole' (a spin box), 'doubling' (one whose arrows double and halve), 'rate' (a small
            number whose arrows go 1, 2, 5, 10), 'share' (0 to 1), 'seed', 'switch', or 'choice'.
        low, high: bounds of numbers, included.
        choices: of a 'choice': value and English title.
        only_with: field and value without which the option has no effect, so that it is hidden.
    """

    name: str
    label: str
    editor: str
    help: str
    low: float = 0
    high: float = 0
    choices: tuple[tuple[str, str], ...] = ()
    only_with: tuple[str, str] | None = None

    def shown(self, options: TrainingOptions) -> bool:
        """True when the option has an effect."""
        return self.only_with is None or getattr(options, self.only_with[0]) == self.only_with[1]


FIELDS = (
    Field("epochs", "Epochs", "whole", "Passes over all training pictures.", 1, 100_000),
    Field(
        "batch_size",
        "Batch size",
        "doubling",
        "Pictures for each step. Larger is steadier and needs more memory.",
        1,
        65_536,
    ),
    Field(
        "learning_rate",
        "Learning rate",
        "rate",
        "Size of the steps. A layer's learning-rate factor multiplies it.",
        1e-12,
        1_000,
    ),
    Field(
        "optimizer",
        "Optimizer",
        "choice",
        "How a step follows from the gradients.",
        choices=tuple((row.key, row.title) for row in OPTIMIZERS.values()),
    ),
    Field(
        "momentum",
        "Momentum",
        "share",
        "How much of the former steps is kept.",
        0,
        0.9999,
        only_with=("optimizer", "SGD"),
    ),
    Field(
        "weight_decay",
        "Weight decay",
        "rate",
        "Pulls weights towards zero. Biases and normalization are left out.",
        0,
        10,
    ),
    Field(
        "schedule",
        "Schedule",
        "choice",
        "How the learning rate changes on the way.",
        choices=tuple((row.key, row.title) for row in SCHEDULES.values()),
    ),
    Field(
        "device",
        "Device",
        "choice",
        "Where training runs. Automatic takes a GPU when there is one.",
        choices=(("auto", "Automatic"), ("cpu", "CPU"), ("cuda", "CUDA GPU"), ("mps", "Apple GPU (MPS)")),
    ),
    Field(
        "precision",
        "Precision",
        "choice",
        "Mixed precision is quicker on CUDA. Automatic uses it there alone.",
        choices=(("auto", "Automatic"), ("full", "Full (32 bit)"), ("mixed", "Mixed (16 and 32 bit)")),
    ),
    Field("seed", "Seed", "seed", "The same seed gives the same order, dropout and new weights."),
    Field(
        "keep",
        "Keep",
        "choice",
        "Which weights the network has after training.",
        choices=(("best", "Best epoch"), ("last", "Last epoch")),
    ),
    Field(
        "cache_features",
        "Cache features of a frozen backbone",
        "switch",
        "Computes the output of the frozen layers once instead of in every epoch.",
    ),
)
"""All options in the order of the panel."""
