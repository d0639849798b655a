"""The data page: choose pictures, see what they are, split them, make the head fit them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QListWidget,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer import settings
from designer.catalog.actions import name_classes, replace_head
from designer.catalog.samples import SAMPLES
from designer.errors import DesignerError
from designer.gui.context import Context
from designer.gui.data.classes import ClassBars
from designer.gui.data.empty import EmptyPanel
from designer.gui.data.grid import PictureGrid
from designer.gui.data.split_panel import SplitPanel
from designer.gui.data.state import PanelState, resolve
from designer.gui.look.tokens import SPACE
from designer.gui.notices import Notice, notice_of
from designer.gui.page import Page
from designer.gui.readiness import unnamed
from designer.gui.step_header import StepHeader
from designer.jobs.projects import read_sample
from designer.jobs.steps import read_folder, resplit
from designer.messages import tr
from designer.progress import Progress
from designer.session.data import ImageData

TOPICS = ("opened", "network", "facts", "data")
SIDE = 296


class DataPage(Page):
    """Pictures of the open session."""

    step = "data"
    title = "Data"
    icon_name = "images"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.header = StepHeader(tr(self.title), context.look, context.go_to)
        self.head = self.header.add_button(tr("Replace the head"), "replace")
        self.sample = self.header.add_button(tr("Use a sample"), "sparkles")
        self.choose = self.header.add_button(tr("Choose a folder ..."), "folder-open", primary=True)
        menu = QMenu(self)
        for sample in SAMPLES.values():
            action = menu.addAction(tr(sample.title))
            action.triggered.connect(partial(self.use_sample, sample.key))
        self.sample.setMenu(menu)
        self.head.clicked.connect(self._fit_head)
        self.choose.clicked.connect(self._ask_folder)
        self.bars = ClassBars(context.look)
        self.bars.setMinimumHeight(112)
        self.split = SplitPanel()
        self.split.changed.connect(self._resplit)
        self.split.folder_wanted.connect(self._ask_validation_folder)
        self.split.folder_dropped.connect(self._drop_validation_folder)
        self.unreadable = QToolButton()
        self.unreadable.setCheckable(True)
        self.unreadable.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.unreadable.toggled.connect(self._show_unreadable)
        self.files = QListWidget()
        self.files.setAccessibleName(tr("Files that were left out"))
        self.files.setMaximumHeight(128)
        self.files.setWordWrap(True)
        self.files.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.files.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.grid = PictureGrid(context)
        self.empty = EmptyPanel(context.look)
        self.empty.folder.clicked.connect(self._ask_folder)
        self.empty.sample.clicked.connect(partial(self.use_sample, next(iter(SAMPLES))))
        self._shown: ImageData | None = None
        self._lay_out()
        self.bars.selectionModel().currentChanged.connect(self._choose_class)
        self.observe(self._heed)
        context.runner.started.connect(self._refresh)
        context.runner.ended.connect(self._refresh)
        context.look.changed.connect(self._refresh)
        self._refresh()

    def need(self) -> str:
        """Pictures."""
        return self._state().need

    def shown(self) -> None:
        """Bring everything up to date."""
        self._refresh()

    def take_folder(self, folder: Path, validation_folder: Path | None = None) -> None:
        """Read a folder in place of what is there, with the same share and seed."""
        data = self.context.session.data
        share, seed = (data.validation_share, data.seed) if data is not None else (0.2, 0)
        step = read_folder(folder, share, seed, validation_folder)
        self._start(tr("Reading {name}", name=folder.name), step)

    def use_sample(self, key: str) -> None:
        """Lay out a sample and read it."""
        self._start(tr("Reading {name}", name=tr(SAMPLES[key].title)), read_sample(key))

    def _start(self, name: str, step: Callable[[Progress], ImageData], lane: str = "engine") -> None:
        try:
            job = self.context.runner.start(name, step, lane)
        except DesignerError as error:
            self.context.notify(notice_of(error))
            return
        job.finished.connect(self._take)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take(self, data: object) -> None:
        assert isinstance(data, ImageData)
        self.context.session.set_data(data)
        name_from_folders(self.context)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        self.context.notify(notice_of(error))
        # The controls go back to the split that holds.
        self._shown = None
        self._refresh()

    @Slot()
    def _ask_folder(self) -> None:
        folder = _ask_folder(self, tr("A folder with a sub-folder for each class, or a table labels.csv"))
        if folder is not None:
            self.take_folder(folder)

    @Slot()
    def _ask_validation_folder(self) -> None:
        data = self.context.session.data
        folder = _ask_folder(self, tr("A folder with the same classes, for validation"))
        if folder is not None and data is not None:
            self.take_folder(data.folder, folder)

    @Slot()
    def _drop_validation_folder(self) -> None:
        data = self.context.session.data
        if data is not None:
            self.take_folder(data.folder)

    @Slot(float, int)
    def _resplit(self, share: float, seed: int) -> None:
        data = self.context.session.data
        if data is not None and (share, seed) != (data.validation_share, data.seed):
            self._start(tr("Splitting the pictures"), resplit(data, share, seed), "splitting")

    @Slot()
    def _fit_head(self) -> None:
        network, data = self.context.session.network, self.context.session.data
        if network is None or data is None or name_from_folders(self.context):
            return
        try:
            self.context.session.apply(replace_head(network, data.classes, multilabel=data.multilabel))
        except DesignerError as error:
            self.context.notify(notice_of(error))
            return
        self.context.notify(
            Notice(
                tr("The network has a new head for {count} classes.", count=len(data.classes)),
                tr("It learns ten times as fast as the rest. Undo brings the former head back."),
            )
        )

    def _heed(self, topic: str) -> None:
        if topic in TOPICS:
            self._refresh()

    def _state(self) -> PanelState:
        session, job = self.context.session, self.context.runner.current()
        return resolve(session.network, session.facts, session.data, job.name if job is not None else "")

    @Slot()
    def _refresh(self) -> None:
        state, data = self._state(), self.context.session.data
        self.header.say(state.reason, state.hint)
        self.head.setVisible(bool(state.head_text))
        self.head.setText(state.head_text)
        self.head.setAccessibleName(state.head_text)
        self.head.setEnabled(state.can_choose)
        for button in (self.choose, self.sample, self.empty.folder, self.empty.sample):
            button.setEnabled(state.can_choose)
            button.setToolTip("" if state.can_choose else state.why_not)
        self._body.setCurrentIndex(0 if state.empty else 1)
        for button in (self.choose, self.sample):
            button.setVisible(not state.empty)
        self.split.show_state(state, data)
        if data is not self._shown:
            self._show_data(data)

    def _show_data(self, data: ImageData | None) -> None:
        former, self._shown = self._shown, data
        row = self.bars.currentIndex().row()
        same = former is not None and data is not None and former.classes == data.classes
        self.bars.classes.show(data)
        self.bars.setCurrentIndex(self.bars.classes.index(row if same and row >= 0 else 0))
        self.grid.pictures.show(data, self.bars.label)
        left_out = () if data is None else data.unreadable
        self.unreadable.setVisible(bool(left_out))
        self.unreadable.setText(
            tr("1 file was left out")
            if len(left_out) == 1
            else tr("{count} files were left out", count=len(left_out))
        )
        self.files.clear()
        for file in left_out[:1000]:
            self.files.addItem(f"{place_in(data, file.path)}: {file.reason}")
            self.files.item(self.files.count() - 1).setToolTip(str(file.path))
        self._show_unreadable(self.unreadable.isChecked())

    @Slot()
    def _choose_class(self) -> None:
        self.grid.pictures.show(self._shown, self.bars.label)

    @Slot(bool)
    def _show_unreadable(self, wanted: bool) -> None:
        self.files.setVisible(wanted and self.files.count() > 0)
        arrow = Qt.ArrowType.DownArrow if wanted else Qt.ArrowType.RightArrow
        self.unreadable.setArrowType(arrow)

    def _lay_out(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE + 4)
        column.addWidget(self.bars, 1)
        column.addWidget(self.unreadable, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.files)
        column.addWidget(self.split)
        side.setMinimumWidth(SIDE - 56)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(side)
        body.addWidget(self.grid)
        body.setStretchFactor(0, 0)
        body.setStretchFactor(1, 1)
        body.setSizes([SIDE, 3 * SIDE])
        body.setChildrenCollapsible(False)
        body.setHandleWidth(2 * SPACE)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(body)
        page = QVBoxLayout(self)
        page.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        page.setSpacing(SPACE + 4)
        page.addWidget(self.header)
        page.addWidget(self._body, 1)


def _ask_folder(parent: QWidget, title: str) -> Path | None:
    start = settings.load().last_folder or str(Path.home())
    name = QFileDialog.getExistingDirectory(parent, title, start)
    if not name:
        return None
    settings.save(replace(settings.load(), last_folder=str(Path(name).parent)))
    return Path(name)


def name_from_folders(context: Context) -> bool:
    """Give a head that fits the names and the sort of the pictures' labels; whether it lacked them."""
    session = context.session
    network, data = session.network, session.data
    if network is None or data is None or not unnamed(network, session.facts, data):
        return False
    edit = name_classes(network, data.classes, data.multilabel)
    assert edit is not None
    named, other = network.classes, network.multilabel
    session.apply(edit)
    assert session.network is not None
    said, undone = [], tr("Undo takes that back.")
    if session.network.classes != named:
        said.append(
            tr("The network's classes now have the names in the table.")
            if data.multilabel
            else tr("The network's classes now have the names of the folders.")
        )
        undone = tr("Undo takes the names away again.")
    if data.multilabel != other:
        said.append(
            tr("The network now tells several labels for each picture.")
            if data.multilabel
            else tr("The network now tells one class for each picture.")
        )
    context.notify(Notice(" ".join(said), undone))
    return True


def place_in(data: ImageData | None, path: Path) -> str:
    """Where a file lies in the folder of the pictures, 'cat/1.png', else its whole path."""
    for folder in (data.folder, data.validation_folder) if data is not None else ():
        if folder is not None and path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return str(path)
