"""One journey through the whole network editor by keyboard alone, on the real window with a real network.

Keys go to whichever window has them; nothing is called, only looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from designer.gui.analysis.window import AnalysisWindow
from designer.gui.comparing.window import ComparisonWindow
from designer.gui.editing.canvas.picture_dialog import PictureDialog
from designer.gui.editing.head_dialog import HeadDialog
from designer.gui.editing.replace_dialog import ReplaceDialog
from designer.gui.look.style import Look
from designer.gui.main_window.window import MainWindow
from designer.jobs.runner import Runner
from designer.network.network import Network
from designer.session.session import Session

from ..keyboard import Keyboard, focused, heard

pytestmark = pytest.mark.timeout(300)
LONG = 60_000


class Someone(Keyboard):
    """Someone who has a keyboard and a screen reader."""

    def __init__(self, window: MainWindow, qtbot) -> None:
        self.window = window
        self.session = window.context.session
        self.qtbot = qtbot

    def until(self, ready) -> None:
        self.qtbot.waitUntil(ready, timeout=LONG)

    def settle(self) -> None:
        """Until what is drawn and known is of the network as it is."""

        def settled() -> bool:
            facts, mirror = self.session.facts, self.window.pages["network"].canvas.mirror
            known = facts is not None and not facts.checking
            return mirror.settled and known and not self.window.context.runner.running()

        self.until(settled)

    def do(self, *keys: str) -> None:
        """Keys, and what comes of each."""
        for key in keys:
            self.press(key)
            self.settle()

    def walk_to(self, name: str, key: str = "Down") -> None:
        """An arrow, until screen readers say so."""
        for _ in range(80):
            if name in heard().split(",")[0].split():
                return
            self.press(key)
        raise AssertionError(f"{name} was not met; at last {heard()}")

    def tab_to(self, name: str) -> None:
        """Tab, until screen readers say so."""
        for _ in range(80):
            if heard() == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} was not met; at last {heard()}")

    def led_to(self, start: str) -> None:
        """An arrow, until the line that is led would end there."""
        for _ in range(80):
            if self.said.startswith(start):
                return
            self.press("Down")
        raise AssertionError(f"{start} was not met; at last {self.said}")

    def within(self, kind: type[QWidget], act: Callable[[], object]) -> None:
        """What is done as soon as such a dialog or menu has the keyboard; whoever opens it waits for it."""
        timer = QTimer(self.window)

        def look() -> None:
            opened = QApplication.activePopupWidget() or QApplication.activeWindow()
            if isinstance(opened, kind) and QGuiApplication.focusWindow() is not None:
                timer.stop()
                timer.deleteLater()
                act()

        timer.timeout.connect(look)
        timer.start(5)

    def name_file(self, path: Path) -> None:
        """Type a path into the next dialog that asks for one."""

        def act() -> None:
            self.press("Ctrl+A")
            self.type(str(path))
            self.press("Return")

        self.within(QFileDialog, act)

    def back(self) -> None:
        """The window has the keyboard again, as window systems give it when a dialog goes."""
        self.window.activateWindow()
        self.until(
            lambda: QApplication.activeWindow() is self.window and QApplication.focusWidget() is not None
        )

    @property
    def said(self) -> str:
        return self.window.pages["network"].canvas.view.accessibleName()

    @property
    def network(self) -> Network:
        return self.session.network

    def named(self, name: str) -> str:
        return next(layer.id for layer in self.network if layer.name == name)

    def feeds(self, name: str) -> tuple[str, ...]:
        """Names of the layers that a layer is fed by."""
        return tuple(self.network[port.layer].name for port in self.network.inputs[self.named(name)] if port)


@pytest.fixture
def someone(qapp, qtbot):
    """In front of the start page."""
    QGuiApplication.clipboard().clear()
    look = Look("light")
    look.apply(qapp)
    window = MainWindow(Session(), Runner(), look)
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    made = Someone(window, qtbot)
    made.back()
    yield made
    window.closing.agreed = True
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_whole_editor_by_keyboard_alone(someone, tmp_path):
    press, do = someone.press, someone.do
    redo = QKeySequence(QKeySequence.StandardKey.Redo).toString()

    # From the start page to the canvas.
    press("Ctrl+F")
    someone.type("resnet18")
    press("Return")
    assert heard() == "ResNet-18"
    someone.tab_to("Fresh weights")
    press("Space")
    someone.until(lambda: "network" in someone.window.pages and someone.session.facts is not None)
    someone.settle()
    page, first = someone.window.pages["network"], someone.network
    view, stack = page.canvas.view, page.context.history.stack
    assert focused() is view

    # Along connections, into a group and out of it.
    press("Home")
    assert heard() == "Input input, 3 by 224 by 224"
    someone.walk_to("layer1.0")
    assert heard().startswith("Group layer1.0, 7 layers")
    do("Return", "Down")
    assert heard() == "Batch normalization 2-D layer1.0.bn1, 64 by 56 by 56"
    do("Shift+Return")
    assert heard().startswith("Group layer1.0, 7 layers")

    # A layer from the library, and one of its settings.
    press("Home")
    someone.walk_to("conv1")
    press("Ctrl+L")
    someone.type("dropout")
    do("Return", "Esc", "Esc")
    assert (focused(), heard()) == (view, "Dropout dropout, 64 by 112 by 112")
    assert (someone.feeds("dropout"), someone.feeds("bn1")) == (("conv1",), ("dropout",))
    press("Return")
    someone.tab_to("P")
    press("Ctrl+A")
    someone.type("0.3")
    do("Return", "Esc")
    assert someone.network[someone.named("dropout")].settings["p"] == 0.3
    assert (focused(), heard()) == (view, "Dropout dropout, 64 by 112 by 112")

    # A copy, renamed; connected, led elsewhere, disconnected.
    someone.walk_to("relu")
    do("Ctrl+D")
    press("F2")
    someone.type("bend")
    do("Return")
    assert (focused(), heard().split(",")[0]) == (view, "ReLU bend")
    press("C")
    someone.led_to("To maxpool, in place of relu")
    do("Return")
    assert someone.feeds("maxpool") == ("bend",)
    someone.walk_to("maxpool")
    press("Tab", "C")
    someone.led_to("From relu, ")
    do("Return")
    assert someone.feeds("maxpool") == ("relu",)
    assert someone.said == "Input 1 of 1, from relu"
    do("Del")
    assert (someone.feeds("maxpool"), someone.said) == ((), "Input 1 of 1, open")
    do("Ctrl+Z", "Ctrl+Z")
    assert someone.feeds("maxpool") == ("bend",)

    # Copy, paste, cut; out of the network with what fed it feeding what it fed.
    press("Esc")
    someone.walk_to("bend", "Up")
    do("Ctrl+C", "Ctrl+V")
    assert heard().startswith("ReLU bend_2")
    count = len(someone.network)
    do("Ctrl+X")
    assert len(someone.network) == count - 1
    do("Ctrl+V")
    assert heard().startswith("ReLU bend_2")
    do("Del", "Home")
    someone.walk_to("dropout")
    do("Del")
    assert (someone.feeds("bn1"), heard()) == (("conv1",), "Convolution 2-D conv1, 64 by 112 by 112")
    do("Ctrl+Z")
    assert heard() == "Dropout dropout, 64 by 112 by 112"
    do(redo)
    assert heard() == "Convolution 2-D conv1, 64 by 112 by 112"

    # Freezing: one layer, and all up to here.
    do("Up", "Down", "Space")
    assert heard() == "Convolution 2-D conv1, 64 by 112 by 112, frozen"
    do("Space", "Down", "Ctrl+U")
    assert {layer.name for layer in someone.network if layer.frozen} == {"conv1", "bn1"}
    assert heard().endswith("frozen")

    # Another kind, another head: by dialogs.
    someone.walk_to("bend")

    def choose_gelu() -> None:
        someone.type("gelu")
        press("Return")

    someone.within(ReplaceDialog, choose_gelu)
    do("Ctrl+Shift+R")
    someone.back()
    assert (focused(), heard().split(",")[0]) == (view, "GELU bend")

    def choose_five() -> None:
        press("Ctrl+A")
        someone.type("5")
        press("Return")

    someone.within(HeadDialog, choose_five)
    do("Ctrl+H")
    someone.back()
    assert (focused(), len(someone.network.classes)) == (view, 5)

    # Found by its name, and in the table.
    press("Ctrl+F")
    someone.type("layer4.1.conv2")
    do("Return", "Esc")
    assert (focused(), heard()) == (view, "Convolution 2-D layer4.1.conv2, 512 by 7 by 7")
    someone.tab_to("Library")
    press("Right")
    someone.tab_to("Search layers")
    someone.type("layer4.1.bn2")
    press("Down")
    assert focused() is page.table.table
    do("Space", "Esc")
    assert someone.network["layer4.1.bn2"].frozen
    assert (focused(), heard().split(",")[0]) == (view, "Batch normalization 2-D layer4.1.bn2")

    # Something wrong, and its remedy.
    do("Tab", "Del")
    someone.tab_to(page.problems.title.accessibleName())
    press("Tab")
    assert heard().startswith("Problem: Input 1 of layer 'layer4.1.bn2' is empty.")
    press("Tab")
    assert heard() == "Connect layer4.1.conv2 to layer4.1.bn2"
    do("Return")
    assert someone.feeds("layer4.1.bn2") == ("layer4.1.conv2",)
    press("Esc")

    # Colours, a picture, a report, a comparison.
    someone.tab_to("Colour layers by parameters, MACs, memory ...")
    someone.within(QMenu, lambda: press("Down", "Down", "Return"))
    press("Space")
    someone.back()
    assert page.canvas.furniture.overlaying.key == "parameters"
    press("Esc")
    picture = tmp_path / "all.png"
    someone.name_file(picture)
    someone.within(PictureDialog, lambda: press("Return"))
    press("Ctrl+Shift+P")
    someone.back()
    assert picture.read_bytes().startswith(b"\x89PNG")
    for keys, kind in (("Ctrl+Shift+A", AnalysisWindow), ("Ctrl+Shift+D", ComparisonWindow)):
        press(keys)
        someone.until(lambda kind=kind: isinstance(QApplication.activeWindow(), kind))
        someone.settle()
        press("Esc")
        someone.back()
        assert focused() is view

    # Saved; to the beginning and back, one by one and by the list; opened again.
    saved, last = tmp_path / "day.netgraft", someone.network
    someone.name_file(saved)
    press("Ctrl+S")
    someone.until(lambda: not someone.session.changed)
    someone.back()
    steps = stack.count()
    while stack.canUndo():
        press("Ctrl+Z")
    assert someone.network == first
    for _ in range(steps):
        press(redo)
    assert someone.network == last
    press("Ctrl+Shift+H", "Home")
    assert someone.network == first
    press("End", "Esc")
    assert (focused(), someone.network) == (view, last)
    someone.settle()
    someone.name_file(saved)
    before = someone.session.network
    press("Ctrl+O")
    someone.until(lambda: someone.session.network is not before)
    someone.back()
    someone.settle()
    assert someone.network == last
    assert focused() is view
