"""Numbers of a report of several labels: what is said of it, and the pictures of a count. Pure functions."""

from __future__ import annotations

from collections.abc import Callable

from designer.gui.evaluation.scores import Judged
from designer.messages import tr
from designer.session.label_report import THRESHOLD, LabelReport, LabelScore

COUNTS = ("found", "missed", "wrong", "absent")
"""The four counts of a class, as fields of its score."""
TITLES = ("Found", "Missed", "Wrongly said", "Rightly not said")
Cell = tuple[int, str]
"""Number of a class, and one of its counts."""


def report_texts(report: LabelReport) -> tuple[str, str]:
    """Macro F1 as a large text, and a line with the other means."""
    found = report.mean_average_precision
    total = len(report.pictures)
    line = tr(
        "Mean average precision {map}; {decisions} % of all labels decided right at 0.5; "
        "all labels right on {exact} of {total} pictures",
        map="–" if found is None else f"{100 * found:.1f} %",
        decisions=f"{100 * report.decisions:.1f}",
        exact=f"{round(report.exact * total):,}",
        total=f"{total:,}",
    )
    return tr("Macro F1 {share} %", share=f"{100 * report.macro_f1:.1f}"), line


def labelled_of(report: LabelReport, cell: Cell | None) -> tuple[Judged, ...]:
    """Pictures of one count of a class; all that have a wrong label, for None.

    First those whose probability is furthest from the truth; of a picture with several wrong labels that
    which is furthest counts.
    """
    found: list[tuple[float, Judged]] = []
    for row, (shown, shares) in enumerate(zip(report.truth, report.probabilities, strict=True)):
        if cell is None:
            wrong = [n for n, share in enumerate(shares) if (share > THRESHOLD) != (n in shown)]
        else:
            wrong = [cell[0]] if _count_of(cell[0] in shown, shares[cell[0]]) == cell[1] else []
        if wrong:
            off = {n: abs(shares[n] - (n in shown)) for n in wrong}
            worst = max(wrong, key=lambda n: off[n])
            found.append((off[worst], _judged(report, row, worst)))
    return tuple(judged for _, judged in sorted(found, key=lambda pair: (-pair[0], str(pair[1].path))))


def labelled_text(report: LabelReport, cell: Cell | None) -> str:
    """In words, which pictures `labelled_of` gives for that cell."""
    if cell is None:
        count = len(report.pictures) - round(report.exact * len(report.pictures))
        if not count:
            return tr("All labels are right")
        if count == 1:
            return tr("The picture with a wrong label")
        return tr("All {count} pictures with a wrong label, the hardest first", count=f"{count:,}")
    score = report.per_class[cell[0]]
    return cell_text(score, cell[1])


def cell_text(score: LabelScore, count: str) -> str:
    """One count of a class in a sentence."""
    there, rest = score.count, score.wrong + score.absent
    texts: dict[str, Callable[[], str]] = {
        "found": lambda: tr(
            "'{name}' found on {count} of the {total} pictures that show it",
            name=score.name,
            count=f"{score.found:,}",
            total=f"{there:,}",
        ),
        "missed": lambda: tr(
            "'{name}' missed on {count} of the {total} pictures that show it",
            name=score.name,
            count=f"{score.missed:,}",
            total=f"{there:,}",
        ),
        "wrong": lambda: tr(
            "'{name}' wrongly said of {count} of the {total} pictures that do not show it",
            name=score.name,
            count=f"{score.wrong:,}",
            total=f"{rest:,}",
        ),
        "absent": lambda: tr(
            "'{name}' rightly not said of {count} of the {total} pictures that do not show it",
            name=score.name,
            count=f"{score.absent:,}",
            total=f"{rest:,}",
        ),
    }
    return texts[count]()


def _count_of(there: bool, share: float) -> str:
    if share > THRESHOLD:
        return "found" if there else "wrong"
    return "missed" if there else "absent"


def _judged(report: LabelReport, row: int, label: int) -> Judged:
    names, shares = report.classes, report.probabilities[row]
    nothing = tr("none of the classes")
    truth = ", ".join(names[n] for n in report.truth[row]) or nothing
    said = ", ".join(name for name, share in zip(names, shares, strict=True) if share > THRESHOLD) or nothing
    text = tr(
        "shows {truth}, answers {said}; '{name}' {share} %",
        truth=truth,
        said=said,
        name=names[label],
        share=f"{100 * shares[label]:.1f}",
    )
    caption = truth if report.truth[row] else tr("none")
    return Judged(report.pictures[row], caption, names[label], shares[label], text)
