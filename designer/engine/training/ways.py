"""Training a network in several ways, one after the other, on the same pictures with the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from designer.catalog.recipes import RecipePlan
from designer.engine.project_file import ProjectContents
from designer.engine.training.safely import begin_run
from designer.errors import DesignerError
from designer.messages import tr
from designer.progress import Progress, StepNews, WayNews
from designer.session.data import ImageData
from designer.session.kept_runs import KeptRuns, RunPlace
from designer.session.results import Run


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
        progress: hears `WayNews` before each, then all that `train` tells. Cancelling ends the run that
            goes on; those before it, and what it has reached, are kept.

    Returns:
        One run for each way that was begun, named after its recipe and numbered after those there were.

    Raises:
        DesignerError: none can be trained; see `train`.
    """
    runs: list[Run] = []
    folder: RunPlace | None = None
    failed: list[tuple[str, DesignerError]] = []
    for number, plan in enumerate(plans, 1):
        title = tr(plan.recipe.title)
        progress.report(WayNews(number, len(plans), title, plan.options.all_epochs))
        begun = replace(
            contents,
            network=plan.network,
            training_options=plan.options,
            runs=(*contents.runs, *(run for run in runs if run.history)),
        )
        try:
            kept = begin_run(begun, project, data, progress, name=title, instead=folder)
        except DesignerError as error:
            failed.append((title, error))
            progress.report(StepNews(_told(title, error)))
            continue
        folder = kept.folder
        runs.append(replace(kept.run, number=len(begun.runs) + 1))
        if kept.run.stopped_because == "stopped":
            break
    if not runs:
        raise failed[-1][1]
    remarks = (*runs[-1].remarks, *(_told(*each) for each in failed))
    return KeptRuns((*runs[:-1], replace(runs[-1], remarks=remarks)), folder)


def _told(title: str, error: DesignerError) -> str:
    return tr("'{way}' could not be trained: {reason}", way=title, reason=str(error))
