"""The parent's side of the child process: start it, listen to it, end it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

import designer
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
        process.wait()
        reader.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def command(folder: Path) -> list[str]:
    """The command line of the child process.

    A frozen build has no interpreter to start: there the program itself is started, and its
    `__main__` answers to `-m designer.engine.export.child`.
    """
    return [sys.executable, "-m", "designer.engine.export.child", str(folder)]


def _start(folder: Path) -> subprocess.Popen[str]:
    root = str(Path(designer.__file__).parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    # Threads that spin while they wait would take the cores from the window.
    calm = {"GOMP_SPINCOUNT": "0", "OMP_WAIT_POLICY": "PASSIVE"}
    environment = {**calm, **os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    try:
        return subprocess.Popen(
            command(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
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
    said = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""
    last = said.splitlines()[-1] if said else ""
    return ExportError(
        tr("The export ended before it was done."),
        tr("Its process stopped with status {status}. {last}", status=status, last=last).strip(),
        tr("Often memory has run out: close other programs and try again."),
    )
