"""The session: what is open now, and who is told when it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from designer.network.document import Change, Document
from designer.network.edits import Edit
from designer.network.network import Network
from designer.session.data import ImageData
from designer.session.label_report import LabelReport
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import ExportedFile, Facts, Report, Run
from designer.session.savable import Savable

TOPICS = (
    "opened",
    "network",
    "facts",
    "weights",
    "data",
    "options",
    "live",
    "runs",
    "report",
    "exported",
    "file",
)
"""What may change. 'opened': another network altogether; 'network': an edit of this one."""


class Session:
    """What is open now. Values are replaced, never changed in place; observers hear the topic.

    Attributes:
        document: the open network, or None.
        weights: the engine's `Weights` of its layers, opaque here.
        facts: shapes, parameter counts and problems of the network, None until inferred.
        data: the pictures, or None.
        training_options, export_options: as chosen now.
        live: the folder of the run that goes on, None while none does or it has none.
        runs: training runs, oldest first.
        report: of the last evaluation that still holds, or None.
        exported: the last exported file, or None.
        path: the project file, or None while it has never been saved.
        last_change: the news of the last edit.
    """

    def __init__(self) -> None:
        self.document: Document | None = None
        self.weights: object = None
        self.facts: Facts | None = None
        self.data: ImageData | None = None
        self.training_options = TrainingOptions()
        self.export_options = ExportOptions()
        self.live: Path | None = None
        self.runs: tuple[Run, ...] = ()
        self.report: Report | LabelReport | None = None
        self.exported: ExportedFile | None = None
        self.path: Path | None = None
        self.last_change: Change | None = None
        self._in_file: Savable | None = None
        self._observers: list[Callable[[str], None]] = []

    @property
    def network(self) -> Network | None:
        """The open network as it is now; frozen, so it can be kept as a snapshot."""
        return None if self.document is None else self.document.network

    @property
    def savable(self) -> Savable | None:
        """What a project file keeps of it as it is now; None while no network is open."""
        if self.document is None:
            return None
        return Savable(
            self.document.network,
            self.weights,
            self.data,
            self.training_options,
            self.export_options,
            self.runs,
        )

    @property
    def changed(self) -> bool:
        """Whether there is something that is not in the project file. What was undone is not."""
        now = self.savable
        return now is not None and (self._in_file is None or not now.same_as(self._in_file))

    def observe(self, observer: Callable[[str], None]) -> Callable[[], None]:
        """Call `observer(topic)` after each change; returns a function that ends it."""
        self._observers.append(observer)

        def end() -> None:
            if observer in self._observers:
                self._observers.remove(observer)

        return end

    def open(
        self,
        network: Network,
        weights: object,
        *,
        data: ImageData | None = None,
        training_options: TrainingOptions | None = None,
        export_options: ExportOptions | None = None,
        runs: tuple[Run, ...] = (),
        path: Path | None = None,
        in_file: bool = True,
    ) -> None:
        """Open another network in place of what was open; everything else starts anew.

        Where there is a `path`, its file holds just that, or with `in_file` False it is yet to be saved.
        """
        self.document = Document(network)
        self.weights = weights
        self.facts = None
        self.data = data
        self.training_options = training_options or TrainingOptions()
        self.export_options = export_options or ExportOptions()
        self.runs = runs
        self.report = None
        self.exported = None
        self.path = path
        self.last_change = None
        self._in_file = self.savable if path is not None and in_file else None
        self._tell("opened")

    def apply(self, edit: Edit) -> Change:
        """Edit the open network. What no longer holds (report, exported file) is dropped, or marked (facts).

        Raises:
            EditError: the edit does not fit; nothing has changed.
            ValueError: no network is open.
        """
        if self.document is None:
            raise ValueError("no network is open")
        change = self.document.apply(edit)
        self.last_change = change
        if not change.only_places:
            self.report = None
            self.exported = None
        if change.reaches_facts and self.facts is not None:
            self.facts = replace(self.facts, checking=True)
        self._tell("network")
        return change

    def set_facts(self, facts: Facts) -> None:
        """Take what was inferred of the network as it is now."""
        self.facts = facts
        self._tell("facts")

    def set_data(self, data: ImageData | None) -> None:
        """Take other pictures; the report of the former ones is dropped."""
        self.data = data
        self.report = None
        self._tell("data")

    def set_options(
        self,
        training: TrainingOptions | None = None,
        export: ExportOptions | None = None,
    ) -> None:
        """Take other options for training or export."""
        self.training_options = training or self.training_options
        self.export_options = export or self.export_options
        self._tell("options")

    def set_live(self, folder: Path | None) -> None:
        """A run has begun, and keeps its checkpoints in `folder`; or it is over."""
        self.live = folder
        self._tell("live")

    def add_run(self, run: Run, weights: object) -> None:
        """Take a run that is over, and the network's weights after it.

        Where it goes on with the last one, which was stopped, it takes the place of that.
        """
        before = self.runs[:-1] if self.runs and run.continues(self.runs[-1]) else self.runs
        self.runs = (*before, replace(run, number=len(before) + 1))
        self.report = None
        self.exported = None
        self.set_weights(weights)
        self._tell("runs")

    def add_runs(self, runs: Iterable[Run]) -> None:
        """Take runs that are over, to be compared; the network keeps its weights."""
        first = len(self.runs) + 1
        self.runs = (*self.runs, *(replace(run, number=n) for n, run in enumerate(runs, first)))
        self._tell("runs")

    def use_weights(self, weights: object) -> None:
        """Take the weights of one of the runs, `weights`: what was found with the former ones is dropped."""
        self.report = None
        self.exported = None
        self.set_weights(weights)

    def set_weights(self, weights: object) -> None:
        """Take other weights of the open network."""
        self.weights = weights
        self._tell("weights")

    def set_report(self, report: Report | LabelReport) -> None:
        """Take what evaluation found."""
        self.report = report
        self._tell("report")

    def set_exported(self, exported: ExportedFile) -> None:
        """Take a file that was exported."""
        self.exported = exported
        self._tell("exported")

    def saved(self, path: Path, what: Savable | None = None) -> None:
        """The project file at `path` has been written, with `what`; None: with all that is here now."""
        self.path = path
        self._in_file = what or self.savable
        self._tell("file")

    def _tell(self, topic: str) -> None:
        for observer in tuple(self._observers):
            observer(topic)
