"""The dialog that finds a learning rate: it tries rates on a copy, shows the curve, and takes one over."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.gui.context import Context
from designer.gui.look.progress_bar import ProgressBar
from designer.gui.look.tokens import SPACE
from designer.gui.one_job import OneJob
from designer.jobs import training
from designer.jobs.projects import snapshot
from designer.messages import tr
from designer.progress import StepNews
from designer.session.results import RateCurve

FINE = 1000


class RateFinder(OneJob):
    """Runs the search, and hands on what came of it."""

    found = Signal(object)
    """A `RateCurve`."""
    failed = Signal(object)
    """Why there is none."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(context, parent)

    @Slot()
    def ask(self) -> None:
        """Search in a dialog above the page, and take what the user wants of it."""
        page = self.parent()
        if isinstance(page, QWidget):
            RateDialog.ask(self._context, self, page)

    def find(self) -> bool:
        """Search with what is open now. False when it cannot start, which is told."""
        taken = snapshot(self._context.session)
        if taken is None or taken.savable.data is None or self.running:
            return False
        return self._start(tr("Finding a learning rate"), training.find_rate(taken), self._take_curve)

    @Slot(object)
    def _take_curve(self, curve: RateCurve) -> None:
        self.found.emit(curve)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        # The notice bar lies behind the dialog.
        self.failed.emit(error)


class RateDialog(QDialog):
    """Shows the search while it goes on, then its curve.

    Attributes:
        rate: the rate that would be taken over; None while there is none.
    """

    def __init__(self, context: Context, finder: RateFinder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Here, since it loads pyqtgraph.
        from designer.gui.training.rate_plot import RatePlot

        self.setWindowTitle(tr("Find a learning rate"))
        self.resize(680, 500)
        self.rate: float | None = None
        self._finder = finder
        about = QLabel(
            tr(
                "A copy of the network is trained at a rate that rises with every step. A good rate lies "
                "where the loss falls steadily, well before it rises. Nothing is changed."
            )
        )
        about.setWordWrap(True)
        about.setProperty("muted", True)
        self.plot = RatePlot(context.look)
        self.bar = ProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(tr("Progress of the search"))
        self.text = QLabel(tr("Trying learning rates"))
        self.text.setWordWrap(True)
        self.use_button = QPushButton(tr("Use"))
        self.use_button.setProperty("primary", True)
        self.use_button.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.use_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(about)
        column.addWidget(self.plot, 1)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        column.addWidget(buttons)
        self.plot.moved.connect(self._choose)
        finder.told.connect(self._tell)
        finder.found.connect(self._take)
        finder.failed.connect(self._fail)

    @classmethod
    def ask(cls, context: Context, finder: RateFinder, parent: QWidget | None) -> None:
        """Find a rate, and set it as the user agrees."""
        if not finder.find():
            return
        dialog = cls(context, finder, parent)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.rate is not None:
            options = replace(context.session.training_options, learning_rate=dialog.rate)
            context.session.set_options(training=options)
        dialog.deleteLater()

    def done(self, result: int) -> None:
        """Give up a search that still goes on."""
        self._finder.cancel()
        super().done(result)

    @Slot(object)
    def _tell(self, news: StepNews) -> None:
        self.text.setText(news.text)
        self.bar.setRange(0, 0 if news.done is None else FINE)
        if news.done is not None:
            self.bar.setValue(round(FINE * news.done))

    @Slot(object)
    def _take(self, curve: RateCurve) -> None:
        self.bar.hide()
        self.plot.show_curve(curve)
        if curve.suggestion is None:
            self.text.setText(
                tr("No rate is suggested: the loss falls nowhere. Check the pictures and the frozen layers.")
            )
            return
        self.text.setText(tr("The dashed line marks the suggestion. Drag it for another rate."))
        self._choose(curve.suggestion)
        self.use_button.setFocus()

    @Slot(float)
    def _choose(self, rate: float) -> None:
        self.rate = rate
        self.use_button.setText(tr("Use {rate}", rate=f"{rate:g}"))
        self.use_button.setEnabled(True)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self.bar.hide()
        self.text.setText(str(error))
