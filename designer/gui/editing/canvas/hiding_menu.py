"""The menu that hides layers which clutter, and the chip that says how many are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from designer.catalog.kinds import KINDS
from designer.gui.editing.canvas.mirror import Mirror
from designer.messages import tr
from designer.network.hiding import could_hide, hidden_layers

CLUTTER = ("Activation", "Normalization", "Regularization", "Shape")
"""Categories that can be hidden as a whole."""


def kinds_of(category: str) -> frozenset[str]:
    """The kinds of a category."""
    return frozenset(key for key, row in KINDS.items() if row.category == category)


def toggled(hidden: Iterable[str], kinds: Iterable[str]) -> frozenset[str]:
    """`hidden` with those kinds, or without them when all of them are hidden."""
    before, these = frozenset(hidden), frozenset(kinds)
    return before - these if these <= before else before | these


class HidingMenu(QMenu):
    """Hides layers by category or kind.

    Signals:
        asked(kinds): just these kinds are to be hidden.
    """

    asked = Signal(object)

    def __init__(self, mirror: Mirror, parent: QWidget | None = None) -> None:
        super().__init__(tr("Hide layers"), parent)
        self._mirror = mirror
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    @Slot()
    def fill(self) -> None:
        """List what the open network has of what can be hidden."""
        self.clear()
        network = self._mirror.network
        counts = could_hide(network) if network is not None else {}
        hidden = self._mirror.sight.hidden
        for category in CLUTTER:
            kinds = kinds_of(category)
            number = sum(counts.get(kind, 0) for kind in kinds)
            text = tr("{name} ({count})", name=tr(category), count=number)
            self._add(text, kinds, hidden, enabled=number > 0 or kinds <= hidden)
        by_kind = self.addMenu(tr("By kind"))
        self._fill_kinds(by_kind, counts, hidden)
        self.addSeparator()
        everything = self.addAction(tr("Show all layers"))
        everything.setEnabled(bool(hidden))
        everything.triggered.connect(self.show_all)

    @Slot()
    def show_all(self) -> None:
        """Hide nothing."""
        self.asked.emit(frozenset())

    def _fill_kinds(self, menu: QMenu, counts: Mapping[str, int], hidden: frozenset[str]) -> None:
        rows = sorted((KINDS[kind].title, kind) for kind in {*counts, *hidden} if kind in KINDS)
        # Some categories have a great many kinds: those not in the network are not listed.
        for title, kind in rows:
            if kind in counts:
                text = tr("{name} ({count})", name=title, count=counts[kind])
                action = menu.addAction(text)
                action.setCheckable(True)
                action.setChecked(kind in hidden)
                action.triggered.connect(partial(self._toggle, frozenset({kind})))
        menu.setEnabled(bool(counts))

    def _add(self, text: str, kinds: frozenset[str], hidden: frozenset[str], enabled: bool) -> None:
        action = self.addAction(text)
        action.setCheckable(True)
        action.setChecked(kinds <= hidden)
        action.setEnabled(enabled)
        if not enabled:
            action.setToolTip(tr("The network has no such layer with one input and an output."))
        action.triggered.connect(partial(self._toggle, kinds))

    def _toggle(self, kinds: frozenset[str]) -> None:
        self.asked.emit(toggled(self._mirror.sight.hidden, kinds))


class HiddenChip(QPushButton):
    """Says how many layers are hidden; a click shows them. Gone while none is."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__()
        self._mirror = mirror
        self.setProperty("flat", True)
        self.setObjectName("hiddenChip")
        self.setToolTip(tr("Show all layers"))
        mirror.pictured.connect(self.follow)
        mirror.opened.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Count anew."""
        picture = self._mirror.picture
        count = len(hidden_layers(picture.view)) if picture is not None and self._mirror.sight.hidden else 0
        text = tr("1 layer hidden - show") if count == 1 else tr("{count} layers hidden - show", count=count)
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(count > 0)
