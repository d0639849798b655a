"""Linear layers: every output is a weighted sum of all inputs."""

from __future__ import annotations

from designer.catalog.kind import LayerKind
from designer.catalog.kinds.parts import BIAS, OPERATIONS, whole

ROWS: tuple[LayerKind, ...] = (
    LayerKind(
        "Linear",
        "Linear",
        "Linear",
        "torch.nn.Linear",
        (
            whole("in_features", "Features of the input."),
            whole("out_features", "Features of the output."),
            BIAS,
        ),
        "Weighted sums over the last dimension.",
        learnable=True,
        input_width="in_features",
        output_width="out_features",
        summary=("out_features",),
        formula="y = W x + b",
        keywords=("fc", "fully connected", "dense", "mlp", "classifier", "projection"),
    ),
    LayerKind(
        "Bilinear",
        "Bilinear",
        "Linear",
        OPERATIONS + "Bilinear",
        (
            whole("in1_features", "Features of the first input."),
            whole("in2_features", "Features of the second input."),
            whole("out_features", "Features of the output."),
            BIAS,
        ),
        "Weighted sums of all products of a feature of one input with one of another.",
        inputs=(2, 2),
        learnable=True,
        output_width="out_features",
        summary=("out_features",),
        formula="y[o] = aᵀ W[o] b + c[o]",
        keywords=("two inputs", "pairwise", "interaction"),
    ),
)
