"""Values that come from no picture: learned tensors, constants, positions, and a table to look up in."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import axis, operation, whole

_CATEGORY = "Learned values"

ROWS: tuple[LayerKind, ...] = (
    operation(
        "Parameter",
        "Parameter",
        _CATEGORY,
        "A learned tensor, such as a class token, a position embedding or a layer scale.",
        Setting("shape", "ints", minimum=1, help="Its shape."),
        inputs=(0, 0),
        learnable=True,
        summary=("shape",),
        formula="y = w",
        keywords=("weight", "class token", "layer scale", "position embedding", "learnable"),
    ),
    operation(
        "Constant",
        "Constant",
        _CATEGORY,
        "A tensor of one number that is never learned.",
        Setting("shape", "ints", minimum=1, help="Its shape."),
        Setting("value", "float", 0.0, help="The number."),
        inputs=(0, 0),
        summary=("shape", "value"),
        formula="y = value",
        keywords=("fixed", "zeros", "ones", "number"),
    ),
    operation(
        "Embedding",
        "Embedding",
        _CATEGORY,
        "A learned vector for each whole number: feed it what Positions gives, or pictures whose values "
        "are numbers of classes. A number outside of the table is an error.",
        whole("num_embeddings", "Numbers that there may be: from 0 up to this, not included."),
        whole("embedding_dim", "Features of a vector."),
        learnable=True,
        summary=("num_embeddings", "embedding_dim"),
        formula="y = W[round(x)]",
        keywords=("lookup table", "tokens", "position embedding", "index", "vocabulary"),
    ),
    operation(
        "Positions",
        "Positions",
        _CATEGORY,
        "The numbers of the positions along a dimension of what it is fed: 0, 1, 2 ... An Embedding makes "
        "learned position vectors of them.",
        axis("dim", 1, "Dimension that is counted along."),
        summary=("dim",),
        formula="y = 0, 1 ... n - 1",
        keywords=("position ids", "arange", "range", "index", "position embedding"),
    ),
)
