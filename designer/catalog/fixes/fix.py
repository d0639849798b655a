"""What a remedy is, and what those that look for one share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from designer.network.edits import Edit
from designer.network.network import Network
from designer.session.results import Facts, Problem


@dataclass(frozen=True)
class Fix:
    """A remedy for a problem.

    Attributes:
        text: what a button says that makes it.
        edit: what it does.
    """

    text: str
    edit: Edit


Remedy = Callable[[Network, Facts | None, Problem], Iterator[Fix]]
"""Finds the remedies of one sort of problem, the best first."""


def fix(edit: Edit) -> Fix:
    """A remedy that is told as its edit is."""
    return Fix(edit.text, edit)


CommonRemedy = Callable[[Network, Facts | None], Iterator[Fix]]
"""Finds the remedies that all problems of one sort have in common, the best first."""
