"""The mirror of the open network: works out what is seen of it, and has it arranged. It never edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.editing.canvas.content import BoxContent, contents_of, sizes_of
from designer.gui.editing.canvas.labels import LineText, line_texts
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.sight import Sight, level_less, level_more
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
from designer.network.hiding import hide
from designer.network.network import Network
from designer.session.results import Facts


class Mirror(QObject):
    """Keeps a picture of the network in step with it. All attributes are to be read only.

    Attributes:
        network, facts: as they are now; None while there are none.
        tree: the network's groups.
        sight: what of it is asked for.
        view: the boxes and lines of that, perhaps still being arranged.
        picture: the last arrangement; None before the first.
        anchor: key of the box or frame that is to stay where it is on the screen, '' for any.
        moved: keys of the boxes that the user has just put elsewhere.

    Signals:
        opened(): another network, or none; there is no picture yet.
        pictured(picture): a picture has come; with it the former one, None for none.
        refreshed(): texts and marks have changed, places have not.
        sight_changed(): something else is asked for.
        failed(exception): the arranging failed.
    """

    opened = Signal()
    pictured = Signal(object)
    refreshed = Signal()
    sight_changed = Signal()
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self.network: Network | None = None
        self.facts: Facts | None = None
        self.tree: GroupTree | None = None
        self.sight = Sight()
        self.view: View | None = None
        self.picture: Picture | None = None
        self.anchor = ""
        self.moved: frozenset[str] = frozenset()

    def open(self, network: Network | None) -> None:
        """Mirror another network, its groups expanded as suits its size, nothing hidden."""
        self.network, self.facts, self.anchor = network, None, ""
        self.picture = self.view = self.tree = None
        self.sight = Sight(direction=self.sight.direction)
        if network is not None:
            self.tree = group_tree(network)
            self.sight = replace(self.sight, expanded=default_expansion(self.tree))
        self.opened.emit()
        self.sight_changed.emit()
        self._rearrange()

    def update_network(self, network: Network, structural: bool) -> None:
        """Mirror the network as it is after an edit; `structural` when layers or connections differ."""
        before, self.network = self.network, network
        regrouped = before is not None and any(
            layer.group != old.group or layer.kind != old.kind
            for layer, old in ((layer, before.layers.get(layer.id)) for layer in network)
            if old is not None and layer is not old
        )
        self.moved = frozenset() if before is None else _moved(before, network)
        if structural or regrouped:
            self.tree = group_tree(network)
        if structural or regrouped or self.moved:
            self._rearrange()
        else:
            self._refresh()

    def update_facts(self, facts: Facts | None) -> None:
        """Mirror shapes and problems."""
        self.facts = facts
        self._refresh()

    def look(self, sight: Sight, anchor: str = "") -> None:
        """See this of the network; what `anchor` is the key of stays where it is on the screen."""
        if sight == self.sight:
            return
        self.sight, self.anchor = sight, anchor
        self.sight_changed.emit()
        self._rearrange()

    @Slot(str)
    def toggle(self, path: str) -> None:
        """Expand a collapsed group, or collapse an expanded one."""
        self.look(replace(self.sight, expanded=self.sight.expanded ^ {path}), GROUP + path)

    @Slot()
    def expand_all(self) -> None:
        """See every layer."""
        if self.tree is not None:
            self.look(replace(self.sight, expanded=everything(self.tree)))

    @Slot()
    def collapse_all(self) -> None:
        """See the outermost groups."""
        self.look(replace(self.sight, expanded=frozenset()))

    @Slot()
    def expand_level(self) -> None:
        """See one level of groups more."""
        if self.tree is not None and self.view is not None:
            self.look(replace(self.sight, expanded=level_more(self.tree, self.view, self.sight.expanded)))

    @Slot()
    def collapse_level(self) -> None:
        """See one level of groups less."""
        if self.tree is not None and self.view is not None:
            self.look(replace(self.sight, expanded=level_less(self.tree, self.view, self.sight.expanded)))

    def reveal(self, layer_id: str) -> None:
        """See that layer: expand what it is in, and do not hide it."""
        if self.tree is not None and self.network is not None and layer_id in self.tree.home:
            wanted = revealing(self.tree, self.sight.expanded, layer_id)
            hidden = self.network[layer_id].kind in self.sight.hidden
            also = self.sight.revealed | {layer_id} if hidden else self.sight.revealed
            self.look(replace(self.sight, expanded=wanted, revealed=also))

    @property
    def settled(self) -> bool:
        """The picture shows what is asked for."""
        return self.picture is not None and self.picture.view is self.view

    def contents(self) -> dict[str, BoxContent]:
        """What is written on the boxes of the picture; of the view, when that has been arranged."""
        if self.network is None or self.view is None:
            return {}
        return contents_of(self.network, self.view, self.facts)

    def texts(self, contents: Mapping[str, BoxContent]) -> tuple[LineText, ...]:
        """What the lines say beside boxes with these contents."""
        if self.network is None or self.view is None:
            return ()
        return line_texts(self.network, self.view, self.facts, contents)

    def _rearrange(self) -> None:
        if self.network is None or self.tree is None:
            return
        whole = view_of(self.network, self.tree, self.sight.expanded)
        self.view = hide(self.network, whole, self.sight.hidden, self.sight.revealed)
        sizes = sizes_of(self.network, self.view)
        edges = [(edge.source, edge.target) for edge in self.view.edges]
        wishes = Wishes(direction=self.sight.direction, places=self.network.places)
        job = self._runner.start(tr("Arranging"), steps.arrange(sizes, edges, wishes), "arranging")
        job.finished.connect(self._take)
        job.failed.connect(self.failed)

    @Slot(object)
    def _take(self, arrangement: Arrangement) -> None:
        if self.view is None:
            return
        before = self.picture
        self.picture = Picture(self.view, arrangement, self.sight.direction)
        self.pictured.emit(before)
        self.anchor, self.moved = "", frozenset()

    def _refresh(self) -> None:
        # While another view is being arranged, the drawn one stays as it was.
        if self.settled:
            self.refreshed.emit()


def _moved(before: Network, after: Network) -> frozenset[str]:
    """Keys of the boxes that have a place in one of the two only, or another."""
    if before.places is after.places:
        return frozenset()
    keys = before.places.keys() | after.places.keys()
    return frozenset(key for key in keys if before.places.get(key) != after.places.get(key))
