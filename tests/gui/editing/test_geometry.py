"""Pointing, walking, zooming and the shape of lines: pure geometry."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF

from designer.gui.editing.canvas.content import sizes_of
from designer.gui.editing.canvas.lines import HEAD_LENGTH, arrow_head, rounded
from designer.gui.editing.canvas.picture import (
    Hit,
    Picture,
    button_rectangle,
    tick_rectangle,
)
from designer.gui.editing.canvas.walking import first, last, step
from designer.gui.editing.canvas.zooming import (
    FIRST_AT_LEAST,
    LARGEST,
    SMALLEST,
    clamped,
    first_view,
    fitting,
    to_show,
    wheel_factor,
)
from designer.gui.editing.zoom_bar import percent_text
from designer.network.arranging import HEADER, Arrangement, Line, Rectangle, arrange
from designer.network.groups import GROUP, Box, Frame, View, everything, group_tree, view_of


def make_picture(network, expanded=None):
    tree = group_tree(network)
    view = view_of(network, tree, everything(tree) if expanded is None else expanded)
    return Picture(view, arrange(sizes_of(network, view), [(e.source, e.target) for e in view.edges]))


@pytest.fixture
def picture(tiny_network):
    return make_picture(tiny_network)


def middle(rectangle):
    return (rectangle.x + rectangle.width / 2, rectangle.y + rectangle.height / 2)


def test_pointing_at_every_box_and_its_parts(picture):
    for key in picture.keys:
        where = picture.rectangle(key)
        assert picture.at(*middle(where)) == Hit("box", key)
        assert picture.at(*middle(tick_rectangle(where))) == Hit("tick", key)
        assert picture.at(*middle(button_rectangle(where))) == Hit("button", key)
        assert picture.at(where.x - 1, where.y).key != key


def test_pointing_at_a_frame_means_its_title(picture):
    frame = picture.rectangle(GROUP + "stem")
    assert picture.at(*middle(picture.collapse_button(GROUP + "stem"))) == Hit("collapse", GROUP + "stem")
    assert picture.at(frame.right - 5, frame.y + 5) == Hit("frame", GROUP + "stem")
    assert picture.at(frame.x + 3, frame.bottom - 3) == Hit()
    assert picture.at(-100, -100) == Hit()


def test_an_area_finds_just_what_lies_in_it(picture):
    whole = Rectangle(-10, -10, picture.arrangement.width + 20, picture.arrangement.height + 20)
    assert set(picture.boxes_in(whole)) == set(picture.keys)
    assert sorted(picture.lines_in(whole)) == list(range(len(picture.arrangement.lines)))
    for key in picture.keys:
        where = picture.rectangle(key)
        x, y = middle(where)
        assert list(picture.boxes_in(Rectangle(x, y, 1, 1))) == [key]
    assert list(picture.boxes_in(Rectangle(-500, 0, 10, 10_000))) == []


def test_walking_down_and_up_the_connections(picture):
    way = ["input"]
    for _ in range(9):
        way.append(step(picture, way[-1], "down"))
    assert way == [
        "input",
        "stem.conv",
        "stem.bn",
        "stem.relu",
        "block.conv",
        "block.add",
        "pool",
        "flatten",
        "drop",
        "fc",
    ]
    assert step(picture, "output", "down") == "output"
    assert step(picture, "block.add", "up") == "block.conv"
    assert step(picture, "input", "up") == "input"


def test_walking_from_nowhere_begins_at_the_top(picture):
    assert step(picture, "", "down") == "input"
    assert step(picture, GROUP + "stem", "down") == "input"
    assert (first(picture), last(picture)) == ("input", "output")


def test_walking_sideways_goes_to_the_box_beside():
    from designer.network.network import Layer, Network, Port

    names = ("in", "left", "right", "sum")
    network = Network(
        "n",
        {name: Layer(name, name, "Add" if name == "sum" else "Identity") for name in names},
        {"in": (), "left": (Port("in"),), "right": (Port("in"),), "sum": (Port("left"), Port("right"))},
    )
    picture = make_picture(network)
    ordered = sorted(("left", "right"), key=lambda key: picture.rectangle(key).x)
    assert step(picture, ordered[0], "right") == ordered[1]
    assert step(picture, ordered[1], "left") == ordered[0]
    assert step(picture, ordered[0], "left") == ordered[0]
    assert step(picture, "in", "right") == "in"


def test_an_empty_picture_has_no_first():
    from designer.network.network import Network

    picture = make_picture(Network("n", {}, {}))
    assert (first(picture), last(picture), step(picture, "", "down")) == ("", "", "")


def test_a_network_that_fits_is_shown_whole_else_from_its_top():
    scale, (x, y) = first_view(200, 300, (648, 648))
    assert (scale, x, y) == (1.0, 100, 150)
    scale, (x, y) = first_view(200, 800, (648, 648))
    assert scale == pytest.approx(600 / 800)
    scale, (x, y) = first_view(236, 8000, (648, 648), margin=24)
    assert scale == 1.0
    # The drawing's top lies 24 pixels below the upper border of the room.
    assert (648 / 2) - (y - 0) * scale == pytest.approx(24)
    scale, _ = first_view(1500, 8000, (648, 648))
    assert scale == FIRST_AT_LEAST


def test_fitting_and_bounds():
    assert fitting(2000, 100, (1048, 600)) == pytest.approx(0.5)
    assert fitting(1, 1, (1000, 1000)) == 1.0
    assert fitting(1e6, 1e5, (1048, 600)) == pytest.approx(1e-3)
    assert clamped(1e-9) == SMALLEST
    assert clamped(1e-9, 1e-4) == 1e-4
    assert (clamped(100), clamped(0)) == (LARGEST, SMALLEST)
    assert wheel_factor(15) == pytest.approx(1.25)
    assert wheel_factor(15) * wheel_factor(-15) == pytest.approx(1)


def test_showing_a_target_moves_no_more_than_it_must():
    seen = Rectangle(0, 0, 400, 300)
    assert to_show(Rectangle(10, 10, 50, 50), seen, 20) is None
    assert to_show(Rectangle(100, 280, 50, 50), seen, 20) == (200, 330 + 20 - 150)
    assert to_show(Rectangle(100, -40, 50, 50), seen, 20) == (200, -40 - 20 + 150)
    # Far away it comes to the middle; too large, its middle does.
    assert to_show(Rectangle(100, 5000, 50, 50), seen, 20) == (125, 5025)
    assert to_show(Rectangle(-50, 0, 600, 50), seen, 20) == (250, 130)


def test_corners_are_rounded_and_the_line_ends_in_the_arrow_head():
    path = rounded([(0, 0), (0, 50), (100, 50), (100, 100)])
    assert path.pointAtPercent(0) == QPointF(0, 0)
    end = path.pointAtPercent(1)
    assert end.x() == pytest.approx(100)
    assert 100 - HEAD_LENGTH <= end.y() < 100
    assert not path.contains(QPointF(0, 50))
    # Two corners, each a curve of three elements, between a start and three lines.
    assert path.elementCount() == 1 + 3 + 2 * 3


def test_the_arrow_head_points_along_the_last_part():
    for before, tip in (((0, 0), (0, 20)), ((20, 5), (0, 5)), ((0, 5), (30, 5))):
        head = arrow_head([before, tip])
        assert (head[0].x(), head[0].y()) == tip
        back = ((head[1].x() + head[2].x()) / 2, (head[1].y() + head[2].y()) / 2)
        assert math.dist(back, tip) == pytest.approx(HEAD_LENGTH)
        assert math.dist(before, back) == pytest.approx(math.dist(before, tip) - HEAD_LENGTH)


def test_a_line_without_length_has_an_arrow_head_too():
    assert arrow_head([(5, 5), (5, 5)])[0] == QPointF(5, 5)


def test_titles_know_where_lines_cross_them(tiny_network):
    picture = make_picture(tiny_network)
    for key in picture.frames:
        where = picture.rectangle(key)
        crossing = [
            x
            for line in picture.arrangement.lines
            for (x, y), (other, low) in zip(line.points, line.points[1:], strict=False)
            if x == other and where.x < x < where.right and y < where.y + HEADER and low > where.y
        ]
        assert picture.title_crossings(key) == tuple(sorted(set(crossing)))
    assert picture.frames


@pytest.mark.parametrize(
    ("crossings", "left", "right"),
    [
        ((), 100, 500),
        ((300,), 100, 300),
        # Too near to the left side: button and title come after the line.
        ((118,), 118, 500),
        ((118, 150, 400), 150, 400),
        # No room anywhere: over the lines, from the left.
        (tuple(range(110, 500, 20)), 100, 500),
    ],
)
def test_no_line_crosses_the_button_of_a_frame(picture, crossings, left, right):
    outer = Rectangle(100, 0, 400, 300)
    lines = tuple(Line("a", "b", ((x, -50.0), (x, 200.0))) for x in crossings)
    frame = Frame("g", "", ())
    view = View((), (frame,), (), {})
    found = Picture(view, Arrangement({frame.key: outer}, lines, 600, 400))
    assert found.title_crossings(frame.key) == crossings
    assert found.title_room(frame.key) == (left, right)
    button = found.collapse_button(frame.key)
    assert outer.x < button.x < button.right < outer.right
    assert found.at(*middle(button)) == Hit("collapse", frame.key)
    if len(crossings) < 10:
        assert not any(button.x <= x <= button.right for x in crossings)


def test_an_area_finds_just_the_frames_that_meet_it_outer_ones_first(picture):
    outer = Frame("a", "", ())
    inner = tuple(Frame(f"a.{n}", "a", ()) for n in range(30))
    where = {outer.key: Rectangle(0, 0, 500, 30_000)}
    where |= {frame.key: Rectangle(50, 40 + 990 * n, 300, 900) for n, frame in enumerate(inner)}
    found = Picture(View((), (outer, *inner), (), {}), Arrangement(where, (), 500, 30_000))
    for area in (
        Rectangle(10, 10, 5, 5),
        Rectangle(60, 1200, 100, 2500),
        Rectangle(-900, 5000, 700, 300),
        Rectangle(400, 7000, 50, 9000),
        Rectangle(-10, -10, 600, 40_000),
    ):
        met = [
            frame
            for frame in (outer, *inner)
            if where[frame.key].x <= area.right
            and area.x <= where[frame.key].right
            and where[frame.key].y <= area.bottom
            and area.y <= where[frame.key].bottom
        ]
        assert list(found.frames_in(area)) == met


def test_the_nearest_box_and_what_lies_beside_the_drawing(picture):
    whole = picture.arrangement
    places = [(x, y) for x in (-5000, -300, 40, 150, 2000) for y in (-9000, -50, 300, 700, 6000)]
    for x, y in places:
        apart = {}
        for key in picture.keys:
            box = picture.rectangle(key)
            apart[key] = math.dist((x, y), (min(max(x, box.x), box.right), min(max(y, box.y), box.bottom)))
        assert apart[picture.nearest(x, y)] == min(apart.values())
    assert picture.beside(Rectangle(whole.width + 50, 100, 200, 200))
    assert picture.beside(Rectangle(0, -500, 200, 200))
    assert not picture.beside(Rectangle(0, 0, whole.width, 200))
    # Between two boxes that are far apart one is not beside the drawing.
    boxes = (Box("a", "", ("a",)), Box("b", "", ("b",)))
    apart_far = {"a": Rectangle(0, 0, 272, 70), "b": Rectangle(6000, 0, 272, 70)}
    far = Picture(View(boxes, (), (), {}), Arrangement(apart_far, (), 6272, 70))
    assert not far.beside(Rectangle(3000, -20, 400, 300))
    assert far.beside(Rectangle(3000, 100, 400, 300))


def test_a_very_small_scale_is_not_said_to_be_none():
    assert [percent_text(scale) for scale in (3.0, 1.0, 0.625, 0.0104)] == ["300 %", "100 %", "62 %", "1 %"]
    assert [percent_text(scale) for scale in (0.0042, 0.00068)] == ["0.4 %", "0.07 %"]
