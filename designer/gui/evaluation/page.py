"""The evaluation page: how well the network does, and where it is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from designer.gui.context import Context
from designer.gui.evaluation.evaluator import Evaluator
from designer.gui.evaluation.report_view import ReportView
from designer.gui.evaluation.state import PanelState, dropped_text, resolve
from designer.gui.evaluation.summary import Summary
from designer.gui.evaluation.thumbnails import Thumbnails
from designer.gui.look.tokens import SPACE
from designer.gui.page import Page
from designer.gui.step_header import StepHeader
from designer.messages import tr
from designer.progress import StepNews


class EvaluationPage(Page):
    """Puts the parts together, and follows the session."""

    step: ClassVar[str] = "evaluation"
    title: ClassVar[str] = "Evaluation"
    icon_name: ClassVar[str] = "target"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.evaluator = Evaluator(context, self)
        self.thumbnails = Thumbnails(context.runner, self)
        self.header = StepHeader(tr("Evaluation"), context.look, context.go_to)
        self.cancel_button = self.header.add_button(tr("Cancel"), "x")
        self.folder_button = self.header.add_button(tr("On another folder ..."), "folder-open")
        self.evaluate_button = self.header.add_button(tr("Evaluate"), "target", primary=True)
        self.summary = Summary()
        self.view = ReportView(context.look, self.thumbnails)
        self._shown_report = context.session.report
        self._why_none = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.header)
        column.addWidget(self.summary)
        column.addWidget(self.view, 1)
        self.evaluate_button.clicked.connect(self.evaluator.evaluate)
        self.folder_button.clicked.connect(self._choose_folder)
        self.cancel_button.clicked.connect(self.evaluator.cancel)
        self.view.predictions.wanted.connect(self._predict)
        self.evaluator.changed.connect(self._update)
        self.evaluator.told.connect(self._tell)
        self.evaluator.predicted.connect(self._show_predictions)
        context.runner.started.connect(self._update)
        context.runner.ended.connect(self._update)
        self.observe(self._heard)
        self._show_report()
        self._update()

    def need(self) -> str:
        """See `Page.need`."""
        return self._resolve().need

    def shown(self) -> None:
        """Ask again for pictures that another page's wishes have pushed aside."""
        self.view.want()

    def _resolve(self) -> PanelState:
        session = self.context.session
        return resolve(
            session.network,
            session.facts,
            session.data,
            running=self.evaluator.running,
            busy_with=self.busy_with,
            live=session.live is not None,
        )

    def _heard(self, topic: str) -> None:
        session = self.context.session
        if topic in ("opened", "network", "weights"):
            # They are what another network said.
            self.view.predictions.show_predictions(())
        if topic == "opened":
            self._why_none = ""
            self.evaluator.cancel()
        elif session.report is not None:
            self._why_none = ""
        elif self._shown_report is not None or (self._why_none and topic == "runs"):
            # A run brings other weights first, then itself, which says more.
            self._why_none = dropped_text(topic)
            self._shown_report = None
            self._show_report()
        if session.report is not self._shown_report:
            self._show_report()
        self._update()

    def _show_report(self) -> None:
        report = self._shown_report = self.context.session.report
        self.summary.show_report(report, self.evaluator.source, self._why_none)
        self.view.show_report(report)

    @Slot()
    def _update(self, _: object = None) -> None:
        state = self._resolve()
        for button, allowed in (
            (self.evaluate_button, state.can_evaluate),
            (self.folder_button, state.can_use_folder),
            (self.view.predictions.button, state.can_predict),
        ):
            button.setEnabled(allowed)
            button.setToolTip("" if allowed else state.reason)
        self.cancel_button.setVisible(state.can_cancel)
        self.header.say(state.reason, state.hint, state.action, state.step)
        self.summary.show_progress(None, running=state.can_cancel)
        # Another job has begun or ended meanwhile: this one is still where it was.
        if self.evaluator.latest is not None:
            self._tell(self.evaluator.latest)

    @Slot(object)
    def _tell(self, news: StepNews) -> None:
        self.header.say("", news.text)
        self.summary.show_progress(news, running=self.evaluator.running)

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder with pictures of the classes"))
        if folder:
            self.evaluator.evaluate_folder(Path(folder))

    @Slot(object)
    def _predict(self, paths: tuple[Path, ...]) -> None:
        self.evaluator.predict(paths)

    @Slot(object)
    def _show_predictions(self, predictions: object) -> None:
        assert isinstance(predictions, tuple)
        self.view.predictions.show_predictions(predictions)
