"""Tells when the window has been painted for the first time: what is slow begins then."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot

from designer.gui.main_window.window import MainWindow
from designer.session.results import Findings


class FirstFrame(QObject):
    """Waits for the first paint event of a window.

    Signals:
        painted: the first frame is on the screen.
    """

    painted = Signal()

    def __init__(
        self, window: MainWindow, started: float, measured: Callable[[float], None] | None = None
    ) -> None:
        """`measured(seconds)` is told the time from `started` (`perf_counter`) to the first frame."""
        super().__init__(window)
        self._window = window
        self._started = started
        self._measured = measured
        self._project: Path | None = None
        self._findings: Findings | None = None
        window.installEventFilter(self)

    def then_open(self, project: Path, findings: Findings | None = None) -> None:
        """Open a project file after the first frame, and show what was found of it."""
        self._project, self._findings = project, findings

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint event; its frame is done when the event loop comes round again."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._done)
        return False

    @Slot()
    def _done(self) -> None:
        if self._measured is not None:
            self._measured(time.perf_counter() - self._started)
        self.painted.emit()
        if self._project is not None:
            self._window.open_project(self._project, self._findings)
