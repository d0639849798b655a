"""The way from the network to where one is, as a row of buttons."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from designer.gui.editing.canvas.content import clipped
from designer.gui.editing.canvas.crumbs import Crumb, beside, group_seen, steps_shown, way_to
from designer.gui.editing.canvas.mirror import Mirror
from designer.gui.editing.canvas.zoom_view import ZoomView
from designer.gui.editing.selection import Selection
from designer.gui.look.buttons import icon_button
from designer.gui.look.icons import icon
from designer.gui.look.style import Look
from designer.messages import tr

MOST = 60
"""Rows of a menu of what stands beside a step."""
PAUSE = 80
"""Milliseconds without a movement after which the way is looked up anew."""


class Breadcrumbs(QWidget):
    """Shows the groups that one is in; a click goes to one, an arrow lists what stands beside it.

    Where it is too narrow for all of them, a button lists those that have no room.

    Attributes:
        way: all steps.
        shown: numbers of those that have room.

    Signals:
        chosen(crumb): that group or layer, or all of the network, is to be shown.
        changed(): there are other buttons.
    """

    chosen = Signal(object)
    changed = Signal()

    def __init__(self, look: Look, mirror: Mirror, view: ZoomView, selection: Selection) -> None:
        super().__init__()
        self._look = look
        self._mirror = mirror
        self._view = view
        self._selection = selection
        self.way: tuple[Crumb, ...] = ()
        self.shown: tuple[int, ...] = ()
        self._steps: list[QToolButton] = []
        self._arrows: list[QToolButton] = []
        self._more = self._menu_button(tr("Steps that have no room"))
        self._more.setIconSize(QSize(24, 14))
        self._more.menu().aboutToShow.connect(self._fill_more)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Where you are"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.follow)
        view.moved.connect(self._moved)
        selection.changed.connect(self.follow)
        mirror.pictured.connect(self.follow)
        mirror.refreshed.connect(self.follow)
        mirror.opened.connect(self.follow)
        look.changed.connect(self._rebuild)

    @Slot()
    def _moved(self) -> None:
        if not self._selection.layers:
            self._timer.start()

    @Slot()
    def follow(self) -> None:
        """Look up the way anew."""
        network, tree, picture = self._mirror.network, self._mirror.tree, self._mirror.picture
        way: tuple[Crumb, ...] = ()
        if network is not None and tree is not None:
            seen = group_seen(picture, self._view.seen) if picture is not None else ""
            way = way_to(network, tree, self._selection.layers, seen)
        if way != self.way:
            self.way = way
            self._rebuild()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold away what has no room any longer, and show what has it again."""
        super().resizeEvent(event)
        self._fold()

    @Slot()
    def _rebuild(self) -> None:
        while self._row.takeAt(0) is not None:
            pass
        for widget in (*self._steps, *self._arrows):
            widget.hide()
            widget.deleteLater()
        self._steps = [self._step(crumb, last=crumb is self.way[-1]) for crumb in self.way]
        self._arrows = [self._arrow(crumb) for crumb in self.way[1:]]
        for number, step in enumerate(self._steps):
            if number:
                self._row.addWidget(self._arrows[number - 1])
            self._row.addWidget(step)
        self._row.addStretch(1)
        self._more.setIcon(icon("ellipsis", self._look.colours, "text_muted"))
        self._fold()
        self.changed.emit()

    def _fold(self) -> None:
        """Show the steps that there is room for, the last ones first."""
        widths = [step.sizeHint().width() for step in self._steps]
        arrow = max((arrow.sizeHint().width() for arrow in self._arrows), default=0)
        self.shown = steps_shown(widths, arrow, self._more.sizeHint().width(), self.width()) if widths else ()
        for number, step in enumerate(self._steps):
            step.setVisible(number in self.shown)
        for number, before in enumerate(self._arrows, 1):
            # The first one stands between the network and the menu as well.
            before.setVisible(number in self.shown or (number == 1 and 0 in self.shown))
        # Before all arrows where the network is in it.
        self._row.removeWidget(self._more)
        self._row.insertWidget(2 if 0 in self.shown and self._arrows else 0, self._more)
        self._more.setVisible(len(self.shown) < len(self._steps))

    @Slot()
    def _fill_more(self) -> None:
        menu = self._more.menu()
        menu.clear()
        for number, crumb in enumerate(self.way):
            if number not in self.shown:
                action = menu.addAction(clipped(crumb.text, 60).replace("&", "&&"))
                action.triggered.connect(partial(self.chosen.emit, crumb))

    def _step(self, crumb: Crumb, last: bool) -> QToolButton:
        made = QToolButton(self)
        made.setText(clipped(crumb.text).replace("&", "&&"))
        made.setProperty("strong", last)
        what = tr("Show {name}", name=crumb.path or crumb.text)
        made.setToolTip(what if len(what) < 200 else what[:200] + " ...")
        made.setAccessibleName(what)
        made.clicked.connect(partial(self.chosen.emit, crumb))
        return made

    def _arrow(self, crumb: Crumb) -> QToolButton:
        made = self._menu_button(tr("What stands beside {name}", name=clipped(crumb.text)))
        made.setIcon(icon("chevron-right", self._look.colours, "text_muted"))
        made.menu().aboutToShow.connect(partial(self._fill, made.menu(), crumb))
        return made

    def _menu_button(self, name: str) -> QToolButton:
        made = icon_button(self, name, side=14)
        # The menu goes with its button.
        made.setMenu(QMenu(made))
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        made.setProperty("arrow", True)
        made.hide()
        return made

    def _fill(self, menu: QMenu, crumb: Crumb) -> None:
        network, tree = self._mirror.network, self._mirror.tree
        menu.clear()
        if network is None or tree is None or (crumb.path and crumb.path not in tree.groups):
            return
        if crumb.layer and crumb.layer not in tree.home:
            return
        rows = beside(network, tree, crumb)
        for row in rows[:MOST]:
            action = menu.addAction(clipped(row.text, 60).replace("&", "&&"))
            action.setCheckable(row == crumb)
            action.setChecked(row == crumb)
            action.triggered.connect(partial(self.chosen.emit, row))
        if len(rows) > MOST:
            menu.addAction(tr("{count} more", count=len(rows) - MOST)).setEnabled(False)
