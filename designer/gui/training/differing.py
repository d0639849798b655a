"""Which options differ between runs, and how they are written. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.gui.training.fields import FIELDS
from designer.gui.training.texts import NONE
from designer.messages import tr
from designer.session.options import TrainingOptions

_FIELDS = {field.name: field for field in FIELDS}


def differing(runs: Sequence[TrainingOptions]) -> tuple[str, ...]:
    """Names of the options that are not the same in all of `runs`, in the order of `TrainingOptions`.

    An option that has no effect in any of them is left out, as the momentum of optimizers without one.
    """
    values = [options.to_json() for options in runs]
    names = values[0] if values else {}
    return tuple(
        name
        for name in names
        if any(value[name] != values[0][name] for value in values)
        and any(_has_effect(name, options) for options in runs)
    )


def option_title(name: str) -> str:
    """What an option is called on screen."""
    field = _FIELDS.get(name)
    return tr(field.label) if field is not None else tr(name.replace("_", " ").capitalize())


def option_text(name: str, options: TrainingOptions) -> str:
    """The value of an option as on screen; a dash where it has no effect."""
    if not _has_effect(name, options):
        return NONE
    field, value = _FIELDS.get(name), options.to_json()[name]
    if name == "stages":
        return _stages_text(value)
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if field is not None and field.choices:
        return tr(dict(field.choices).get(value, str(value)))
    if field is not None and field.none and value == 0:
        return tr(field.none)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _has_effect(name: str, options: TrainingOptions) -> bool:
    return name not in _FIELDS or _FIELDS[name].shown(options)


def _stages_text(stages: Sequence[dict[str, Any]]) -> str:
    parts = [
        tr(
            "{name} {epochs} × {rate}",
            name=stage["name"],
            epochs=stage["epochs"],
            rate=f"{stage['learning_rate']:.3g}",
        ).strip()
        for stage in stages
    ]
    return ", ".join(parts) or NONE
