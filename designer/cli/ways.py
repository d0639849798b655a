"""The command that trains in several ways, to compare them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from designer.catalog.measures import measure
from designer.cli.labels import measure_text
from designer.cli.opened import opened, options_given
from designer.cli.result import INTERRUPTED, Result, percent, table
from designer.messages import duration_text, tr
from designer.progress import Progress
from designer.session.options import TrainingOptions
from designer.session.results import Run


def compare_ways(given: Namespace, progress: Progress) -> Result:
    """`netgraft compare-ways`: train from scratch, frozen and fine-tuned, and save the runs."""
    from designer.engine.project_file import check_saving

    project = opened(Path(given.file), progress)
    check_saving(given.output or Path(given.file), project.weights)
    options = options_given(given, TrainingOptions)
    epochs = options.pop("epochs", None)
    runs = project.compare_ways(
        given.data, given.val, ways=given.ways, epochs=epochs, progress=progress, **options
    )
    # Not with `progress`: after Ctrl+C saving must go on.
    path = project.save(given.output)
    document = {
        "project": str(path),
        "runs": [
            {
                "number": run.number,
                "name": run.name,
                measure(run.multilabel).key: None if run.best is None else run.best.val_accuracy,
                "interval": run.interval,
                "best_epoch": run.best_epoch,
                "epochs": len(run.history),
                "seconds": run.seconds,
                "stopped_because": run.stopped_because,
                "remarks": list(run.remarks),
                "history": [asdict(row) for row in run.history],
            }
            for run in runs
        ],
    }
    told = measure_text(any(run.multilabel for run in runs))
    columns = (tr("run"), tr("way"), told, tr("95 % between"), tr("best epoch"), tr("time"))
    rows = [_row(run) for run in runs]
    stopped = any(run.stopped_because == "stopped" for run in runs)
    remarks = dict.fromkeys(remark for run in runs for remark in run.remarks)
    saved = tr("Saved to {path}", path=path)
    parts: tuple[Any, ...] = (table(columns, rows, right=(0, 2, 3, 4, 5)), "", saved, *remarks)
    return Result(document, parts, INTERRUPTED if stopped else 0)


def _row(run: Run) -> tuple[object, ...]:
    accuracy = "-" if run.best is None else percent(run.best.val_accuracy)
    interval = "-" if run.interval is None else " - ".join(percent(bound) for bound in run.interval)
    return (run.number, run.name, accuracy, interval, run.best_epoch, duration_text(run.seconds))
