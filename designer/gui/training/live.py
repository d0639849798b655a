"""The training that goes on now, and what earlier ones told: between the page and the runner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from designer.errors import DesignerError, UnconfirmedCodeError
from designer.gui.context import Context
from designer.gui.notices import Notice, notice_of
from designer.gui.training.keeping import RunKeeping
from designer.gui.training.record import Record
from designer.gui.training.records import Records
from designer.gui.training.remedies import Remedies
from designer.gui.training.texts import continue_text
from designer.jobs import training
from designer.jobs.projects import snapshot
from designer.jobs.runner import Job
from designer.messages import tr
from designer.network.document import Document
from designer.progress import Progress
from designer.session.kept_runs import InterruptedRun, KeptRun, RunBegan, RunPlace
from designer.session.options import TrainingOptions
from designer.session.results import WayNews


class LiveRun(QObject):
    """Starts and stops training and takes its news.

    Attributes:
        records: what runs told, and what the one that goes on tells.
        keeping: where the last run lies until it is safe.
    """

    changed = Signal()
    """A run has started, is stopping, or has ended, or the next of several ways has begun."""
    began = Signal()
    """A run has started."""
    told = Signal()
    """There is news in `record`."""
    added = Signal(int)
    """A run has been added to the session, under this number."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._document: Document | None = None
        self._lent: RunPlace | None = None
        """Of the stopped run that is gone on with."""
        self._broken_off: InterruptedRun | None = None
        """That is gone on with."""
        self._remedies = Remedies(context, parent, self.start)
        self.keeping = RunKeeping(context.session)
        self.records = Records(context.session)

    @property
    def running(self) -> bool:
        """A run goes on."""
        return self._job is not None

    @property
    def stopping(self) -> bool:
        """It has been asked to stop."""
        return self._job is not None and self._job.cancelling

    @property
    def record(self) -> Record | None:
        """Of the run that goes on, None while none does."""
        return self.records.record

    @property
    def paused(self) -> bool:
        """It has been asked to wait."""
        return self._job is not None and self._job.paused

    @Slot()
    def start(self) -> None:
        """Train what is open now, as the options are now."""
        session = self._context.session
        taken = snapshot(session)
        if taken is None or session.data is None or self.running:
            return
        try:
            session.training_options.check()
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return
        self._train(training.train(taken, session.path), session.training_options)

    @Slot()
    def continue_stopped(self) -> None:
        """Go on with the run that was stopped last."""
        data, options = self._context.session.data, self.keeping.options
        folder = self.keeping.give() if data is not None and options is not None else None
        if folder is None or data is None or options is None:
            return
        if self._train(training.continue_kept(folder, data), options):
            self._lent = folder
        else:
            self.keeping.take_back(folder)

    def go_on(self, run: InterruptedRun) -> None:
        """Go on with a run that was broken off, whose network and pictures are open now."""
        data = self._context.session.data
        if data is None:
            self._say(
                tr("The run cannot go on."),
                tr("Its pictures could not be read. Put them back, and open the project again."),
                "error",
            )
            return
        if self._train(training.continue_run(run, data), self._context.session.training_options):
            self._broken_off = run

    def _train(self, step: Callable[[Progress], object], options: TrainingOptions) -> bool:
        job = self.begin(tr("Training"), step, options)
        if job is None:
            return False
        job.finished.connect(self._finished)
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)
        return True

    def begin(self, name: str, step: Callable[[Progress], object], options: TrainingOptions) -> Job | None:
        """Run a step that trains, and take its news; what it gives is for the caller to take.

        Args:
            name: what it does, as shown to the user.
            step: trains.
            options: that it begins with.

        Returns:
            The job, of which nothing has been heard yet; None when it cannot start, which is told.
        """
        try:
            job = self._context.runner.start(name, step)
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return None
        self._job = job
        self._document = self._context.session.document
        self.records.begin(options)
        job.news.connect(self._take)
        job.ended.connect(self._ended)
        self.began.emit()
        self.changed.emit()
        return job

    @Slot()
    def pause(self) -> None:
        """Wait after the batch that it is in, or go on."""
        if self._job is not None:
            self._job.pause(not self._job.paused)
            self.changed.emit()

    @Slot()
    def stop(self) -> None:
        """Ask the run to stop after the batch that it is in; what was learned is kept."""
        if self._job is not None:
            self._job.cancel()
            self.changed.emit()

    def forget(self) -> None:
        """Another network has been opened: stop, and drop what was recorded."""
        self.records.forget()
        self.keeping.leave()
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _take(self, news: object) -> None:
        if isinstance(news, RunBegan):
            self._context.session.set_live(news.folder)
        elif self._context.session.document is self._document and self.records.take(news):
            self.told.emit()
            if isinstance(news, WayNews):
                self.changed.emit()

    @Slot(object)
    def _finished(self, kept: KeptRun) -> None:
        session, run = self._context.session, kept.run
        if session.document is not self._document:
            if kept.folder is not None:
                kept.folder.release()
            self._say(tr("The training of the network that was open before has been stopped."))
            return
        if not run.history:
            self._stopped_early(kept)
            return
        self.keeping.hold(kept.folder)
        self.records.end()
        # One of several ways that are compared: the network keeps its weights.
        weights = session.weights if run.name else training.merged(session.weights, run.weights)
        session.add_run(run, weights)
        if run.stopped_because == "failed":
            self._say(
                tr("Training broke off; its epochs until then are kept."), " ".join(run.remarks), "warning"
            )
        elif run.remarks:
            self._say(tr("Training has ended, with a remark."), " ".join(run.remarks))
        self.added.emit(session.runs[-1].number)

    def _stopped_early(self, kept: KeptRun) -> None:
        text = tr("Training was stopped before its first epoch was over: nothing has changed.")
        if kept.folder is not None and kept.folder.can_go_on():
            self.keeping.hold(kept.folder, kept.run.options)
            self._say(text, tr("It can go on where it was."))
            return
        if kept.folder is not None:
            kept.folder.discard()
        self._say(text)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self.keeping.take_back(self._lent, open_now=self._context.session.document is self._document)
        if isinstance(error, UnconfirmedCodeError):
            # Once the job has ended, and the engine is free for the next one.
            QTimer.singleShot(0, partial(self._remedies.ask_to_run, error))
            return
        notice, run = self._remedies.notice(error), self._broken_off
        if run is not None and notice.action is None:
            again, until = partial(self.go_on, run), ("opened", "runs")
            notice = replace(notice, action_text=continue_text(run), action=again, until=until)
        self._context.notify(notice)

    @Slot()
    def _cancelled(self) -> None:
        self.keeping.take_back(self._lent, open_now=self._context.session.document is self._document)
        self._say(tr("Training was stopped before it had begun: nothing has changed."))

    @Slot()
    def _ended(self) -> None:
        self._job = None
        self._document = self._lent = self._broken_off = None
        self.records.end()
        if self._context.session.live is not None:
            self._context.session.set_live(None)
        self.changed.emit()

    def _say(self, text: str, detail: str = "", severity: str = "info") -> None:
        self._context.notify(Notice(text, detail, severity))
