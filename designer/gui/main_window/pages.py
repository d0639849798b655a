"""The table of steps, and pages that are made when they are first shown."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from designer.gui.context import Context
from designer.gui.look.icons import draw_ahead, tint_ahead
from designer.gui.page import Page

FRAME = 20
"""Milliseconds in which the window does all else, between two things that each take long."""
ICONS = 16
"""Icons that are tinted at a time: some 6 ms."""


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


class PagesAhead(QObject):
    """Makes the pages while nothing else is to be done, step by step: each by itself would come late.

    Signals:
        over: all pages are made.
    """

    over = Signal()

    def __init__(self, context: Context, page: Callable[[str], Page], parent: QObject) -> None:
        """`page(step)` is the window's page of a step, which takes it from here when it is not there yet."""
        super().__init__(parent)
        self._context = context
        self._page = page
        self._steps = [row.step for row in PAGES]
        self._made: dict[str, Page] = {}
        self._later: list[Page] = []
        """In the window, but not prepared yet."""
        self._tinting = tint_ahead(context.look.colours)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._go_on)

    @Slot()
    @Slot(object)
    def begin(self, _: object = None) -> None:
        """Begin; what has been shown already is passed over."""
        self._timer.start()

    def stop(self) -> None:
        """Make no more."""
        self._timer.stop()
        self._made.clear()

    def take(self, step: str) -> Page:
        """The page of a step, made by now or at once; the window has it from here on."""
        if step in self._steps:
            self._steps.remove(step)
        return self._made.pop(step, None) or make_page(_row(step), self._context)

    @Slot()
    def _go_on(self) -> None:
        if sum(1 for _ in islice(self._tinting, ICONS)):
            return
        if self._steps:
            step = self._steps[0]
            if step not in self._made:
                self._made[step] = make_page(_row(step), self._context)
            else:
                self._later.append(self._page(step))
        elif self._later:
            self._later.pop().prepare()
        else:
            self._timer.stop()
            self.over.emit()


def _row(step: str) -> PageRow:
    return next(row for row in PAGES if row.step == step)


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
