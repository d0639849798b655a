"""Layers that join several values, or a value and a number."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import axis, operation

ROWS: tuple[LayerKind, ...] = (
    operation("Add", "Addition", "Combination", "y = a + b + ...", inputs=(2, None)),
    operation("Multiply", "Multiplication", "Combination", "y = a * b * ...", inputs=(2, None)),
    operation("Subtract", "Subtraction", "Combination", "y = a - b.", inputs=(2, 2)),
    operation("Divide", "Division", "Combination", "y = a / b.", inputs=(2, 2)),
    operation(
        "MatrixProduct",
        "Matrix product",
        "Combination",
        "y = a b, over the last two dimensions.",
        inputs=(2, 2),
    ),
    operation(
        "Concat",
        "Concatenation",
        "Combination",
        "Inputs one after the other along a dimension.",
        axis("dim", 1, "Dimension."),
        inputs=(1, None),
        summary=("dim",),
    ),
    operation(
        "Scale",
        "Scale and shift",
        "Combination",
        "y = x * factor / divisor + offset, with fixed numbers.",
        Setting("factor", "float", 1.0, help="Multiplies."),
        Setting("divisor", "float", 1.0, help="Divides; not 0."),
        Setting("offset", "float", 0.0, help="Is added."),
        summary=("factor", "divisor", "offset"),
    ),
    operation(
        "Power",
        "Power",
        "Combination",
        "y = x to the power of the exponent.",
        Setting("exponent", "float", 2.0, help="The exponent; 0.5 is the square root."),
        summary=("exponent",),
    ),
)
