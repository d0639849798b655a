"""The part of the Python twin that reads pictures and trains on them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from designer.catalog import actions
from designer.catalog.recipes import WAYS, plans_of
from designer.editable import EditableNetwork
from designer.engine.data import read_folder
from designer.engine.project_file import ProjectContents
from designer.engine.training import (
    begin_run,
    confirm,
    continue_run,
    find_rate,
    interrupted_run,
    train_here,
    train_ways,
)
from designer.engine.training.team import ALONE, Member
from designer.engine.training.trial import trial
from designer.engine.weights import Weights
from designer.errors import DataError, TrainingError
from designer.messages import tr
from designer.network.edits import Edit
from designer.network.network import Network
from designer.progress import Progress, Silent
from designer.session.data import ImageData
from designer.session.kept_runs import KeptRun, RunPlace
from designer.session.options import TrainingOptions
from designer.session.results import RateCurve, Run, Trial
from designer.session.session import Session

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where a project's pictures are, and how they are split, whether they have been read or not.

    Attributes:
        folder: where the pictures are; None while none was chosen.
        validation_folder: where the validation pictures are, or None.
        share: of each class, for validation when there is no folder for it.
        seed: of the split.
    """

    folder: Path | None = None
    validation_folder: Path | None = None
    share: float = 0.2
    seed: int = 0


class TrainableNetwork(EditableNetwork):
    """An open network with its weights, pictures and runs.

    Attributes:
        source: where the pictures are.
    """

    def __init__(
        self, session: Session, source: DataSource | None = None, view: dict[str, Any] | None = None
    ) -> None:
        super().__init__(session)
        self.source = source or DataSource()
        self._view = view or {}
        self._run_folder: RunPlace | None = None
        """Of the last run, until the project is saved with it."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """Training runs, oldest first."""
        return self.session.runs

    def read(
        self,
        folder: PathLike | None = None,
        validation: float | PathLike | None = None,
        seed: int | None = None,
        *,
        progress: Progress | None = None,
    ) -> ImageData:
        """Read the pictures in a folder; None for the project's own.

        It has one sub-folder for each class, or a table 'labels.csv' of any number of labels for each
        picture, with the columns 'file' and 'labels', or 'file' and a column of 0 and 1 for each class.

        Args:
            folder: where they are.
            validation: share of each class that is kept for validation, or a folder with pictures for it.
            seed: of the split.
            progress: what is told how far it is.

        Raises:
            DataError: there is no such folder, or it cannot be used.
        """
        source = self.source if folder is None else replace(self.source, folder=Path(folder))
        if isinstance(validation, int | float):
            source = replace(source, share=float(validation), validation_folder=None)
        elif validation is not None:
            source = replace(source, validation_folder=Path(validation))
        if seed is not None:
            source = replace(source, seed=seed)
        if source.folder is None:
            raise DataError(
                tr("There are no pictures."),
                tr("This project does not know any picture folder yet."),
                tr("Give a folder with one sub-folder for each class, or with a table 'labels.csv'."),
            )
        if self.session.data is None or source != self.source:
            data = read_folder(
                source.folder, source.share, source.seed, source.validation_folder, progress or Silent()
            )
            self.source = source
            self.session.set_data(data)
        assert self.session.data is not None
        return self.session.data

    def train(
        self,
        folder: PathLike | None = None,
        validation: float | PathLike | None = None,
        *,
        progress: Progress | None = None,
        member: Member = ALONE,
        **options: Any,
    ) -> Run:
        """Train on pictures; the weights that the run kept become the project's.

        Args:
            folder: where the pictures are; see `read`.
            validation: share of them, or a folder; see `read`.
            progress: what is told, and asked whether to stop. Stopping keeps what was trained.
            member: which one this is, where several processes train together; each calls this.
            options: any of `TrainingOptions`, such as `epochs=20, learning_rate=1e-3`. A `custom` file
                that is given here counts as confirmed.

        Raises:
            DataError, NetworkError, TrainingError: it cannot be trained; network, weights and options
                are as before.
        """
        told = progress or Silent()
        chosen, data, naming, network = self._ready(folder, validation, told, options)
        contents = replace(self.contents(), network=network, training_options=chosen)
        if self.session.path is None:
            # A run can only be gone on with where there is a file to find it by.
            run = train_here(network, self.weights, data, chosen, told, member=member)
            kept = KeptRun(run, None)
        else:
            kept = begin_run(contents, self.session.path, data, told, member)
        if naming is not None:
            self.apply(naming)
        self.session.set_options(training=chosen)
        return self._take(kept)

    def _ready(
        self,
        folder: PathLike | None,
        validation: float | PathLike | None,
        told: Progress,
        options: dict[str, Any],
    ) -> tuple[TrainingOptions, ImageData, Edit | None, Network]:
        """What a run begins with: options, pictures, and the network with the names of their classes."""
        chosen = replace(self.session.training_options, **options)
        chosen.check()
        if options.get("custom"):
            # Whoever names a file with code here wants it to be run.
            confirm(Path(options["custom"]))
        data = self.read(folder, validation, progress=told)
        naming = actions.name_classes(self.network, data.classes, data.multilabel)
        return chosen, data, naming, self.network if naming is None else naming.apply(self.network)

    def try_training(
        self,
        folder: PathLike | None = None,
        validation: float | PathLike | None = None,
        *,
        progress: Progress | None = None,
        **options: Any,
    ) -> Trial:
        """Try a few batches of `train` on a copy: device, memory, times, and what would stop it.

        Network, weights and options stay as they are. What is given is as for `train`.

        Raises:
            DataError: the folder cannot be used.
            DesignerError: an option is out of bounds.
        """
        told = progress or Silent()
        chosen, data, _, network = self._ready(folder, validation, told, options)
        return trial(network, self.weights, data, chosen, told)

    def find_rate(
        self,
        folder: PathLike | None = None,
        validation: float | PathLike | None = None,
        *,
        progress: Progress | None = None,
        **options: Any,
    ) -> RateCurve:
        """Try learning rates from 1e-7 to 10 on a copy, and suggest one; see `train` for what is given.

        Network, weights and options stay as they are: `train(learning_rate=curve.suggestion)` uses it.

        Raises:
            DataError, NetworkError, TrainingError: it cannot be trained.
        """
        told = progress or Silent()
        chosen, data, _, network = self._ready(folder, validation, told, options)
        return find_rate(network, self.weights, data, chosen, told)

    def _take(self, kept: KeptRun) -> Run:
        run, weights = kept.run, self.weights
        # One of several ways that are compared leaves the network its weights.
        if isinstance(run.weights, Weights) and not run.name:
            weights = weights.merged(run.weights)
        self.session.add_run(run, weights)
        self._hold(kept.folder)
        return self.session.runs[-1]

    def _hold(self, folder: RunPlace | None) -> None:
        if folder is not None:
            if self._run_folder is not None:
                self._run_folder.discard()
            self._run_folder = folder

    def resume(self, *, progress: Progress | None = None, member: Member = ALONE, **options: Any) -> Run:
        """Go on with the last run where it was stopped or broken off: its options, its remaining epochs.

        Where its checkpoint is still there, it goes on as if it had never been broken off. Else the
        optimizer starts anew, from the weights that the run kept; where the program ended before the first
        checkpoint, the run begins again, and its remarks say so. For `member` see `train`.

        Raises:
            TrainingError: no run was stopped or broken off.
        """
        told = progress or Silent()
        if self._run_folder is not None:
            self._run_folder.release()
            self._run_folder = None
        path = self.session.path
        interrupted = None if path is None else interrupted_run(path, sole=member.chief)
        if interrupted is not None:
            kept = continue_run(interrupted, self.read(progress=told), told, member, **options)
            # Runs that were over when this one began may not have been saved.
            self.session.add_runs(kept.before[len(self.runs) :])
            self.session.set_options(training=kept.run.options)
            if not interrupted.has_checkpoint:
                text = tr("The run had been broken off before its first checkpoint: it has begun anew.")
                kept = replace(kept, run=replace(kept.run, remarks=(text, *kept.run.remarks)))
            return self._take(kept)
        last = self.runs[-1] if self.runs else None
        left = 0 if last is None else last.options.epochs - len(last.history)
        if last is None or last.stopped_because == "finished" or left < 1:
            raise TrainingError(
                tr("There is no run to go on with."),
                tr("The last run has finished.") if last else tr("This project has not been trained yet."),
                tr("Start a new run."),
            )
        values = {**last.options.to_json(), "epochs": left, **options}
        return self.train(progress=progress, member=member, **values)

    def compare_ways(
        self,
        folder: PathLike | None = None,
        validation: float | PathLike | None = None,
        *,
        ways: Sequence[str] = WAYS,
        epochs: int | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> tuple[Run, ...]:
        """Train in several ways with the same pictures, seed and epochs; the weights stay as they are.

        Args:
            folder: where the pictures are; see `read`.
            validation: share of them, or a folder; see `read`.
            ways: keys of recipes: from scratch, frozen and fine-tuned unless given.
            epochs: of each; None for those of the options.
            progress: what is told, and asked whether to stop.
            options: any of `TrainingOptions` that the recipes leave as they are, such as `batch_size=64`.

        Returns:
            The runs, which are among `runs` now. `use` takes the weights of one.

        Raises:
            DesignerError: one of the ways cannot be trained.
        """
        told = progress or Silent()
        chosen, data, naming, network = self._ready(folder, validation, told, options)
        plans = plans_of(ways, network, self.facts(), chosen, data.classes, epochs or chosen.all_epochs)
        path = self.session.path
        found = train_ways(plans, replace(self.contents(), network=network), path, data, told)
        if naming is not None:
            self.apply(naming)
        self.session.add_runs(found.runs)
        if path is not None:
            self._hold(found.folder)
        elif found.folder is not None:
            # There is no file to find it by.
            found.folder.discard()
        return self.runs[-len(found.runs) :]

    def use(self, run: Run) -> None:
        """Take the weights that a run kept for the network's own."""
        if isinstance(run.weights, Weights):
            self.session.use_weights(self.weights.merged(run.weights))

    def contents(self) -> ProjectContents:
        """All that a project file holds of this project."""
        return ProjectContents(
            network=self.network,
            weights=self.weights,
            data_folder=self.source.folder,
            validation_folder=self.source.validation_folder,
            validation_share=self.source.share,
            split_seed=self.source.seed,
            training_options=self.session.training_options,
            export_options=self.session.export_options,
            runs=self.runs,
            view=self._view,
        )
