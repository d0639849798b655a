"""The table of optimizers that training may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
        options: fields of `TrainingOptions` that it takes.
        state: values that it keeps for each value it trains.
        help: one line with the formula.
        fusable: torch can do all of its arithmetic in one go.
    """

    key: str
    title: str
    target: str
    options: tuple[str, ...]
    state: int
    help: str
    fusable: bool = False

    def arguments(self, options: TrainingOptions) -> dict[str, Any]:
        """What the class is called with, apart from rates and decay."""
        found = {name: getattr(options, name) for name in self.options if name not in BETAS}
        if self.options[:2] == BETAS:
            found["betas"] = (options.beta1, options.beta2)
        if "nesterov" in found:
            # torch refuses to look ahead by a momentum that is not there.
            found["nesterov"] = options.nesterov and options.momentum > 0
        return found


BETAS = ("beta1", "beta2")

_ROWS = (
    Optimizer(
        "AdamW",
        "AdamW",
        "torch.optim.AdamW",
        BETAS,
        2,
        "Steps scaled by running means of gradient and squared gradient; weights decay apart from them.",
        fusable=True,
    ),
    Optimizer(
        "Adam",
        "Adam",
        "torch.optim.Adam",
        BETAS,
        2,
        "As AdamW, but the decay is added to the gradient.",
        fusable=True,
    ),
    Optimizer(
        "SGD",
        "SGD with momentum",
        "torch.optim.SGD",
        ("momentum", "nesterov"),
        1,
        "v = momentum * v + gradient; weight = weight - rate * v.",
        fusable=True,
    ),
    Optimizer(
        "RMSprop",
        "RMSprop",
        "torch.optim.RMSprop",
        ("momentum",),
        2,
        "Steps divided by the root of a running mean of the squared gradient, then as with momentum.",
    ),
    Optimizer(
        "NAdam",
        "NAdam",
        "torch.optim.NAdam",
        BETAS,
        2,
        "Adam that looks ahead by its momentum, as Nesterov's method does.",
    ),
    Optimizer(
        "RAdam",
        "RAdam",
        "torch.optim.RAdam",
        BETAS,
        2,
        "Adam with a warm-up of its own: plain momentum until the squared gradients are known well.",
    ),
    Optimizer(
        "Adamax",
        "Adamax",
        "torch.optim.Adamax",
        BETAS,
        2,
        "Adam with the greatest gradient so far, slowly forgotten, in place of the mean of squares.",
    ),
    Optimizer(
        "Adagrad",
        "Adagrad",
        "torch.optim.Adagrad",
        (),
        1,
        "Steps divided by the root of the sum of all squared gradients so far.",
        fusable=True,
    ),
    Optimizer(
        "Adadelta",
        "Adadelta",
        "torch.optim.Adadelta",
        (),
        2,
        "Steps measured by those before: needs hardly any tuning; a rate of 1 is usual.",
    ),
    Optimizer(
        "ASGD",
        "Averaged SGD",
        "torch.optim.ASGD",
        (),
        1,
        "Plain descent at a rate that falls with the steps.",
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
