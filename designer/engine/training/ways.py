"""Training a network in several ways, one after the other, on the same pictures with the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designer.catalog.recipes import RecipePlan
from designer.engine.training.together import train_here
from designer.engine.weights import Weights
from designer.messages import tr
from designer.progress import Progress, WayNews
from designer.session.data import ImageData
from designer.session.results import Run


def train_ways(
    plans: Sequence[RecipePlan], weights: Weights, data: ImageData, progress: Progress
) -> tuple[Run, ...]:
    """Train as each plan says, from the same weights.

    Args:
        plans: the ways.
        weights: where each begins, unless it begins from scratch.
        data: the pictures with their split.
        progress: hears `WayNews` before each, then all that `train` tells. Cancelling ends the run that
            goes on; those before it, and what it has reached, are kept.

    Returns:
        One run for each way that was begun, named after its recipe.

    Raises:
        DesignerError: one cannot be trained; see `train`.
    """
    runs: list[Run] = []
    for number, plan in enumerate(plans, 1):
        title = tr(plan.recipe.title)
        progress.report(WayNews(number, len(plans), title, plan.options.all_epochs))
        run = train_here(plan.network, weights, data, plan.options, progress)
        runs.append(replace(run, name=title))
        if run.stopped_because == "stopped":
            break
    return tuple(runs)
