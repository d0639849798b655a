"""The command `netgraft`: the window without arguments or with a project file, else the command line."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

SUFFIX = ".netgraft"

EXPORT = "designer.engine.export.child"
TRAINING = "designer.engine.training.child"


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether these arguments ask for the window: none, or one project file."""
    if not arguments:
        return True
    return len(arguments) == 1 and not arguments[0].startswith("-") and arguments[0].endswith(SUFFIX)


def main() -> int:
    """Run the program; return the exit status."""
    # In a frozen program a child process would otherwise start the whole program again.
    multiprocessing.freeze_support()
    if getattr(sys, "frozen", False) and sys.argv[1:3] == ["-m", EXPORT]:
        # A frozen program knows no `-m`: the export's own process is this program, asked so.
        from designer.engine.export.child import main as export

        return export(sys.argv[3:])
    if getattr(sys, "frozen", False) and sys.argv[1:3] == ["-m", TRAINING]:
        from designer.engine.training.child import main as train

        return train(sys.argv[3:])
    from designer.engine.process import before_torch

    before_torch()
    arguments = sys.argv[1:]
    if not wants_window(arguments):
        from designer.cli import main as run_command

        return run_command(arguments)
    if sys.platform == "win32":
        # On Windows torch cannot load its libraries once Qt has loaded its own.
        import torch  # noqa: F401
    from designer import app

    return app.run(sys.argv[:1], Path(arguments[0]) if arguments else None)


if __name__ == "__main__":
    sys.exit(main())
