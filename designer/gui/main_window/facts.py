"""Keeps the session's facts in step with its network: a job after each edit that may change them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from designer.gui.context import Context
from designer.gui.notices import notice_of
from designer.jobs.steps import infer_facts
from designer.messages import tr
from designer.network.network import Network
from designer.session.results import Facts


class FactsKeeper(QObject):
    """Asks for facts when the network has changed, and gives them to the session."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asked: Network | None = None
        self._end = context.session.observe(self._heed)

    def stop(self) -> None:
        """Heed the session no more."""
        self._end()

    def _heed(self, topic: str) -> None:
        network = self._context.session.network
        if network is None or topic not in ("opened", "network"):
            return
        if topic == "network" and self._same_operations(network):
            self._asked = network
            return
        self._asked = network
        job = self._context.runner.start(tr("Working out shapes"), infer_facts(network), "facts")
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    def _same_operations(self, network: Network) -> bool:
        """Only names, groups, freezing, rates or classes differ, and facts are there already."""
        before, facts = self._asked, self._context.session.facts
        if before is None or facts is None or self._context.runner.busy("facts"):
            return False
        if before.inputs != network.inputs or before.layers.keys() != network.layers.keys():
            return False
        pairs = ((before.layers[i], network.layers[i]) for i in network.layers)
        # A problem's message names layers, so it is worked out anew when a name has changed.
        return before.classes == network.classes and all(
            a is b or (a.kind, a.settings, a.name) == (b.kind, b.settings, b.name) for a, b in pairs
        )

    @Slot(object)
    def _take(self, facts: object) -> None:
        assert isinstance(facts, Facts)
        self._context.session.set_facts(facts)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))
