"""Keeps the session's facts in step with its network: a job after each edit that may change them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.gui.context import Context
from designer.gui.notices import notice_of
from designer.jobs.steps import infer_facts
from designer.messages import tr
from designer.session.results import Facts

OPENED = 50
"""Milliseconds in which the window shows what was opened: beside this job that takes twice as long."""


class FactsKeeper(QObject):
    """Asks for facts when the network has changed, and gives them to the session."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._end = context.session.observe(self._heed)

    def stop(self) -> None:
        """Heed the session no more."""
        self._end()

    def _heed(self, topic: str) -> None:
        network = self._context.session.network
        if network is None or topic not in ("opened", "network"):
            return
        if topic == "network" and not self._due():
            return
        after = OPENED if topic == "opened" else 0
        job = self._context.runner.start(tr("Working out shapes"), infer_facts(network), "facts", after)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    def _due(self) -> bool:
        """Whether the last edit may have changed the facts, or there are none yet."""
        session = self._context.session
        if session.last_change is not None and session.last_change.reaches_facts:
            return True
        return session.facts is None and not self._context.runner.busy("facts")

    @Slot(object)
    def _take(self, facts: object) -> None:
        assert isinstance(facts, Facts)
        self._context.session.set_facts(facts)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))
