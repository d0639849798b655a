"""Layers that act at random in training, and not at all in evaluation."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import PROBABILITY

_FORMULA = "y = x / (1 - p) with probability 1 - p, else 0"
_KEYWORDS = ("regularisation", "overfitting", "random")


def _row(
    key: str,
    title: str,
    text: str,
    *more: Setting,
    target: str = "",
    formula: str = _FORMULA,
    keywords: tuple[str, ...] = (),
    ranks: tuple[int, ...] = (),
) -> LayerKind:
    return LayerKind(
        key,
        title,
        "Regularization",
        target or f"torch.nn.{key}",
        (PROBABILITY, *more),
        text,
        summary=("p",),
        formula=formula,
        keywords=(*_KEYWORDS, *keywords),
        ranks=ranks,
    )


_ALPHA = "In training puts the lowest value of SELU for {}, so that mean and variance stay."

ROWS: tuple[LayerKind, ...] = (
    _row("Dropout", "Dropout", "In training zeroes values, and scales the rest up."),
    _row(
        "Dropout2d",
        "Dropout of channels 2-D",
        "In training zeroes whole channels of a picture, and scales the rest up.",
        keywords=("spatial", "channel"),
    ),
    _row(
        "Dropout1d",
        "Dropout of channels 1-D",
        "In training zeroes whole channels of a line, and scales the rest up.",
        keywords=("channel", "sequence"),
        ranks=(3,),
    ),
    _row(
        "AlphaDropout",
        "Alpha dropout",
        _ALPHA.format("some values"),
        formula="y = a · (x with probability 1 - p, else -1.7581) + b",
        keywords=("selu",),
    ),
    _row(
        "FeatureAlphaDropout",
        "Alpha dropout of channels",
        _ALPHA.format("some channels"),
        formula="y = a · (x with probability 1 - p, else -1.7581) + b, for whole channels",
        keywords=("selu", "channel"),
    ),
    _row(
        "StochasticDepth",
        "Stochastic depth",
        "In training drops the whole branch, so that a residual block passes its input on alone.",
        Setting("mode", "choice", "row", choices=("row", "batch"), help="Per picture or batch."),
        target="torchvision.ops.StochasticDepth",
        keywords=("drop path", "droppath", "residual"),
    ),
    _row(
        "DropBlock2d",
        "Drop block 2-D",
        "In training zeroes whole squares of a picture, and scales the rest up.",
        Setting("block_size", "int", 7, minimum=1, help="Side of a square."),
        target="torchvision.ops.DropBlock2d",
        keywords=("dropblock", "spatial"),
        ranks=(4,),
    ),
)
