"""Where the parts of the confusion matrix lie, for 2 to some hundred classes. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designer.gui.look.tokens import contrast

MINIMUM_CELL = 1
MAXIMUM_CELL = 160
LABEL_CELL = 13
"""Cells smaller than this, in pixels, have no room for the name of their class."""
LARGEST_LABEL = 0.28
"""Share of the widget's width or height that names may take at most."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Layout of the matrix, all in pixels.

    Attributes:
        count: classes.
        left, top: corner of the first cell.
        cell: side of a cell.
        labels: names of the classes are drawn.
        slanted: names of the columns are drawn upwards, because they do not fit beside one another.
        row_width: room for the names of the rows; column_height: for those of the columns.
        numbers: counts are drawn into the cells.
    """

    count: int
    left: float
    top: float
    cell: float
    labels: bool
    slanted: bool
    row_width: float
    column_height: float
    numbers: bool

    @property
    def side(self) -> float:
        """Side of the whole square of cells."""
        return self.cell * self.count

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column under a point, or None beside the cells."""
        column, row = (x - self.left) // self.cell, (y - self.top) // self.cell
        if 0 <= row < self.count and 0 <= column < self.count:
            return int(row), int(column)
        return None

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """Left and top of a cell."""
        return self.left + column * self.cell, self.top + row * self.cell


def lay_out(
    width: float,
    height: float,
    names: Sequence[str],
    text_width: Callable[[str], float],
    text_height: float,
    largest_count: int = 0,
    axis: float = 20,
) -> Grid:
    """The layout for a widget of `width` x `height` pixels.

    Args:
        width: of the widget.
        height: of the widget.
        names: names of the classes.
        text_width: width of a text in the widget's font.
        text_height: height of a line of it.
        largest_count: greatest count that is to be written into a cell.
        axis: room for the title of each axis.
    """
    count = max(len(names), 1)
    gap = 6.0
    longest = max((text_width(name) for name in names), default=0.0)
    row_width = min(longest, LARGEST_LABEL * width)
    slanted_height = min(longest, LARGEST_LABEL * height)

    def cell_for(left: float, top: float) -> float:
        return min((width - left - gap) / count, (height - top - gap) / count, MAXIMUM_CELL)

    left = axis + row_width + gap
    flat = cell_for(left, axis + text_height + gap)
    slanted = longest > flat - 8
    column_height = slanted_height if slanted else text_height
    cell = cell_for(left, axis + column_height + gap)
    labels = cell >= LABEL_CELL
    if not labels:
        left, column_height, row_width, slanted = axis + gap, 0.0, 0.0, False
        cell = cell_for(left, axis + gap)
    top = axis + column_height + gap
    cell = max(cell, MINIMUM_CELL)
    if cell > 8:
        cell = float(int(cell))
    numbers = cell >= text_height + 2 and text_width(f"{largest_count}") + 4 <= cell
    return Grid(count, left, top, cell, labels, slanted, row_width, column_height, numbers)


def moved(cell: tuple[int, int] | None, count: int, rows: int, columns: int) -> tuple[int, int]:
    """The cell that an arrow key leads to from `cell`, kept inside the matrix."""
    if cell is None:
        return 0, 0
    last = count - 1
    return min(max(cell[0] + rows, 0), last), min(max(cell[1] + columns, 0), last)


def mixed(low: str, high: str, share: float) -> str:
    """The colour `share` of the way from `low` to `high`, all as '#rrggbb'."""
    share = min(max(share, 0.0), 1.0)
    first, last = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (low, high))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(first, last, strict=True))


def readable(background: str, *choices: str) -> str:
    """The one of `choices` that stands out best from `background`."""
    return max(choices, key=lambda colour: contrast(background, colour))
