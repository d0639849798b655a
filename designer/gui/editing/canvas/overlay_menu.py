"""The menu to choose an overlay from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from designer.gui.editing.canvas.live_overlays import LEARNING, LIVE
from designer.gui.editing.canvas.overlaying import GIVEN, Overlaying
from designer.gui.editing.canvas.overlays import FROZEN, MEASURES
from designer.messages import tr


class OverlayMenu(QMenu):
    """Chooses what the boxes are coloured by; the chosen one has a mark."""

    def __init__(self, overlaying: Overlaying, parent: QWidget | None = None) -> None:
        super().__init__(tr("Colour layers by"), parent)
        self._overlaying = overlaying
        self._group = QActionGroup(self)
        self._rows: dict[str, QAction] = {}
        self._add("", tr("Category"), tr("Colour the layers by the category of their kind"))
        self.addSeparator()
        for key, measure in MEASURES.items():
            self._add(key, tr(measure.title), tr(measure.note))
        self._add(FROZEN, tr("Frozen layers"), tr("Tell frozen from trainable layers"))
        self._training = [self.addSection(tr("In training"))]
        for key, live in LIVE.items():
            self._training.append(self._add(key, tr(live.title), tr(live.note)))
        tip = tr("Tell the layers that learn in the current stage of training from the others")
        self._training.append(self._add(LEARNING, tr("Learning now"), tip))
        self.addSeparator()
        self._add(GIVEN, tr("Comparison"), tr("What differs from the other network"))
        self.setToolTipsVisible(True)
        overlaying.changed.connect(self._follow)
        self._follow()

    def _add(self, key: str, text: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setToolTip(tip)
        action.setCheckable(True)
        action.triggered.connect(partial(self._overlaying.choose, key))
        self._group.addAction(action)
        self.addAction(action)
        self._rows[key] = action
        return action

    @Slot()
    def _follow(self) -> None:
        given = self._overlaying.given
        for action in self._training:
            action.setVisible(self._overlaying.live is not None)
        self._rows[GIVEN].setVisible(given is not None)
        if given is not None:
            self._rows[GIVEN].setText(given.title)
        self._rows[self._overlaying.key].setChecked(True)
