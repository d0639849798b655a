"""`netgraft demo`: the whole way at once, and the window on its result where there is a screen."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from designer.cli.result import Result, percent
from designer.cli.steps import parity_document, parity_text
from designer.errors import ScreenError
from designer.messages import duration_text, tr
from designer.progress import Progress
from designer.screen import check_screen
from designer.session.results import Findings

_UNSEEN = ("offscreen", "minimal", "vnc")
"""Qt platforms that show nothing here."""


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
    reason = why_no_window(not given.no_window)
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
        tr("{reason} Open the project later with: netgraft {path}", reason=reason, path=made.project)
        if reason
        else tr("The window opens on the result."),
    )
    return Result(
        document,
        parts,
        after=(lambda: _show(made.project, Findings(made.report, made.exported))) if not reason else None,
    )


def why_no_window(wanted: bool) -> str:
    """'' where a window can be shown and is wanted, else the reason."""
    if not wanted:
        return tr("No window was wanted.")
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in _UNSEEN:
        return tr("There is no screen.")
    try:
        check_screen()
    except ScreenError as error:
        return f"{error.what} {error.why}"
    return ""


def _show(project: Path, findings: Findings) -> int:
    from designer.app import run

    return run(["netgraft"], project, findings)
