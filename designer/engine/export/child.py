"""The export's own process: `python -m designer.engine.export.child FOLDER`.

torch's exporters hold Python's interpreter lock for a third of a second at a time, change settings of
the whole process, and print. Here they disturb nobody: what they print goes to `log.txt` in the
folder, and one JSON object on each line of standard output says how far the export is, how it failed,
or what was made. The process ends when its standard input does, so it never outlives who started it.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from torch import nn

from designer.engine.building import build
from designer.engine.children import quiet, say
from designer.engine.export.producing import produce
from designer.engine.export.task import Task, read_weights
from designer.engine.process import prepare
from designer.errors import DesignerError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.results import ExportedFile


def run(folder: Path, progress: Progress) -> ExportedFile:
    """Do the task that lies in `folder`; the result's path lies there too.

    Raises:
        DesignerError: see `produce`.
    """
    task = Task.read(folder)
    target = folder / "made" / task.file_name
    target.parent.mkdir()

    def make() -> nn.Module:
        return build(task.network, read_weights(folder))

    return produce(task.network, make, target, task.options, task.pictures, progress)


class _Teller:
    """A `Progress` that writes each piece of news as a line of JSON."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def report(self, news: object) -> None:
        """Tell the news."""
        if isinstance(news, StepNews):
            self.tell({"news": asdict(news)})

    def raise_if_cancelled(self) -> None:
        """Go on: who cancels ends the process."""

    def hold(self) -> float:
        """Go on."""
        return 0.0

    def wanted(self, what: str) -> bool:
        """Nobody looks at the layers here."""
        return False

    def tell(self, value: dict[str, Any]) -> None:
        """Write one line."""
        say(self._stream, value)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def main(arguments: list[str]) -> int:
    """Do the task in the folder `arguments[0]`; 0 when done, 1 when it failed and said so."""
    folder = Path(arguments[0])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with quiet(folder / "log.txt") as stream:
        teller = _Teller(stream)
        try:
            prepare()
            made = run(folder, teller)
        except DesignerError as error:
            teller.tell({"error": [error.what, error.why, error.remedy]})
            return 1
        except Exception as error:  # told to the parent, with the traceback in the log
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            remedy = tr("Look for the problems marked in the network, and mend them.")
            teller.tell({"error": [tr("The network could not be exported."), reason, remedy]})
            return 1
        teller.tell({"made": {**asdict(made), "path": str(made.path)}})
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
