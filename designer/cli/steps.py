"""Commands that run a step: train, evaluate, predict, export."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.cli.labels import labels_result, measure_text, predicted_labels
from designer.cli.opened import opened, options_given
from designer.cli.result import INTERRUPTED, Result, number, percent, table
from designer.cli.trying import dry_run
from designer.errors import TrainingError
from designer.messages import bytes_text, duration_text, tr
from designer.progress import Progress
from designer.session.label_report import LabelReport
from designer.session.options import ExportOptions, TrainingOptions
from designer.session.results import ExportedFile, Report, Run

if TYPE_CHECKING:
    from designer.catalog.recipes import RecipePlan

_STATUS = {"stopped": INTERRUPTED, "failed": 1}
"""Of a run, by why it ended, where it is not 0."""


def train(given: Namespace, progress: Progress) -> Result:
    """`netgraft train`: train a project and save it. Ctrl+C keeps what was trained.

    Under torchrun it is one of several processes; the first one alone tells and saves.
    """
    from designer.engine.project_file import check_saving
    from designer.engine.training.team import Member, Muted

    member = Member.of_environment()
    if not member.chief:
        progress = Muted(progress)
    if given.dry_run:
        return dry_run(given, progress) if member.chief else Result(None, (), told=False)
    project = opened(Path(given.file), progress)
    if member.chief:
        check_saving(given.output or Path(given.file), project.weights)
    options = options_given(given, TrainingOptions)
    if given.data is not None or given.val is not None or given.recipe is not None:
        project.read(given.data, given.val, progress=progress)
    plan = None if given.recipe is None else project.recipe(given.recipe)
    if plan is not None:
        _check_stages(plan, options)
    if given.resume:
        run = project.resume(progress=progress, member=member, **options)
    else:
        run = project.train(progress=progress, member=member, **options)
    if not member.chief:
        return Result(None, (), INTERRUPTED if run.stopped_because == "stopped" else 0, told=False)
    # Not with `progress`: after Ctrl+C saving must go on.
    path = project.save(given.output)
    result = _trained(path, run)
    return result if plan is None else replace(result, parts=(*plan.changes, *result.parts))


def _check_stages(plan: RecipePlan, options: Mapping[str, Any]) -> None:
    """Raise TrainingError when epochs or a rate are given that the recipe's stages would pass over."""
    idle = [name for name in ("epochs", "learning_rate") if name in options]
    if idle and plan.options.stages and "stages" not in options:
        flag = "--" + idle[0].replace("_", "-")
        raise TrainingError(
            tr("{flag} has no effect with the recipe '{recipe}'.", flag=flag, recipe=plan.recipe.key),
            tr("It trains in {count} stages, each with its own.", count=len(plan.options.stages)),
            tr("Leave {flag} out, or give all stages with --stages.", flag=flag),
        )


def evaluate(given: Namespace, progress: Progress) -> Result:
    """`netgraft evaluate`: accuracy, confusion matrix, and scores of each class; or of several labels."""
    project = opened(given.file, progress)
    report = project.evaluate(given.data, device=given.device, progress=progress)
    if isinstance(report, LabelReport):
        return labels_result(report)
    document = {
        "accuracy": report.accuracy,
        "classes": list(report.classes),
        "confusion": [list(row) for row in report.confusion],
        "per_class": [asdict(score) for score in report.per_class],
        "pictures": len(report.truth),
        "unreadable": list(report.unreadable),
    }
    return Result(document, _report_parts(report))


def predict(given: Namespace, progress: Progress) -> Result:
    """`netgraft predict`: the most probable classes of pictures."""
    project = opened(given.file, progress)
    found = project.predict(given.images, top=given.top, device=given.device, progress=progress)
    if any(one.multilabel for one in found):
        return predicted_labels(found)
    document = [
        {"image": str(one.image), "top": [{"class": name, "probability": p} for name, p in one.top]}
        for one in found
    ]
    rows = [
        (one.image if place == 0 else "", name, percent(probability))
        for one in found
        for place, (name, probability) in enumerate(one.top)
    ]
    return Result(document, (table((tr("picture"), tr("class"), tr("probability")), rows, right=(2,)),))


def export(given: Namespace, progress: Progress) -> Result:
    """`netgraft export`: an ONNX file that agrees with torch."""
    project = opened(given.file, progress)
    exported = project.export(
        given.output, given.check, progress=progress, **options_given(given, ExportOptions)
    )
    document = {
        "path": str(exported.path),
        "opset": exported.opset,
        "ir_version": exported.ir_version,
        "exporter": exported.exporter,
        "bytes": exported.bytes,
        "parity": parity_document(exported),
    }
    text = tr(
        "{path}: {size}, opset {opset}",
        path=exported.path,
        size=bytes_text(exported.bytes),
        opset=exported.opset,
    )
    return Result(document, (text, parity_text(exported)))


def parity_document(exported: ExportedFile) -> dict[str, Any]:
    """How well a file agrees with torch, as JSON values."""
    return {**asdict(exported.parity), "batches": list(exported.parity.batches)}


def parity_text(exported: ExportedFile) -> str:
    """How well a file agrees with torch, in a sentence."""
    parity = exported.parity
    return tr(
        "Compared with torch on {what} at batch sizes {batches}: greatest difference {difference} "
        "(scores up to {scale}), the same first class on {agreement}.",
        what=tr("{count} pictures", count=parity.images) if parity.images else tr("noise"),
        batches=", ".join(map(str, parity.batches)),
        difference=f"{parity.max_abs_diff:.2g}",
        scale=number(parity.scale),
        agreement=percent(parity.top1_agreement),
    )


def _trained(path: Path, run: Run) -> Result:
    document = {
        "project": str(path),
        "device": run.device,
        "epochs": len(run.history),
        "seconds": run.seconds,
        "images_per_second": run.images_per_second,
        "history": [asdict(row) for row in run.history],
        "best_epoch": run.best_epoch,
        "stopped_because": run.stopped_because,
        "remarks": list(run.remarks),
        **({"multilabel": True} if run.multilabel else {}),
    }
    text = tr(
        "{epochs} epochs on {device} in {time}, {speed:.0f} pictures/s; saved to {path}",
        epochs=len(run.history),
        device=run.device,
        time=duration_text(run.seconds),
        speed=run.images_per_second,
        path=path,
    )
    parts = [text]
    best = next((row for row in run.history if row.epoch == run.best_epoch), None)
    if best is not None:
        parts.append(
            tr(
                "Best epoch: {epoch}, validation {measure} {right}, loss {loss}",
                epoch=best.epoch,
                measure=measure_text(run.multilabel),
                right=percent(best.val_accuracy),
                loss=number(best.val_loss),
            )
        )
    if run.stopped_because == "stopped":
        parts.append(tr("Stopped; what was trained so far is kept. Go on with --resume."))
    if run.stopped_because == "failed":
        parts.append(tr("Training broke off; its epochs until then are kept."))
    return Result(document, (*parts, *run.remarks), _STATUS.get(run.stopped_because, 0))


def _report_parts(report: Report) -> tuple[Any, ...]:
    scores = [
        (s.name, number(s.precision), number(s.recall), number(s.f1), s.count) for s in report.per_class
    ]
    columns = (tr("class"), tr("precision"), tr("recall"), tr("F1"), tr("pictures"))
    parts: list[Any] = [
        tr("Accuracy {right} on {count} pictures", right=percent(report.accuracy), count=len(report.truth)),
        "",
        table(columns, scores, right=(1, 2, 3, 4)),
    ]
    if len(report.classes) <= 25:
        rows = [(name, *row) for name, row in zip(report.classes, report.confusion, strict=True)]
        names = (tr("truth"), *report.classes)
        parts += ["", table(names, rows, right=range(1, len(names)))]
    if report.unreadable:
        parts += ["", tr("{count} files were left out.", count=len(report.unreadable))]
    return tuple(parts)
