"""What every page is given: what is open, who runs jobs, how things look, whom to tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from designer.gui.editing.history import History
from designer.gui.look.style import Look
from designer.gui.notices import Notice
from designer.jobs.runner import Runner
from designer.session.session import Session


@dataclass(frozen=True)
class Context:
    """The surroundings of a page.

    Attributes:
        session: what is open now.
        runner: runs jobs off the GUI thread.
        look: colours and icons.
        notify: shows a notice above the page.
        go_to: shows the page of a step, by its name.
        history: undo and redo of the open network.
    """

    session: Session
    runner: Runner
    look: Look
    notify: Callable[[Notice], None]
    go_to: Callable[[str], None]
    history: History
