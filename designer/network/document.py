"""The open network: its one door for changes, and who is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from designer.network.edits import Edit
from designer.network.network import Network


@dataclass(frozen=True)
class Change:
    """The news of a change: the network before and after, and the edit that was made.

    Unchanged layers are the same objects in both networks, so the differences are found by identity.
    """

    before: Network
    after: Network
    edit: Edit

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Ids of layers that are new."""
        if self.after.inputs is self.before.inputs:
            return ()
        return tuple(i for i in self.after.layers if i not in self.before.layers)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """Ids of layers that are gone."""
        if self.after.inputs is self.before.inputs:
            return ()
        return tuple(i for i in self.before.layers if i not in self.after.layers)

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """Ids of layers that have other values."""
        before, after = self.before.layers, self.after.layers
        pairs = zip(after.items(), map(before.get, after), strict=True)
        other = [(i, old, new) for (i, new), old in pairs if old is not new]
        return tuple(i for i, old, new in other if old is not None and old != new)

    @cached_property
    def rewired(self) -> tuple[str, ...]:
        """Ids of layers, in both networks, whose inputs come from elsewhere."""
        before = self.before.inputs
        if self.after.inputs is before:
            return ()
        return tuple(i for i, new in self.after.inputs.items() if i in before and before[i] != new)

    @property
    def structural(self) -> bool:
        """True when layers or connections came or went, so that shapes and arrangement are due."""
        return bool(self.added or self.removed or self.rewired)

    @cached_property
    def reaches_facts(self) -> bool:
        """True when shapes, counts or problems may differ: not for groups, freezing, rates or places.

        Names count, since problems tell them.
        """
        before, after = self.before, self.after
        if self.structural or (before.classes, before.preprocessing) != (after.classes, after.preprocessing):
            return True
        pairs = ((before.layers[i], after.layers[i]) for i in self.changed)
        return any((a.kind, a.settings, a.name) != (b.kind, b.settings, b.name) for a, b in pairs)

    @property
    def only_places(self) -> bool:
        """True when nothing but the places of boxes may differ: what was worked out still holds."""
        same = replace(self.before, places=self.after.places)
        return same == self.after


class Document:
    """Holds the open network; `apply` is the only way to change it."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._observers: list[Callable[[Change], None]] = []

    @property
    def network(self) -> Network:
        """The network as it is now; frozen, so it can be kept as a snapshot."""
        return self._network

    def apply(self, edit: Edit) -> Change:
        """Make an edit, then tell every observer once.

        Raises:
            EditError: the edit does not fit; the network stays as it was.
        """
        before = self._network
        self._network = edit.apply(before)
        change = Change(before, self._network, edit)
        for observer in tuple(self._observers):
            observer(change)
        return change

    def observe(self, observer: Callable[[Change], None]) -> Callable[[], None]:
        """Call `observer` after each change; returns a function that ends it."""
        self._observers.append(observer)

        def end() -> None:
            if observer in self._observers:
                self._observers.remove(observer)

        return end
