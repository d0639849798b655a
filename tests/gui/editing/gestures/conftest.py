"""What the tests of gestures share: a mouse on the real page, and what has been asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from designer.catalog.actions import sources, targets
from designer.gui.editing.canvas.canvas import Canvas
from designer.gui.editing.canvas.gestures.connect import Rules
from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.picture import Picture
from designer.gui.editing.selection import Selection
from designer.network.arranging import Arrangement, Line, Rectangle
from designer.network.groups import everything, group_tree, view_of

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier
ASKED = (
    "connect_asked",
    "reroute_asked",
    "disconnect_asked",
    "move_asked",
    "drop_asked",
    "menu_asked",
    "open_asked",
)


def stacked(network, expanded=None, gap=40.0, width=100.0, height=60.0, direction="down"):
    """A wiring whose boxes stand under (or beside) one another in file order, at (0, 0), (0, 100) ...

    Lines go straight from the middle of one side to the middle of the other; skips lie 20 to the right.
    """
    tree = group_tree(network)
    view = view_of(network, tree, everything(tree) if expanded is None else expanded)
    level = direction == "right"
    step = (width if level else height) + gap
    there = {
        box.key: Rectangle(n * step, 0.0, width, height) if level else Rectangle(0.0, n * step, width, height)
        for n, box in enumerate(view.boxes)
    }
    order = list(there)
    lines = []
    for edge in view.edges:
        a, b = there[edge.source], there[edge.target]
        aside = 0.0 if order.index(edge.target) - order.index(edge.source) == 1 else 20.0
        start = (a.right, height / 2 + aside) if level else (width / 2 + aside, a.bottom)
        end = (b.x, height / 2 + aside) if level else (width / 2 + aside, b.y)
        lines.append(Line(edge.source, edge.target, (start, end)))
    whole = Arrangement(
        {**there, **{frame.key: Rectangle(-500, -500, 10, 10) for frame in view.frames}},
        tuple(lines),
        max(r.right for r in there.values()),
        max(r.bottom for r in there.values()),
    )
    return Wiring(network, Picture(view, whole, direction))


class Mouse:
    """A mouse on a page's canvas; places are points of the drawing."""

    def __init__(self, page) -> None:
        self.page = page
        self.view = page.canvas.view
        self.at = QPointF()

    def place(self, point) -> QPointF:
        return self.view.viewportTransform().map(QPointF(*point))

    def _send(self, kind, button, held, modifiers):
        viewport = self.view.viewport()
        event = QMouseEvent(kind, self.at, viewport.mapToGlobal(self.at), button, held, modifiers)
        QApplication.sendEvent(viewport, event)

    def press(self, point, modifiers=NONE, button=LEFT):
        self.at = self.place(point)
        self.view.setFocus()
        self._send(QEvent.Type.MouseButtonPress, button, button, modifiers)

    def move(self, point, modifiers=NONE, button=LEFT, steps=4):
        start, end = QPointF(self.at), self.place(point)
        for number in range(1, steps + 1):
            self.at = start + (end - start) * (number / steps)
            self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, button, modifiers)

    def hover(self, point):
        self.move(point, button=Qt.MouseButton.NoButton, steps=1)

    def release(self, modifiers=NONE, button=LEFT):
        self._send(QEvent.Type.MouseButtonRelease, button, Qt.MouseButton.NoButton, modifiers)

    def drag(self, start, end, modifiers=NONE):
        self.press(start, modifiers)
        self.move(end, modifiers)
        self.release(modifiers)

    def click(self, point, modifiers=NONE, button=LEFT):
        self.press(point, modifiers, button)
        self.release(modifiers, button)

    def double(self, point):
        self.click(point)
        self._send(QEvent.Type.MouseButtonDblClick, LEFT, LEFT, NONE)
        self.release()


class Stage(QWidget):
    """A canvas that mirrors a session, between two fields that Tab leads to; nobody edits."""

    def __init__(self, context) -> None:
        super().__init__()
        self.session = context.session
        self.selection = Selection(self)
        self.canvas = Canvas(context.runner, context.look, self.selection)
        column = QVBoxLayout(self)
        for widget in (QLineEdit(), self.canvas, QLineEdit()):
            column.addWidget(widget)
        self.canvas.open(self.session.network)
        self.end = self.session.observe(self.hear)

    def hear(self, topic: str) -> None:
        change, network = self.session.last_change, self.session.network
        if topic == "network" and network is not None and change is not None:
            self.selection.keep_only(network.layers, network.connections)
            self.canvas.update_network(network, change.structural)
        elif topic == "facts":
            self.canvas.update_facts(self.session.facts)


@pytest.fixture
def page(qtbot, context, tiny_network, facts):
    """A canvas with the small network, in the place of the whole page."""
    context.session.open(tiny_network, None)
    stage = Stage(context)
    stage.show()
    with qtbot.waitSignal(stage.canvas.arranged):
        context.session.set_facts(facts)
    yield stage
    stage.end()


@pytest.fixture
def real_page(make_page, tiny_network, facts):
    """The whole page, which does what is asked for."""
    return make_page(tiny_network, size=(1500, 1000), facts=facts)


@pytest.fixture
def real_mouse(real_page):
    """A mouse on the whole page."""
    real_page.canvas.view.zoom_to(0.75)
    real_page.canvas.view.reveal(real_page.canvas.picture.rectangle("input"))
    return Mouse(real_page)


@pytest.fixture
def mouse(page, context):
    """A mouse on the canvas, all of which is seen at a readable scale."""
    page.resize(1000, 1400)
    page.canvas.view.zoom_to(0.7)
    page.canvas.view.reveal(page.canvas.picture.rectangle("input"))
    session = context.session
    page.canvas.gestures.rules = Rules(
        lambda port: targets(session.network, session.facts, port),
        lambda layer, number: sources(session.network, session.facts, layer, number),
    )
    return Mouse(page)


@pytest.fixture
def asked(page):
    """All that the canvas has asked for."""
    found = []
    gestures = page.canvas.gestures
    for name in ASKED:
        signal = getattr(gestures, name)
        signal.connect(lambda *given, name=name: found.append((name, *given)))
    return found


def spot(page, key, side, number=0):
    """Where a port is drawn."""
    return page.canvas.view.wiring.spot(key, side, number).at


def middle(page, key):
    """The middle of a box; left of the text's end, so that no button is hit."""
    box = page.canvas.picture.rectangle(key)
    return (box.x + box.width / 2 + 30, box.y + box.height / 2)
