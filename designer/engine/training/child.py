"""One of several training processes of this computer: `python -m designer.engine.training.child FOLDER`.

It has torchrun's environment, and does the task that lies in the folder (see `together`). The first process
tells each piece of news, asks before each batch whether to go on ("hold", answered on standard input by
"stop", or "go" with the names of the costly news that somebody looks at), and leaves the run in the folder.
All of them say why they failed.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import IO

from designer.engine.children import quiet, say
from designer.engine.process import before_torch
from designer.engine.training.passing import error_to_json, news_to_json
from designer.engine.training.task import Task, write_run
from designer.engine.training.team import Member
from designer.errors import Cancelled, DesignerError
from designer.progress import Progress, Silent


class Asking:
    """A `Progress` whose other end is the process that started this one."""

    def __init__(self, stream: IO[str], answers: queue.SimpleQueue[str]) -> None:
        self._stream, self._answers = stream, answers
        self._wanted: frozenset[str] = frozenset()

    def report(self, news: object) -> None:
        """Tell the news."""
        say(self._stream, {"news": news_to_json(news)})

    def raise_if_cancelled(self) -> None:
        """As `hold`."""
        self.hold()

    def hold(self) -> float:
        """Ask whether to go on, and wait for the answer."""
        say(self._stream, {"hold": True})
        answer, *wanted = self._answers.get().split()
        if answer == "stop":
            raise Cancelled
        self._wanted = frozenset(wanted)
        return 0.0

    def wanted(self, what: str) -> bool:
        """As it was when the last question was answered."""
        return what in self._wanted


def _listen(answers: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        answers.put(line.strip())
    os._exit(1)


def main(arguments: list[str]) -> int:
    """Do the task in the folder `arguments[0]`; 0 when done, 1 when it failed and said so."""
    before_torch()
    # Ctrl+C reaches all processes of a terminal: the one that started this says what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder, member = Path(arguments[0]), Member.of_environment()
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(answers,), daemon=True).start()
    with quiet(folder / f"log{member.rank}.txt") as stream:
        try:
            progress: Progress = Asking(stream, answers) if member.chief else Silent()
            run = Task.read(folder).done(progress, member)
            if member.chief:
                write_run(folder, run)
            elif run.stopped_because == "failed":
                say(stream, {"remarks": list(run.remarks)})
        except DesignerError as error:
            say(stream, {"error": error_to_json(error)})
            return 1
        except Exception as error:  # told to the parent, with the traceback in the log
            traceback.print_exc()
            say(stream, {"fault": f"{type(error).__name__}: {error}".splitlines()[0]})
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
