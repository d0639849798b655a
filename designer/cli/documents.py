"""Analyses and comparisons as JSON documents, and as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

from designer.cli.result import table
from designer.messages import bytes_text, count_text, shape_text, short_time_text, tr
from designer.network.comparison import (
    Comparison,
    LayerDelta,
    WeightDelta,
    purpose_text,
    signed,
    totals_text,
)

if TYPE_CHECKING:
    from designer.catalog.analysis import Analysis, LayerRow
    from designer.session.results import Problem

SIGNS = {"added": "+", "removed": "-", "changed": "~", "reshaped": "."}


def problems_document(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """What is wrong with a network, as JSON values."""
    return [{"severity": p.severity, "layer": p.layer, "message": p.message} for p in problems]


def problem_lines(problems: Iterable[Problem]) -> tuple[str, ...]:
    """What is wrong with a network, a line each."""
    return tuple(f"{p.severity}: {p.message}" for p in problems)


def analysis_document(analysis: Analysis) -> dict[str, Any]:
    """An analysis as JSON values."""
    measured = analysis.measured
    return {
        "network": analysis.name,
        "origin": analysis.origin,
        "layers": [_row_document(row) for row in analysis.rows],
        "problems": problems_document(analysis.problems),
        "summary": asdict(analysis.summary),
        "seconds": analysis.seconds,
        "measured": None
        if measured is None
        else {"device": measured.device, "batch_size": measured.batch_size},
    }


def _row_document(row: LayerRow) -> dict[str, Any]:
    return {
        "id": row.layer_id,
        "name": row.name,
        "kind": row.key,
        "group": row.group,
        "inputs": list(row.inputs),
        "input_shapes": [None if shape is None else list(shape) for shape in row.input_shapes],
        "output_shapes": [list(shape) for shape in row.output_shapes],
        "parameters": row.parameters,
        "trainable_parameters": row.trainable,
        "macs": row.macs,
        "activation_bytes": row.activation_bytes,
        "seconds": row.seconds,
        "frozen": row.frozen,
    }


def analysis_parts(analysis: Analysis) -> tuple[str | Table, ...]:
    """An analysis as a table of layers and a list of figures."""
    from designer.catalog.analysis import figures

    timed = analysis.measured is not None
    columns = [
        tr("layer"),
        tr("kind"),
        tr("inputs"),
        tr("output"),
        tr("parameters"),
        tr("multiplications"),
        tr("memory"),
        *([tr("time")] if timed else []),
        "",
    ]
    rows = [
        (
            row.name,
            row.key,
            ", ".join("?" if shape is None else shape_text(shape) for shape in row.input_shapes),
            ", ".join(map(shape_text, row.output_shapes)) or "?",
            count_text(row.parameters) if row.parameters else "",
            count_text(row.macs) if row.macs else "",
            bytes_text(row.activation_bytes) if row.activation_bytes else "",
            *(["" if row.seconds is None else short_time_text(row.seconds)] if timed else []),
            tr("frozen") if row.frozen else "",
        )
        for row in analysis.rows
    ]
    lines = [(one.title, one.text) for one in figures(analysis)]
    numbers = range(4, len(columns) - 1)
    return (
        table(columns, rows, right=numbers),
        "",
        table(("", ""), lines, right=(1,)),
        *problem_lines(analysis.problems),
    )


def comparison_document(
    comparison: Comparison, weights: Mapping[str, WeightDelta] | None = None
) -> dict[str, Any]:
    """A comparison as JSON values."""
    document: dict[str, Any] = {
        "before": comparison.before.name,
        "after": comparison.after.name,
        "equal": comparison.equal and all(delta.equal for delta in (weights or {}).values()),
        "added": [_delta_document(delta) for delta in comparison.added],
        "removed": [_delta_document(delta) for delta in comparison.removed],
        "changed": [_delta_document(delta) for delta in comparison.changed],
        "reshaped": [_delta_document(delta) for delta in comparison.of_state("reshaped")],
        "network": [
            {"what": d.name or d.what, "before": d.before, "after": d.after} for d in comparison.purpose
        ],
        "parameter_delta": comparison.parameter_delta,
        "totals": {"before": asdict(comparison.totals_before), "after": asdict(comparison.totals_after)},
    }
    if weights is not None:
        names = {layer.id: layer.name for layer in comparison.after}
        document["weights"] = [
            {"id": i, "name": names[i], "equal": d.equal, "relative": d.relative, "why": d.why}
            for i, d in weights.items()
        ]
    return document


def _delta_document(delta: LayerDelta) -> dict[str, Any]:
    shapes = [None if s is None else list(s) for s in (delta.shape_before, delta.shape_after)]
    document: dict[str, Any] = {
        "id": delta.layer.id,
        "name": delta.layer.name,
        "kind": delta.layer.kind,
        "group": delta.layer.group,
        "parameter_delta": delta.parameter_delta,
        "shape_before": shapes[0],
        "shape_after": shapes[1],
    }
    if delta.before is not None and delta.after is not None:
        document["before_id"], document["before_name"] = delta.before.id, delta.before.name
        document["differences"] = [
            {"what": d.what, "name": d.name, "before": d.before, "after": d.after} for d in delta.differences
        ]
    return document


def comparison_parts(
    comparison: Comparison, weights: Mapping[str, WeightDelta] | None = None
) -> tuple[str | Table, ...]:
    """A comparison as a table of what differs, and what it comes to."""
    different = {i for i, delta in (weights or {}).items() if not delta.equal}
    shown = [
        delta
        for delta in comparison.deltas
        if delta.state != "same" or (delta.after is not None and delta.after.id in different)
    ]
    columns = [
        "",
        tr("layer"),
        tr("kind"),
        tr("what changed"),
        tr("output"),
        tr("parameters"),
        *([tr("weights")] if weights is not None else []),
    ]
    rows = [
        (
            SIGNS.get(delta.state, ""),
            delta.layer.name,
            delta.layer.kind,
            delta.text,
            delta.shape_text or "?",
            signed(delta.parameter_delta),
            *([] if weights is None else [_weights_text(delta, weights)]),
        )
        for delta in shown
    ]
    parts: list[str | Table] = [table(columns, rows, right=(5,)), ""] if rows else []
    parts += [purpose_text(difference) for difference in comparison.purpose]
    parts.append(totals_text(comparison))
    if weights is not None:
        parts.append(tr("Weights differ in {count} of {all} layers.", count=len(different), all=len(weights)))
    return tuple(parts)


def _weights_text(delta: LayerDelta, weights: Mapping[str, WeightDelta]) -> str:
    found = weights.get(delta.after.id) if delta.after is not None else None
    return found.text if found is not None else ""
