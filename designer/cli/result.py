"""What a command returns: a document for programs, and the same for people."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

INTERRUPTED = 130

_WIDTH = 200
"""Columns of a table where it does not go to a terminal."""


@dataclass(frozen=True)
class Result:
    """The outcome of a command.

    Attributes:
        document: JSON values; numbers that are not finite are written as null.
        parts: texts and tables for people, in order.
        status: exit status.
        after: what to do once the result is written, where people read it; gives the exit status.
        told: False where another process tells the same result.
    """

    document: Any
    parts: tuple[str | Table, ...]
    status: int = 0
    after: Callable[[], int] | None = None
    told: bool = True

    def write(self, stream: TextIO, *, as_json: bool) -> None:
        """Write the result to `stream`."""
        if not self.told:
            return
        if as_json:
            utf8 = (stream.encoding or "utf-8").lower().replace("-", "") == "utf8"
            text = json.dumps(finite(self.document), ensure_ascii=not utf8, indent=2, allow_nan=False)
            stream.write(text + "\n")
            return
        console = Console(file=stream, highlight=False, width=None if stream.isatty() else _WIDTH)
        for part in self.parts:
            console.print(part if isinstance(part, Table) else Text(part), soft_wrap=isinstance(part, str))


def finite(value: Any) -> Any:
    """`value` with None for numbers that JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(inner) for name, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def table(columns: Iterable[str], rows: Iterable[Iterable[object]], right: Iterable[int] = ()) -> Table:
    """A plain table; the columns numbered in `right` are aligned to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    numbers = set(right)
    for place, name in enumerate(columns):
        made.add_column(Text(name), justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(str(value)) for value in row))
    return made


def percent(share: float) -> str:
    """0.9234 as '92.3 %', '-' when there is none."""
    return f"{100 * share:.1f} %" if math.isfinite(share) else "-"


def number(value: float) -> str:
    """Four significant digits, '-' when there is none."""
    return f"{value:.4g}" if math.isfinite(value) else "-"
