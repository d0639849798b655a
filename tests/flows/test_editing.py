"""Journeys through the network editor with mouse and keys, on the real window with a real network."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSpinBox

from designer.engine.weights import Weights
from designer.gui.editing.clipboard import WEIGHTS
from designer.gui.editing.library.model import MIME
from designer.gui.editing.page import NetworkPage
from designer.gui.editing.replace_dialog import ReplaceDialog
from designer.gui.main_window.window import MainWindow
from designer.gui.opening.opener import ModelRequest
from designer.network.network import Network, Port

pytestmark = pytest.mark.timeout(600)
LONG = 60_000
CONTROL = Qt.KeyboardModifier.ControlModifier


class Hands:
    """Someone in front of a window."""

    def __init__(self, window: MainWindow, qtbot) -> None:
        window.resize(1440, 900)
        self.window = window
        self.session = window.context.session
        self.qtbot = qtbot

    def open(self, model: str) -> None:
        self.window.opener.open(ModelRequest(model, model, "none"))
        self.qtbot.waitUntil(lambda: self.session.facts is not None, timeout=LONG)
        self.window.go_to("network")
        self.settle()

    @property
    def page(self) -> NetworkPage:
        page = self.window.pages["network"]
        assert isinstance(page, NetworkPage)
        return page

    @property
    def network(self) -> Network:
        assert self.session.network is not None
        return self.session.network

    def settle(self) -> None:
        """Until what is drawn and known is of the network as it is."""
        canvas, runner = self.page.canvas, self.window.context.runner

        def settled() -> bool:
            facts = self.session.facts
            return canvas.mirror.settled and facts is not None and not facts.checking and not runner.running()

        self.qtbot.waitUntil(settled, timeout=LONG)

    def place(self, key: str) -> QPoint:
        """Where the middle of a box is in the viewport; it is brought into sight."""
        self.page.canvas.show_layer(key)
        self.settle()
        box = self.page.canvas.picture.rectangle(key)
        self.page.canvas.view.reveal(box)
        middle = QPointF(box.x + box.width / 3, box.y + box.height / 2)
        return self.page.canvas.view.viewportTransform().map(middle).toPoint()

    def click(self, key: str, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mouseClick(self.page.canvas.view.viewport(), button, pos=self.place(key))

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window, timeout=LONG)
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key, modifier)

    def by_name(self, name: str) -> str:
        return next(layer.id for layer in self.network if layer.name == name)


@pytest.fixture
def hands(make_window, qtbot) -> Hands:
    QGuiApplication.clipboard().clear()
    made = Hands(make_window(), qtbot)
    made.open("resnet18")
    return made


def test_a_long_day_at_the_editor(hands, qtbot, monkeypatch, tmp_path, make_window):
    page, session, first = hands.page, hands.session, hands.network
    weights = session.weights

    # A block from the library, by keys alone: select, Ctrl+L, type, Enter.
    after = hands.by_name("layer1.1.relu_2")
    hands.click(after)
    hands.press(Qt.Key.Key_L, CONTROL)
    QTest.keyClicks(page.library.search, "residual block")
    assert page.library.list.row.key == "residual"
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    block = page.selection.layers
    assert len(block) >= 6
    assert Port(after) in {p for i in block for p in hands.network.inputs[i]}
    assert not session.facts.problems
    assert session.facts.parameters > 11_689_512

    # A setting, by the arrows of its field: two clicks are one step.
    conv = next(i for i in block if hands.network[i].kind == "Conv2d")
    hands.click(conv)
    steps = page.context.history.stack.count()
    field = next(f for f in page.pane.findChildren(QSpinBox) if f.isVisible() and f.value() == 64)
    field.setFocus()
    for _ in range(3):
        hands.press(Qt.Key.Key_Up)
    assert page.context.history.stack.count() == steps + 1
    hands.settle()
    assert session.facts.problems
    page.context.history.stack.undo()
    hands.settle()
    assert not session.facts.problems

    # Freeze up to here by the context menu's own action, and duplicate by keys.
    page.actions_by_key["freeze_up_to"].trigger()
    assert hands.network["conv1"].frozen
    assert not hands.network["fc"].frozen
    hands.click("fc")
    hands.press(Qt.Key.Key_D, CONTROL)
    hands.settle()
    (twin,) = page.selection.layers
    assert hands.network[twin].name == "fc_2"
    assert session.facts.problems
    hands.place(twin)
    page.canvas.view.setFocus()
    hands.press(Qt.Key.Key_Delete)
    hands.settle()
    assert twin not in hands.network
    assert not session.facts.problems

    # Copy and paste, connect by asking as the gesture does.
    hands.click("bn1")
    hands.press(Qt.Key.Key_C, CONTROL)
    hands.press(Qt.Key.Key_V, CONTROL)
    (pasted,) = page.selection.layers
    page.canvas.gestures.connect_asked.emit(Port("bn1"), pasted, 0)
    page.canvas.gestures.connect_asked.emit(Port(pasted), "relu", 0)
    hands.settle()
    assert hands.network.inputs["relu"] == (Port(pasted),)
    assert not session.facts.problems

    # Another kind in the place of a layer, chosen by keys.
    def choose(dialog: ReplaceDialog) -> int:
        dialog.show()
        QTest.keyClicks(dialog.search, "gelu")
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)
        return dialog.result()

    monkeypatch.setattr(ReplaceDialog, "exec", choose)
    hands.click("relu")
    page.actions_by_key["replace_kind"].trigger()
    hands.settle()
    (gelu,) = page.selection.layers
    assert (hands.network[gelu].kind, hands.network[gelu].name) == ("GELU", "relu")

    # Rename on the box.
    hands.press(Qt.Key.Key_F2)
    qtbot.waitUntil(page.renaming.field.isVisible, timeout=LONG)
    page.renaming.field.setText("bend")
    QTest.keyClick(page.renaming.field, Qt.Key.Key_Return)
    assert hands.network[gelu].name == "bend"

    # A new head, by the same action for every network.
    hands.settle()
    last, stack = hands.network, page.context.history.stack
    saved = tmp_path / "day.netgraft"
    page.left.fold(True)
    monkeypatch.setattr(hands.window.saving, "_ask_path", lambda: saved)
    hands.window.saving.save()
    qtbot.waitUntil(lambda: not session.changed, timeout=LONG)

    # To the very beginning, by the list; and forward again, one by one.
    page.history_pane.list.setCurrentIndex(page.history_pane.model.index(0))
    assert hands.network == first
    assert session.weights is weights
    while stack.canRedo():
        stack.redo()
    assert hands.network == last
    while stack.canUndo():
        stack.undo()
    assert hands.network == first

    # The file, in another window: the same network, and the panel folded as it was.
    again = Hands(make_window(), qtbot)
    again.window.open_project(saved)
    qtbot.waitUntil(lambda: again.session.facts is not None, timeout=LONG)
    again.window.go_to("network")
    again.settle()
    assert again.network == last
    assert again.page.left.folded
    assert again.page.context.history.saved == 0


def test_an_entry_is_dropped_on_a_connection(hands):
    page = hands.page
    hands.place("bn1")
    picture, view = page.canvas.picture, page.canvas.view
    line = next(line for line in picture.arrangement.lines if (line.source, line.target) == ("bn1", "relu"))
    (x0, y0), (x1, y1) = line.points[0], line.points[-1]
    where = view.viewportTransform().map(QPointF((x0 + x1) / 2, (y0 + y1) / 2))
    mime = QMimeData()
    mime.setData(MIME, b"Dropout")
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target = view.viewport()
    for event in (
        QDragEnterEvent(where.toPoint(), copy, mime, left, none),
        QDragMoveEvent(where.toPoint(), copy, mime, left, none),
        QDropEvent(where, copy, mime, left, none),
    ):
        QCoreApplication.sendEvent(target, event)
    (new,) = page.selection.layers
    assert hands.network[new].kind == "Dropout"
    assert hands.network.inputs["relu"] == (Port(new),)
    assert hands.network.inputs[new] == (Port("bn1"),)


def test_boxes_that_were_moved_stay_there_in_the_file(hands, qtbot, tmp_path, monkeypatch, make_window):
    page = hands.page
    hands.click("avgpool")
    page.selection.select(["avgpool", "flatten"])
    before = page.canvas.picture.rectangle("flatten")
    page.actions_by_key["align_top"].trigger()
    hands.settle()
    moved = page.canvas.picture.rectangle("flatten")
    assert (moved.x, moved.y) != (before.x, before.y)
    assert moved.y == page.canvas.picture.rectangle("avgpool").y
    saved = tmp_path / "moved.netgraft"
    hands.window.saving._save_to(saved)
    qtbot.waitUntil(lambda: not hands.session.changed, timeout=LONG)
    again = Hands(make_window(), qtbot)
    again.window.open_project(saved)
    qtbot.waitUntil(lambda: again.session.facts is not None, timeout=LONG)
    again.window.go_to("network")
    again.settle()
    assert again.network.places == hands.network.places
    there = again.page.canvas.picture.rectangle("flatten")
    assert there.y == again.page.canvas.picture.rectangle("avgpool").y


def test_layers_travel_between_two_windows_with_their_weights(make_window, qtbot):
    QGuiApplication.clipboard().clear()
    one, other = Hands(make_window(), qtbot), Hands(make_window(), qtbot)
    for hands, seed in ((one, 0), (other, 1)):
        hands.open("resnet18")
        hands.seed = seed
    # Both drew the same first weights; one of them is given others.
    changed = {i: {n: t + 1 for n, t in one.session.weights[i].items()} for i in ("conv1", "bn1")}
    one.session.set_weights(one.session.weights.merged(Weights(changed)))
    one.page.selection.select(["conv1", "bn1"])
    one.page.clipboard.copy()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData().hasFormat(WEIGHTS), timeout=LONG)
    first = other.network
    other.page.clipboard.paste()
    qtbot.waitUntil(lambda: len(other.network) == len(first) + 2, timeout=LONG)
    conv, norm = other.page.selection.layers
    theirs, ours = other.session.weights, one.session.weights
    assert theirs.digest(conv) == ours.digest("conv1")
    assert theirs.digest(norm) == ours.digest("bn1")
    assert theirs.digest("conv1") != ours.digest("conv1")
    other.settle()
    other.page.context.history.stack.undo()
    assert other.network == first


def test_a_paste_of_somebody_elses_json_is_told_of(hands):
    bar = hands.window._bar
    made = QMimeData()
    made.setData("application/x-netgraft-layers", json.dumps({"netgraft": "layers", "format": 99}).encode())
    QGuiApplication.clipboard().setMimeData(made)
    before = hands.network
    hands.page.canvas.view.setFocus()
    hands.press(Qt.Key.Key_V, CONTROL)
    assert bar.isVisible()
    assert bar.notice.severity == "error"
    assert hands.network is before


def test_undo_and_redo_say_what(hands):
    actions = hands.window._actions.all
    assert actions["undo"].toolTip().startswith("Nothing to undo")
    hands.click("fc")
    hands.page.editor.name_layer("fc", "classifier")
    assert actions["undo"].toolTip().startswith("Undo: Rename")
    actions["undo"].trigger()
    assert actions["redo"].toolTip().startswith("Redo: Rename")
