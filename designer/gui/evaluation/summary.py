"""The line above a report: the accuracy, how sure it is, and how far a job is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from designer.gui.evaluation.label_texts import report_texts
from designer.gui.evaluation.scores import accuracy_text
from designer.gui.look.progress_bar import ProgressBar
from designer.gui.look.tokens import SPACE
from designer.messages import tr
from designer.progress import StepNews
from designer.session.label_report import LabelReport
from designer.session.results import Report

FINE = 1000
"""Steps of the progress bar."""


class Summary(QFrame):
    """Shows what a report comes to, why there is none, or a job that goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self._large = QLabel()
        self._large.setProperty("heading", True)
        self._large.setAccessibleName(tr("Accuracy"))
        self._line = QLabel()
        self._line.setWordWrap(True)
        self._below = QLabel()
        self._below.setProperty("small", True)
        self._below.setWordWrap(True)
        for label in (self._line, self._below):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = ProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of evaluation"))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._line)
        texts.addWidget(self._below)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self._large)
        row.addLayout(texts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE + SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        column.addLayout(row)
        column.addWidget(self._bar)
        self.show_report(None)
        self.show_progress(None, running=False)

    @property
    def text(self) -> str:
        """All that is shown, in one line."""
        return " ".join(label.text() for label in (self._large, self._line, self._below) if label.text())

    def show_report(self, report: Report | LabelReport | None, source: str = "", why_none: str = "") -> None:
        """Show `report`, made on `source`; or why there is none."""
        large, line, below = "", why_none or tr("Not evaluated yet."), ""
        if report is not None:
            several = isinstance(report, LabelReport)
            large, line = report_texts(report) if isinstance(report, LabelReport) else accuracy_text(report)
            self._large.setAccessibleName(tr("Macro F1") if several else tr("Accuracy"))
            below = tr("Evaluated on {source}.", source=source) if source else ""
            if report.unreadable:
                count = len(report.unreadable)
                one = tr("One file could not be read.")
                below += " " + (one if count == 1 else tr("{count} files could not be read.", count=count))
        self._large.setText(large)
        self._large.setVisible(bool(large))
        self._line.setText(line)
        self._below.setText(below.strip())
        self._below.setVisible(bool(below))
        self._below.setToolTip("\n".join(report.unreadable[:20]) if report is not None else "")

    def show_progress(self, news: StepNews | None, *, running: bool) -> None:
        """Show how far a job is; `news` None while it has said nothing."""
        self._bar.setVisible(running)
        done = news.done if news is not None else None
        self._bar.setRange(0, FINE if done is not None else 0)
        if done is not None:
            self._bar.setValue(round(FINE * done))
        self._bar.setToolTip(news.text if news is not None else "")
