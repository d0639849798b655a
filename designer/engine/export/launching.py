"""The parent's side of the child process: start it, listen to it, end it."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import IO, Any

from designer.engine import children
from designer.errors import ExportError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.results import ExportedFile, Parity

_PATIENCE = 0.1
"""Seconds between two questions whether the user has cancelled."""


def run_child(folder: Path, progress: Progress) -> ExportedFile:
    """Let a process of its own do the export task in `folder`; passes on its news.

    Raises:
        ExportError: the process said why it failed, or ended without a word.
        Cancelled: the user has cancelled; the process has ended.
    """
    process = _start(folder)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    assert process.stdout is not None
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        made = _listen(lines, progress)
        process.wait()
        if made is None:
            raise _ended(process.returncode, folder / "log.txt")
        return made
    finally:
        process.kill()
        reader.join()
        children.end(process)


def command(folder: Path) -> list[str]:
    """The command line of the child process."""
    return children.command("designer.engine.export.child", folder)


def _start(folder: Path) -> subprocess.Popen[str]:
    try:
        return children.start(command(folder))
    except OSError as error:
        raise ExportError(
            tr("The export could not be started."),
            f"{error.strerror or error}.",
            tr("Free some memory and try again."),
        ) from error


def _read(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _listen(lines: queue.SimpleQueue[str | None], progress: Progress) -> ExportedFile | None:
    """Pass on news until the stream ends; None when nothing was said of a result."""
    made = None
    while True:
        progress.raise_if_cancelled()
        try:
            line = lines.get(timeout=_PATIENCE)
        except queue.Empty:
            continue
        if line is None:
            return made
        value = json.loads(line)
        if "error" in value:
            raise ExportError(*value["error"])
        if "news" in value:
            progress.report(StepNews(**value["news"]))
        if "made" in value:
            made = _made(value["made"])


def _made(value: dict[str, Any]) -> ExportedFile:
    parity = {**value["parity"], "batches": tuple(value["parity"]["batches"])}
    return ExportedFile(**{**value, "path": Path(value["path"]), "parity": Parity(**parity)})


def _ended(status: int, log: Path) -> ExportError:
    last = children.last_line(log)
    return ExportError(
        tr("The export ended before it was done."),
        tr("Its process stopped with status {status}. {last}", status=status, last=last).strip(),
        tr("Often memory has run out: close other programs and try again."),
    )
