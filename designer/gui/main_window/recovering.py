"""Offers to go on with training runs that were broken off."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from designer.gui.context import Context
from designer.gui.notices import Notice
from designer.gui.opening.opener import Opener, ProjectRequest, RunRequest
from designer.gui.training.texts import continue_text
from designer.jobs import training
from designer.messages import duration_text, tr
from designer.session.kept_runs import InterruptedRun

LANE = "recovery"


class Recovering(QObject):
    """Looks for broken-off runs: of a project when it is opened, of unsaved ones when the program starts."""

    def __init__(self, context: Context, opener: Opener, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._opener = opener
        self._project: Path | None = None
        opener.opened.connect(self._look_for_project)

    @Slot()
    def look_for_unsaved(self) -> None:
        """Look for runs of networks that were never saved, unless something has been opened meanwhile."""
        if self._context.session.network is None:
            self._look(None)

    @Slot(object, object)
    def _look_for_project(self, request: object, _: object) -> None:
        if isinstance(request, ProjectRequest):
            self._look(request.path)

    def _look(self, project: Path | None) -> None:
        self._project = project
        job = self._context.runner.start(tr("Looking for runs"), training.find_run(project), LANE)
        job.finished.connect(self._offer)

    @Slot(object)
    def _offer(self, run: object) -> None:
        if isinstance(run, InterruptedRun) and self._context.session.path == self._project:
            self._context.notify(
                Notice(
                    offer_text(run),
                    detail_text(run),
                    "warning",
                    continue_text(run),
                    partial(self._opener.open, RunRequest(run)),
                    until=("opened", "runs"),
                    other_text=tr("Discard"),
                    other=partial(self._discard, run),
                )
            )

    def _discard(self, run: InterruptedRun) -> None:
        self._context.runner.start(tr("Discarding a run"), training.discard_run(run), LANE)


def detail_text(run: InterruptedRun) -> str:
    """What going on with it means."""
    if not run.has_checkpoint:
        text = tr("It begins again with the network and the options as they were when it began.")
        if run.saved_since:
            text += " " + tr("The project has been saved since: before that is saved over, you are asked.")
        return text
    if run.saved_since:
        return tr(
            "The project has been saved since the run began. It goes on with the network as it was then; "
            "before that is saved over newer changes, you are asked."
        )
    return tr("It goes on where it was, as if nothing had happened.")


def offer_text(run: InterruptedRun) -> str:
    """What was broken off, and how far it was."""
    if not run.has_checkpoint:
        return tr("A training run of {name} was broken off before its first checkpoint.", name=run.name)
    if run.epoch >= run.epochs:
        return tr(
            "A training run of {name} was not saved. It took {time}.",
            name=run.name,
            time=duration_text(run.seconds),
        )
    return tr(
        "A training run of {name} was broken off after {epoch} of {epochs} epochs.",
        name=run.name,
        epoch=run.epoch,
        epochs=run.epochs,
    )
