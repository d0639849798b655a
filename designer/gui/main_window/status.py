"""The status line: what runs and how far it is, the counts of the network, where it would be trained."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from designer.gui.look.progress_bar import ProgressBar
from designer.gui.look.tokens import SPACE
from designer.jobs.runner import Job, Runner
from designer.messages import duration_text, tr
from designer.progress import BatchNews, DeviceNews, StepNews
from designer.session.results import WayNews

SHOWN = ("engine",)
"""Lanes whose jobs are shown here; the others are quick and go on by themselves."""

PATIENCE = 400
"""Milliseconds after which shapes that are still being worked out are told of, as while torch loads."""


def progress_text(news: object) -> tuple[str, float | None]:
    """Words for a piece of news, and the share that is done, None while it is not known."""
    if isinstance(news, StepNews):
        return news.text, news.done
    if isinstance(news, BatchNews):
        done = (news.epoch - 1 + news.batch / max(news.batches, 1)) / max(news.epochs, 1)
        text = tr("Epoch {epoch} of {epochs}", epoch=news.epoch, epochs=news.epochs)
        if news.remaining is not None:
            text = tr("{what}, {time} left", what=text, time=duration_text(news.remaining))
        return text, done
    if isinstance(news, WayNews):
        return tr("{number} of {count}, {name}", number=news.number, count=news.count, name=news.name), None
    return "", None


class StatusLine(QFrame):
    """One line at the bottom of the window."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._job: Job | None = None
        self._facts: Job | None = None
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(PATIENCE)
        self._slow.timeout.connect(self._show_job)
        self._text = QLabel()
        self._text.setAccessibleName(tr("What is running"))
        self._bar = ProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(tr("Progress"))
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setProperty("flat", True)
        self._cancel.clicked.connect(self._cancel_job)
        self.counts = QLabel()
        self.counts.setAccessibleName(tr("Frozen and trainable parameters"))
        self.device = QLabel()
        self.device.setAccessibleName(tr("Device"))
        for label in (self._text, self.counts, self.device):
            label.setProperty("small", True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        row.setSpacing(SPACE + 4)
        row.addWidget(self._text)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        row.addStretch(1)
        row.addWidget(self.counts)
        row.addSpacing(SPACE)
        row.addWidget(self.device)
        self.setFixedHeight(36)
        runner.started.connect(self._started)
        runner.ended.connect(self._ended)
        self._show_job()

    def show_loading(self, text: str) -> None:
        """Say that torch is not there yet."""
        self.device.setText(text)
        self.device.setToolTip("")

    @Slot(object)
    def show_device(self, news: object) -> None:
        """Say where training would run."""
        if isinstance(news, DeviceNews):
            self.device.setText(news.device)
            self.device.setToolTip(news.reason)

    @Slot(object)
    def _started(self, job: Job) -> None:
        if job.lane in SHOWN:
            self._job = job
            job.news.connect(self._show_news)
            self._show_job()
        elif job.lane == "facts":
            self._facts = job
            self._slow.start()

    @Slot(object)
    def _ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self._show_job()
        elif job is self._facts:
            self._facts = None
            self._slow.stop()
            self._show_job()

    def _waiting(self) -> Job | None:
        """The shapes' job, once it takes long."""
        return None if self._slow.isActive() else self._facts

    @Slot()
    def _cancel_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._show_job()

    @Slot(object)
    def _show_news(self, news: object) -> None:
        self._show_job()

    @Slot()
    def _show_job(self) -> None:
        job = self._job or self._waiting()
        self._bar.setVisible(job is not None)
        self._cancel.setVisible(self._job is not None)
        if job is None:
            self._text.setText(tr("Ready"))
            return
        text, done = progress_text(job.latest)
        if job.cancelling:
            text = tr("Stopping ...")
        self._cancel.setEnabled(not job.cancelling)
        self._text.setText(f"{job.name}: {text}" if text and text != job.name else job.name)
        if done is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * done))
