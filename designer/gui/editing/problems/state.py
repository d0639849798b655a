"""What the list of problems shows, resolved from network and facts: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designer.catalog.checking import live_problems
from designer.messages import tr
from designer.network.network import Network
from designer.session.results import Facts, Problem

MOST = 60
"""So many problems are listed; the rest are counted."""


@dataclass(frozen=True, slots=True)
class ProblemsState:
    """What is shown.

    Attributes:
        title: how many problems and warnings, or that there are none.
        worst: 'error', 'warning', '' when all is well, or 'checking'.
        problems: those that are listed, errors first.
        more: how many are not.
    """

    title: str
    worst: str
    problems: tuple[Problem, ...] = ()
    more: int = 0


def resolve(network: Network | None, facts: Facts | None, misfits: Mapping[str, str]) -> ProblemsState | None:
    """The state of the list; None while no network is open."""
    if network is None:
        return None
    if facts is None or facts.checking:
        return ProblemsState(tr("Checking ..."), "checking")
    found = sorted(live_problems(network, facts, misfits), key=lambda problem: problem.severity != "error")
    errors = sum(problem.severity == "error" for problem in found)
    worst = "error" if errors else "warning" if found else ""
    shown = tuple(found[:MOST])
    return ProblemsState(title_of(errors, len(found) - errors), worst, shown, len(found) - len(shown))


def title_of(errors: int, warnings: int) -> str:
    """How many there are, in words."""
    parts = []
    if errors:
        parts.append(tr("1 problem") if errors == 1 else tr("{count} problems", count=f"{errors:,}"))
    if warnings:
        parts.append(tr("1 warning") if warnings == 1 else tr("{count} warnings", count=f"{warnings:,}"))
    return ", ".join(parts) or tr("No problems")
