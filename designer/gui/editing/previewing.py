"""Works out what a network would be like after an edit, beside the open one: for dialogs that ask first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from designer.jobs.previews import Preview, preview
from designer.jobs.runner import Runner
from designer.messages import tr
from designer.network.network import Network


class Previewing(QObject):
    """Looks into one network after the other; only the newest counts.

    Signals:
        found(preview): of the network that was asked for last.
    """

    found = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._stopped = False

    def ask(self, network: Network, weights: object = None) -> None:
        """Look into this network, and whether weights fit it."""
        job = self._runner.start(tr("Working out shapes"), preview(network, weights), "preview")
        job.finished.connect(self._take)

    def stop(self) -> None:
        """Tell of nothing any more."""
        self._stopped = True

    @Slot(object)
    def _take(self, found: object) -> None:
        if isinstance(found, Preview) and not self._stopped:
            self.found.emit(found)
