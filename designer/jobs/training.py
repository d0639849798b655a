"""Steps of training: begin a run, go on with one, and find those that were broken off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from designer.jobs.projects import OpenedSession, Snapshot, contents_of, open_session
from designer.network.preprocessing import Preprocessing
from designer.progress import Progress
from designer.session.data import ImageData
from designer.session.kept_runs import InterruptedRun, KeptRun, KeptRuns, RunPlace
from designer.session.options import TrainingOptions
from designer.session.results import Example, RateCurve, Trial

START = "start.netgraft"
"""In the folder of a run: what was open when it began."""


def train(taken: Snapshot, project: Path | None) -> Callable[[Progress], KeptRun]:
    """Train what is open on its pictures; `project` is its file, None when it was never saved.

    A run that the user stops is returned, not cancelled. Raises DesignerError.
    """

    def step(progress: Progress) -> KeptRun:
        from designer.engine.training import begin_run

        return begin_run(contents_of(taken), project, _pictures(taken), progress)

    return step


def trial(taken: Snapshot) -> Callable[[Progress], Trial]:
    """Try a few batches of what is open on a copy, and tell what training would take."""

    def step(progress: Progress) -> Trial:
        from designer.engine.training.trial import trial

        contents = contents_of(taken)
        return trial(
            contents.network, contents.weights, _pictures(taken), contents.training_options, progress
        )

    return step


def find_rate(taken: Snapshot) -> Callable[[Progress], RateCurve]:
    """Try learning rates on a copy of what is open. Raises DesignerError."""

    def step(progress: Progress) -> RateCurve:
        from designer.engine.training import find_rate

        contents = contents_of(taken)
        options = contents.training_options
        return find_rate(contents.network, contents.weights, _pictures(taken), options, progress)

    return step


def examples(
    data: ImageData,
    turn: int,
    count: int,
    epochs: Sequence[int],
    options: TrainingOptions,
    preprocessing: Preprocessing,
) -> Callable[[Progress], tuple[Example, ...]]:
    """`count` training pictures as they are, and as some epochs would show them; each turn has others."""

    def step(progress: Progress) -> tuple[Example, ...]:
        from designer.engine.data import drawn, examples

        indices = drawn(data, turn, count)
        return examples(data, indices, epochs, options, preprocessing, progress)

    return step


def continue_run(run: InterruptedRun, data: ImageData) -> Callable[[Progress], KeptRun]:
    """Go on with a run that was broken off. Raises DesignerError."""

    def step(progress: Progress) -> KeptRun:
        from designer.engine.training import continue_run

        return continue_run(run, data, progress)

    return step


def continue_kept(folder: RunPlace, data: ImageData) -> Callable[[Progress], KeptRun]:
    """Go on with a run that was stopped in this window. Raises DesignerError."""

    def step(progress: Progress) -> KeptRun:
        from designer.engine.training import RunFolder, continue_kept

        return continue_kept(cast(RunFolder, folder), data, progress)

    return step


def train_ways(
    taken: Snapshot, project: Path | None, keys: Sequence[str], epochs: int
) -> Callable[[Progress], KeptRuns]:
    """Train what is open by several recipes, so many epochs each; for `project` see `train`.

    Raises DesignerError.
    """

    def step(progress: Progress) -> KeptRuns:
        from designer.catalog.recipes import plans_of
        from designer.engine.shapes import infer
        from designer.engine.training import train_ways

        savable, data = taken.savable, _pictures(taken)
        network = savable.network
        plans = plans_of(keys, network, infer(network), savable.training_options, data.classes, epochs)
        return train_ways(plans, contents_of(taken), project, data, progress)

    return step


def merged(weights: object, kept: object) -> object:
    """The network's weights with those that a run has kept in their place."""
    return cast(Any, weights).merged(kept)


def find_run(project: Path | None) -> Callable[[Progress], InterruptedRun | None]:
    """The run of a project that was broken off; with None that of one that was never saved."""

    def step(progress: Progress) -> InterruptedRun | None:
        from designer.engine.training import interrupted_run

        return interrupted_run(project)

    return step


def discard_run(run: InterruptedRun) -> Callable[[Progress], None]:
    """Take a run that was broken off away for good."""

    def step(progress: Progress) -> None:
        from designer.engine.training import discard

        discard(run)

    return step


def predict_live(folder: Path, paths: Sequence[Path], top: int = 5) -> Callable[[Progress], object]:
    """What the run that goes on says of pictures, by its last checkpoint; a tuple of `Prediction`.

    It is asked on the CPU, so that nothing is taken away from a run on a GPU. Raises DesignerError.
    """

    def step(progress: Progress) -> object:
        from designer.engine.prediction import predict
        from designer.engine.training import last_state

        network, weights = last_state(folder, progress)
        return predict(network, weights, paths, top, "cpu", progress)

    return step


def confirm(path: Path) -> None:
    """Remember that the user wants the code in a file, as it is now, to be run. Raises TrainingError."""
    from designer.engine.training import confirm

    confirm(path)


def open_run(run: InterruptedRun) -> Callable[[Progress], OpenedSession]:
    """Open what was open when a run began; it will be saved to the run's project, see `stamp_to_save_over`.

    Raises ProjectError.
    """

    def step(progress: Progress) -> OpenedSession:
        from designer.engine.training import stamp_to_save_over

        stamp = stamp_to_save_over(run, progress)
        return replace(open_session(run.folder / START)(progress), stamp=stamp)

    return step


def _pictures(taken: Snapshot) -> ImageData:
    if taken.savable.data is None:
        raise ValueError("there are no pictures")
    return taken.savable.data
