"""The main window puts the pages together; what it does itself lies in the files beside this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSize, QTimer, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from designer import __version__, settings
from designer.gui.context import Context
from designer.gui.editing.history import History
from designer.gui.look.style import Look
from designer.gui.main_window.actions import WindowActions
from designer.gui.main_window.closing import Closing
from designer.gui.main_window.dropping import files_in, take_files
from designer.gui.main_window.facts import FactsKeeper
from designer.gui.main_window.needs import counts_line, counts_tip, step_states, title_line
from designer.gui.main_window.pages import FRAME, PAGES, PagesAhead, load_pages
from designer.gui.main_window.rail import Rail
from designer.gui.main_window.recovering import Recovering
from designer.gui.main_window.saving import SUFFIX, Saving
from designer.gui.main_window.status import StatusLine
from designer.gui.notices import BEGUN, NoticeBar, notice_of
from designer.gui.opening.opener import Opener, ProjectRequest, RunRequest
from designer.gui.page import Page
from designer.jobs.projects import OpenedSession
from designer.jobs.runner import Job, Runner
from designer.jobs.steps import warm_up
from designer.messages import tr
from designer.session.results import Findings
from designer.session.session import Session


class MainWindow(QMainWindow):
    """Rail, toolbar, notices, the page of a step, status line."""

    def __init__(self, session: Session, runner: Runner, look: Look) -> None:
        super().__init__()
        self._bar = NoticeBar(look)
        self._history = History(session, self)
        self.context = Context(session, runner, look, self._bar.show_notice, self.go_to, self._history)
        self.pages: dict[str, Page] = {}
        self._views: dict[str, dict[str, Any]] = {}
        self._stack = QStackedWidget()
        self._rail = Rail(look)
        self._rail.chosen.connect(self.go_to)
        self._status = StatusLine(runner)
        self.saving = Saving(self.context, self, self._view)
        self.opener = Opener(self.context, self.saving.guard, self)
        self.opener.opened.connect(self.saving.remember)
        self.opener.opened.connect(self._show_soon)
        self.closing = Closing(self.context, self.saving, self, self.close)
        self._facts = FactsKeeper(self.context, self)
        self._recovering = Recovering(self.context, self.opener, self)
        self._ahead = PagesAhead(self.context, self._page, self)
        self._ahead.over.connect(self._recovering.look_for_unsaved)
        handlers: dict[str, Callable[[], object]] = {
            "open": self.ask_project,
            "save": self.saving.save,
            "save_as": self.saving.save_as,
            "undo": self._history.stack.undo,
            "redo": self._history.stack.redo,
            "show_log": _show_log,
            "about": _about,
            "quit": self.close,
        }
        self._actions = WindowActions(self, look, handlers, self._set_appearance)
        self.addToolBar(self._actions.toolbar)
        self._to_show: tuple[object, OpenedSession] | None = None
        self._showing = QTimer(self)
        self._showing.setSingleShot(True)
        self._showing.timeout.connect(self._show_opened)
        self._lay_out()
        self.setAcceptDrops(True)
        self._end_observing = session.observe(self._heed)
        self._history.stack.indexChanged.connect(self._refresh)
        self.saving.changed.connect(self._refresh)
        look.changed.connect(self._actions.paint)
        runner.started.connect(self._begun)
        runner.ended.connect(self._refresh)
        self.go_to("start")
        self.pages["start"].setFocus()
        self._refresh()

    def warm_up(self) -> None:
        """Load torch and the pages behind the window; the status line says so."""
        self._status.show_loading(tr("Loading torch ..."))
        job = self.context.runner.start(tr("Loading torch"), warm_up(load_pages), "warm-up")
        job.news.connect(self._status.show_device)
        job.failed.connect(self._torch_failed)
        job.finished.connect(self._ahead.begin)

    @property
    def step(self) -> str:
        """The step whose page is shown."""
        page = self._stack.currentWidget()
        return page.step if isinstance(page, Page) else ""

    @Slot(str)
    def go_to(self, step: str) -> None:
        """Show the page of a step."""
        page = self._page(step)
        self._stack.setCurrentWidget(page)
        self._rail.set_step(step)
        if not self._rail.isAncestorOf(self.focusWidget() or self._rail):
            page.setFocus()
        page.shown()
        self._refresh()

    def open_project(self, path: Path, findings: Findings | None = None) -> None:
        """Open a project file, and show what was found of it."""
        self.opener.open(ProjectRequest(path, findings))

    @Slot()
    def ask_project(self) -> None:
        """Ask for a project file, and open it."""
        start = settings.load().last_folder or str(Path.home())
        kinds = tr("Netgraft projects (*{suffix})", suffix=SUFFIX)
        name, _ = QFileDialog.getOpenFileName(self, tr("Open a project"), start, kinds)
        if name:
            self.open_project(Path(name))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first; a second close, after all is agreed, ends everything."""
        if not self.closing.agreed:
            event.ignore()
            # A dialog must not run inside the event that the window system waits for.
            QTimer.singleShot(0, self.closing.begin)
            return
        for page in self.pages.values():
            page.closing()
        self._end_observing()
        self._showing.stop()
        self._facts.stop()
        self._ahead.stop()
        self._history.stop()
        kept = settings.load()
        place = bytes(self.saveGeometry().toBase64().data()).decode()
        _save_settings(kept, window=place, appearance=self.context.look.appearance)
        self.hide()
        self.context.runner.shut_down()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files: what is no use is told when it is dropped, where there is room to say why."""
        if files_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files that were dropped."""
        paths = files_in(event.mimeData())
        if paths:
            event.acceptProposedAction()
            # The program that they come from waits for the event's end: no question within it.
            take = partial(take_files, paths, self.context, self.pages, self.open_project)
            QTimer.singleShot(0, take)

    def _page(self, step: str) -> Page:
        """The page of a step, made when it is first asked for, if it has not been made ahead."""
        if step not in self.pages:
            page = self._ahead.take(step)
            self.pages[step] = page
            self._stack.addWidget(page)
            self._connect(step, page)
            page.restore_view(self._views.get(step, {}))
        return self.pages[step]

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._bar)
        middle.addWidget(self._stack, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._rail)
        body.addLayout(middle, 1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(self._status)
        self.setCentralWidget(central)
        self.setMinimumSize(QSize(1060, 640))
        place = settings.load().window
        if not (place and self.restoreGeometry(QByteArray.fromBase64(place.encode()))):
            room = self.screen().availableSize()
            self.resize(min(1440, round(room.width() * 0.9)), min(900, round(room.height() * 0.9)))

    def _connect(self, step: str, page: Page) -> None:
        request = getattr(page, "requested", None)
        if request is not None:
            request.connect(self.opener.open)
        browse = getattr(page, "browse", None)
        if browse is not None:
            browse.connect(self.ask_project)

    def _heed(self, topic: str) -> None:
        self._bar.settle(topic)
        self._refresh()

    @Slot(object)
    def _begun(self, job: Job) -> None:
        if job.lane == "engine":
            self._bar.settle(BEGUN)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        session = self.context.session
        states = step_states(session)
        self._rail.set_states(states)
        self._status.counts.setText(counts_line(session))
        self._status.counts.setToolTip(counts_tip(session))
        title, unsaved = title_line(session), self.saving.unsaved
        self.setWindowTitle(f"{title}[*] - Netgraft" if title else "Netgraft")
        self.setWindowModified(unsaved)
        self._actions.title.setText(f"{title} •" if unsaved else title)
        self._actions.title.setToolTip(str(session.path) if session.path else tr("Not saved yet"))
        there = session.network is not None
        actions, stack = self._actions.all, self._history.stack
        actions["save"].setEnabled(there)
        actions["save_as"].setEnabled(there)
        actions["undo"].setEnabled(stack.canUndo())
        actions["redo"].setEnabled(stack.canRedo())
        self._actions.name_steps(stack.undoText(), stack.redoText())

    @Slot(object, object)
    def _show_soon(self, request: object, opened: OpenedSession) -> None:
        # All that hears of it has its work to do in this turn; the page comes to the front in another.
        self._to_show = request, opened
        self._showing.start(FRAME)

    @Slot()
    def _show_opened(self) -> None:
        assert self._to_show is not None
        (request, opened), self._to_show = self._to_show, None
        step = "network"
        if isinstance(request, ProjectRequest):
            step = "evaluation" if request.findings else str(opened.view.get("step", step))
        elif isinstance(request, RunRequest):
            step = "training"
        views = opened.view.get("pages")
        self._views = (
            {s: v for s, v in views.items() if isinstance(v, dict)} if isinstance(views, dict) else {}
        )
        for name, page in self.pages.items():
            page.restore_view(self._views.get(name, {}))
        self.go_to(step if any(row.step == step for row in PAGES[1:]) else "network")
        self.pages[self.step].opened_by(request)

    def _view(self) -> dict[str, Any]:
        now = {step: page.view_state() for step, page in self.pages.items()}
        return {
            "step": self.step,
            "pages": {**self._views, **{s: state for s, state in now.items() if state}},
        }

    def _set_appearance(self, appearance: str) -> None:
        self.context.look.set_appearance(appearance)
        _save_settings(settings.load(), appearance=appearance)

    @Slot(object)
    def _torch_failed(self, error: BaseException) -> None:
        self._status.show_loading(tr("torch could not be loaded"))
        self.context.notify(notice_of(error))


def _save_settings(kept: settings.Settings, **values: Any) -> None:
    settings.save(replace(kept, **values))


def _show_log() -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(settings.configuration_folder())))


def _about() -> None:
    QMessageBox.about(
        QApplication.activeWindow(),
        tr("About Netgraft"),
        tr(
            "<b>Netgraft {version}</b><p>Open a pretrained network as a graph, graft a new head, freeze, "
            "train, evaluate, export.</p><p>Apache License 2.0. Icons: Lucide (ISC). "
            "Qt for Python is used under the LGPL v3.</p>",
            version=__version__,
        ),
    )
