"""The export page: write an ONNX file, prove it, and say how it is used."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from designer.errors import ExportError
from designer.gui.context import Context
from designer.gui.export.exporter import FileExport
from designer.gui.export.options_panel import ExportOptionsPanel
from designer.gui.export.result_panel import ResultPanel
from designer.gui.export.snippet import snippet
from designer.gui.export.state import PanelState, resolve
from designer.gui.look.progress_bar import ProgressBar
from designer.gui.look.tokens import SPACE
from designer.gui.notices import notice_of
from designer.gui.page import Page
from designer.gui.step_header import StepHeader
from designer.messages import tr
from designer.progress import StepNews

FINE = 1000
"""Steps of the progress bar."""


class ExportPage(Page):
    """Puts the parts together, and follows the session."""

    step: ClassVar[str] = "export"
    title: ClassVar[str] = "Export"
    icon_name: ClassVar[str] = "package"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.export = FileExport(context, self)
        self.header = StepHeader(tr("Export"), context.look, context.go_to)
        self.cancel_button = self.header.add_button(tr("Cancel"), "x")
        self.export_button = self.header.add_button(tr("Export"), "package", primary=True)
        self.options = ExportOptionsPanel(context.session)
        self.result = ResultPanel(context.look)
        self.bar = ProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the export"))
        self._dropped = False
        self.options.setFixedWidth(48 * SPACE)
        left = QVBoxLayout()
        left.addWidget(self.options)
        left.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        middle.addLayout(left)
        middle.addWidget(self.result, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.header)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)
        self.export_button.clicked.connect(self._export)
        self.cancel_button.clicked.connect(self.export.cancel)
        self.export.changed.connect(self._update)
        self.export.told.connect(self._tell)
        context.runner.started.connect(self._update)
        context.runner.ended.connect(self._update)
        self.observe(self._heard)
        self.options.suggest()
        self._update()

    def need(self) -> str:
        """See `Page.need`."""
        return self._resolve().need

    def _resolve(self) -> PanelState:
        session = self.context.session
        return resolve(
            session.network,
            session.facts,
            session.data,
            session.export_options,
            running=self.export.running,
            busy_with=self.busy_with,
        )

    def _heard(self, topic: str) -> None:
        if topic == "opened":
            self._dropped = False
            self.export.forget()
            self.options.suggest()
        if topic in ("opened", "options"):
            self.options.show_options()
        if topic in ("network", "runs"):
            self._dropped = self._dropped or self.result.exported is not None
        if topic == "exported":
            self._dropped = False
        self._update()

    @Slot()
    def _update(self, _: object = None) -> None:
        state = self._resolve()
        self.export_button.setEnabled(state.can_export)
        self.export_button.setToolTip(state.reason)
        self.cancel_button.setVisible(state.can_cancel)
        self.bar.setVisible(state.can_cancel)
        self.bar.setRange(0, 0)
        self.header.say(state.reason, state.hint, state.action, state.step)
        # Another job has begun or ended meanwhile: this one is still where it was.
        if self.export.latest is not None:
            self._tell(self.export.latest)
        self._show_result()

    def _show_result(self) -> None:
        session = self.context.session
        if session.exported is not None and session.network is not None:
            if self.result.exported is not session.exported:
                embedded = self.export.options.embed_preprocessing
                code = snippet(
                    session.exported.path,
                    session.network.preprocessing,
                    embedded,
                    session.network.multilabel,
                )
                self.result.show_file(session.exported, code)
        elif self.export.error is not None:
            self.result.show_error(self.export.error)
        elif self._dropped:
            text = tr(
                "The network has changed since the file was written. Export again to have it as it is now."
            )
            self.result.show_nothing(text)
        else:
            self.result.show_nothing(tr("No file has been exported yet."))

    @Slot(object)
    def _tell(self, news: StepNews) -> None:
        self.header.say("", news.text)
        self.bar.setRange(0, FINE if news.done is not None else 0)
        if news.done is not None:
            self.bar.setValue(round(FINE * news.done))

    @Slot()
    def _export(self) -> None:
        path = self.options.file()
        if path is None:
            error = ExportError(
                tr("There is no name for the file."),
                "",
                tr("Write one into the field, or press 'Choose ...'."),
            )
            self.context.notify(notice_of(error))
            self.options.path.setFocus()
            return
        self.options.path.setText(str(path))
        self.export.export(path)
