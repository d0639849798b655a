"""The canvas: mirrors the open network as boxes and lines. It never edits; it tells what is asked for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.gui.editing.canvas.content import contents_of, sizes_of
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.editing.canvas.view import CanvasView
from designer.gui.editing.selection import Selection
from designer.gui.look.style import Look
from designer.jobs import steps
from designer.jobs.runner import Runner
from designer.messages import tr
from designer.network.arranging import Arrangement, Wishes
from designer.network.groups import (
    GROUP,
    GroupTree,
    View,
    default_expansion,
    everything,
    group_tree,
    revealing,
    view_of,
)
from designer.network.network import Network
from designer.session.results import Facts


class Canvas(QWidget):
    """Shows a network.

    Attributes:
        view: where one looks.
        pointing: what the user does there, and asks for.

    Signals:
        arranged(): another arrangement is shown.
        failed(exception): the arranging failed.
    """

    arranged = Signal()
    failed = Signal(object)

    def __init__(
        self, runner: Runner, look: Look, selection: Selection, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._look = look
        self._network: Network | None = None
        self._facts: Facts | None = None
        self._tree: GroupTree | None = None
        self._expanded: frozenset[str] = frozenset()
        self._view: View | None = None
        self._picture: Picture | None = None
        self._anchor = ""
        self._sought = ""
        self._item = NetworkItem(look.colours, self.font())
        self.view = CanvasView(self._item, self)
        self.setFocusProxy(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.pointing = Pointing(self.view, selection, self)
        self.pointing.toggle_asked.connect(self.toggle)
        look.changed.connect(self._dress)

    @property
    def picture(self) -> Picture | None:
        """What is drawn now; None before the first arrangement."""
        return self._picture

    @property
    def expanded(self) -> frozenset[str]:
        """Paths of the expanded groups."""
        return self._expanded

    def open(self, network: Network | None) -> None:
        """Show another network, its groups expanded as suits its size."""
        self._network, self._facts = network, None
        self._anchor = self._sought = ""
        self._picture = self._view = self._tree = None
        self._item.set_picture(None, {})
        self.view.set_picture(None)
        if network is not None:
            self._tree = group_tree(network)
            self._expanded = default_expansion(self._tree)
            self._rearrange()

    def update_network(self, network: Network, structural: bool) -> None:
        """Show the network as it is after an edit; `structural` when layers or connections differ."""
        self._network = network
        if structural:
            self._tree = group_tree(network)
            self._rearrange()
        else:
            self._refresh()

    def update_facts(self, facts: Facts | None) -> None:
        """Show shapes and problems."""
        self._facts = facts
        self._refresh()

    def set_expanded(self, paths: frozenset[str], anchor: str = "") -> None:
        """Expand just these groups; what `anchor` is the key of stays where it is on the screen."""
        if self._network is not None and paths != self._expanded:
            self._expanded = paths
            self._anchor = anchor
            self._rearrange()

    @Slot(str)
    def toggle(self, path: str) -> None:
        """Expand a collapsed group, or collapse an expanded one."""
        self.set_expanded(self._expanded ^ {path}, GROUP + path)

    @Slot()
    def expand_all(self) -> None:
        """Show every layer."""
        if self._tree is not None:
            self.set_expanded(everything(self._tree))

    @Slot()
    def collapse_all(self) -> None:
        """Show the outermost groups."""
        self.set_expanded(frozenset())

    def show_layer(self, layer_id: str) -> None:
        """Expand what hides the layer, and scroll to it."""
        if self._tree is None or layer_id not in self._tree.home:
            return
        self._sought = layer_id
        wanted = revealing(self._tree, self._expanded, layer_id)
        if wanted != self._expanded:
            self.set_expanded(wanted)
        elif self._picture is not None and self._picture.view is self._view:
            self._seek()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first sight is made for the size that the canvas comes to have."""
        super().resizeEvent(event)
        # The view within takes its new size just after this.
        QTimer.singleShot(0, self, self._first_look)

    def _rearrange(self) -> None:
        if self._network is None or self._tree is None:
            return
        self._view = view_of(self._network, self._tree, self._expanded)
        sizes = sizes_of(self._network, self._view)
        edges = [(edge.source, edge.target) for edge in self._view.edges]
        wishes = Wishes(places=self._network.places)
        job = self._runner.start(tr("Arranging"), steps.arrange(sizes, edges, wishes), "arranging")
        job.finished.connect(self._take)
        job.failed.connect(self.failed)

    @Slot(object)
    def _take(self, arrangement: Arrangement) -> None:
        if self._network is None or self._view is None:
            return
        before = self._picture
        kept = self._kept(before, arrangement)
        place = self._place(before, kept) if before is not None and kept else None
        self._picture = Picture(self._view, arrangement)
        self._item.set_picture(self._picture, contents_of(self._network, self._view, self._facts))
        self.view.set_picture(self._picture)
        self.pointing.mark()
        if before is None:
            self.view.touched = False
            self._first_look()
        elif place is not None:
            there = self._picture.rectangle(kept)
            self.view.bring(QPointF(there.x + there.width / 2, there.y), place)
        self._anchor = ""
        self._seek()
        self.arranged.emit()

    def _kept(self, before: Picture | None, after: Arrangement) -> str:
        """Key of what is to stay in its place on the screen: the anchor, else the uppermost box seen."""
        if before is None:
            return ""
        there = before.arrangement.rectangles
        if self._anchor in there and self._anchor in after.rectangles:
            return self._anchor
        seen = sorted(before.boxes_in(self.view.seen), key=lambda key: there[key].y)
        return next((key for key in seen if key in after.rectangles), "")

    def _place(self, picture: Picture, key: str) -> QPointF:
        where = picture.rectangle(key)
        return self.view.viewportTransform().map(QPointF(where.x + where.width / 2, where.y))

    def _seek(self) -> None:
        layer_id, self._sought = self._sought, ""
        if self._picture is not None and layer_id in self._picture.view.shown:
            self.view.reveal(self._picture.rectangle(self._picture.view.shown[layer_id]))

    @Slot()
    def _first_look(self) -> None:
        if self._picture is not None and not self.view.touched:
            self.view.show_first()

    def _refresh(self) -> None:
        # While another view is being arranged, the drawn one stays as it was.
        if self._network is not None and self._picture is not None and self._picture.view is self._view:
            self._item.set_contents(contents_of(self._network, self._picture.view, self._facts))
            self.pointing.mark()

    @Slot()
    def _dress(self) -> None:
        self._item.set_style(self._look.colours, self.font(), self.devicePixelRatioF())
