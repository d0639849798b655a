"""Training a network in several ways, one after the other, on the same pictures with the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from designer.catalog.recipes import RecipePlan
from designer.engine.project_file import ProjectContents
from designer.engine.training.safely import begin_run
from designer.errors import Cancelled, DesignerError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.kept_runs import KeptRuns, RunPlace
from designer.session.results import Run, WayNews


def train_ways(
    plans: Sequence[RecipePlan],
    contents: ProjectContents,
    project: Path | None,
    data: ImageData,
    progress: Progress,
) -> KeptRuns:
    """Train as each plan says, from the same weights.

    After a crash the run that went on can be gone on with, and those before it are there: they lie in its
    folder. A way that cannot be trained is passed over, and the last run says so.

    Args:
        plans: the ways.
        contents: all that is open; each begins with its weights, unless it begins from scratch.
        project: the project's file; None when it has never been saved.
        data: the pictures with their split.
        progress: hears `WayNews` before each, then all that `train` tells, and its `Run`, without weights,
            once it has come to an epoch and ended. Cancelling ends the run that goes on; those before it,
            and what it has reached, are kept.

    Returns:
        One run for each way that was begun, named after its recipe and numbered after those there were.

    Raises:
        DesignerError: none can be trained; see `train`.
    """
    runs: list[Run] = []
    folder: RunPlace | None = None
    failed: list[tuple[str, DesignerError]] = []
    stopped = False
    for number, plan in enumerate(plans, 1):
        title = tr(plan.recipe.title)
        progress.report(WayNews(number, len(plans), title, plan.options))
        begun = _begun(contents, plan, runs)
        try:
            kept = begin_run(begun, project, data, progress, name=title, instead=folder)
        except Cancelled:
            if not runs:
                raise
            # It had not begun, and has left no folder that those before it could go on from.
            folder, stopped = None, True
            break
        except DesignerError as error:
            failed.append((title, error))
            progress.report(StepNews(_told(title, error)))
            continue
        folder = kept.folder
        runs.append(replace(kept.run, number=len(begun.runs) + 1))
        if kept.run.history:
            progress.report(replace(runs[-1], weights=None))
        stopped = kept.run.stopped_because == "stopped"
        if stopped:
            break
    if not runs:
        raise failed[-1][1]
    remarks = (*runs[-1].remarks, *(_told(*each) for each in failed))
    return KeptRuns((*runs[:-1], replace(runs[-1], remarks=remarks)), folder, stopped)


def _begun(contents: ProjectContents, plan: RecipePlan, before: Sequence[Run]) -> ProjectContents:
    """What is open where a way begins; those `before` it are in it."""
    runs = (*contents.runs, *(run for run in before if run.history))
    return replace(contents, network=plan.network, training_options=plan.options, runs=runs)


def _told(title: str, error: DesignerError) -> str:
    return tr("'{way}' could not be trained: {reason}", way=title, reason=str(error))
