"""The mirror of the open network: works out what is seen of it, and has it arranged. It never edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.pictured import Pictured, pictured, read
from designer.gui.editing.canvas.sight import Sight, level_less, level_more
from designer.jobs.runner import Runner
from designer.messages import tr
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


class Mirror(QObject):
    """Keeps a picture of the network in step with it. All attributes are to be read only.

    Attributes:
        network, facts: as they are now; None while there are none.
        tree: the network's groups.
        sight: what of it is asked for.
        shown: what was worked out last; None before the first arrangement.
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
        self.shown: Pictured | None = None
        self._waiting = False
        self.anchor = ""
        self.moved: frozenset[str] = frozenset()

    def open(self, network: Network | None) -> None:
        """Mirror another network, its groups expanded as suits its size, nothing hidden."""
        self.network, self.facts, self.anchor = network, None, ""
        self.shown = self.tree = None
        self._waiting = False
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
        former = {} if before is None else before.layers
        changed = [(i, layer) for i, layer in network.layers.items() if former.get(i) is not layer]
        pairs = [(layer, former[i]) for i, layer in changed if i in former]
        regrouped = any(new.group != old.group or new.kind != old.kind for new, old in pairs)
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
        self._look_level(level_more)

    @Slot()
    def collapse_level(self) -> None:
        """See one level of groups less."""
        self._look_level(level_less)

    def reveal(self, layer_id: str) -> None:
        """See that layer: expand what it is in, and do not hide it."""
        if self.tree is not None and self.network is not None and layer_id in self.tree.home:
            wanted = revealing(self.tree, self.sight.expanded, layer_id)
            hidden = self.network[layer_id].kind in self.sight.hidden
            also = self.sight.revealed | {layer_id} if hidden else self.sight.revealed
            self.look(replace(self.sight, expanded=wanted, revealed=also))

    @property
    def picture(self) -> Picture | None:
        """The last arrangement; None before the first."""
        return self.shown.picture if self.shown is not None else None

    @property
    def settled(self) -> bool:
        """The picture shows what is asked for."""
        return self.shown is not None and not self._waiting

    def _look_level(self, level: Callable[[GroupTree, View, frozenset[str]], frozenset[str]]) -> None:
        if self.network is not None and self.tree is not None:
            # Not of the picture: it may still be on its way.
            view = view_of(self.network, self.tree, self.sight.expanded)
            self.look(replace(self.sight, expanded=level(self.tree, view, self.sight.expanded)))

    def _rearrange(self) -> None:
        if self.network is None or self.tree is None:
            return
        self._waiting = True
        step = pictured(self.network, self.tree, self.sight, self._newest)
        job = self._runner.start(tr("Arranging"), step, "arranging")
        job.finished.connect(self._take)
        job.failed.connect(self.failed)

    def _newest(self) -> Facts | None:
        """The facts as they are now; asked in the job's thread."""
        return self.facts

    @Slot(object)
    def _take(self, found: Pictured) -> None:
        if self.network is None:
            return
        before = self.picture
        self._waiting = False
        # Values and facts may have changed meanwhile; layers and connections would have begun it anew.
        same = found.network is self.network and found.facts is self.facts
        self.shown = found if same else read(self.network, self.facts, found.picture, found)
        self.pictured.emit(before)
        self.anchor, self.moved = "", frozenset()

    def _refresh(self) -> None:
        # While another view is being arranged, the drawn one stays as it was.
        if self.shown is not None and self.network is not None and not self._waiting:
            self.shown = read(self.network, self.facts, self.shown.picture, self.shown)
            self.refreshed.emit()


def _moved(before: Network, after: Network) -> frozenset[str]:
    """Keys of the boxes that have a place in one of the two only, or another."""
    if before.places is after.places:
        return frozenset()
    keys = before.places.keys() | after.places.keys()
    return frozenset(key for key in keys if before.places.get(key) != after.places.get(key))
