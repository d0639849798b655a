"""Keeps what is drawn in step with the mirror: boxes, lines, colours, marks, and where one looks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from designer.gui.editing.canvas.gazing import Gazing
from designer.gui.editing.canvas.gestures.gestures import Gestures
from designer.gui.editing.canvas.item import NetworkItem
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.overlaying import Overlaying
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.canvas.pointing import Pointing
from designer.gui.look.style import Look


class Drawing(QObject):
    """Hands what the mirror has worked out to those who show it.

    Signals:
        arranged(): another arrangement is shown.
    """

    arranged = Signal()

    def __init__(
        self,
        item: NetworkItem,
        mirror: Mirror,
        gazing: Gazing,
        hands: tuple[Pointing, Gestures],
        overlaying: Overlaying,
        look: Look,
        widget: QWidget,
    ) -> None:
        super().__init__(widget)
        self._item = item
        self._mirror = mirror
        self._gazing = gazing
        self._pointing, self._gestures = hands
        self._overlaying = overlaying
        self._look = look
        self._widget = widget
        self._followed = ""
        self._hidden: frozenset[str] = frozenset()
        mirror.opened.connect(self._clear)
        mirror.pictured.connect(self._show)
        mirror.refreshed.connect(self._refresh)
        look.changed.connect(self._dress)

    @Slot()
    def _clear(self) -> None:
        self._item.set_picture(None, {})
        self._gestures.show(None, None)

    @Slot(object)
    def _show(self, before: Picture | None) -> None:
        shown = self._mirror.shown
        if shown is None:
            return
        self._item.set_picture(shown.picture, shown.contents, shown.texts)
        self._overlaying.refresh()
        self._gazing.follow(before)
        self._gestures.show(self._mirror.network, self._mirror.picture)
        if self._mirror.sight.hidden != self._hidden:
            # Only then: a group that is selected as a whole stays so, with what is hidden of it.
            self._hidden = self._mirror.sight.hidden
            self._pointing.resting.leave_hidden(shown.picture)
        self._pointing.mark()
        if self._pointing.current != self._followed:
            self._followed = self._pointing.current
            self._gazing.keep_up(self._followed)
        self.arranged.emit()

    @Slot()
    def _refresh(self) -> None:
        self._gestures.show(self._mirror.network, self._mirror.picture)
        shown = self._mirror.shown
        if shown is not None:
            self._item.set_contents(shown.contents, shown.texts)
        if self._overlaying.key:
            self._overlaying.refresh()
        self._pointing.mark()

    @Slot()
    def _dress(self) -> None:
        self._item.set_style(self._look.colours, self._widget.font(), self._widget.devicePixelRatioF())
        self._overlaying.refresh()
