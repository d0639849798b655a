"""Opens projects, pretrained models and samples: the former session stays until the new one is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from designer import settings
from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.notices import Notice, notice_of
from designer.jobs.projects import OpenedSession, open_pretrained, open_sample, open_session
from designer.jobs.runner import Job
from designer.jobs.training import open_run
from designer.messages import tr
from designer.progress import Progress
from designer.session.kept_runs import InterruptedRun
from designer.session.results import Findings


@dataclass(frozen=True, slots=True)
class ProjectRequest:
    """Open a project file; `findings` of it, if there are any, are shown with it."""

    path: Path
    findings: Findings | None = None


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Open a pretrained model; `weights` is 'default', 'none' or a file's path."""

    model_id: str
    title: str
    weights: str = "default"
    download: bool = False


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Open a sample set with a model, ready to train."""

    name: str
    title: str
    model_id: str


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Open what was open when a run began that was broken off, to go on with it."""

    run: InterruptedRun


Request = ProjectRequest | ModelRequest | SampleRequest | RunRequest
Guard = Callable[[Callable[[], None]], None]


class Opener(QObject):
    """Turns requests into jobs, and their results into the session.

    Signals:
        opened: the session holds the new things; carries the request and the `OpenedSession`.
    """

    opened = Signal(object, object)

    def __init__(self, context: Context, guard: Guard, parent: QObject | None = None) -> None:
        """`guard(go_on)` calls `go_on()` once nothing unsaved would be lost."""
        super().__init__(parent)
        self._context = context
        self._guard = guard
        self._request: Request | None = None
        self._job: Job | None = None

    @Slot(object)
    def open(self, request: Request) -> None:
        """Open what is asked for, after asking about unsaved changes."""
        if self._context.runner.busy():
            # Refused before the user is asked about unsaved changes.
            self._start(request)
            return
        self._guard(partial(self._start, request))

    def _start(self, request: Request) -> None:
        name, step = _job_of(request)
        try:
            job = self._context.runner.start(name, step)
        except DesignerError as error:
            self._context.notify(notice_of(error))
            return
        self._request, self._job = request, job
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take(self, opened: object) -> None:
        request = self._request
        assert isinstance(opened, OpenedSession)
        assert request is not None
        path = _path_of(request)
        self._context.session.open(
            opened.network,
            opened.weights,
            data=opened.data,
            training_options=opened.training_options,
            export_options=opened.export_options,
            runs=opened.runs,
            path=path,
            in_file=isinstance(request, ProjectRequest),
        )
        if path is not None:
            settings.save(settings.load().with_recent(path))
        findings = request.findings if isinstance(request, ProjectRequest) else None
        if findings is not None:
            self._context.session.set_report(findings.report)
            self._context.session.set_exported(findings.exported)
        if opened.why_missing is not None:
            why = opened.why_missing
            self._context.notify(
                Notice(
                    tr("The project is open, but its pictures could not be read."),
                    f"{why.what} {why.why}".strip(),
                    "warning",
                    tr("Choose pictures"),
                    partial(self._context.go_to, "data"),
                )
            )
        self.opened.emit(request, opened)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))


def _path_of(request: Request) -> Path | None:
    if isinstance(request, RunRequest):
        return request.run.project
    return request.path if isinstance(request, ProjectRequest) else None


def _job_of(request: Request) -> tuple[str, Callable[[Progress], OpenedSession]]:
    if isinstance(request, ProjectRequest):
        return tr("Opening {name}", name=request.path.name), open_session(request.path)
    if isinstance(request, RunRequest):
        return tr("Opening {name}", name=request.run.name), open_run(request.run)
    if isinstance(request, SampleRequest):
        return tr("Opening {name}", name=request.title), open_sample(request.name, request.model_id)
    step = open_pretrained(request.model_id, request.weights, download=request.download)
    return tr("Opening {name}", name=request.title), step
