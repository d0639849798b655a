"""`netgraft demo`: the whole way at once, and the window on its result where there is a screen."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from designer.cli.result import Result, percent
from designer.cli.steps import parity_document, parity_text
from designer.messages import duration_text, tr
from designer.progress import Progress


def demo(given: Namespace, progress: Progress) -> Result:
    """Run the demo in a folder; the window opens on its project unless there is no screen."""
    from designer.engine.demo import run_demo
    from designer.engine.process import prepare

    prepare()
    made = run_demo(given.out, progress)
    document = {
        "project": str(made.project),
        "onnx": str(made.exported.path),
        "accuracy": made.report.accuracy,
        "parity": parity_document(made.exported),
        "seconds": made.seconds,
    }
    screen = has_screen() and not given.no_window
    parts = (
        tr(
            "Validation accuracy {right} on {count} digits that it has not seen, after {time} in all.",
            right=percent(made.report.accuracy),
            count=len(made.report.truth),
            time=duration_text(made.seconds),
        ),
        parity_text(made.exported),
        tr("Project: {path}", path=made.project),
        tr("ONNX file: {path}", path=made.exported.path),
        tr("The window opens on the result.")
        if screen
        else tr(
            "There is no screen, or no window is wanted: open the project later with 'netgraft {path}'.",
            path=made.project,
        ),
    )
    return Result(document, parts, after=(lambda: _show(made.project)) if screen else None)


def has_screen() -> bool:
    """True where a window can be shown, as far as the environment tells."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show(project: Path) -> int:
    from designer.app import run

    return run(["netgraft"], project)
