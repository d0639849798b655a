"""Layers that join several values, or a value and a number."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import axis, operation


def _row(
    key: str, title: str, text: str, formula: str, inputs: tuple[int, int | None], *keywords: str
) -> LayerKind:
    return operation(
        key, title, "Combination", text, inputs=inputs, formula=formula, keywords=("merge", "join", *keywords)
    )


def _number(
    key: str, title: str, text: str, formula: str, *settings: Setting, keywords: tuple[str, ...]
) -> LayerKind:
    names = tuple(setting.name for setting in settings)
    return operation(
        key, title, "Combination", text, *settings, summary=names, formula=formula, keywords=keywords
    )


ROWS: tuple[LayerKind, ...] = (
    _row(
        "Add",
        "Addition",
        "The sum of all inputs.",
        "y = a + b + ...",
        (2, None),
        "skip",
        "residual",
        "plus",
        "sum",
    ),
    _row(
        "Multiply",
        "Multiplication",
        "The product of all inputs.",
        "y = a · b · ...",
        (2, None),
        "gate",
        "times",
    ),
    _row(
        "Subtract",
        "Subtraction",
        "The first input less the second.",
        "y = a - b",
        (2, 2),
        "minus",
        "difference",
    ),
    _row(
        "Divide",
        "Division",
        "The first input divided by the second.",
        "y = a / b",
        (2, 2),
        "quotient",
        "ratio",
    ),
    _row(
        "Maximum",
        "Maximum",
        "The largest of all inputs, value by value.",
        "y = max(a, b, ...)",
        (2, None),
        "maxout",
    ),
    _row("Minimum", "Minimum", "The least of all inputs, value by value.", "y = min(a, b, ...)", (2, None)),
    _row(
        "MatrixProduct",
        "Matrix product",
        "The product of two matrices: the last two dimensions of the inputs.",
        "y = a b",
        (2, 2),
        "matmul",
        "bmm",
        "attention",
    ),
    operation(
        "Concat",
        "Concatenation",
        "Combination",
        "Inputs one after the other along a dimension.",
        axis("dim", 1, "Dimension."),
        inputs=(1, None),
        summary=("dim",),
        formula="y = (a, b, ...)",
        keywords=("merge", "join", "cat", "skip", "dense connection", "unet"),
    ),
    operation(
        "Stack",
        "Stack",
        "Combination",
        "Inputs one after the other along a new dimension.",
        axis("dim", 1, "Place of the new dimension."),
        inputs=(1, None),
        summary=("dim",),
        formula="n times (F) → (n, F)",
        keywords=("merge", "join"),
    ),
    _number(
        "Scale",
        "Scale and shift",
        "Calculates with fixed numbers.",
        "y = x · factor / divisor + offset",
        Setting("factor", "float", 1.0, help="Multiplies."),
        Setting("divisor", "float", 1.0, help="Divides; not 0."),
        Setting("offset", "float", 0.0, help="Is added."),
        keywords=("multiply", "affine", "number", "rescale"),
    ),
    _number(
        "Power",
        "Power",
        "To a fixed power.",
        "y = x^exponent",
        Setting("exponent", "float", 2.0, help="The exponent; 0.5 is the square root."),
        keywords=("square", "square root", "sqrt", "exponent", "reciprocal"),
    ),
    _number("Absolute", "Absolute value", "Without the sign.", "y = |x|", keywords=("abs", "magnitude")),
    _number("Exponential", "Exponential", "e to the power of x.", "y = exp(x)", keywords=("exp",)),
    _number(
        "Logarithm",
        "Logarithm",
        "The natural logarithm; x must be above 0.",
        "y = log(x)",
        keywords=("ln", "log"),
    ),
)
