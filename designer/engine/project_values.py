"""What a project file says besides its network, as JSON values: the session and each run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from designer.errors import DesignerError, ProjectError
from designer.messages import tr
from designer.network.reading import number, text, truth, whole
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import EpochRow, Run

FORMAT = 1
"""Counts up when an older program could not read what a newer one wrote."""

_RUN_VALUES: dict[str, Callable[[Any], Any]] = {
    "number": whole,
    "best_epoch": whole,
    "stopped_because": text,
    "device": text,
    "seconds": number,
    "images_per_second": number,
}
"""How each value of a run is read."""


def session_to_json(values: dict[str, Any], home: Path) -> dict[str, Any]:
    """The session's `values` as JSON; folders below `home` are written relative to it."""
    return {
        **values,
        "format": FORMAT,
        "data_folder": _portable(values["data_folder"], home),
        "validation_folder": _portable(values["validation_folder"], home),
        "training_options": values["training_options"].to_json(),
        "export_options": values["export_options"].to_json(),
    }


def session_from_json(value: dict[str, Any], home: Path) -> dict[str, Any]:
    """The values that `session_to_json` wrote.

    Raises:
        ProjectError: the format is newer.
        KeyError, TypeError, ValueError: the values are not those of a session.
    """
    if whole(value["format"]) > FORMAT:
        raise ProjectError(
            tr("This project was made by a newer version of Netgraft."),
            tr("Its format is {its}; this version reads up to {ours}.", its=value["format"], ours=FORMAT),
            tr("Update Netgraft and open it again."),
        )
    training = TrainingOptions.from_json(value["training_options"])
    try:
        training.check()
    except DesignerError as error:
        raise ValueError(str(error)) from error
    if not isinstance(value["view"], dict):
        raise TypeError("the view is not a table")
    return {
        "data_folder": _folder(value["data_folder"], home),
        "validation_folder": _folder(value["validation_folder"], home),
        "validation_share": number(value["validation_share"], least=0, most=1),
        "split_seed": whole(value["split_seed"]),
        "training_options": training,
        "export_options": ExportOptions.from_json(value["export_options"]),
        "view": value["view"],
    }


def run_to_json(run: Run) -> dict[str, Any]:
    """A run but for its weights, as JSON values."""
    return {
        **{name: getattr(run, name) for name in _RUN_VALUES},
        "options": run.options.to_json(),
        "history": history_to_json(run.history),
        "classes": list(run.classes),
        "remarks": list(run.remarks),
        "name": run.name,
        "validated": run.validated,
        **({"multilabel": True} if run.multilabel else {}),
    }


def run_from_json(value: dict[str, Any], weights: object) -> Run:
    """The run that `run_to_json` wrote. Raises KeyError, TypeError or ValueError."""
    return Run(
        **{name: read(value[name]) for name, read in _RUN_VALUES.items()},
        options=TrainingOptions.from_json(value["options"]),
        history=history_from_json(value["history"]),
        classes=tuple(text(name) for name in value["classes"]),
        weights=weights,
        remarks=tuple(text(remark) for remark in value.get("remarks", ())),
        name=text(value.get("name", "")),
        validated=whole(value.get("validated", 0)),
        multilabel=truth(value.get("multilabel", False)),
    )


def history_to_json(history: Iterable[EpochRow]) -> list[dict[str, Any]]:
    """The rows of a history as JSON values."""
    return [_finite(asdict(row)) for row in history]


def history_from_json(values: Any) -> tuple[EpochRow, ...]:
    """The rows that `history_to_json` wrote. Raises KeyError, TypeError or ValueError."""
    return tuple(_row(row) for row in values)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN: None stands for it."""
    return {name: value if math.isfinite(value) else None for name, value in row.items()}


def _row(values: dict[str, Any]) -> EpochRow:
    read = {name: math.nan if value is None else number(value) for name, value in values.items()}
    counted = {"epoch": whole(values["epoch"]), "stage": whole(values.get("stage", 0))}
    return EpochRow(**{**read, **counted})  # type: ignore[arg-type]


def _portable(folder: Path | None, home: Path) -> str | None:
    """`folder` relative to the project where it lies below it, so that both can be moved together."""
    if folder is None:
        return None
    folder = folder.absolute()
    return folder.relative_to(home).as_posix() if folder.is_relative_to(home) else str(folder)


def _folder(folder: str | None, home: Path) -> Path | None:
    return None if folder is None else home / text(folder)
