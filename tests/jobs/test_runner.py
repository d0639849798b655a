from __future__ import annotations

import gc
import logging
import threading
import time
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from designer.errors import DataError
from designer.jobs import runner as jobs
from designer.jobs.runner import Busy, Job, Runner
from designer.progress import LAYERS, BatchNews, DeviceNews, Progress, StageNews, StepNews
from designer.session.results import EpochRow


class Listener(QObject):
    """Writes down all signals of a job, and the thread each one came in."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.said: list[tuple[str, object]] = []
        self.times: list[float] = []
        self.threads: set[QThread] = set()
        job.news.connect(self.on_news)
        job.finished.connect(self.on_finished)
        job.failed.connect(self.on_failed)
        job.cancelled.connect(self.on_cancelled)
        job.ended.connect(self.on_ended)

    def note(self, what: str, value: object = None) -> None:
        self.said.append((what, value))
        self.times.append(time.monotonic())
        self.threads.add(QThread.currentThread())

    @Slot(object)
    def on_news(self, news: object) -> None:
        self.note("news", news)

    @Slot(object)
    def on_finished(self, result: object) -> None:
        self.note("finished", result)

    @Slot(object)
    def on_failed(self, error: object) -> None:
        self.note("failed", error)

    @Slot()
    def on_cancelled(self) -> None:
        self.note("cancelled")

    @Slot()
    def on_ended(self) -> None:
        self.note("ended")

    @property
    def words(self) -> list[str]:
        return [what for what, _ in self.said if what != "news"]

    @property
    def news(self) -> list[object]:
        return [value for what, value in self.said if what == "news"]


@pytest.fixture
def runner(qapp):
    made = Runner()
    yield made
    made.shut_down()


def until_cancelled(progress: Progress) -> None:
    while True:
        progress.raise_if_cancelled()
        threading.Event().wait(0.001)


def wait_for(qtbot: QtBot, listener: Listener) -> None:
    qtbot.waitUntil(lambda: "ended" in listener.words, timeout=10_000)


def test_a_result_comes_home_as_the_same_object_in_the_gui_thread(runner, qtbot, qapp):
    result = {1: "int keys", (2, 3): object()}
    threads = []

    def step(progress: Progress) -> object:
        threads.append(threading.get_ident())
        return result

    job = runner.start("Reading", step)
    listener = Listener(job)
    wait_for(qtbot, listener)
    assert listener.words == ["finished", "ended"]
    assert listener.said[0][1] is result
    assert listener.threads == {qapp.thread()}
    assert threads != [threading.get_ident()]
    assert not runner.busy()
    assert runner.current("engine") is None


def test_cancel_ends_with_cancelled_alone(runner, qtbot):
    job = runner.start("Training", until_cancelled)
    listener = Listener(job)
    assert runner.current("engine") is job
    job.cancel()
    assert job.cancelling
    job.cancel()
    wait_for(qtbot, listener)
    assert listener.words == ["cancelled", "ended"]


def test_a_step_that_returns_although_it_was_cancelled_has_finished(runner, qtbot):
    # Training that the user stops gives a run.
    def step(progress: Progress) -> str:
        try:
            until_cancelled(progress)
        except BaseException:
            return "the run so far"

    job = runner.start("Training", step)
    listener = Listener(job)
    job.cancel()
    wait_for(qtbot, listener)
    # Cancelled before it began, or while it ran: both are right, but nothing else.
    assert listener.said[0] in (("finished", "the run so far"), ("cancelled", None))
    assert len(listener.words) == 2


def test_a_failure_carries_the_error_itself(runner, qtbot):
    error = DataError("There are no pictures.", "The folder is empty.", "Choose another.")

    def step(progress: Progress) -> None:
        raise error

    listener = Listener(runner.start("Reading", step))
    wait_for(qtbot, listener)
    assert listener.words == ["failed", "ended"]
    assert listener.said[0][1] is error


def test_a_bug_is_logged_with_its_traceback_and_fails(runner, qtbot, caplog):
    big = []

    class Big:
        pass

    def deep_inside() -> None:
        held = Big()
        big.append(weakref.ref(held))
        raise ZeroDivisionError("in the middle")

    with caplog.at_level(logging.ERROR, logger="designer.jobs.runner"):
        listener = Listener(runner.start("Reading", lambda progress: deep_inside()))
        wait_for(qtbot, listener)
    assert listener.words == ["failed", "ended"]
    error = listener.said[0][1]
    assert isinstance(error, ZeroDivisionError)
    assert error.__traceback__ is not None
    assert "deep_inside" in caplog.text
    assert "ZeroDivisionError: in the middle" in caplog.text
    caplog.clear()
    gc.collect()
    assert big[0]() is None, "the failed step's locals are still held"


def test_even_a_system_exit_in_a_step_is_a_failure(runner, qtbot):
    def step(progress: Progress) -> None:
        raise SystemExit(3)

    listener = Listener(runner.start("Reading", step))
    wait_for(qtbot, listener)
    assert listener.words == ["failed", "ended"]


def batch(number: int) -> BatchNews:
    return BatchNews(1, 1, number, 5000, number, 0.5, 0.001, 100.0, 1.0, None)


def row(number: int) -> EpochRow:
    return EpochRow(number, 1.0, 1.0, 0.5, 0.5, 1.0, 0.001)


def test_a_flood_of_news_is_thinned_in_order_and_rows_are_never_dropped(runner, qtbot):
    def step(progress: Progress) -> None:
        progress.report(DeviceNews("cpu", "there is no other"))
        for number in range(1, 5001):
            progress.report(batch(number))
            if number % 500 == 0:
                progress.report(row(number // 500))
        progress.report(StepNews("done", 1.0))

    listener = Listener(runner.start("Training", step))
    wait_for(qtbot, listener)
    news = listener.news
    rows = [n.epoch for n in news if isinstance(n, EpochRow)]
    batches = [n.batch for n in news if isinstance(n, BatchNews)]
    assert rows == list(range(1, 11))
    assert [n for n in news if isinstance(n, DeviceNews)] == [news[0]]
    assert batches == sorted(batches)
    assert batches[-1] == 5000, "the newest news must arrive"
    seconds = listener.times[-1] - listener.times[0]
    assert len(batches) <= 2 + seconds * 20
    assert listener.said[-3] == ("news", StepNews("done", 1.0))
    assert listener.words == ["finished", "ended"]


def test_news_come_at_most_twenty_times_a_second(runner, qtbot):
    end = threading.Event()

    def step(progress: Progress) -> None:
        number = 0
        while not end.is_set():
            number += 1
            progress.report(batch(number))
            progress.raise_if_cancelled()

    listener = Listener(runner.start("Training", step))
    qtbot.waitUntil(lambda: len(listener.news) >= 11, timeout=10_000)
    end.set()
    wait_for(qtbot, listener)
    # On a busy machine one may arrive late and the next in time, so ten spans are taken together.
    assert listener.times[10] - listener.times[0] >= 10 * 0.045


def test_news_that_were_held_back_arrive_although_the_step_goes_on(runner, qtbot):
    end = threading.Event()

    def step(progress: Progress) -> None:
        progress.report(StepNews("first"))
        progress.report(StepNews("second"))
        end.wait(10)

    listener = Listener(runner.start("Reading", step))
    qtbot.waitUntil(lambda: StepNews("second") in listener.news, timeout=5_000)
    assert "finished" not in listener.words
    end.set()
    wait_for(qtbot, listener)


def test_a_busy_lane_refuses_and_names_the_job(runner, qtbot):
    job = runner.start("Training", until_cancelled)
    listener = Listener(job)
    with pytest.raises(Busy) as raised:
        runner.start("Evaluation", lambda progress: None)
    assert "Evaluation" in raised.value.what
    assert "Training" in raised.value.why
    assert raised.value.remedy
    other = Listener(runner.start("Shapes", lambda progress: 7, lane="facts"))
    wait_for(qtbot, other)
    assert other.said[0] == ("finished", 7)
    job.cancel()
    wait_for(qtbot, listener)
    again = Listener(runner.start("Evaluation", lambda progress: 8))
    wait_for(qtbot, again)
    assert again.said[0] == ("finished", 8)


def test_the_newest_job_of_a_latest_lane_replaces_the_others(runner, qtbot):
    release = threading.Event()
    began = []

    def stubborn(progress: Progress) -> str:
        began.append("first")
        progress.report(StepNews("old news"))
        release.wait(10)
        return "stale"

    def note(name: str) -> object:
        def step(progress: Progress) -> str:
            began.append(name)
            return name

        return step

    first = Listener(runner.start("Shapes", stubborn, lane="facts"))
    second = Listener(runner.start("Shapes", note("second"), lane="facts"))
    third = Listener(runner.start("Shapes", note("third"), lane="facts"))
    assert second.words == ["cancelled", "ended"]
    release.set()
    wait_for(qtbot, third)
    assert first.said == [("cancelled", None), ("ended", None)], "stale news or results were heard"
    assert third.words == ["finished", "ended"]
    assert "second" not in began
    assert began[-1] == "third"


def test_a_job_begins_once_the_window_has_done_what_it_is_at(runner, qtbot):
    began = threading.Event()
    job = runner.start("Shapes", lambda progress: began.set())
    assert runner.running() == (job,)
    assert not began.wait(0.05)
    qtbot.waitUntil(began.is_set)


def test_a_job_that_is_to_begin_later_waits_and_gives_way_at_once(runner, qtbot):
    began: list[str] = []
    early = Listener(runner.start("Shapes", lambda progress: began.append("early"), "facts", after=60_000))
    other = Listener(runner.start("Training", lambda progress: began.append("other")))
    wait_for(qtbot, other)
    assert began == ["other"]
    assert runner.busy("facts")
    newest = Listener(runner.start("Shapes", lambda progress: began.append("newest"), "facts"))
    wait_for(qtbot, newest)
    assert early.words == ["cancelled", "ended"]
    assert began == ["other", "newest"]
    soon = Listener(runner.start("Shapes", lambda progress: began.append("soon"), "facts", after=1))
    wait_for(qtbot, soon)
    assert soon.words == ["finished", "ended"]


def test_a_job_that_has_not_begun_is_cancelled_by_the_shutdown_and_never_begins(runner, qtbot):
    began: list[int] = []
    listener = Listener(runner.start("Shapes", lambda progress: began.append(1)))
    runner.shut_down()
    assert listener.words == ["cancelled", "ended"]
    QCoreApplication.processEvents()
    assert not began
    assert not runner.running()


def test_shutdown_stops_a_running_job_at_its_next_question(runner, qtbot):
    asked = []

    def step(progress: Progress) -> None:
        while True:
            asked.append(progress.raise_if_cancelled())
            threading.Event().wait(0.001)

    listener = Listener(runner.start("Training", step))
    waiting = Listener(runner.start("Shapes", until_cancelled, lane="facts"))
    queued = Listener(runner.start("Shapes", until_cancelled, lane="facts"))
    qtbot.waitUntil(lambda: len(asked) > 3, timeout=5_000)
    before = len(asked)
    runner.shut_down()
    # The thread may ask a few times between our look and the order; then never again.
    assert len(asked) - before < 200
    after = len(asked)
    for one in (listener, waiting, queued):
        assert one.words == ["cancelled", "ended"]
    assert not runner.running()
    with pytest.raises(Busy, match="closing"):
        runner.start("Training", until_cancelled)
    assert len(asked) == after


def test_two_hundred_jobs_in_a_row_leave_nothing_behind(runner, qtbot):
    gc.collect()
    before = sum(issubclass(type(thing), QThread | Job) for thing in gc.get_objects())
    threads = threading.active_count()
    results = []

    class Collector(QObject):
        @Slot(object)
        def take(self, value: object) -> None:
            results.append(value)

    collector = Collector()
    numbers = []
    for index in range(200):
        job = runner.start("Reading", lambda progress, index=index: index)
        job.finished.connect(collector.take)
        numbers.append(job.number)
        qtbot.waitUntil(lambda: not runner.busy(), timeout=5_000)
    del job
    assert results == list(range(200))
    assert numbers == sorted(set(numbers))
    qtbot.waitUntil(lambda: threading.active_count() <= threads, timeout=5_000)
    gc.collect()
    after = sum(issubclass(type(thing), QThread | Job) for thing in gc.get_objects())
    assert after <= before + 1


def test_the_runner_tells_what_starts_and_ends(runner, qtbot):

    with qtbot.waitSignal(runner.ended) as ended, qtbot.waitSignal(runner.started) as started:
        job = runner.start("Reading", lambda progress: None)
    assert started.args == [job]
    assert ended.args == [job]


def test_the_next_job_may_start_from_a_result(runner, qtbot):
    # A page that opens a model starts the reading of its pictures where the first job finishes.
    class Chain(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.second: Job | None = None
            self.error: Exception | None = None

        @Slot()
        def go_on(self) -> None:
            self.second = runner.start("second", lambda progress: 2)

    chain = Chain()
    runner.start("first", lambda progress: 1).finished.connect(chain.go_on)
    qtbot.waitUntil(lambda: chain.second is not None and chain.second.over, timeout=5_000)


def test_a_step_has_a_deep_stack(runner, qtbot):
    assert jobs.STACK == 16 * 2**20

    def step(progress: Progress) -> int:
        return QThread.currentThread().stackSize()

    listener = Listener(runner.start("Reading", step))
    wait_for(qtbot, listener)
    assert listener.said[0] == ("finished", 16 * 2**20)


def test_a_job_is_told_what_is_wanted_and_remembers_its_stage(runner, qtbot):
    seen = []
    first, second = threading.Event(), threading.Event()

    def step(progress: Progress) -> None:
        seen.append(progress.wanted(LAYERS))
        first.set()
        second.wait(60)
        seen.append((progress.wanted(LAYERS), progress.wanted("anything else")))
        progress.report(StageNews(2, 3, "Head", frozenset({"fc"})))
        progress.report(StepNews("working"))

    job = runner.start("Training", step)
    listener = Listener(job)
    assert job.stage is None
    qtbot.waitUntil(first.is_set, timeout=60_000)
    job.want(LAYERS, True)
    second.set()
    wait_for(qtbot, listener)
    assert seen == [False, (True, False)]
    assert job.stage == StageNews(2, 3, "Head", frozenset({"fc"}))
    assert job.latest == StepNews("working")
    # One that is over wants nothing more.
    job.want(LAYERS, False)
