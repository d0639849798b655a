"""What the window's tests share: fresh surroundings, and a check that nothing is left running."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer, QtMsgType
from PySide6.QtWidgets import QApplication

from designer.gui.context import Context
from designer.gui.editing.history import History
from designer.gui.look.style import Look
from designer.gui.main_window.window import MainWindow
from designer.gui.notices import Notice
from designer.jobs.runner import Runner
from designer.session.session import Session

HARMLESS = (
    "This plugin does not support",  # offscreen cannot raise, move or grab windows
    "propagateSizeHints",
)


def alive(kind: type) -> list:
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), kind)]
    return [thing for thing in found if _is_valid(thing)]


def _is_valid(thing: object) -> bool:
    from shiboken6 import isValid

    return isValid(thing)


def delete_windows() -> None:
    """Close and delete all windows, as at the program's end."""
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()
    for _ in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def nothing_left(qapp, qtlog):
    """The cyclic collector rests during a test: it would free widgets inside Qt's event handling.

    Afterwards windows are deleted; no thread runs, no timer ticks, and Qt has not complained.
    """
    gc.disable()
    # What is there already (torch alone brings 300,000 objects) is not looked through again each time.
    gc.freeze()
    yield
    delete_windows()
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    running = [thread for thread in alive(QThread) if thread.isRunning() and thread is not qapp.thread()]
    ticking = [timer for timer in alive(QTimer) if timer.isActive()]
    gc.unfreeze()
    gc.enable()
    assert not running, "threads are still running"
    assert not ticking, "timers are still ticking"
    bad = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    said = [r.message for r in qtlog.records if r.type in bad and not r.message.startswith(HARMLESS)]
    assert not said, f"Qt complained: {said}"


@pytest.fixture
def notices() -> list[Notice]:
    """The notices that `context` was told."""
    return []


@pytest.fixture
def visited() -> list[str]:
    """The steps that `context` was asked to go to."""
    return []


@pytest.fixture
def make_context(qapp, notices, visited):
    """Makes surroundings of a page: fresh session, runner and look, shut down after the test."""
    made: list[Context] = []

    def make(appearance: str = "light", session: Session | None = None) -> Context:
        look = Look(appearance)
        look.apply(qapp)
        here = session or Session()
        context = Context(here, Runner(), look, notices.append, visited.append, History(here))
        made.append(context)
        return context

    yield make
    delete_windows()
    for context in made:
        context.runner.shut_down()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def context(make_context) -> Context:
    """Fresh surroundings in the light look."""
    return make_context()


@pytest.fixture
def make_window(qapp) -> Iterator[Callable[[], MainWindow]]:
    """Makes main windows, shown, each with its own session and runner; they close unasked after the test."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        look = Look("light")
        look.apply(qapp)
        window = MainWindow(Session(), Runner(), look)
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.closing.agreed = True
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
