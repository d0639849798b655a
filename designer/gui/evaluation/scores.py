"""Numbers of a report: intervals, shares of rows, and the pictures of a cell. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from designer.messages import tr
from designer.session.results import Report

Z95 = 1.959963984540054
"""Quantile of the standard normal distribution that leaves 2.5 % above it."""


def wilson(right: int, total: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share of `right` out of `total`, 0 to 1.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    if total <= 0:
        return 0.0, 1.0
    share = right / total
    spread = z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    # At the ends the formula gives exactly 0 and 1, but for rounding.
    low = 0.0 if right == 0 else middle - half
    high = 1.0 if right == total else middle + half
    return low, high


def totals(report: Report) -> tuple[int, int]:
    """Pictures classified right, and all pictures."""
    confusion = report.confusion
    return sum(row[i] for i, row in enumerate(confusion)), sum(map(sum, confusion))


def accuracy_text(report: Report) -> tuple[str, str]:
    """The accuracy as a large text, and a line that says how sure it is."""
    right, total = totals(report)
    low, high = wilson(right, total)
    line = tr(
        "{right} of {total} pictures right; with 95 % confidence between {low} and {high} %",
        right=f"{right:,}",
        total=f"{total:,}",
        low=f"{100 * low:.1f}",
        high=f"{100 * high:.1f}",
    )
    return f"{100 * report.accuracy:.1f} %", line


def row_shares(confusion: tuple[tuple[int, ...], ...]) -> tuple[tuple[float, ...], ...]:
    """Each count as a share of its row, 0 to 1; rows without pictures are 0."""
    return tuple(
        tuple(count / total for count in row) if (total := sum(row)) else (0.0,) * len(row)
        for row in confusion
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A picture, what it shows, what it was taken for, and how sure the network was (0 to 1).

    Of several labels `predicted` is the one in question, and `text` says all of them.
    """

    path: Path
    truth: str
    predicted: str
    confidence: float
    text: str = ""


def pictures_of(report: Report, cell: tuple[int, int] | None) -> tuple[Judged, ...]:
    """Pictures of a cell (row, column) of the matrix, all wrong ones for None; the surest first."""
    chosen = [
        Judged(path, report.classes[truth], report.classes[predicted], confidence)
        for path, truth, predicted, confidence in zip(
            report.pictures, report.truth, report.predicted, report.confidence, strict=True
        )
        if ((truth, predicted) == cell if cell is not None else truth != predicted)
    ]
    return tuple(sorted(chosen, key=lambda judged: (-judged.confidence, str(judged.path))))


def cell_text(report: Report, cell: tuple[int, int] | None) -> str:
    """In words, which pictures `pictures_of` gives for that cell."""
    if cell is None:
        right, total = totals(report)
        return tr("All {count} wrong pictures", count=f"{total - right:,}")
    row, column = cell
    count = report.confusion[row][column]
    share = row_shares((report.confusion[row],))[0][column]
    values = {
        "count": f"{count:,}",
        "total": f"{sum(report.confusion[row]):,}",
        "share": f"{100 * share:.1f}",
        "truth": report.classes[row],
        "predicted": report.classes[column],
    }
    if row == column:
        return tr("{count} of {total} pictures of '{truth}' recognised ({share} %)", **values)
    return tr("{count} of {total} pictures of '{truth}' taken for '{predicted}' ({share} %)", **values)
