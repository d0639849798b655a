"""The strip over the canvas: where one is, what is hidden, and how the network is looked at."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton

from designer.gui.editing.canvas.breadcrumbs import Breadcrumbs
from designer.gui.editing.canvas.hiding_menu import HiddenChip, HidingMenu
from designer.gui.editing.canvas.minimap import Minimap
from designer.gui.editing.canvas.overlay_menu import OverlayMenu
from designer.gui.look.buttons import icon_button
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.gui.look.tokens import SPACE
from designer.gui.tab_order import lead_on
from designer.messages import tr


class CanvasBar(QFrame):
    """Breadcrumbs, and buttons for what changes how the network is seen.

    Signals:
        find_asked(): layers are to be found.
        picture_asked(): a picture is to be saved.
    """

    find_asked = Signal()
    picture_asked = Signal()

    def __init__(
        self,
        look: Look,
        crumbs: Breadcrumbs,
        chip: HiddenChip,
        menus: tuple[HidingMenu, OverlayMenu],
        minimap: Minimap,
    ) -> None:
        super().__init__()
        self._look = look
        self._minimap = minimap
        self._crumbs = crumbs
        crumbs.changed.connect(self._order)
        self.setObjectName("canvasBar")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE // 2, 2, SPACE // 2, 2)
        row.setSpacing(2)
        row.addWidget(crumbs, 1)
        row.addWidget(chip)
        self.buttons = {
            "search": self._button(tr("Find layers (Ctrl+F)")),
            "filter": self._button(tr("Hide layers that clutter"), menus[0]),
            "palette": self._button(tr("Colour layers by parameters, MACs, memory ..."), menus[1]),
            "map": self._button(tr("Map of the network (M)")),
            "image-down": self._button(tr("Save a picture of the network")),
        }
        self.buttons["map"].setCheckable(True)
        self.buttons["map"].toggled.connect(minimap.want)
        self.buttons["search"].clicked.connect(self.find_asked)
        self.buttons["image-down"].clicked.connect(self.picture_asked)
        minimap.changed.connect(self._follow)
        look.changed.connect(self._tint)
        self._follow()
        self._tint()

    def _button(self, name: str, menu: QMenu | None = None) -> QToolButton:
        made = icon_button(self, name, menu)
        row = self.layout()
        assert row is not None
        row.addWidget(made)
        return made

    @Slot()
    def _order(self) -> None:
        """From the drawing Tab leads to the crumbs first, and from them to the buttons after them."""
        lead_on(self._minimap, self._crumbs)

    @Slot()
    def _follow(self) -> None:
        button, roomy = self.buttons["map"], self._minimap.roomy
        button.setChecked(self._minimap.wanted)
        button.setEnabled(roomy)
        button.setToolTip(tr("Map of the network (M)") if roomy else tr("There is no room for the map here"))

    @Slot()
    def _tint(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(icon(name, self._look.colours))
