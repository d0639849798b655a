"""What the boxes are coloured by: keeps the chosen overlay in step with the network and the view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.legend import Legend
from designer.gui.editing.canvas.live_overlays import LEARNING, LIVE, Live, learning_tints, live_tints
from designer.gui.editing.canvas.marks import Overlay, Tints
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.overlays import (
    FROZEN,
    MEASURES,
    facts_values,
    frozen_tints,
    given_tints,
    measure_tints,
)
from designer.messages import tr
from designer.network.network import Network

GIVEN = "given"
"""Key of an overlay that was worked out elsewhere, such as a comparison."""


class Overlaying(QObject):
    """Colours the boxes.

    Attributes:
        key: of the overlay: '' for none, a measure's, `FROZEN`, `LEARNING` or `GIVEN`.
        given: the overlay that was worked out elsewhere, None for none.
        live: what is known of training; None where the network is not one that can be trained.

    Signals:
        changed(): another overlay is shown, or can be chosen.
        recoloured(): the same overlay has other values.
        times_asked(): the measured time is to be shown, and is not known.
    """

    changed = Signal()
    recoloured = Signal()
    times_asked = Signal()

    def __init__(self, item: NetworkItem, mirror: Mirror, legend: Legend, parent: QObject) -> None:
        super().__init__(parent)
        self._item = item
        self._mirror = mirror
        self._legend = legend
        self._times: Mapping[str, float] = {}
        self._timed: Network | None = None
        self.key = ""
        self.given: Overlay | None = None
        self.live: Live | None = None
        self.tints: Tints | None = None
        legend.closed.connect(self.clear)
        mirror.opened.connect(self._forget)

    def choose(self, key: str) -> None:
        """Show the overlay of that key; an unknown one shows none."""
        known = key in MEASURES or key == FROZEN or (key == GIVEN and self.given is not None)
        living = self.live is not None and (key in LIVE or key == LEARNING)
        self.key = key if known or living else ""
        self.refresh()
        self.changed.emit()
        if self.key == "time" and self._stale:
            self.times_asked.emit()

    @Slot()
    def clear(self) -> None:
        """Show the categories."""
        self.choose("")

    def show(self, overlay: Overlay | None) -> None:
        """Show an overlay that was worked out elsewhere; None takes it away."""
        before, self.given = self.given, overlay
        if overlay is not None:
            self.choose(GIVEN)
        elif before is not None:
            self.choose("" if self.key == GIVEN else self.key)

    def set_times(self, seconds: Mapping[str, float], network: Network) -> None:
        """Take the seconds that each layer of a network was measured to need, by layer id."""
        self._times, self._timed = dict(seconds), network
        if self.key == "time":
            self.refresh()
            self.recoloured.emit()

    def set_live(self, live: Live) -> None:
        """Take what training tells. Places stay; only colours and values change."""
        first, self.live = self.live is None, live
        if first:
            self.changed.emit()
        if self.key in LIVE or self.key == LEARNING:
            self.refresh()
            self.recoloured.emit()

    @property
    def _stale(self) -> bool:
        """The network has been edited since it was measured, or it has not been measured."""
        now, then = self._mirror.network, self._timed
        if now is None or then is None:
            return True
        return now is not then and (now.layers != then.layers or now.inputs != then.inputs)

    @Slot()
    def refresh(self) -> None:
        """Colour the boxes that are seen now."""
        self.tints = self._worked_out()
        self._item.set_tints(self.tints)
        self._legend.show_tints(self.tints, self._item.style)

    def _worked_out(self) -> Tints | None:
        shown = self._mirror.shown
        if shown is None or not self.key:
            return None
        # Of the network as it is drawn: another may still be on its way.
        network, view = shown.network, shown.picture.view
        if self.key == GIVEN and self.given is not None:
            return given_tints(self.given, view)
        if self.key == FROZEN:
            return frozen_tints(network, view)
        if self.live is not None and self.key in LIVE:
            return live_tints(LIVE[self.key], self.live, view)
        if self.live is not None and self.key == LEARNING:
            return learning_tints(network, self.live, view)
        measure = MEASURES[self.key]
        if self.key != "time":
            return measure_tints(measure, facts_values(measure, network, shown.facts), view)
        tints = measure_tints(measure, self._times, view)
        if self._timed is None:
            return replace(tints, note=tr("Measuring ..."))
        if self._stale:
            return replace(tints, note=tr("Measured before the last edits; choose it again to measure anew."))
        return tints

    @Slot()
    def _forget(self) -> None:
        """Another network: what was measured of the former one no longer holds."""
        self._times, self._timed = {}, None
        self.given = None
        if self.key in (GIVEN, "time"):
            self.key = ""
        self.refresh()
        self.changed.emit()
