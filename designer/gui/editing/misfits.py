"""Knows which layers' weights no longer fit after an edit, so that they will be new."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from designer.catalog.summary import Summary
from designer.errors import DesignerError
from designer.gui.editing.properties.state import Known
from designer.jobs import steps
from designer.jobs.runner import Runner
from designer.messages import tr
from designer.session.session import Session


class MisfitsKeeper(QObject):
    """Compares weights and settings whenever shapes have been inferred anew, or weights have come.

    Attributes:
        found: for each layer whose weights no longer fit, why.

    Signals:
        changed(): `found` is another one.
        failed(exception): the comparison failed unexpectedly.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runner = runner
        self.found: Mapping[str, str] = {}

    def known(self, summary: Summary | None = None) -> Known:
        """What is known beside the network, for the property pane."""
        return Known(self._session.facts, self.found, self._session.weights, summary)

    def hear(self, topic: str) -> None:
        """Take the news of a session's change."""
        if topic == "opened":
            self._set({})
        # While shapes are being inferred the lane is taken; 'facts' comes after that.
        if topic == "facts" or (topic == "weights" and not self._runner.busy("facts")):
            self._compare()

    def _compare(self) -> None:
        network, weights = self._session.network, self._session.weights
        if network is None or weights is None:
            self._set({})
            return
        job = self._runner.start(tr("Comparing weights"), steps.misfits(network, weights), "facts")
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take(self, found: tuple[tuple[str, str], ...]) -> None:
        self._set(dict(found))

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        # A layer that cannot be built is among the network's problems already.
        if not isinstance(error, DesignerError):
            self.failed.emit(error)

    def _set(self, found: Mapping[str, str]) -> None:
        if found != self.found:
            self.found = found
            self.changed.emit()
