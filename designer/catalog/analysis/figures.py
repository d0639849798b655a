"""The figures of a network as lines of a report: what it is called, how it is written, what it means."""

from __future__ import annotations

from dataclasses import dataclass

from designer.catalog.analysis.analysing import Analysis
from designer.messages import bytes_text, count_text, shape_text, short_time_text, tr


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `title`, `text` as it is shown, and in `help` what just it counts."""

    title: str
    text: str
    help: str = ""


def _all(count: int) -> str:
    return f"{count:,}"


def about(analysis: Analysis) -> str:
    """Where the network comes from and what it tells apart, in a line; '' when there is nothing to say."""
    parts = []
    if analysis.origin:
        parts.append(tr("began as {model}", model=analysis.origin))
    if analysis.classes:
        parts.append(tr("{count} classes", count=analysis.classes))
    if not analysis.summary.complete:
        parts.append(tr("shapes of some layers are not known: figures are the least that it will be"))
    return ", ".join(parts)


def figures(analysis: Analysis) -> tuple[Figure, ...]:
    """All figures of an analysis, in the order of reports."""
    found = analysis.summary
    shapes = " + ".join(shape_text(shape) for shape in found.inputs) or "?"
    outputs = " + ".join(shape_text(shape) for shape in (*found.outputs, *found.auxiliary_outputs)) or "?"
    rows = [
        Figure(tr("Layers"), str(found.layers), tr("With {count} connections.", count=found.connections)),
        Figure(
            tr("Depth"),
            str(found.depth),
            tr("Most convolutions, linear layers and attentions on one way from input to output."),
        ),
        Figure(tr("Input"), shapes, tr("Shape without the batch.")),
        Figure(tr("Output"), outputs, tr("Shape without the batch; auxiliary outputs last.")),
        Figure(
            tr("Parameters"),
            count_text(found.parameters),
            tr("{n} learnable values.", n=_all(found.parameters)),
        ),
        Figure(
            tr("Trainable"),
            count_text(found.trainable),
            tr("{n} change in training.", n=_all(found.trainable)),
        ),
        Figure(tr("Frozen"), count_text(found.frozen), tr("{n} stay as they are.", n=_all(found.frozen))),
        Figure(
            tr("Multiply-adds"),
            count_text(found.macs),
            tr("{n}, with accumulation, for one picture.", n=_all(found.macs)),
        ),
        Figure(tr("Parameters in memory"), bytes_text(found.parameter_bytes), tr("As 32-bit numbers.")),
        Figure(
            tr("Values of one picture"),
            bytes_text(found.activation_bytes),
            tr("All that layers make, as if nothing were freed."),
        ),
        Figure(
            tr("Most at once"),
            bytes_text(found.peak_activation_bytes),
            tr("Values of one picture that are needed at the same time, when each is freed after use."),
        ),
        Figure(
            tr("Training, {count} pictures", count=found.batch_size),
            bytes_text(found.training_bytes),
            tr("Parameters, gradients, the optimizer's state, and the values that gradients need."),
        ),
    ]
    if analysis.measured is not None and analysis.seconds is not None:
        where = tr(
            "Of all layers together, for a batch of {count} on {device}; median of several runs.",
            count=analysis.measured.batch_size,
            device=analysis.measured.device or "?",
        )
        rows.append(Figure(tr("Measured time"), short_time_text(analysis.seconds), where))
    return tuple(rows)
