"""The same network trained in several ways, to be compared: what each way is, within one budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designer.catalog.recipes.planning import RecipePlan, plan, recipe
from designer.network.network import Network
from designer.session.options import TrainingOptions
from designer.session.results import Facts
from designer.session.stages import Stage

WAYS = ("from_scratch", "feature_extraction", "fine_tuning")
"""Recipes that are compared: without what was learned before, with it frozen, and with it learning on."""
RISING = 0.2
"""Share of the epochs that a warm-up may take at most."""


def plans_of(
    keys: Sequence[str],
    network: Network,
    facts: Facts | None,
    options: TrainingOptions,
    classes: Sequence[str],
    epochs: int,
) -> tuple[RecipePlan, ...]:
    """What is to be trained: each way with as many epochs; batches, seed and device are those of the options.

    Args:
        keys: of the recipes.
        network: as it is.
        facts: its shapes.
        options: as they are.
        classes: names of those to be told apart.
        epochs: of each run, all its stages together.

    Raises:
        TrainingError: there is no such recipe.
        EditError: one does not fit the network.
    """
    made = [plan(recipe(key), network, facts, options, classes) for key in keys]
    return tuple(replace(one, options=within(one.options, epochs)) for one in made)


def within(options: TrainingOptions, epochs: int) -> TrainingOptions:
    """The options with so many epochs in all; stages keep their shares, each at least one epoch."""
    warmup = min(options.warmup_epochs, RISING * epochs)
    if not options.stages:
        return replace(options, epochs=epochs, warmup_epochs=warmup)
    return replace(options, epochs=epochs, warmup_epochs=warmup, stages=_shared(options.stages, epochs))


def _shared(stages: Sequence[Stage], epochs: int) -> tuple[Stage, ...]:
    """Stages whose epochs add up to `epochs`; the first ones are left out where there are too few."""
    kept = list(stages[-epochs:])
    total, left, found = sum(stage.epochs for stage in kept), epochs, []
    for number, stage in enumerate(kept, 1):
        last = number == len(kept)
        after = len(kept) - number
        count = left if last else min(max(round(epochs * stage.epochs / total), 1), left - after)
        found.append(replace(stage, epochs=count))
        left -= count
    return tuple(found)
