"""The learning rate of each step, and when there is no more progress: pure functions of the history."""

from __future__ import annotations

import math
from collections.abc import Sequence

from designer.catalog.schedules import plateau_factor, rate_factor
from designer.session.options import TrainingOptions
from designer.session.results import EpochRow


def base_rate(options: TrainingOptions, stage: int, history: Sequence[EpochRow], within: float) -> float:
    """The learning rate of a step, before the layers' factors.

    Args:
        options: how the run is trained.
        stage: number of the stage, from 0.
        history: epochs that are over, of all stages.
        within: share of the epoch that is done, 0 to 1.
    """
    part = options.parts[stage]
    over = of_stage(history, stage)
    factor = rate_factor(options, len(over) + within, part.epochs)
    return part.learning_rate * factor * plateau_factor(options, [monitored(row) for row in over])


def out_of_patience(options: TrainingOptions, stage: int, history: Sequence[EpochRow]) -> bool:
    """Whether `early_stopping` epochs of this stage have gone by without progress.

    Progress is a loss lower than the lowest so far by more than `minimum_change`.
    """
    if not options.early_stopping:
        return False
    best, waited = math.inf, 0
    for row in of_stage(history, stage):
        if monitored(row) < best - options.minimum_change:
            best, waited = monitored(row), 0
        else:
            waited += 1
    return waited >= options.early_stopping


def monitored(row: EpochRow) -> float:
    """The loss that tells progress: of validation; of training where there is none."""
    return row.train_loss if math.isnan(row.val_loss) else row.val_loss


def of_stage(history: Sequence[EpochRow], stage: int) -> list[EpochRow]:
    """The epochs of a stage."""
    return [row for row in history if row.stage == stage]
