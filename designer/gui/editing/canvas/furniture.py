"""What stands around and over the view of the canvas: find bar, breadcrumbs, map, legend, menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from designer.gui.editing.canvas.breadcrumbs import Breadcrumbs
from designer.gui.editing.canvas.canvas_bar import CanvasBar
from designer.gui.editing.canvas.corners import Corner
from designer.gui.editing.canvas.crumbs import Crumb
from designer.gui.editing.canvas.find_bar import FindBar
from designer.gui.editing.canvas.hiding_menu import HiddenChip, HidingMenu
from designer.gui.editing.canvas.legend import Legend
from designer.gui.editing.canvas.looking_actions import make_actions
from designer.gui.editing.canvas.minimap import Minimap
from designer.gui.editing.canvas.overlay_menu import OverlayMenu
from designer.gui.editing.canvas.overlaying import Overlaying
from designer.gui.editing.canvas.picture_dialog import ask_and_save
from designer.gui.editing.selection import Selection
from designer.network.arranging import Rectangle
from designer.network.groups import GROUP

if TYPE_CHECKING:
    from designer.gui.editing.canvas.canvas import Canvas

AROUND = 24.0
"""Room around what is shown as a whole."""


class Furniture(QObject):
    """Makes the parts around a canvas's view, and lets each do its work.

    Attributes:
        bar, find_bar, crumbs, minimap, legend: widgets.
        hiding_menu, overlay_menu: menus.
        overlaying: what the boxes are coloured by.
        actions: by key, with their shortcuts; see `looking_actions`.
    """

    def __init__(self, canvas: Canvas, selection: Selection) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._selection = selection
        look, mirror, view = canvas.look, canvas.mirror, canvas.view
        item = view.item
        self.legend = Legend(look)
        self.overlaying = Overlaying(item, mirror, self.legend, self)
        self.minimap = Minimap(look, mirror, view, item)
        self.crumbs = Breadcrumbs(look, mirror, view, selection)
        self.find_bar = FindBar(look, mirror, item, selection)
        self.hiding_menu = HidingMenu(mirror, canvas)
        self.overlay_menu = OverlayMenu(self.overlaying, canvas)
        chip = HiddenChip(mirror)
        menus = (self.hiding_menu, self.overlay_menu)
        self.bar = CanvasBar(look, self.crumbs, chip, menus, self.minimap)
        view.furniture.append(self.minimap)
        self._corner = Corner(self.minimap, view)
        self.minimap.changed.connect(self._follow_map)
        self.actions = make_actions(
            canvas,
            {
                "find": self.find_bar.open_bar,
                "find_next": self.find_bar.next,
                "find_previous": self.find_bar.previous,
                "show_all": view.fit,
                "show_selection": self.show_selection,
                "minimap": self.toggle_map,
                "save_picture": self.ask_for_picture,
            },
        )
        chip.clicked.connect(self.hiding_menu.show_all)
        self.hiding_menu.asked.connect(canvas.set_hidden)
        self.find_bar.went.connect(canvas.show_layer)
        self.find_bar.closed.connect(view.setFocus)
        self.crumbs.chosen.connect(self.go)
        self.bar.find_asked.connect(self.find_bar.open_bar)
        self.bar.picture_asked.connect(self.ask_for_picture)
        self.overlaying.changed.connect(self.minimap.redraw)
        self.overlaying.recoloured.connect(self.minimap.redraw)

    @Slot()
    def _follow_map(self) -> None:
        self.actions["minimap"].setEnabled(self.minimap.roomy)

    @Slot()
    def toggle_map(self) -> None:
        """Show the map, or hide it."""
        self.minimap.want(not self.minimap.wanted)

    @Slot()
    def show_selection(self) -> None:
        """All of what is selected, as near as it can be seen; all of the network when nothing is."""
        picture = self._canvas.picture
        if picture is None:
            return
        shown = picture.view.shown
        keys = {shown[layer_id] for layer_id in self._selection.layers if layer_id in shown}
        if keys:
            self._canvas.view.show_area(around([picture.rectangle(key) for key in keys]))
        else:
            self._canvas.view.fit()

    @Slot(object)
    def go(self, crumb: Crumb) -> None:
        """Select a group or a layer, and show it; for the network, show all of it."""
        picture, tree = self._canvas.picture, self._canvas.mirror.tree
        if picture is None or tree is None:
            return
        if crumb.layer:
            self._selection.select([crumb.layer])
            self._canvas.show_layer(crumb.layer)
        elif crumb.path in tree.groups:
            layers = tree.groups[crumb.path].layers
            self._selection.select(layers)
            there = picture.arrangement.rectangles
            key = GROUP + crumb.path
            key = key if key in there else picture.view.shown[layers[0]]
            self._canvas.view.show_area(around([picture.rectangle(key)]))
        else:
            self._selection.select(())
            self._canvas.view.fit()
        self._canvas.view.setFocus()

    @Slot()
    def ask_for_picture(self) -> None:
        """Ask where to save a picture, and of what."""
        ask_and_save(self._canvas, self._canvas.window())


def around(areas: list[Rectangle], margin: float = AROUND) -> Rectangle:
    """The area around some others, with some room."""
    left, top = min(a.x for a in areas) - margin, min(a.y for a in areas) - margin
    right, bottom = max(a.right for a in areas) + margin, max(a.bottom for a in areas) + margin
    return Rectangle(left, top, right - left, bottom - top)
