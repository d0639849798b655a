"""A report to look at: matrix and pictures, scores of the classes, counts as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from designer.gui.evaluation.gallery import MOST, GalleryModel, gallery_of
from designer.gui.evaluation.label_table import LabelTable
from designer.gui.evaluation.label_texts import labelled_of, labelled_text
from designer.gui.evaluation.matrix import Matrix
from designer.gui.evaluation.predictions import PredictionPanel
from designer.gui.evaluation.scores import cell_text, pictures_of
from designer.gui.evaluation.tables import CountsModel, ScoresModel, counts_table, scores_table
from designer.gui.evaluation.thumbnails import Thumbnails
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.session.label_report import LabelReport
from designer.session.results import Report

COUNTS = 2
"""Number of the tab with the counts of the matrix."""


class ReportView(QTabWidget):
    """Tabs of one report; predictions of single pictures need none."""

    def __init__(self, look: Look, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._report: Report | LabelReport | None = None
        self._thumbnails = thumbnails
        self.matrix = Matrix(look)
        self.labels = LabelTable()
        self.scores = ScoresModel()
        self.counts = CountsModel()
        self.gallery = GalleryModel(look, thumbnails)
        self.predictions = PredictionPanel(look, thumbnails)
        self.scores_table = scores_table(self.scores)
        self.counts_table = counts_table(self.counts)
        self.caption = QLabel()
        self.caption.setProperty("strong", True)
        self.caption.setWordWrap(True)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.all_wrong = QPushButton(tr("All wrong ones"))
        self.all_wrong.setProperty("flat", True)
        self.all_wrong.clicked.connect(self._choose_none)
        self._gallery_stack = QStackedWidget()
        self._pages = [QStackedWidget() for _ in range(3)]
        splitter = QSplitter(Qt.Orientation.Horizontal)
        self._overview = QStackedWidget()
        self._overview.addWidget(self.matrix)
        self._overview.addWidget(self.labels)
        splitter.addWidget(self._overview)
        splitter.addWidget(self._pictures())
        splitter.setSizes([560, 400])
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        titles = (tr("Confusion matrix"), tr("Classes"), tr("Counts"))
        widgets = (splitter, self.scores_table, self.counts_table)
        for page, title, widget in zip(self._pages, titles, widgets, strict=True):
            page.addWidget(_nothing(tr("What the network gets right and wrong is shown here.")))
            page.addWidget(widget)
            self.addTab(page, title)
        self.addTab(self.predictions, tr("Single pictures"))
        self.matrix.chosen.connect(self._show_cell)
        self.labels.chosen.connect(self._show_cell)
        self.show_report(None)

    def show_report(self, report: Report | LabelReport | None) -> None:
        """Show `report`, or that there is none."""
        self._report = report
        one, several = (None, report) if isinstance(report, LabelReport) else (report, None)
        self.scores.show_report(report)
        self.counts.show_report(one)
        self.matrix.show_report(one)
        self.labels.show_report(several)
        self._overview.setCurrentIndex(0 if several is None else 1)
        self.setTabText(0, tr("Confusion matrix") if several is None else tr("Labels"))
        # It says the same as the table of labels.
        self.setTabVisible(COUNTS, several is None)
        for page in self._pages:
            page.setCurrentIndex(0 if report is None else 1)
        self._show_cell(None)

    def want(self) -> None:
        """Ask for small versions of pictures that are still missing, for the tab that is seen."""
        if self.currentWidget() is self.predictions:
            self.predictions.want()
        else:
            self.gallery.want()

    def _pictures(self) -> QWidget:
        box = QWidget()
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        top = QHBoxLayout()
        top.addWidget(self.caption, 1)
        top.addWidget(self.all_wrong, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, SPACE, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(top)
        self._gallery_stack.addWidget(gallery_of(self.gallery))
        self._gallery_stack.addWidget(_nothing(tr("No pictures here")))
        column.addWidget(self._gallery_stack, 1)
        return box

    @Slot()
    def _choose_none(self) -> None:
        self.matrix.choose(None)
        self.labels.choose(None)

    @Slot(object)
    def _show_cell(self, cell: Any) -> None:
        report = self._report
        if report is None:
            self.caption.clear()
            self.gallery.show_pictures(())
            return
        if isinstance(report, LabelReport):
            pictures, text = labelled_of(report, cell), labelled_text(report, cell)
        else:
            pictures, text = pictures_of(report, cell), cell_text(report, cell)
        if len(pictures) > MOST:
            text += " " + tr("({count} are shown)", count=MOST)
        self.caption.setText(text)
        self.all_wrong.setVisible(cell is not None)
        self.gallery.show_pictures(pictures)
        self._gallery_stack.setCurrentIndex(0 if pictures else 1)


def _nothing(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
