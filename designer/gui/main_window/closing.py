"""Closing: a running job is stopped on the user's word, changes are saved or dropped, then all ends."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from designer.gui import asking
from designer.gui.asking import Choice
from designer.gui.context import Context
from designer.gui.main_window.saving import Saving
from designer.jobs.runner import Job
from designer.messages import tr


class Closing(QObject):
    """Asks what has to be asked, one thing after the other, then calls `close_now`."""

    def __init__(
        self, context: Context, saving: Saving, window: QWidget, close_now: Callable[[], object]
    ) -> None:
        super().__init__(window)
        self._context = context
        self._saving = saving
        self._window = window
        self._close_now = close_now
        self._waiting: Job | None = None
        self.agreed = False

    def begin(self) -> None:
        """Start, or go on when the window is asked to close again."""
        if self._waiting is not None:
            return
        job = self._context.runner.current()
        if job is None:
            self._save_and_close()
            return
        answer = asking.ask(
            self._window,
            tr("'{name}' is still running.", name=job.name),
            tr("What is open now is kept; what it has reached so far can still be saved."),
            (Choice("stop", tr("Stop it and close")), Choice("cancel", tr("Go on"), "cancel")),
        )
        if answer != "stop":
            return
        if job.over:
            self._save_and_close()
            return
        self._waiting = job
        job.ended.connect(self._stopped)
        job.cancel()

    @Slot()
    def _stopped(self) -> None:
        self._waiting = None
        self.begin()

    def _save_and_close(self) -> None:
        self._saving.guard(self._agree)

    def _agree(self) -> None:
        self.agreed = True
        self._close_now()
