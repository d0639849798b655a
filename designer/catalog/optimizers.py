"""The table of optimizers that training may use."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.rows import row_of
from designer.errors import TrainingError
from designer.messages import tr
from designer.session.options import TrainingOptions


@dataclass(frozen=True, slots=True)
class Optimizer:
    """A way of changing weights.

    Attributes:
        key: name in options and projects.
        title: what the user sees.
        target: the class, 'package.module.Class'.
        options: fields of `TrainingOptions` that it takes as arguments of the same names.
        state: values that it keeps for each value it trains.
        help: one line with the formula.
    """

    key: str
    title: str
    target: str
    options: tuple[str, ...]
    state: int
    help: str

    def arguments(self, options: TrainingOptions) -> dict[str, float]:
        """What the class is called with, apart from rates and decay."""
        return {name: getattr(options, name) for name in self.options}


_ROWS = (
    Optimizer(
        "AdamW",
        "AdamW",
        "torch.optim.AdamW",
        (),
        2,
        "Steps scaled by running means of gradient and squared gradient; weights decay apart from them.",
    ),
    Optimizer(
        "Adam",
        "Adam",
        "torch.optim.Adam",
        (),
        2,
        "As AdamW, but the decay is added to the gradient.",
    ),
    Optimizer(
        "SGD",
        "SGD with momentum",
        "torch.optim.SGD",
        ("momentum",),
        1,
        "v = momentum * v + gradient; weight = weight - rate * v.",
    ),
)

OPTIMIZERS = {row.key: row for row in _ROWS}
"""All optimizers by key, in the order of the list that the user sees."""


def optimizer(key: str) -> Optimizer:
    """The row of that key.

    Raises:
        TrainingError: there is none; it names those that there are.
    """
    return row_of(OPTIMIZERS, key, tr("There is no optimizer '{key}'.", key=key), TrainingError)
