"""Commands that try before they train: a dry run, and the search for a learning rate."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from designer.cli.opened import opened, options_given
from designer.cli.result import Result, number, percent, table
from designer.messages import bytes_text, duration_text, tr
from designer.progress import Progress
from designer.session.options import TrainingOptions
from designer.session.results import Trial

MEMORY = {"measured": "measured", "rise": "measured", "estimated": "estimated"}
"""How the memory of a trial was found, in English."""


def dry_run(given: Namespace, progress: Progress) -> Result:
    """`netgraft train --dry-run`: what training would take; exit status 1 where it cannot start."""
    project = opened(Path(given.file), progress)
    found = project.try_training(
        given.data, given.val, progress=progress, **options_given(given, TrainingOptions)
    )
    return Result(asdict(found), (*_lines(found), *found.remarks), 1 if found.problems else 0)


def find_rate(given: Namespace, progress: Progress) -> Result:
    """`netgraft find-rate`: the losses at rising learning rates, and a rate to train with."""
    project = opened(Path(given.file), progress)
    curve = project.find_rate(
        given.data, given.val, progress=progress, **options_given(given, TrainingOptions)
    )
    document: dict[str, Any] = asdict(curve)
    rows = [(f"{r:.2g}", number(loss)) for r, loss in zip(curve.rates, curve.losses, strict=True)]
    if curve.suggestion is None:
        told = tr("No rate is suggested: the loss falls nowhere. Check the pictures and the frozen layers.")
    else:
        told = tr("Suggested learning rate: {rate}", rate=f"{curve.suggestion:g}")
    return Result(document, (table((tr("learning rate"), tr("loss")), rows, right=(0, 1)), "", told))


def _lines(found: Trial) -> list[str]:
    lines = [
        " ".join(part for part in (problem.what, problem.why, problem.remedy) if part)
        for problem in found.problems
    ]
    if lines:
        return lines
    lines = [
        tr("Device: {device}. {reason}", device=found.device, reason=found.reason),
        tr(
            "Memory: {size}, {how}; {free} are free",
            size=bytes_text(found.memory),
            how=tr(MEMORY[found.memory_found]),
            free=bytes_text(found.free),
        ),
        tr("An epoch: {time}", time=duration_text(found.epoch_seconds)),
        tr("In all: about {time}", time=duration_text(found.seconds)),
        tr("Waiting for pictures: {share}", share=percent(found.waiting)),
    ]
    if found.features_seconds:
        text = tr("Features, once: {time}", time=duration_text(found.features_seconds))
        lines.insert(2, text)
    if found.batch_size is not None:
        text = tr("Better batch size: {size}. {why}", size=found.batch_size, why=found.batch_reason)
        lines.append(text)
    return lines
