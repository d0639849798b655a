"""The command line: everything the window does, without a screen and without Qt.

Results go to standard output, progress and errors to standard error. Exit status: 0 done, 1 a
`DesignerError`, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys

from designer.cli.arguments import read
from designer.cli.progress import TerminalProgress
from designer.cli.result import INTERRUPTED, Result
from designer.engine.process import before_torch
from designer.errors import Cancelled, DesignerError
from designer.messages import tr


def main(argv: list[str]) -> int:
    """Run one command; `argv` without the program's name. Returns the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of classes and files may have characters that a Windows pipe, or nobody, can write.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _run(argv)
    except KeyboardInterrupt:
        _tell(tr("Interrupted."))
        return INTERRUPTED
    except BrokenPipeError:
        # Who read the output has gone; nothing more can be said to them, not at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(argv: list[str]) -> int:
    given = read(argv)
    if isinstance(given, int):
        return given
    before_torch()
    progress = TerminalProgress(quiet=given.quiet)
    try:
        with progress:
            result: Result = given.run(given, progress)
    except Cancelled:
        _tell(tr("Interrupted."))
        return INTERRUPTED
    except DesignerError as error:
        if progress.cancelled:
            # Ctrl+C reaches child processes too, whose end may be heard of first.
            _tell(tr("Interrupted."))
            return INTERRUPTED
        _tell(error.what, error.why, error.remedy)
        return 1
    result.write(sys.stdout, as_json=given.json)
    sys.stdout.flush()
    return result.after() if result.after is not None and not given.json else result.status


def _tell(*lines: str) -> None:
    """Write lines to standard error, leaving out empty ones."""
    sys.stderr.write("".join(f"{line}\n" for line in lines if line))
    sys.stderr.flush()
