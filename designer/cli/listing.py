"""Commands that list things: the pretrained models, and what is on this computer."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict, replace
from typing import Any

from designer.catalog.models import MODELS, weights_here
from designer.catalog.recipes import RECIPES
from designer.cli.result import Result, table
from designer.errors import ScreenError
from designer.messages import bytes_text, count_text, tr
from designer.progress import Progress
from designer.screen import check_screen


def models(given: Namespace, progress: Progress) -> Result:
    """`netgraft models`: the pretrained models. Loads no torch."""
    document: list[dict[str, Any]] = [
        {
            "id": row.id,
            "family": row.family,
            "parameters": row.parameters,
            "input_size": row.input_size,
            "top1": row.top1,
            "file_mb": row.file_mb,
            "source": row.source,
            "licence": row.licence,
            "weights_here": weights_here(row),
        }
        for row in MODELS.values()
    ]
    columns = (
        tr("model"),
        tr("parameters"),
        tr("input"),
        tr("top-1"),
        tr("file"),
        tr("here"),
        tr("licence"),
    )
    rows = [
        (
            row["id"],
            count_text(row["parameters"]),
            row["input_size"],
            "-" if row["top1"] is None else f"{row['top1']:.1f} %",
            f"{row['file_mb']:.0f} MB",
            tr("yes") if row["weights_here"] else "",
            row["licence"],
        )
        for row in document
    ]
    return Result(document, (table(columns, rows, right=(1, 2, 3, 4)),))


def recipes(given: Namespace, progress: Progress) -> Result:
    """`netgraft recipes`: the named ways of training. Loads no torch."""
    document = [{"recipe": row.key, "title": row.title, "text": row.text} for row in RECIPES.values()]
    rows = [(row.key, f"{tr(row.title)}. {tr(row.text)}") for row in RECIPES.values()]
    return Result(document, (table((tr("recipe"), tr("what it does")), rows),))


def doctor(given: Namespace, progress: Progress) -> Result:
    """`netgraft doctor`: versions, devices, memory, cache, and what is missing."""
    from designer.engine.doctor import Finding, diagnose

    found = diagnose(progress)
    try:
        check_screen()
        problems = found.problems
    except ScreenError as error:
        problems = (*found.problems, Finding("warning", f"{error.what} {error.why}", error.remedy))
    devices = [
        (device.device, device.title, tr("chosen") if device.chosen else "", device.reason)
        for device in found.devices
    ]
    cache = tr(
        "Cache: {folder}, {size} in {count} files; {free} free on its disk.",
        folder=found.cache.folder,
        size=bytes_text(found.cache.bytes),
        count=found.cache.files,
        free=bytes_text(found.cache.free),
    )
    memory = tr("Memory: {free} free; {cores} cores.", free=bytes_text(found.memory), cores=found.cores)
    told = [f"{p.severity}: {p.message}\n    {p.remedy}" for p in problems]
    parts = (
        table((tr("package"), tr("version")), found.versions.items()),
        "",
        table((tr("device"), tr("name"), "", tr("reason")), devices),
        "",
        memory,
        cache,
        "",
        "\n".join(told) or tr("No problems found."),
    )
    document = asdict(replace(found, problems=problems))
    document["cache"]["folder"] = str(found.cache.folder)
    return Result(document, parts)
