"""Processes of our own that do a step's work: how they are started, and how they speak.

A child writes one JSON object on each line of its standard output; all else that is printed in it goes to a
log. It ends when its standard input does, so it never outlives who started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import designer


def command(module: str, folder: Path) -> list[str]:
    """The command line of a child that works in `folder`.

    A frozen build has no interpreter to start: there the program itself is started, and its `__main__`
    answers to `-m` and the module.
    """
    return [sys.executable, "-m", module, str(folder)]


def start(command: Sequence[str], given: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a child, with `given` in its environment. Raises OSError."""
    root = str(Path(designer.__file__).parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    # Threads that spin while they wait would take the cores from the window.
    calm = {"GOMP_SPINCOUNT": "0", "OMP_WAIT_POLICY": "PASSIVE"}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**calm, **os.environ, "PYTHONPATH": os.pathsep.join(paths), **(given or {})},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def end(process: subprocess.Popen[str]) -> None:
    """End a child that may have ended already, and close its streams."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            # What was not read any more cannot be written.
            with contextlib.suppress(OSError):
                stream.close()


@contextlib.contextmanager
def quiet(log: Path) -> Iterator[IO[str]]:
    """In a child: send all that is printed, by C++ too, to a file; gives what standard output was."""
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with log.open("w", encoding="utf-8") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        try:
            yield ours
        finally:
            sys.stdout.flush()
            sys.stderr.flush()


def say(stream: IO[str], value: dict[str, Any]) -> None:
    """In a child: write one line."""
    stream.write(json.dumps(value) + "\n")
    stream.flush()


def last_line(log: Path) -> str:
    """The last thing that a child has printed; '' for nothing."""
    said = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""
    return said.splitlines()[-1] if said else ""
