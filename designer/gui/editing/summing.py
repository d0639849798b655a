"""Keeps the network's summary: worked out beside the window, once it is to be shown."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from designer.catalog.summary import Summary, summary
from designer.errors import DesignerError
from designer.jobs.runner import Runner
from designer.messages import tr
from designer.network.network import Network
from designer.progress import Progress
from designer.session.options import TrainingOptions
from designer.session.results import Facts
from designer.session.session import Session


class SummaryKeeper(QObject):
    """Sums up the open network when it is asked for; until that is done the former figures hold.

    Signals:
        changed(): other figures are there.
        failed(exception): the summing failed unexpectedly.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runner = runner
        self._of: tuple[Network, Facts, TrainingOptions] | None = None
        self._found: Summary | None = None

    def hear(self, topic: str) -> None:
        """Take the news of a session's change."""
        if topic == "opened":
            self._of, self._found = None, None

    def newest(self) -> Summary | None:
        """The newest figures that are there; newer ones are asked for, and told of by `changed`."""
        network, facts, options = self._session.network, self._session.facts, self._session.training_options
        if network is not None and facts is not None and not facts.checking:
            now = (network, facts, options)
            if self._of is None or any(a is not b for a, b in zip(self._of, now, strict=True)):
                self._of = now
                job = self._runner.start(tr("Summing up"), partial(_summed, *now), "summary")
                job.finished.connect(self._take)
                job.failed.connect(self._fail)
        return self._found

    @Slot(object)
    def _take(self, found: Summary) -> None:
        if self._of is not None and found != self._found:
            self._found = found
            self.changed.emit()

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        # What keeps a network from being summed up is among its problems.
        if not isinstance(error, DesignerError):
            self.failed.emit(error)


def _summed(network: Network, facts: Facts, options: TrainingOptions, progress: Progress) -> Summary:
    return summary(network, facts, options.batch_size, options.optimizer)
