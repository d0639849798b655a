"""The columns of the analysis table: what each shows, is sorted by, and says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from designer.catalog.analysis import LayerRow
from designer.messages import bytes_text, count_text, shape_text, short_time_text, tr


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: its name in code.
        title: what stands above it; `tip` what it counts.
        text: what a cell shows.
        value: what it is sorted by.
        number: its values are numbers, shown on the right with a bar of their share of the greatest.
        width: pixels at first.
    """

    key: str
    title: str
    tip: str
    text: Callable[[LayerRow], str]
    value: Callable[[LayerRow], float | str]
    number: bool = False
    width: int = 110


def _shapes(shapes: tuple[tuple[int, ...] | None, ...]) -> str:
    return ", ".join("?" if shape is None else shape_text(shape) for shape in shapes)


def _elements(row: LayerRow) -> float:
    """Values of the first output, so that shapes are sorted by size."""
    total = 1
    for size in row.output_shapes[0] if row.output_shapes else (0,):
        total *= size
    return float(total)


def _count(number: int) -> str:
    return count_text(number) if number else ""


COLUMNS: tuple[Column, ...] = (
    Column("layer", "Layer", "Name of the layer", lambda r: r.name, lambda r: r.name.lower(), width=178),
    Column("kind", "Kind", "Kind of layer", lambda r: r.kind, lambda r: r.kind.lower(), width=182),
    Column(
        "group",
        "Group",
        "Module path that it belongs to",
        lambda r: r.group,
        lambda r: r.group.lower(),
        width=94,
    ),
    Column(
        "inputs",
        "Inputs",
        "Shapes of what feeds it, without the batch",
        lambda r: _shapes(r.input_shapes),
        lambda r: _shapes(r.input_shapes),
        width=124,
    ),
    Column(
        "output",
        "Output",
        "Shapes of what it gives, without the batch; sorted by size",
        lambda r: _shapes(r.output_shapes) or "?",
        _elements,
        width=126,
    ),
    Column(
        "parameters",
        "Parameters",
        "Learnable values",
        lambda r: _count(r.parameters),
        lambda r: r.parameters,
        number=True,
        width=108,
    ),
    Column(
        "trainable",
        "Trainable",
        "Learnable values that training changes",
        lambda r: _count(r.trainable),
        lambda r: r.trainable,
        number=True,
        width=98,
    ),
    Column(
        "macs",
        "Multiply-adds",
        "Multiplications with accumulation, for one picture",
        lambda r: _count(r.macs),
        lambda r: r.macs,
        number=True,
        width=136,
    ),
    Column(
        "memory",
        "Memory",
        "Memory of what it makes for one picture, as 32-bit numbers",
        lambda r: bytes_text(r.activation_bytes) if r.activation_bytes else "",
        lambda r: r.activation_bytes,
        number=True,
        width=92,
    ),
    Column(
        "time",
        "Time",
        "Measured time for one batch on this computer",
        lambda r: "" if r.seconds is None else short_time_text(r.seconds),
        lambda r: -1.0 if r.seconds is None else r.seconds,
        number=True,
        width=88,
    ),
)
"""All columns, in order."""

TIME = next(number for number, column in enumerate(COLUMNS) if column.key == "time")


def spoken(row: LayerRow) -> str:
    """A row in one line, for those who hear it."""
    parts = [f"{row.kind} {row.name}", _shapes(row.output_shapes)]
    if row.parameters:
        parts.append(tr("{count} parameters", count=count_text(row.parameters)))
    if row.frozen:
        parts.append(tr("frozen"))
    parts.extend(problem.message for problem in row.problems)
    return ", ".join(part for part in parts if part)
