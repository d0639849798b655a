"""Layers that join several values, or a value and a number."""

from __future__ import annotations

from designer.catalog.kind import LayerKind, Setting
from designer.catalog.kinds.parts import axis, operation

ROWS: tuple[LayerKind, ...] = (
    operation("Add", "Addition", "Combination", "y = a + b + ...", inputs=(2, None)),
    operation("Multiply", "Multiplication", "Combination", "y = a * b * ...", inputs=(2, None)),
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
        "y = x * factor + offset, with fixed numbers.",
        Setting("factor", "float", 1.0, help="Multiplies."),
        Setting("offset", "float", 0.0, help="Is added."),
        summary=("factor", "offset"),
    ),
)
