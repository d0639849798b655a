"""Comparing ways of training: the question, the job, and taking the weights of one of the runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.catalog.recipes import RECIPES, WAYS
from designer.gui.context import Context
from designer.gui.look.tokens import SPACE
from designer.gui.notices import Notice, notice_of
from designer.gui.training.editors import WholeBox
from designer.gui.training.live import LiveRun
from designer.jobs import training
from designer.jobs.projects import snapshot
from designer.messages import tr
from designer.network.document import Document
from designer.session.kept_runs import KeptRuns
from designer.session.options import BOUNDS
from designer.session.results import Run


class WaysDialog(QDialog):
    """Asks which ways are compared, and how long each is trained.

    Attributes:
        boxes: a tick for each recipe, by its key.
        epochs: of each way.
        accept_button: starts.
    """

    def __init__(self, epochs: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Compare ways of training"))
        text = QLabel(
            tr(
                "The network is trained once in each way, on the same pictures, with the same seed and as "
                "many epochs. It keeps its weights; those of a run can be taken afterwards."
            )
        )
        text.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE)
        column.addWidget(text)
        self.boxes: dict[str, QCheckBox] = {}
        for key in WAYS:
            box = QCheckBox(tr(RECIPES[key].title))
            box.setChecked(True)
            box.setAccessibleDescription(tr(RECIPES[key].text))
            box.toggled.connect(self._check)
            said = QLabel(tr(RECIPES[key].text))
            said.setProperty("small", True)
            said.setWordWrap(True)
            said.setIndent(3 * SPACE)
            column.addWidget(box)
            column.addWidget(said)
            self.boxes[key] = box
        label = QLabel(tr("Epochs of each"))
        self.epochs = WholeBox(*BOUNDS["epochs"])
        self.epochs.setValue(epochs)
        label.setBuddy(self.epochs)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.epochs)
        row.addStretch(1)
        column.addLayout(row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = buttons.addButton(tr("Compare"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setMinimumWidth(60 * SPACE)

    @property
    def keys(self) -> tuple[str, ...]:
        """The recipes that are ticked."""
        return tuple(key for key, box in self.boxes.items() if box.isChecked())

    @Slot()
    def _check(self) -> None:
        self.accept_button.setEnabled(len(self.keys) > 1)


class Ways(QObject):
    """Begins the comparison and takes its runs, and takes the weights of a run.

    Args:
        context: session, runner and notices.
        live: takes the news meanwhile.
        page: above which is asked.

    Attributes:
        use_button: takes the weights of the run that is shown.
    """

    compared = Signal(object)
    """Numbers of the runs that have been added."""

    def __init__(self, context: Context, live: LiveRun, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._live = live
        self._page = page
        self._run: Run | None = None
        self._document: Document | None = None
        self.use_button = QPushButton(tr("Use these weights"))
        self.use_button.setToolTip(tr("The network takes the weights that this run has kept."))
        self.use_button.clicked.connect(self.use)

    @Slot()
    def ask(self) -> None:
        """Ask what is to be compared, and begin."""
        dialog = WaysDialog(self._context.session.training_options.all_epochs, self._page)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.compare(dialog.keys, dialog.epochs.value())
        dialog.deleteLater()

    def compare(self, keys: tuple[str, ...], epochs: int) -> None:
        """Train what is open now in these ways."""
        session = self._context.session
        taken = snapshot(session)
        if taken is None or session.data is None or self._live.running:
            return
        step = training.train_ways(taken, session.path, keys, epochs)
        job = self._live.begin(tr("Comparing"), step, session.training_options)
        if job is not None:
            self._document = session.document
            job.finished.connect(self._take_runs)
            job.failed.connect(self._failed)
            job.cancelled.connect(self._cancelled)

    @Slot()
    def use(self) -> None:
        """Take the weights of the run that is shown."""
        run, session = self._run, self._context.session
        if run is not None and run.weights is not None and session.network is not None:
            session.use_weights(training.merged(session.weights, run.weights))
            self._context.notify(
                Notice(tr("The network has the weights of run {number}.", number=run.number))
            )

    def show(self, run: Run | None) -> None:
        """Offer what can be done with the run that is shown."""
        self._run = run
        there = run is not None and run.weights is not None and not self._context.runner.busy()
        self.use_button.setEnabled(there)

    @Slot(object)
    def _take_runs(self, found: KeptRuns) -> None:
        session = self._context.session
        kept = [run for run in found.runs if run.history]
        if session.document is not self._document or not kept:
            if found.folder is not None:
                found.folder.discard()
            text = tr("Comparing was stopped before the first epoch was over: nothing has changed.")
            if session.document is not self._document:
                text = tr("The comparison on the network that was open before has been stopped.")
            self._context.notify(Notice(text))
            return
        self._live.records.end()
        self._live.keeping.hold(found.folder)
        session.add_runs(kept)
        added = session.runs[-len(kept) :]
        self._tell(added, stopped=found.stopped)
        self.compared.emit(tuple(run.number for run in added))

    def _tell(self, runs: Sequence[Run], *, stopped: bool) -> None:
        remarks = " ".join(remark for run in runs for remark in run.remarks)
        if stopped:
            names = [tr("run {number} ({name})", number=run.number, name=run.name) for run in runs]
            text = tr(
                "Comparing was stopped. What was reached until then is kept: {runs}.", runs=", ".join(names)
            )
            self._context.notify(Notice(text, remarks))
        elif remarks:
            self._context.notify(Notice(tr("Comparing has ended, with a remark."), remarks))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._context.notify(notice_of(error))

    @Slot()
    def _cancelled(self) -> None:
        self._context.notify(Notice(tr("Comparing was stopped before it had begun: nothing has changed.")))
