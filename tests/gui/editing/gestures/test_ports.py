"""Which ports a box has, where they are drawn, and what they and the lines stand for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from designer.gui.editing.canvas.gestures.drawing import paint_port
from designer.gui.editing.canvas.gestures.ports import APART, group_ports, layer_ports, side_point, spread
from designer.gui.editing.canvas.gestures.sketch_item import PortsItem
from designer.gui.editing.canvas.gestures.wiring import Spot, Wiring
from designer.gui.editing.canvas.gestures.wording import input_text, spoken, tip_of
from designer.gui.editing.canvas.picture import Hit
from designer.gui.editing.canvas.styling import CanvasStyle
from designer.gui.look.tokens import LIGHT
from designer.network.arranging import Rectangle
from designer.network.edits import SetInputs
from designer.network.groups import GROUP, group_tree, view_of
from designer.network.hiding import hide
from designer.network.network import Connection, Layer, Port

from .conftest import stacked

BOX = Rectangle(100.0, 50.0, 200.0, 60.0)


def sockets(ports):
    return [[(s.layer, s.input, s.source and s.source.layer) for s in port] for port in ports.inputs]


def test_a_layer_has_its_inputs_and_one_more_where_it_takes_more(tiny_network):
    add = layer_ports(tiny_network, tiny_network["block.add"])
    assert sockets(add) == [
        [("block.add", 0, "block.conv")],
        [("block.add", 1, "stem.relu")],
        [("block.add", 2, None)],
    ]
    assert add.outputs == (Port("block.add", 0),)
    conv = layer_ports(tiny_network, tiny_network["block.conv"])
    assert sockets(conv) == [[("block.conv", 0, "stem.relu")]]
    assert layer_ports(tiny_network, tiny_network["input"]).inputs == ()
    # Nothing comes after what the network answers.
    assert layer_ports(tiny_network, tiny_network["output"]).outputs == ()


def test_inputs_that_are_needed_are_there_before_they_are_fed(tiny_network):
    bare = SetInputs("block.add", ()).apply(tiny_network)
    assert sockets(layer_ports(bare, bare["block.add"])) == [
        [("block.add", 0, None)],
        [("block.add", 1, None)],
    ]


@pytest.mark.parametrize(("settings", "count"), [({"chunks": 3}, 3), ({}, 2), ({"chunks": "many"}, 1)])
def test_a_chunk_has_as_many_outputs_as_parts(tiny_network, settings, count):
    chunk = replace(tiny_network["drop"], kind="Chunk", settings=settings)
    network = tiny_network.with_layers(chunk)
    assert len(layer_ports(network, chunk).outputs) == count


def test_a_kind_that_is_not_known_has_the_ports_that_are_used(tiny_network):
    odd = replace(tiny_network["block.conv"], kind="Mystery")
    network = tiny_network.with_layers(odd)
    ports = layer_ports(network, odd)
    assert len(ports.inputs) == 1
    assert ports.outputs == (Port("block.conv", 0),)


def test_a_collapsed_group_has_what_crosses_its_border_and_what_waits_inside(tiny_network):
    block = group_ports(tiny_network, ("block.conv", "block.add"))
    # Both are fed by the same output: one port.
    assert sockets(block) == [[("block.conv", 0, "stem.relu"), ("block.add", 1, "stem.relu")]]
    assert block.outputs == (Port("block.add", 0),)
    cut = SetInputs("block.conv", (None,)).apply(tiny_network)
    assert sockets(group_ports(cut, ("block.conv", "block.add"))) == [
        [("block.add", 1, "stem.relu")],
        [("block.conv", 0, None)],
    ]


def test_ports_without_lines_are_spread_over_their_side():
    points = spread(BOX, [None, None, None], "in", "down")
    assert all(y == 50.0 and 100 < x < 300 for x, y in points)
    assert [x for x, _ in points] == sorted({x for x, _ in points})
    assert min(b[0] - a[0] for a, b in pairwise(points)) >= APART * 0.75
    assert spread(BOX, [None], "out", "down") == ((200.0, 110.0),)
    assert spread(BOX, [None], "out", "right") == ((300.0, 80.0),)
    assert spread(BOX, [], "in", "down") == ()


def test_a_port_lies_where_its_line_ends_and_others_keep_away_from_it():
    ends = [(150.0, 50.0), None, (150.0, 50.0)]
    one, free, shared = spread(BOX, ends, "in", "down")
    assert one == (150.0, 50.0)
    for other in (free, shared):
        assert other[1] == 50.0
        assert abs(other[0] - 150.0) >= APART * 0.75
    # The one whose end was taken stays near its line.
    assert abs(shared[0] - 150.0) <= 3 * APART


def test_a_hundred_ports_have_a_place_each():
    points = spread(BOX, [None] * 100, "in", "down")
    assert len(points) == 100
    assert all(100 <= x <= 300 for x, _ in points)


def test_sides_turn_with_the_direction():
    assert side_point(BOX, 10, "in", "down") == (110, 50)
    assert side_point(BOX, 10, "out", "down") == (110, 110)
    assert side_point(BOX, 10, "in", "right") == (100, 60)
    assert side_point(BOX, 10, "out", "right") == (300, 60)


@pytest.mark.parametrize("direction", ["down", "right"])
def test_occupied_ports_lie_at_the_ends_of_their_lines(tiny_network, direction):
    wiring = stacked(tiny_network, direction=direction)
    lines = {(line.source, line.target): line for line in wiring.picture.arrangement.lines}
    first, second, free, out = wiring.spots("block.add")
    assert first.at == lines["block.conv", "block.add"].points[-1]
    assert second.at == lines["stem.relu", "block.add"].points[-1]
    assert (free.side, free.number) == ("in", 2)
    assert out == Spot("block.add", "out", 0, lines["block.add", "pool"].points[0])
    # Of two lines from one output, the port lies where the one in the middle begins.
    assert wiring.spot("stem.relu", "out", 0).at == lines["stem.relu", "block.conv"].points[0]


def test_lines_stand_for_connections(tiny_network):
    wiring = stacked(tiny_network, expanded=())
    numbers = {(line.source, line.target): n for n, line in enumerate(wiring.picture.arrangement.lines)}
    both = wiring.connections(numbers[GROUP + "stem", GROUP + "block"])
    assert set(both) == {
        Connection("stem.relu", 0, "block.conv", 0),
        Connection("stem.relu", 0, "block.add", 1),
    }
    assert all(wiring.line_of(c) == numbers[GROUP + "stem", GROUP + "block"] for c in both)
    assert wiring.line_of(Connection("stem.conv", 0, "stem.bn", 0)) == -1
    assert wiring.connections(99) == wiring.connections(-1) == ()
    assert wiring.spot_of_input("block.add", 1) == wiring.spot_of_input("block.conv", 0)
    assert wiring.spot_of_input("block.add", 0) is None


def test_connections_past_hidden_layers_are_those_of_their_lines(tiny_network):
    shown = stacked(tiny_network)
    view = hide(tiny_network, shown.picture.view, ["BatchNorm2d", "ReLU"])
    there = {box.key: shown.picture.rectangle(box.key) for box in view.boxes}
    lines = tuple(
        type(shown.picture.arrangement.lines[0])(e.source, e.target, ((0.0, 0.0), (0.0, 9.0)))
        for e in view.edges
    )
    arrangement = replace(shown.picture.arrangement, rectangles=there, lines=lines)
    wiring = Wiring(tiny_network, type(shown.picture)(replace(view, frames=()), arrangement))
    number = next(n for n, e in enumerate(view.edges) if e[:2] == ("stem.conv", "block.conv"))
    assert wiring.connections(number) == (Connection("stem.relu", 0, "block.conv", 0),)
    # The output of a hidden layer is at the box before it.
    assert wiring.spot_of_output(Port("stem.relu")) == wiring.spot("stem.conv", "out", 0)


def test_the_port_under_the_pointer(tiny_network):
    wiring = stacked(tiny_network)
    x, y = wiring.spot("fc", "in", 0).at
    assert wiring.at(x + 5, y - 5, 1.0) == Hit("port_in", "fc", 0)
    # Farther outside of the box is room for lines; within it, a port is as large on the screen at any scale.
    assert wiring.at(x, y - 9, 1.0) == wiring.at(x, y - 9, 0.6) == Hit()
    assert wiring.at(x, y + 14, 1.0) == Hit()
    assert wiring.at(x, y + 14, 0.6) == Hit("port_in", "fc", 0)
    assert wiring.at(x, wiring.spot("fc", "out", 0).at[1] + 3, 1.0) == Hit("port_out", "fc", 0)


def test_what_is_not_in_the_network_any_more_has_no_ports(tiny_network):
    wiring = stacked(tiny_network)
    fewer = replace(
        tiny_network,
        layers={i: layer for i, layer in tiny_network.layers.items() if i != "fc"},
        inputs={i: ports for i, ports in tiny_network.inputs.items() if i not in ("fc", "output")}
        | {"output": (None,)},
    )
    stale = Wiring(fewer, wiring.picture)
    assert stale.spots("fc") == ()
    assert stale.layers_of("fc") == ()
    assert stale.spots("nothing") == ()
    drawn = next(n for n, line in enumerate(wiring.picture.arrangement.lines) if line.target == "fc")
    assert stale.connections(drawn) == ()


def test_ports_and_lines_say_what_they_are(tiny_network):
    wiring = stacked(tiny_network)
    said = [spoken(wiring, spot) for spot in wiring.spots("block.add")]
    assert said == [
        "Input 1 of 3, from block.conv",
        "Input 2 of 3, from stem.relu",
        "Input 3 of 3, open",
        "Output 1 of 1, to pool",
    ]
    relu = spoken(wiring, wiring.spot("stem.relu", "out", 0))
    assert relu == "Output 1 of 1, to block.conv, block.add, input 2"
    number = wiring.line_of(Connection("stem.relu", 0, "block.add", 1))
    assert tip_of(wiring, Hit("line", "", number)) == "stem.relu to block.add, input 2"
    assert tip_of(wiring, Hit("port_in", "fc", 0)) == "Input 1 of 1, from drop"
    assert tip_of(wiring, Hit("box", "fc")) == tip_of(None, Hit("line", "", 0)) == ""


def test_names_in_any_script_and_of_any_length(tiny_network):
    odd = Layer("fc", "層 " + "x" * 500, "Linear", tiny_network["fc"].settings)
    wiring = stacked(tiny_network.with_layers(odd))
    assert input_text(wiring.network, "fc", 0) == odd.name


def test_many_layers_have_their_ports_at_once(tiny_network):
    tree = group_tree(tiny_network)
    assert view_of(tiny_network, tree, ()).edges
    wiring = stacked(tiny_network, expanded=())
    assert [spot.side for spot in wiring.spots(GROUP + "stem")] == ["in", "out"]


def painted(state: str):
    """The places that a port of radius 6 covers with its colour, from its middle."""
    style = CanvasStyle(LIGHT, QFont(), 1.0)
    image = QImage(41, 41, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_port(painter, (20.5, 20.5), 6.0, state, False, style)
    painter.end()
    accent = QColor(LIGHT.accent)
    return {(x - 20, y - 20) for x in range(41) for y in range(41) if image.pixelColor(x, y) == accent}


def test_a_port_where_a_line_comes_in_shows_which_way_it_runs(qapp):
    down, right, disc = painted("down"), painted("right"), painted("taken")
    # Narrower row by row on the way in: the head of an arrow.
    rows = [max(x for x, y in down if y == row) for row in range(-6, 2)]
    assert rows == sorted(rows, reverse=True)
    assert rows[0] >= rows[-1] + 4
    assert {(y, x) for x, y in right} == down
    assert {(x, -y) for x, y in disc} == disc
    # It lies over the head of the line, which is 8 long and 7 wide.
    assert {(0, -7), (0, -1), (3, -6), (-3, -6)} <= down


@pytest.mark.parametrize("direction", ["down", "right"])
def test_taken_inputs_are_heads_and_outputs_discs(tiny_network, direction, monkeypatch, qapp):
    seen = []
    monkeypatch.setattr(
        "designer.gui.editing.canvas.gestures.sketch_item.paint_port",
        lambda painter, at, radius, state, current, style: seen.append(state),
    )
    item = PortsItem(CanvasStyle(LIGHT, QFont(), 1.0))
    item.set_wiring(stacked(tiny_network, direction=direction))
    item.set_shown(frozenset({"block.add"}), None, None)
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    assert seen == [direction, direction, "more", "taken"]
