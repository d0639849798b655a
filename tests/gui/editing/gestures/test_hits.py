"""Pointing at lines, and how long pointing takes in a large network."""

from __future__ import annotations

import random
import statistics
import time

import pytest

from designer.gui.editing.canvas.gestures.wiring import Wiring
from designer.gui.editing.canvas.picture import Hit, Picture
from designer.network.arranging import Arrangement, Line, Rectangle
from designer.network.groups import Box, Edge, Frame, View
from designer.network.network import Layer, Network, Port

LAYERS = 20_000


def picture_of(boxes, lines, frames=()):
    keys = [key for key in boxes if not key.startswith("group:")]
    view = View(
        tuple(Box(key, "", (key,)) for key in keys),
        tuple(Frame(key.removeprefix("group:"), "", ()) for key in frames),
        tuple(Edge(line.source, line.target, 1) for line in lines),
        {key: key for key in keys},
    )
    width = max(box.right for box in boxes.values())
    height = max(box.bottom for box in boxes.values())
    return Picture(view, Arrangement(boxes, tuple(lines), width, height))


def test_the_nearest_line_within_reach_is_hit():
    boxes = {"a": Rectangle(0, 0, 100, 60), "b": Rectangle(0, 1060, 100, 60)}
    lines = [
        Line("a", "b", ((50, 60), (50, 1060))),
        Line("a", "b", ((60, 60), (60, 500), (300, 500), (300, 900), (60, 900), (60, 1060))),
    ]
    picture = picture_of(boxes, lines)
    assert picture.at(52, 300, 6) == Hit("line", "", 0)
    assert picture.at(57, 300, 6) == Hit("line", "", 1)
    assert picture.at(200, 503, 6) == Hit("line", "", 1)
    assert picture.at(296, 700, 6) == Hit("line", "", 1)
    # Inside its extent but far from it.
    assert picture.at(200, 700, 6) == Hit()
    assert picture.at(45, 300, 4) == Hit()
    # Boxes come first, and without a reach no line is meant.
    assert picture.at(50, 59, 6) == Hit("box", "a")
    assert picture.at(50, 300) == Hit()
    # On the border of two bands of the index.
    assert [picture.line_at(50, y, 6) for y in (399.9, 400.0, 400.1)] == [0, 0, 0]


def test_a_line_over_a_title_is_hit_before_it_and_after_the_button():
    boxes = {"group:g": Rectangle(0, 0, 300, 200), "a": Rectangle(20, 40, 100, 60)}
    picture = picture_of(boxes, [Line("a", "a", ((150, -50), (150, 40)))], ("group:g",))
    assert picture.at(150, 10, 5).part == "line"
    assert picture.at(250, 10, 5) == Hit("frame", "group:g")
    assert picture.at(12, 10, 5) == Hit("collapse", "group:g")
    assert picture.at(250, 100, 5) == Hit()


def ladder(lying):
    """Three chains side by side with 5,000 long skips in lanes beside them."""
    boxes, lines = {}, []
    for n in range(LAYERS):
        across, along = n % 3, n // 3
        x, y = (along * 300.0, across * 94.0) if lying else (across * 300.0, along * 94.0)
        boxes[str(n)] = Rectangle(x, y, 272.0, 70.0)
    for n in range(LAYERS - 3):
        a, b = boxes[str(n)], boxes[str(n + 3)]
        points = (
            ((a.right, a.y + 35), (b.x, b.y + 35)) if lying else ((a.x + 136, a.bottom), (b.x + 136, b.y))
        )
        lines.append(Line(str(n), str(n + 3), points))
    for n in range(0, LAYERS - 300, 4):
        a, b, lane = boxes[str(n)], boxes[str(n + 299)], 1000.0 + n % 90 * 10
        if lying:
            points = ((a.x + 40, a.bottom), (a.x + 40, lane), (b.x + 20, lane), (b.x + 20, b.bottom))
        else:
            points = ((a.right, a.y + 40), (lane, a.y + 40), (lane, b.y + 20), (b.right, b.y + 20))
        lines.append(Line(str(n), str(n + 299), points))
    return boxes, lines


@pytest.mark.parametrize("lying", [False, True])
def test_pointing_into_a_network_of_20000_layers_takes_less_than_a_millisecond(lying):
    boxes, lines = ladder(lying)
    picture = picture_of(boxes, lines)
    network = Network(
        "ladder",
        {key: Layer(key, key, "Add") for key in boxes},
        {key: tuple(Port(line) for line in ([str(int(key) - 3)] if int(key) > 2 else [])) for key in boxes},
    )
    wiring = Wiring(network, picture)
    chance = random.Random(4)
    taken = []
    for _ in range(600):
        x = chance.uniform(0, picture.arrangement.width)
        y = chance.uniform(0, picture.arrangement.height)
        start = time.thread_time()
        wiring.at(x, y, 1.0)
        picture.at(x, y, 6.0)
        taken.append((time.thread_time() - start) * 1000)
    # The time of this thread alone, so that a busy machine does not count.
    assert statistics.median(taken) < 1.0
