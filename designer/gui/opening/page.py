"""The start page: the quick tour, recent projects, and all pretrained models."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from designer import settings
from designer.catalog.models import MODELS, PretrainedModel, weights_here
from designer.catalog.samples import SAMPLES
from designer.gui import asking
from designer.gui.asking import Choice
from designer.gui.context import Context
from designer.gui.look.icons import icon, set_icon
from designer.gui.look.row_hover import RowHover
from designer.gui.look.tables import dress_rows
from designer.gui.look.tokens import SPACE
from designer.gui.opening.choice import ChoicePanel, resolve
from designer.gui.opening.models_table import ID, FoundModels, ModelsTable
from designer.gui.opening.opener import ModelRequest, ProjectRequest, SampleRequest
from designer.gui.opening.recent import RecentProjects
from designer.gui.opening.sample_card import SampleCard
from designer.gui.page import Page
from designer.gui.readiness import busy_reason
from designer.messages import bytes_text, tr

TOUR_MODEL = "efficientnet_lite0"
LEFT = 304


class StartPage(Page):
    """Where everything begins.

    Signals:
        requested: a request for the opener.
        browse: a project file is to be asked for.
    """

    step = "start"
    title = "Start"
    icon_name = "house"
    requested = Signal(object)
    browse = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        look = context.look
        self.cards = [SampleCard(sample, MODELS[TOUR_MODEL], look) for sample in SAMPLES.values()]
        for card in self.cards:
            card.chosen.connect(self._open_sample)
        self.recent = RecentProjects(look)
        self.recent.chosen.connect(self._open_recent)
        self.models = ModelsTable(self)
        self.found = FoundModels(self.models, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search {count} models", count=len(MODELS)))
        self.search.setAccessibleName(tr("Search models"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(360)
        self.search.textChanged.connect(self._search)
        self._find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        self._find.activated.connect(self.search.setFocus)
        self.search.returnPressed.connect(self._go_to_found)
        self._down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search)
        self._down.setContext(Qt.ShortcutContext.WidgetShortcut)
        self._down.activated.connect(self._go_to_found)
        self.table = self._make_table()
        self.panel = ChoicePanel(look)
        self.panel.open_wanted.connect(self._open)
        self.panel.fresh_wanted.connect(self._open_fresh)
        self.panel.file_wanted.connect(self._open_with_file)
        self._open_button = QPushButton(tr("Open ..."))
        self._open_button.clicked.connect(self.browse)
        self._lay_out()
        context.runner.started.connect(self._refresh)
        context.runner.ended.connect(self._refresh)
        look.changed.connect(self._paint)
        self.table.selectRow(0)
        self.setFocusProxy(self.table)
        self._paint()
        self._refresh()

    def shown(self) -> None:
        """Look again which projects and weights are there."""
        self.recent.refresh()
        self.models.refresh()
        self._refresh()

    @property
    def chosen(self) -> PretrainedModel | None:
        """The model that is selected in the table."""
        index = self.table.currentIndex()
        return MODELS[str(self.found.data(index, ID))] if index.isValid() else None

    def _make_table(self) -> QTableView:
        table = QTableView()
        RowHover(table)
        table.setModel(self.found)
        dress_rows(table, tr("Pretrained models"), height=32)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        table.resizeColumnsToContents()
        # As the catalog has it: the bundled model first.
        table.setSortingEnabled(True)
        header.setSortIndicatorClearable(True)
        self.found.sort(-1)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.activated.connect(self._activated)
        table.selectionModel().currentChanged.connect(self._refresh)
        return table

    def _lay_out(self) -> None:
        hero = QLabel(tr("Graft a new head onto a pretrained network"))
        hero.setProperty("hero", True)
        hero.setWordWrap(True)
        below = QLabel(
            tr("Open a model, replace its head, freeze what it knows, train it on your pictures, export it.")
        )
        below.setProperty("muted", True)
        below.setWordWrap(True)
        side = QWidget()
        side.setFixedWidth(LEFT)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE)
        for card in self.cards:
            left.addWidget(card)
        left.addSpacing(SPACE)
        top = QHBoxLayout()
        top.addWidget(_subheading(tr("Recent projects")))
        top.addStretch(1)
        top.addWidget(self._open_button)
        left.addLayout(top)
        area = QScrollArea()
        area.setWidget(self.recent)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        self.recent.setAutoFillBackground(False)
        left.addWidget(area, 1)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        head = QHBoxLayout()
        head.addWidget(_subheading(tr("Pretrained models")))
        head.addStretch(1)
        head.addWidget(self.search, 1)
        right.addLayout(head)
        right.addWidget(self.table, 1)
        right.addWidget(self.panel)
        body = QHBoxLayout()
        body.setSpacing(3 * SPACE)
        body.addWidget(side)
        body.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE // 2)
        column.addWidget(hero)
        column.addWidget(below)
        column.addSpacing(2 * SPACE)
        column.addLayout(body, 1)

    @Slot()
    def _refresh(self) -> None:
        row = self.chosen
        job = self.context.runner.current()
        name = job.name if job is not None else ""
        self.panel.show_state(resolve(row, row is not None and weights_here(row), name))
        for card in self.cards:
            card.set_busy(busy_reason(name))

    @Slot()
    def _paint(self) -> None:
        colours = self.context.look.colours
        set_icon(self._open_button, "folder-open", colours)
        for action in self.search.actions():
            if action.objectName() == "search":
                self.search.removeAction(action)
        leading = self.search.addAction(
            icon("search", colours, "text_muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        leading.setObjectName("search")

    @Slot(str)
    def _search(self, words: str) -> None:
        self.found.search(words)
        if not self.table.currentIndex().isValid() and self.found.rowCount():
            self.table.selectRow(0)
        self._refresh()

    @Slot()
    def _go_to_found(self) -> None:
        """Enter or Down in the search field goes to what was found."""
        if self.found.rowCount():
            self.table.setFocus()

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        """Enter or a double click: open at once, ask first when something must be downloaded."""
        row = self.chosen
        if row is None:
            return
        if weights_here(row):
            self._open()
            return
        size = bytes_text(round(row.file_mb * 1e6))
        answer = asking.ask(
            self,
            tr("The weights of {name} are not on this computer.", name=row.title),
            tr("They come from {source} and are kept for the next time.", source=row.source),
            (
                Choice("download", tr("Download {size}", size=size)),
                Choice("fresh", tr("Fresh weights")),
                Choice("file", tr("Weights from a file ...")),
                Choice("cancel", tr("Cancel"), "cancel"),
            ),
        )
        ways = {"download": self._open, "fresh": self._open_fresh, "file": self._open_with_file}
        if answer in ways:
            ways[answer]()

    @Slot()
    def _open(self) -> None:
        row = self.chosen
        if row is not None:
            self.requested.emit(ModelRequest(row.id, row.title, download=not weights_here(row)))

    @Slot()
    def _open_fresh(self) -> None:
        row = self.chosen
        if row is not None:
            self.requested.emit(ModelRequest(row.id, row.title, "none"))

    @Slot()
    def _open_with_file(self) -> None:
        row = self.chosen
        if row is None:
            return
        start = settings.load().last_folder or str(Path.home())
        kinds = tr("Weights (*.pth *.pt *.safetensors)")
        name, _ = QFileDialog.getOpenFileName(self, tr("Weights of {name}", name=row.title), start, kinds)
        if name:
            self.requested.emit(ModelRequest(row.id, row.title, name))

    @Slot(str)
    def _open_sample(self, key: str) -> None:
        self.requested.emit(SampleRequest(key, tr(SAMPLES[key].title), TOUR_MODEL))

    @Slot(object)
    def _open_recent(self, path: Path) -> None:
        self.requested.emit(ProjectRequest(path))


def _subheading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("subheading", True)
    return label
