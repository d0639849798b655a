"""Bugs: errors that nobody foresaw are logged with their traceback, and shown with a report to copy."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot

from designer import settings
from designer.gui.context import Context
from designer.gui.notices import notice_of

LOG = "netgraft.log"
LIMIT = 500_000
"""Bytes of a log file before the next one is begun."""

_log = logging.getLogger("designer")


def start_log() -> None:
    """Write warnings and errors of the program to a file in the configuration folder."""
    if any(isinstance(handler, logging.handlers.RotatingFileHandler) for handler in _log.handlers):
        return
    try:
        settings.configuration_folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        # Without a folder to write to, errors still go to standard error.
        return
    handler = logging.handlers.RotatingFileHandler(
        settings.configuration_folder() / LOG, maxBytes=LIMIT, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    _log.addHandler(handler)


class Bugs(QObject):
    """Python's hooks for errors that nobody caught, in whichever thread they came up."""

    found = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._former = sys.excepthook, threading.excepthook
        self.found.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the hooks."""
        sys.excepthook = self._heed
        threading.excepthook = self._heed_thread

    def uninstall(self) -> None:
        """Give the hooks back to who had them before."""
        sys.excepthook, threading.excepthook = self._former

    def _heed(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._former[0](kind, error, trace)
            return
        _log.error("an unforeseen error", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        self.found.emit(error)

    def _heed_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            self._heed(args.exc_type, args.exc_value, args.exc_traceback)

    @Slot(object)
    def _show(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))
