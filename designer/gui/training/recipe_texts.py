"""What a recipe would change, as lines for the question before it is applied. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.catalog.recipes import RecipePlan
from designer.gui.training.fields import FIELDS, Field
from designer.messages import tr
from designer.session.stages import Stage


def option_rows(plan: RecipePlan) -> tuple[tuple[str, str, str], ...]:
    """Options that have an effect afterwards and differ: label, value before, value after."""
    by_name = {field.name: field for field in FIELDS}
    rows = []
    for name, before, after in plan.option_changes:
        if name == "stages":
            rows.append((tr("Stages"), stages_text(before), stages_text(after)))
        elif name in by_name and by_name[name].shown(plan.options):
            field = by_name[name]
            rows.append((tr(field.label), value_text(field, before), value_text(field, after)))
    return tuple(rows)


def value_text(field: Field, value: Any) -> str:
    """A value as its editor shows it."""
    if field.editor == "switch":
        return tr("on") if value else tr("off")
    if field.editor == "choice":
        return tr(dict(field.choices).get(value, str(value)))
    if field.none and value == 0:
        return tr(field.none)
    return f"{value:.6g}"


def stages_text(stages: Sequence[Stage]) -> str:
    """Stages with their epochs and rates, in a line each; none in a word."""
    if not stages:
        return tr("None")
    return "\n".join(
        tr(
            "{name}: {epochs} at {rate}",
            name=stage.name,
            epochs=epochs_text(stage.epochs),
            rate=f"{stage.learning_rate:g}",
        )
        for stage in stages
    )


def epochs_text(count: int) -> str:
    """A number of epochs in words."""
    return tr("1 epoch") if count == 1 else tr("{count} epochs", count=count)
