"""What the analysis window shows, worked out from an analysis: a pure function."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.analysis import Analysis, Figure, about, figures
from designer.messages import tr
from designer.session.results import Problem


@dataclass(frozen=True)
class AnalysisState:
    """What is shown.

    Attributes:
        title: the network's name; `about`: what it is, in a line.
        figures: the cards.
        problems: what is wrong, errors first.
        problems_text: how many there are, in words.
        save_reason, measure_reason: why a button cannot be pressed; '' when it can.
        measure_text: what the measuring button says.
    """

    title: str
    about: str
    figures: tuple[Figure, ...]
    problems: tuple[Problem, ...]
    problems_text: str
    save_reason: str
    measure_reason: str
    measure_text: str


def resolve(analysis: Analysis | None, measuring: bool) -> AnalysisState:
    """The state for an analysis, None while it is worked out; `measuring`: times are being measured."""
    measure_text = tr("Cancel measuring") if measuring else tr("Measure time")
    if analysis is None:
        waiting = tr("The analysis is being worked out.")
        reason = "" if measuring else waiting
        return AnalysisState("", waiting, (), (), "", waiting, reason, measure_text)
    errors = [problem for problem in analysis.problems if problem.severity == "error"]
    others = [problem for problem in analysis.problems if problem.severity != "error"]
    broken = tr("The network has errors and cannot be run.") if errors and not measuring else ""
    return AnalysisState(
        analysis.name,
        about(analysis),
        figures(analysis),
        (*errors, *others),
        _count(len(errors), len(others)),
        "",
        broken,
        tr("Measure again") if analysis.measured is not None and not measuring else measure_text,
    )


def _count(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return tr("No problems found.")
    parts = []
    if errors:
        parts.append(tr("1 error") if errors == 1 else tr("{count} errors", count=errors))
    if warnings:
        parts.append(tr("1 warning") if warnings == 1 else tr("{count} warnings", count=warnings))
    return ", ".join(parts)
