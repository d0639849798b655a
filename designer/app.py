"""The program with its window: makes the parts, puts them together, runs until the window closes."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from designer import settings
from designer.errors import ScreenError
from designer.screen import check_screen, missing_library
from designer.session.results import Findings

STARTED = time.perf_counter()

TURN = 0.001
"""Seconds after which a job in Python gives way to the window; by itself Python takes five times as long."""


def run(
    argv: Sequence[str],
    project: Path | None = None,
    findings: Findings | None = None,
    *,
    first_frame: Callable[[float], None] | None = None,
) -> int:
    """Show the window, on the project file `project` if one is given; return the exit status.

    Args:
        argv: the program's name and its arguments, of which Qt takes its own.
        project: a project file to open once the window is there.
        findings: what was found of the project, to be shown with it.
        first_frame: called with the seconds from this module's import to the first painted frame.
    """
    try:
        check_screen()
        return _run(argv, project, findings, first_frame)
    except ScreenError as error:
        print(error.what, error.why, error.remedy, sep="\n", file=sys.stderr)  # noqa: T201
        return 1


def _run(
    argv: Sequence[str],
    project: Path | None,
    findings: Findings | None,
    first_frame: Callable[[float], None] | None,
) -> int:
    try:
        from PySide6.QtCore import QTimer
        from PySide6.QtGui import QIcon
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        if "cannot open shared object" in str(error):
            raise missing_library(str(error)) from error
        raise
    from designer import resources
    from designer.gui.bugs import Bugs, start_log
    from designer.gui.look.style import Look
    from designer.gui.main_window.first_frame import FirstFrame
    from designer.gui.main_window.window import MainWindow
    from designer.jobs.runner import Runner
    from designer.session.session import Session

    sys.setswitchinterval(TURN)
    app = QApplication(list(argv))
    app.setApplicationName("Netgraft")
    app.setDesktopFileName("netgraft")
    app.setWindowIcon(QIcon(str(resources.path("icons/netgraft.svg"))))
    start_log()
    look = Look(settings.load().appearance)
    look.apply(app)
    runner = Runner()
    window = MainWindow(Session(), runner, look)
    bugs = Bugs(window.context)
    bugs.install()
    frame = FirstFrame(window, STARTED, first_frame)
    # torch is loaded behind the first frame, so that the window is there at once.
    frame.painted.connect(window.warm_up)
    if project is not None:
        frame.then_open(project, findings)
    window.show()
    # Python sees an interrupt only when it runs; Qt's loop by itself does not let it.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    heartbeat = QTimer()
    heartbeat.timeout.connect(_nothing)
    heartbeat.start(250)
    status = app.exec()
    heartbeat.stop()
    runner.shut_down()
    bugs.uninstall()
    # The window goes before the application, while Python still has both.
    window.deleteLater()
    app.sendPostedEvents()
    app.processEvents()
    return int(status)


def _nothing() -> None:
    """Lets Python run."""
