"""Runs steps on threads, one at a time per lane, and brings their news to the GUI thread."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from designer.errors import Cancelled, DesignerError
from designer.messages import tr
from designer.progress import BatchNews, LayersNews, Progress, StageNews, StepNews
from designer.session.results import WayNews

LATEST = frozenset(
    {
        "facts",
        "arranging",
        "pictures",
        "splitting",
        "preview",
        "clipboard",
        "analysis",
        "comparing",
        "summary",
        "recovery",
        "altering",
    }
)
"""Lanes where a new job replaces the former one; in the others a second job is refused."""

THROTTLED: tuple[type, ...] = (StepNews, BatchNews, StageNews, LayersNews)
"""News of which only the newest counts; all other news are delivered, every one."""

INTERVAL = 50
"""Milliseconds between two deliveries of news."""

STACK = 16 * 2**20
"""Bytes of stack for a job's thread: what macOS gives by default is too little for torch."""

_log = logging.getLogger(__name__)


class Busy(DesignerError):  # noqa: N818 - it names a state
    """Another job has the lane."""


class _Mail(Progress):
    """A job's `Progress`: filled by the worker's thread, emptied by the GUI's."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._news: list[object] = []
        self._asleep = True
        self._cancelled = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._wanted: frozenset[str] = frozenset()

    @property
    def cancelled(self) -> bool:
        """The step has been asked to stop."""
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        """The step has been asked to wait."""
        return not self._go.is_set()

    def cancel(self) -> None:
        """Ask the step to stop, though it be paused."""
        self._cancelled.set()
        self._go.set()

    def pause(self, paused: bool) -> None:
        """Ask the step to wait at its next `hold`, or to go on."""
        if paused and not self.cancelled:
            self._go.clear()
        else:
            self._go.set()

    def want(self, what: str, wanted: bool) -> None:
        """Ask the step for news that cost something to make, or no more."""
        with self._lock:
            self._wanted = self._wanted | {what} if wanted else self._wanted - {what}

    def wanted(self, what: str) -> bool:
        with self._lock:
            return what in self._wanted

    def report(self, news: object) -> None:
        with self._lock:
            if isinstance(news, THROTTLED):
                self._news = [old for old in self._news if type(old) is not type(news)]
            self._news.append(news)
            wake, self._asleep = self._asleep, False
        if wake:
            self._wake()

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise Cancelled

    def hold(self) -> float:
        began = time.monotonic()
        self._go.wait()
        self.raise_if_cancelled()
        return time.monotonic() - began

    def take(self) -> list[object]:
        """All news that have come in since, oldest first."""
        with self._lock:
            news, self._news = self._news, []
            self._asleep = True
        return news


class _Worker(QThread):
    """Runs the step; its outcome is read after the thread has ended."""

    woken = Signal()

    def __init__(self, step: Callable[[Progress], object]) -> None:
        super().__init__()
        self.setStackSize(STACK)
        self.mail = _Mail(self.woken.emit)
        self.step: Callable[[Progress], object] | None = step
        self.result: object = None
        self.error: BaseException | None = None

    def run(self) -> None:
        step, self.step = self.step, None
        if step is None:
            return
        try:
            self.mail.raise_if_cancelled()
            self.result = step(self.mail)
        except Cancelled as error:
            self.error = error.with_traceback(None)
        except DesignerError as error:
            traceback.clear_frames(error.__traceback__)
            self.error = error
        except BaseException as error:
            _log.exception("a job has failed unexpectedly")
            traceback.clear_frames(error.__traceback__)
            self.error = error


class Job(QObject):
    """A step being run. Lives in the GUI thread; connect bound methods of QObjects alone.

    Exactly one of `finished(result)`, `failed(exception)` and `cancelled()` comes, then `ended()`.

    Attributes:
        number: counts up in a runner, from 1.
        name: what it does, as shown to the user.
        lane: at most one job of a lane runs at a time.
        latest: the newest StepNews, BatchNews or WayNews, None before the first.
        stage: the newest StageNews, None before the first.
    """

    news = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()
    left = Signal()
    """Before the others: the lane is free, so that a slot of `finished` may start the next job."""

    def __init__(self, number: int, name: str, lane: str, step: Callable[[Progress], object]) -> None:
        super().__init__()
        self.number = number
        self.name = name
        self.lane = lane
        self.latest: object = None
        self.stage: StageNews | None = None
        self._dropped = False
        self._over = False
        self._delivered = 0.0
        self._worker: _Worker | None = _Worker(step)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver)
        self._beginning = QTimer(self)
        self._beginning.setSingleShot(True)
        self._beginning.timeout.connect(self._begin)
        self._worker.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._worker.finished.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    @property
    def over(self) -> bool:
        """It has ended, and its last signal has been sent."""
        return self._over

    @property
    def cancelling(self) -> bool:
        """It has been asked to stop."""
        return self._worker is not None and self._worker.mail.cancelled

    @property
    def paused(self) -> bool:
        """It has been asked to wait and not yet to go on."""
        return self._worker is not None and self._worker.mail.paused

    def pause(self, paused: bool) -> None:
        """Ask the step to wait between two of its parts, or to go on."""
        if self._worker is not None:
            self._worker.mail.pause(paused)

    def want(self, what: str, wanted: bool) -> None:
        """Let the step make news that cost something, such as `progress.LAYERS`, or no more."""
        if self._worker is not None:
            self._worker.mail.want(what, wanted)

    def cancel(self) -> None:
        """Ask the step to stop; it does so at its next question, or never begins."""
        if self._worker is not None:
            self._worker.mail.cancel()
        if self._beginning.isActive():
            self._beginning.start(0)

    def begin(self, after: int) -> None:
        """Start the thread in so many milliseconds; the runner asks for it when the lane is free."""
        self._beginning.start(after)

    @Slot()
    def _begin(self) -> None:
        if self._worker is not None:
            self._worker.start()

    def drop(self) -> None:
        """Cancel, and let nothing of it be heard any more but `cancelled`, whatever it returns."""
        self._dropped = True
        self.cancel()

    def wait(self) -> None:
        """Block until the thread has ended, then send what is due."""
        if self._worker is not None:
            self._worker.wait()
            self._finish()

    @Slot()
    def _wake(self) -> None:
        if self._over or self._timer.isActive():
            return
        due = INTERVAL - (time.monotonic() - self._delivered) * 1000
        if due > 0:
            self._timer.start(round(due) + 1)
        else:
            self._deliver()

    @Slot()
    def _deliver(self) -> None:
        if self._worker is None:
            return
        self._delivered = time.monotonic()
        for news in self._worker.mail.take():
            if self._dropped:
                return
            if isinstance(news, StageNews):
                self.stage = news
            elif isinstance(news, StepNews | BatchNews | WayNews):
                self.latest = news
            self.news.emit(news)

    @Slot()
    def _finish(self) -> None:
        worker = self._worker
        if worker is None:
            return
        worker.wait()
        self._beginning.stop()
        self._timer.stop()
        self._deliver()
        self._worker = None
        self._over = True
        result, error = worker.result, worker.error
        worker.result = worker.error = worker.step = None
        worker.deleteLater()
        self.left.emit()
        if self._dropped or isinstance(error, Cancelled):
            self.cancelled.emit()
        elif error is not None:
            self.failed.emit(error)
        else:
            self.finished.emit(result)
        self.ended.emit()


class Runner(QObject):
    """Runs jobs, one at a time per lane. Owns every thread until it has ended."""

    started = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: dict[str, Job] = {}
        self._next: dict[str, Job] = {}
        self._over: list[Job] = []
        self._number = 0
        self._closed = False

    def start(
        self, name: str, step: Callable[[Progress], object], lane: str = "engine", after: int = 0
    ) -> Job:
        """Run `step` in `lane`, `after` milliseconds from now. Its signals come only after this call.

        In a lane of `LATEST` the job that runs is cancelled and nothing more is heard of it; the new
        one begins once it has ended.

        Raises:
            Busy: another job has the lane, or the runner has been shut down.
        """
        former = self._current.get(lane)
        if self._closed:
            raise Busy(tr("'{name}' was not started.", name=name), tr("The program is closing."))
        if former is not None and lane not in LATEST:
            raise Busy(
                tr("'{name}' cannot start now.", name=name),
                tr("'{other}' is still running.", other=former.name),
                tr("Wait until it has ended, or cancel it."),
            )
        self._number += 1
        job = Job(self._number, name, lane, step)
        job.left.connect(self._free_lane)
        job.ended.connect(self._tell_ended)
        if former is None:
            self._begin(job, after)
            return job
        former.drop()
        waiting = self._next.pop(lane, None)
        self._next[lane] = job
        if waiting is not None:
            _never_begun(waiting)
        return job

    def current(self, lane: str = "engine") -> Job | None:
        """The job that runs in `lane`, or None."""
        return self._current.get(lane)

    def busy(self, lane: str = "engine") -> bool:
        """Whether a job runs in `lane`."""
        return lane in self._current

    def running(self) -> tuple[Job, ...]:
        """All jobs that run now."""
        return tuple(self._current.values())

    def shut_down(self) -> None:
        """Cancel everything and wait until every thread has ended. Nothing starts afterwards."""
        self._closed = True
        waiting, self._next = list(self._next.values()), {}
        for job in waiting:
            _never_begun(job)
        jobs = list(self._current.values())
        for job in jobs:
            job.drop()
        for job in jobs:
            job.wait()

    def _begin(self, job: Job, after: int = 0) -> None:
        self._current[job.lane] = job
        # Once the window has done what it is at: two threads of Python share one interpreter, and what takes
        # the window 50 ms by itself takes it three times as long beside two jobs.
        job.begin(after)
        self.started.emit(job)

    @Slot()
    def _free_lane(self) -> None:
        for lane, job in list(self._current.items()):
            if job.over:
                del self._current[lane]
                self._over.append(job)
                following = self._next.pop(lane, None)
                if following is not None:
                    self._begin(following)

    @Slot()
    def _tell_ended(self) -> None:
        over, self._over = self._over, []
        for job in over:
            self.ended.emit(job)


def _never_begun(job: Job) -> None:
    job.drop()
    job.wait()
