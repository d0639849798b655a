"""What commands tell where pictures have several labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.catalog.measures import measure
from designer.cli.result import Result, number, percent, table
from designer.messages import tr
from designer.session.label_report import LabelReport, LabelScore
from designer.session.results import Prediction


def measure_text(multilabel: bool) -> str:
    """The measure of training's epochs, within a sentence."""
    return tr("macro F1") if multilabel else tr("accuracy")


def labels_result(report: LabelReport) -> Result:
    """What evaluation found: means, then scores and counts of each class."""
    document = {
        measure(True).key: report.macro_f1,
        "mean_average_precision": report.mean_average_precision,
        "decisions_right": report.decisions,
        "pictures_right": report.exact,
        "classes": list(report.classes),
        "per_class": [_score_document(score) for score in report.per_class],
        "pictures": len(report.pictures),
        "unreadable": list(report.unreadable),
    }
    columns = (
        *(tr("class"), tr("precision"), tr("recall"), tr("F1"), tr("average precision")),
        *(tr("found"), tr("missed"), tr("wrongly said"), tr("rightly not said")),
    )
    rows = [
        (
            *(s.name, number(s.precision), number(s.recall), number(s.f1), _share(s.average_precision)),
            *(s.found, s.missed, s.wrong, s.absent),
        )
        for s in report.per_class
    ]
    head = tr(
        "Macro F1 {f1}, mean average precision {map} on {count} pictures",
        f1=percent(report.macro_f1),
        map="-" if report.mean_average_precision is None else percent(report.mean_average_precision),
        count=len(report.pictures),
    )
    line = tr(
        "{decisions} of all labels decided right at 0.5; all labels right on {exact} of the pictures",
        decisions=percent(report.decisions),
        exact=percent(report.exact),
    )
    parts: list[Any] = [head, line, "", table(columns, rows, right=range(1, len(columns)))]
    if report.unreadable:
        parts += ["", tr("{count} files were left out.", count=len(report.unreadable))]
    return Result(document, tuple(parts))


def predicted_labels(found: Sequence[Prediction]) -> Result:
    """What pictures show: labels over 0.5 are answers."""
    document = [
        {
            "image": str(one.image),
            "answers": list(one.answers),
            "top": [{"class": name, "probability": p} for name, p in one.top],
        }
        for one in found
    ]
    rows = [
        (one.image if place == 0 else "", name, percent(p), tr("yes") if name in one.answers else "")
        for one in found
        for place, (name, p) in enumerate(one.top)
    ]
    columns = (tr("picture"), tr("class"), tr("probability"), tr("answer"))
    return Result(document, (table(columns, rows, right=(2,)),))


def _score_document(score: LabelScore) -> dict[str, Any]:
    names = ("name", "precision", "recall", "f1", "average_precision", "count")
    return {name: getattr(score, name) for name in (*names, "found", "missed", "wrong", "absent")}


def _share(value: float | None) -> str:
    return "-" if value is None else number(value)
