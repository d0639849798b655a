"""Copy, cut and paste: within a network, into another one with its weights, and rubbish."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

from designer.engine.building import build, weights_of
from designer.engine.weights import Weights
from designer.gui.editing.clipboard import LAYERS, WEIGHTS, Clipboard, readable
from designer.gui.editing.editor import Editor
from designer.gui.editing.selection import Selection
from designer.network.network import Connection, Port

from ...conftest import make_tiny_network

LONG = 60_000


class Desk:
    """A document with its clipboard, as a window has it."""

    def __init__(self, context, weights) -> None:
        self.context = context
        self.session = context.session
        self.session.open(make_tiny_network(), weights)
        self.selection = Selection()
        self.editor = Editor(context, self.selection)
        self.clipboard = Clipboard(context, self.editor, self.selection)


@pytest.fixture
def desk(context) -> Desk:
    QGuiApplication.clipboard().clear()
    return Desk(context, None)


@pytest.fixture
def other(make_context, desk) -> Desk:
    return Desk(make_context(), None)


def on_clipboard() -> QMimeData:
    return QGuiApplication.clipboard().mimeData()


def put(**formats: bytes) -> None:
    made = QMimeData()
    for name, data in formats.items():
        made.setData({"layers": LAYERS, "weights": WEIGHTS}[name], data)
    QGuiApplication.clipboard().setMimeData(made)


def test_a_copy_is_put_in_and_begins_with_the_weights_of_what_it_is_a_copy_of(desk):
    desk.selection.select(["stem.conv", "stem.bn"])
    assert desk.clipboard.copy()
    desk.selection.select(["pool"])
    desk.clipboard.paste()
    first, second = desk.selection.layers
    network = desk.session.network
    assert network[first].weights_from[0] == "stem.conv"
    assert network[first].settings == network["stem.conv"].settings
    assert network.inputs[first] == (None,)
    assert network.inputs[second] == (Port(first),)
    assert desk.context.history.stack.count() == 1


def test_it_is_readable_too(desk, tiny_network):
    desk.selection.select(["stem.conv", "stem.relu"])
    desk.clipboard.copy()
    assert on_clipboard().text() == "stem.conv: Convolution 2-D, 3×3, 8\nstem.relu: ReLU"
    assert readable([tiny_network["fc"]]) == "fc: Linear, 3"


def test_rows_of_the_table_are_layers_too(desk):
    desk.selection.select(["drop"])
    desk.clipboard.copy_rows("Name\tKind\ndrop\tDropout")
    assert on_clipboard().text() == "Name\tKind\ndrop\tDropout"
    assert desk.clipboard.obstacle == ""
    desk.clipboard.paste()
    assert desk.session.network[desk.selection.layers[0]].kind == "Dropout"


def test_rows_that_are_no_layers_to_copy_are_text(desk, notices):
    desk.selection.select(["input"])
    desk.clipboard.copy_rows("Name\ninput")
    assert on_clipboard().text() == "Name\ninput"
    assert "no layers" in desk.clipboard.obstacle
    assert notices == []


def test_how_to_connect_is_told_once(desk, notices):
    desk.selection.select(["drop"])
    desk.clipboard.copy()
    desk.selection.select_connections([Connection("pool", 0, "flatten", 0)])
    desk.clipboard.paste()
    assert notices == []
    desk.selection.select(["pool"])
    for _ in range(2):
        desk.clipboard.paste()
    assert [notice.text for notice in notices] == ["What was pasted is not connected yet."]


def test_with_a_connection_selected_it_goes_in_there(desk):
    desk.selection.select(["drop"])
    desk.clipboard.copy()
    desk.selection.select_connections([Connection("pool", 0, "flatten", 0)])
    desk.clipboard.paste()
    (new,) = desk.selection.layers
    assert desk.session.network.inputs["flatten"] == (Port(new),)


def test_cutting_bridges_and_undo_brings_back(desk, tiny_network):
    desk.selection.select(["drop"])
    desk.clipboard.cut()
    assert "drop" not in desk.session.network
    assert desk.session.network.inputs["fc"] == (Port("flatten"),)
    desk.clipboard.paste()
    assert desk.session.network[desk.selection.layers[0]].name == "drop"
    desk.context.history.go_to(0)
    assert desk.session.network == tiny_network


def test_what_can_be_pasted_is_known(desk, qtbot):
    assert desk.clipboard.obstacle == "Nothing has been copied."
    with qtbot.waitSignal(desk.clipboard.changed):
        QGuiApplication.clipboard().setText("Dear Sir")
    assert "no layers" in desk.clipboard.obstacle
    desk.selection.select(["fc"])
    desk.clipboard.copy()
    assert desk.clipboard.obstacle == ""


def test_pasting_nothing_is_told(desk, notices, tiny_network):
    desk.clipboard.paste()
    assert notices[-1].text == "There is nothing to paste."
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/tmp/a.png")])
    QGuiApplication.clipboard().setMimeData(files)
    desk.clipboard.paste()
    assert "no layers" in notices[-1].detail
    assert desk.session.network == tiny_network


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe rubbish",
        b"not json",
        b"[]",
        b"{}",
        b'{"netgraft": "layers"}',
        b'{"netgraft": "layers", "format": 1, "layers": 3}',
        b"[" * 100_000,
        b'{"a": ' * 5_000,
    ],
)
def test_rubbish_is_told_and_nothing_changes(desk, notices, tiny_network, data):
    put(layers=data)
    desk.clipboard.paste()
    assert len(notices) == 1
    assert notices[0].severity == "error"
    assert notices[0].detail
    assert desk.session.network == tiny_network


def test_a_newer_format_is_told(desk, notices):
    desk.selection.select(["fc"])
    desk.clipboard.copy()
    value = json.loads(bytes(on_clipboard().data(LAYERS).data()))
    put(layers=json.dumps({**value, "format": 999}).encode())
    desk.clipboard.paste()
    assert "newer" in (notices[-1].text + notices[-1].detail)


def test_something_huge_is_told(desk, notices):
    put(layers=b'{"netgraft": "layers", "x": "' + b"a" * 30_000_000 + b'"}')
    desk.clipboard.paste()
    assert len(notices) == 1
    assert desk.session.network is not None


def test_what_cannot_be_copied_is_told(desk, notices):
    desk.selection.select(["input"])
    assert not desk.clipboard.copy()
    assert len(notices) == 1
    assert desk.clipboard.obstacle


def test_another_documents_layers_begin_anew_without_their_weights(desk, other, notices):
    desk.selection.select(["fc"])
    desk.clipboard.copy()
    other.clipboard.paste()
    (new,) = other.selection.layers
    assert other.session.network[new].weights_from == ()
    assert notices == [] or "new weights" in notices[-1].text


def test_opening_another_network_makes_another_document(desk, tiny_network):
    desk.selection.select(["fc"])
    desk.clipboard.copy()
    desk.session.open(tiny_network, None)
    desk.clipboard.opened()
    desk.clipboard.paste()
    assert desk.session.network[desk.selection.layers[0]].weights_from == ()


def test_the_weights_travel_into_another_document(make_context, qtbot):
    network = make_tiny_network()
    here = Desk(make_context(), weights_of(build(network, seed=1)))
    there = Desk(make_context(), weights_of(build(network, seed=2)))
    here.selection.select(["stem.conv", "stem.bn"])
    here.clipboard.copy()
    qtbot.waitUntil(lambda: on_clipboard().hasFormat(WEIGHTS), timeout=LONG)
    first = there.session.network
    there.clipboard.paste()
    qtbot.waitUntil(lambda: len(there.session.network) == len(first) + 2, timeout=LONG)
    conv, norm = there.selection.layers
    ours, theirs = here.session.weights, there.session.weights
    assert isinstance(ours, Weights)
    assert isinstance(theirs, Weights)
    assert theirs.digest(conv) == ours.digest("stem.conv")
    assert theirs.digest(norm) == ours.digest("stem.bn")
    assert theirs.digest("fc") != ours.digest("fc")
    assert there.context.history.stack.count() == 1
    there.context.history.stack.undo()
    assert there.session.network == first
    there.context.history.stack.redo()
    assert there.session.weights.digest(conv) == ours.digest("stem.conv")


def test_damaged_weights_are_told_and_nothing_is_put_in(make_context, qtbot, notices):
    network = make_tiny_network()
    here = Desk(make_context(), None)
    there = Desk(make_context(), weights_of(build(network, seed=2)))
    here.selection.select(["fc"])
    here.clipboard.copy()
    put(layers=bytes(on_clipboard().data(LAYERS).data()), weights=b"rubbish")
    there.clipboard.paste()
    qtbot.waitUntil(lambda: len(notices) == 1, timeout=LONG)
    assert notices[0].text == "The copied weights cannot be read."
    assert there.session.network == network


def test_an_edit_while_the_weights_are_read_is_kept(make_context, qtbot):
    network = make_tiny_network()
    here = Desk(make_context(), weights_of(build(network, seed=1)))
    there = Desk(make_context(), weights_of(build(network, seed=2)))
    here.selection.select(["fc"])
    here.clipboard.copy()
    qtbot.waitUntil(lambda: on_clipboard().hasFormat(WEIGHTS), timeout=LONG)
    there.clipboard.paste()
    there.editor.name_layer("pool", "mean")
    qtbot.waitUntil(lambda: len(there.session.network) == len(network) + 1, timeout=LONG)
    assert there.session.network["pool"].name == "mean"
    new = there.selection.layers[0]
    assert there.session.weights.digest(new) == here.session.weights.digest("fc")
