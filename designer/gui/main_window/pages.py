"""The table of steps, and pages that are made when they are first shown."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from designer.gui.context import Context
from designer.gui.look.icons import draw_ahead
from designer.gui.page import Page


@dataclass(frozen=True, slots=True)
class PageRow:
    """A step in the rail.

    Attributes:
        step: its name.
        title: in English, translated where it is shown.
        icon: name of its icon.
        module, kind: where the page's class lies. It is imported when the page is first shown, so that
            plots do not keep the first window waiting.
    """

    step: str
    title: str
    icon: str
    module: str
    kind: str


PAGES = (
    PageRow("start", "Start", "house", "designer.gui.opening.page", "StartPage"),
    PageRow("network", "Network", "workflow", "designer.gui.editing.page", "NetworkPage"),
    PageRow("data", "Data", "images", "designer.gui.data.page", "DataPage"),
    PageRow("training", "Training", "graduation-cap", "designer.gui.training.page", "TrainingPage"),
    PageRow("evaluation", "Evaluation", "target", "designer.gui.evaluation.page", "EvaluationPage"),
    PageRow("export", "Export", "package", "designer.gui.export.page", "ExportPage"),
)


def make_page(row: PageRow, context: Context) -> Page:
    """The page of a step."""
    made = getattr(importlib.import_module(row.module), row.kind)(context)
    assert isinstance(made, Page)
    return made


def load_pages() -> None:
    """Import, in any thread, what the pages are made of: the first look at each keeps nobody waiting."""
    for row in PAGES:
        importlib.import_module(row.module)
    importlib.import_module("designer.gui.training.curves.panel")
    draw_ahead()
