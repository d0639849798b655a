"""Training that a crash costs nothing: the loop, with a folder from which the run can go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from designer.engine.project_file import ProjectContents
from designer.engine.training.recovery import RunFolder
from designer.engine.training.team import ALONE, Member
from designer.engine.training.together import train_here
from designer.errors import DesignerError
from designer.messages import tr
from designer.progress import Progress, StepNews
from designer.session.data import ImageData
from designer.session.kept_runs import InterruptedRun, KeptRun, RunBegan, RunPlace
from designer.session.options import TrainingOptions


def begin_run(
    contents: ProjectContents,
    project: Path | None,
    data: ImageData,
    progress: Progress,
    member: Member = ALONE,
    *,
    name: str = "",
    instead: RunPlace | None = None,
) -> KeptRun:
    """Train what is open, as `train` does; what was reached can be had again after a crash.

    Where the folder for it cannot be written, training goes on without, and the run says so.

    Args:
        contents: all that is open: network, weights and training options among it.
        project: the project's file; None when it has never been saved.
        data: the pictures.
        progress: see `train`.
        member: see `train`; the first process alone makes a folder.
        name: what the run is called; '' for nothing.
        instead: a folder that goes once this run has its own: what it was for is in `contents`.

    Raises:
        DesignerError: see `train`; the folder is gone again.
    """
    options = contents.training_options
    if not member.chief:
        run = train_here(contents.network, contents.weights, data, options, progress, member=member)
        return KeptRun(run, None)
    try:
        folder = RunFolder.begin(contents, project, name)
    except (DesignerError, OSError) as error:
        note = tr("If the program is ended, this run cannot go on: {reason}", reason=_reason(error))
        progress.report(StepNews(note))
        run = train_here(contents.network, contents.weights, data, options, progress, member=member)
        return KeptRun(replace(run, name=name, remarks=(*run.remarks, note)), instead)
    if instead is not None:
        instead.discard()
    progress.report(RunBegan(folder.path))
    try:
        run = train_here(
            contents.network,
            contents.weights,
            data,
            options,
            progress,
            checkpoints=folder.checkpoints(options),
            member=member,
        )
    except BaseException as error:
        if isinstance(error, DesignerError) or not folder.can_go_on():
            folder.discard()
        folder.release()
        raise
    if run.stopped_because == "stopped" and not folder.can_go_on():
        # What the user has ended is not offered again.
        folder.discard()
        return KeptRun(replace(run, name=name), None, contents.runs)
    return KeptRun(replace(run, name=name), folder, contents.runs)


def continue_run(
    interrupted: InterruptedRun,
    data: ImageData,
    progress: Progress,
    member: Member = ALONE,
    **changed: Any,
) -> KeptRun:
    """Go on with a run where it was broken off; where it has no checkpoint, begin it again.

    Args:
        interrupted: the run.
        data: the pictures that it began with.
        progress: see `train`.
        member: see `train`; all processes read the folder, and the first one alone writes to it.
        changed: options that are to be others from here on.

    Raises:
        DesignerError: it cannot go on, or broke off before a further epoch was over; it stays where it is.
    """
    folder = RunFolder.go_on(interrupted, sole=member.chief)
    try:
        contents, name = folder.contents(progress), folder.name()
        checkpoint = folder.checkpoint() if interrupted.has_checkpoint else None
        progress.report(RunBegan(folder.path))
        values = contents.training_options.to_json() if checkpoint is None else checkpoint.values["options"]
        held = TrainingOptions.from_json({**values, **changed})
        run = train_here(
            contents.network,
            contents.weights,
            data,
            held,
            progress,
            checkpoints=folder.checkpoints(held) if member.chief else None,
            begin_from=checkpoint,
            member=member,
        )
    except BaseException:
        folder.release()
        raise
    return KeptRun(replace(run, name=name), folder if member.chief else None, contents.runs)


def continue_kept(folder: RunFolder, data: ImageData, progress: Progress) -> KeptRun:
    """Go on with a run that was stopped, and whose folder this process still holds.

    Raises:
        DesignerError: see `continue_run`; this process still holds the folder.
    """
    try:
        return continue_run(folder.left(), data, progress)
    except BaseException:
        folder.take_back()
        raise


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"'{error.filename}': {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__
