"""An analysis as a table for spreadsheets: plain numbers, one line for each layer."""

from __future__ import annotations

import csv
import io

from designer.catalog.analysis.analysing import Analysis, LayerRow

COLUMNS = (
    "layer",
    "kind",
    "group",
    "inputs",
    "input_shapes",
    "output_shape",
    "parameters",
    "trainable_parameters",
    "macs",
    "activation_bytes",
    "seconds",
    "frozen",
    "problems",
)
"""Names of the columns; kept stable."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that spreadsheets would calculate."""


def csv_report(analysis: Analysis) -> str:
    """The rows as CSV with a line of column names; a shape is written as '64x56x56'."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in analysis.rows:
        writer.writerow(_cells(row))
    return out.getvalue()


def _cells(row: LayerRow) -> list[object]:
    return [
        _safe(row.name),
        _safe(row.key),
        _safe(row.group),
        _safe("; ".join(row.inputs)),
        "; ".join("?" if shape is None else _shape(shape) for shape in row.input_shapes),
        "; ".join(_shape(shape) for shape in row.output_shapes),
        row.parameters,
        row.trainable,
        row.macs,
        row.activation_bytes,
        "" if row.seconds is None else f"{row.seconds:.9f}",
        "yes" if row.frozen else "no",
        _safe(" ".join(problem.message for problem in row.problems)),
    ]


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


def _safe(text: str) -> str:
    """`text` so that no spreadsheet takes a layer's name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
