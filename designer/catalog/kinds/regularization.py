"""Layers that act at random in training, and not at all in evaluation."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import PROBABILITY

ROWS: tuple[LayerKind, ...] = (
    LayerKind(
        "Dropout",
        "Dropout",
        "Regularization",
        "torch.nn.Dropout",
        (PROBABILITY,),
        "In training zeroes a share p of the values and scales the rest by 1 / (1 - p).",
        summary=("p",),
    ),
    LayerKind(
        "Dropout2d",
        "Dropout of channels",
        "Regularization",
        "torch.nn.Dropout2d",
        (PROBABILITY,),
        "In training zeroes whole channels with probability p and scales the rest by 1 / (1 - p).",
        summary=("p",),
    ),
    LayerKind(
        "StochasticDepth",
        "Stochastic depth",
        "Regularization",
        "torchvision.ops.StochasticDepth",
        (
            PROBABILITY,
            Setting("mode", "choice", "row", choices=("row", "batch"), help="Per picture or batch."),
        ),
        "In training drops the whole branch with probability p.",
        summary=("p",),
    ),
)
