from __future__ import annotations

import logging
import sys
import threading

import pytest
from PySide6.QtGui import QGuiApplication

from designer import settings
from designer.gui.bugs import LOG, Bugs, start_log


@pytest.fixture
def bugs(context, monkeypatch):
    # Nothing on the tests' own error output.
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)
    before = sys.excepthook, threading.excepthook
    start_log()
    made = Bugs(context)
    made.install()
    yield made
    made.uninstall()
    assert (sys.excepthook, threading.excepthook) == before
    log = logging.getLogger("designer")
    for handler in list(log.handlers):
        if isinstance(handler, logging.FileHandler):
            handler.close()
            log.removeHandler(handler)


def broken_slot() -> None:
    raise LookupError("in a slot")


def raised(function) -> None:
    """What Qt's binding does with an error that leaves a slot."""
    try:
        function()
    except LookupError:
        sys.excepthook(*sys.exc_info())


def test_a_bug_is_shown_logged_and_its_report_copied(bugs, notices, qtbot):
    raised(broken_slot)
    qtbot.waitUntil(lambda: len(notices) == 1)
    assert notices[0].action_text == "Copy report"
    notices[0].action()
    assert "broken_slot" in QGuiApplication.clipboard().text()
    text = (settings.configuration_folder() / LOG).read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "LookupError: in a slot" in text


def test_a_bug_in_another_thread_comes_home(bugs, notices, qtbot):
    thread = threading.Thread(target=broken_slot)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(notices) == 1)
    assert "in a slot" in notices[0].detail


def test_an_interrupt_is_no_bug(bugs, notices, qtbot, monkeypatch):
    passed_on = []
    with monkeypatch.context() as patch:
        patch.setattr(bugs, "_former", (lambda *args: passed_on.append(args), threading.excepthook))
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert len(passed_on) == 1
    assert notices == []


def test_the_log_is_started_once(bugs):
    log = logging.getLogger("designer")
    before = len(log.handlers)
    start_log()
    assert len(log.handlers) == before
