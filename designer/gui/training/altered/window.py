"""The window that shows what the chosen augmentations do to one's own pictures, in step with the options."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget
from shiboken6 import isValid

from designer.gui.aside import AsideWindow
from designer.gui.context import Context
from designer.gui.look.icons import set_icon
from designer.gui.look.tokens import SPACE
from designer.gui.notices import notice_of
from designer.gui.observing import observe_while
from designer.gui.training.altered.grid import ExampleGrid
from designer.gui.training.altered.state import PICTURES, Wanted, resolve
from designer.jobs import training
from designer.jobs.runner import Job
from designer.messages import tr

LANE = "altering"
PAUSE = 120
"""Milliseconds after the last change of an option before pictures are altered anew."""
PATIENCE = 300
"""Milliseconds that this may take before the window says that it goes on."""


class AlteredWindow(AsideWindow):
    """Shows some training pictures as the next run would show them to the network.

    Attributes:
        shown: what the grid shows; None while it shows nothing.
        text: what is seen.
        reason: why nothing is, in its place.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.look, tr("Altered pictures"), (940, 560), parent)
        self._context = context
        self._turn = 0
        self._asked: Wanted | None = None
        self._job: Job | None = None
        self.shown: Wanted | None = None
        self.text, self.reason = QLabel(), QLabel()
        for label in (self.text, self.reason):
            label.setWordWrap(True)
            label.setProperty("muted", True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.grid = ExampleGrid(context.look)
        self.progress = QLabel(tr("Altering pictures ..."))
        self.progress.setProperty("small", True)
        self.others = QPushButton(tr("Show others"))
        self.others.setToolTip(tr("Other pictures, and the next epochs"))
        self.others.setDefault(True)
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setAutoDefault(False)
        self._pause = _timer(self, PAUSE)
        self._patience = _timer(self, PATIENCE)
        self._lay_out()
        self._dress()
        self._pause.timeout.connect(self._refresh)
        self._patience.timeout.connect(self._say_busy)
        self.others.clicked.connect(self._draw_others)
        self.close_button.clicked.connect(self.reject)
        context.look.changed.connect(self._dress)
        self._stop = observe_while(self, context.session, self._hear)
        self._refresh()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.reason)
        self._stack.addWidget(self.grid)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.progress)
        row.addStretch(1)
        row.addWidget(self.others)
        row.addWidget(self.close_button)
        self.column.addWidget(self.text)
        self.column.addWidget(self._stack, 1)
        self.column.addLayout(row)
        self.progress.setVisible(False)

    def leave(self) -> None:
        """See `AsideWindow`."""
        self._stop()
        self._pause.stop()
        self._drop()

    def _hear(self, topic: str) -> None:
        if topic in ("opened", "data"):
            self._turn = 0
        if topic in ("opened", "network", "data", "options"):
            self._pause.start()

    @Slot()
    def _draw_others(self) -> None:
        self._turn += 1
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show what the session says now; pictures shown stay until the next ones are there."""
        session = self._context.session
        state = resolve(session.network, session.data, session.training_options, self._turn)
        seen = state.wanted is not None
        self.text.setText(state.text if seen else "")
        self.text.setVisible(seen)
        self.others.setEnabled(seen)
        if state.wanted is None:
            self._drop()
            self._asked = self.shown = None
            self.reason.setText(state.text)
            self._stack.setCurrentIndex(0)
        elif state.wanted != self._asked:
            self._asked = state.wanted
            self._ask(state.wanted)

    def _ask(self, wanted: Wanted) -> None:
        asked = (wanted.turn, PICTURES, wanted.epochs)
        step = training.examples(wanted.data, *asked, wanted.options, wanted.preprocessing)
        # What was asked for before is given up: the lane takes the newest alone.
        self._job = self._context.runner.start(tr("Altering pictures"), step, LANE)
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._fail)
        if not self._patience.isActive() and not self.progress.isVisible():
            self._patience.start()

    @Slot(object)
    def _take(self, found: object) -> None:
        asked = self._asked
        self._be_done()
        if asked is None or not isinstance(found, tuple):
            return
        self.shown = asked
        self.grid.show_examples(asked.data, found, asked.epochs)
        self._stack.setCurrentIndex(1)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self._be_done()
        # Asked for again as soon as anything changes.
        self._asked = None
        self.notices.show_notice(notice_of(error))

    @Slot()
    def _say_busy(self) -> None:
        self.progress.setVisible(True)

    def _be_done(self) -> None:
        self._job = None
        self._patience.stop()
        self.progress.setVisible(False)

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._be_done()

    @Slot()
    def _dress(self) -> None:
        set_icon(self.others, "shuffle", self._context.look.colours)


class AlteredOpener(QObject):
    """Opens the window once, and brings it to the front when it is asked for again."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self.window: AlteredWindow | None = None

    @Slot()
    def ask(self) -> None:
        """Show the window."""
        if self.window is None or not isValid(self.window):
            self.window = AlteredWindow(self._context, self._page)
            self.window.show()
        else:
            self.window.raise_()
            self.window.activateWindow()


def _timer(parent: QObject, milliseconds: int) -> QTimer:
    made = QTimer(parent)
    made.setSingleShot(True)
    made.setInterval(milliseconds)
    return made
