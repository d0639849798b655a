"""What connections carry, beside their lines."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from designer.gui.editing.canvas.content import contents_of
from designer.gui.editing.canvas.labels import (
    TALL,
    LineText,
    has_room,
    is_struck,
    line_texts,
    place_of,
    placed,
    places_of,
)
from designer.network.arranging import Line
from designer.network.groups import GROUP, group_tree, view_of
from designer.network.hiding import hide
from designer.network.network import Layer, Network, Port


def texts(network, view, facts):
    found = line_texts(network, view, facts, contents_of(network, view, facts))
    return {(edge.source, edge.target): text for edge, text in zip(view.edges, found, strict=True)}


def test_every_line_says_the_shape_of_what_flows(tiny_network, whole_view, facts):
    found = texts(tiny_network, whole_view, facts)
    assert found[("input", "stem.conv")] == LineText("3 × 16 × 16", "3 × 16 × 16")
    assert found[("fc", "output")].short == "3"
    assert all(text.short for text in found.values())


def test_lines_of_several_connections_say_how_many(tiny_network, facts):
    view = view_of(tiny_network, group_tree(tiny_network), frozenset())
    found = texts(tiny_network, view, facts)
    both = found[(GROUP + "stem", GROUP + "block")]
    assert both.short == "8 × 16 × 16  × 2"
    assert both.full == "2 connections, 8 × 16 × 16"


def test_connections_of_different_shapes_in_one_line(tiny_network, facts):
    network = tiny_network.with_inputs({"block.add": (Port("block.conv"), Port("stem.conv"))})
    other = replace(facts.layers["stem.conv"], shapes=((9, 16, 16),))
    wrong = replace(facts, layers={**facts.layers, "stem.conv": other})
    view = view_of(network, group_tree(network), frozenset())
    assert texts(network, view, wrong)[(GROUP + "stem", GROUP + "block")].full == "2 connections, 2 shapes"


def test_a_line_past_hidden_layers_says_what_arrives(tiny_network, whole_view, facts):
    view = hide(tiny_network, whole_view, ["Flatten", "Dropout"])
    assert texts(tiny_network, view, facts)[("pool", "fc")].short == "8"


def test_nothing_is_said_before_shapes_are_known(tiny_network, whole_view):
    assert set(texts(tiny_network, whole_view, None).values()) == {LineText("", "")}
    collapsed = view_of(tiny_network, group_tree(tiny_network), frozenset())
    both = texts(tiny_network, collapsed, None)[(GROUP + "stem", GROUP + "block")]
    assert both == LineText("× 2", "2 connections")


def test_where_it_is_written():
    down = Line("a", "b", ((100.0, 0.0), (100.0, 24.0)))
    place = place_of(down, 60.0)
    assert (place.x, place.width, place.height) == (106.0, 60.0, TALL)
    assert 0 < place.y < place.bottom < 24
    right = Line("a", "b", ((0.0, 50.0), (200.0, 50.0)))
    assert place_of(right, 60.0).bottom <= 50


def test_one_of_several_lines_from_a_box_says_it_and_none_lies_on_a_box(
    tiny_network, whole_view, facts, arranged
):
    picture = arranged(tiny_network, whole_view)
    found = line_texts(tiny_network, whole_view, facts, contents_of(tiny_network, whole_view, facts))
    for key in picture.keys:
        for number, place in placed(picture, key, found, lambda text: 6.0 * len(text)):
            assert has_room(picture, place)
            assert not is_struck(picture, place)
            assert picture.arrangement.lines[number].source == key
    # stem.relu feeds two layers with the same.
    assert len(placed(picture, "stem.relu", found, lambda text: 6.0 * len(text))) <= 1
    # Too wide for anywhere: it is not written.
    assert placed(picture, "stem.conv", found, lambda text: 1e5) == () or has_room(
        picture, placed(picture, "stem.conv", found, lambda text: 1e5)[0][1]
    )


def test_above_a_level_line_is_written_no_more_than_there_is_room_for():
    short = Line("a", "b", ((0.0, 50.0), (60.0, 50.0)))
    assert places_of(short, 60.0) == ()
    assert places_of(short, 40.0) == (place_of(short, 40.0),)
    # Its start is short, but a longer level part follows.
    stairs = Line("a", "b", ((0.0, 50.0), (30.0, 50.0), (30.0, 90.0), (300.0, 90.0)))
    (place,) = places_of(stairs, 60.0)
    assert (place.x, place.bottom) == (30.0 + 6.0, 88.0)


def test_every_line_between_neighbours_says_its_shape_to_the_right_too(
    tiny_network, whole_view, facts, arranged
):
    picture = arranged(tiny_network, whole_view, "right")
    found = line_texts(tiny_network, whole_view, facts, contents_of(tiny_network, whole_view, facts))
    for key in ("input", "stem.conv", "stem.bn", "pool", "fc"):
        assert placed(picture, key, found, lambda text: 6.5 * len(text)), key


def test_no_line_runs_through_what_is_written(arranged):
    """Three layers fed by one, and one fed by three: lines bend right below their boxes."""
    rows = [
        Layer("input", "input", "Input", {"shape": [3, 8, 8]}),
        *(Layer(f"r{n}", f"r{n}", "ReLU") for n in range(3)),
        Layer("cat", "cat", "Concat", {"dim": 1}),
        Layer("output", "output", "Output"),
    ]
    inputs = {"input": (), **{f"r{n}": (Port("input"),) for n in range(3)}, "output": (Port("cat"),)}
    inputs["cat"] = tuple(Port(f"r{n}") for n in range(3))
    network = Network(name="fan", layers={row.id: row for row in rows}, inputs=inputs, classes=())
    view = view_of(network, group_tree(network), frozenset())
    picture = arranged(network, view)
    told = [LineText("3 × 224 × 224", "") for _ in view.edges]
    written = [
        (line, place)
        for key in picture.keys
        for line, place in placed(picture, key, told, lambda text: 6.0 * len(text))
    ]
    assert len(written) >= 4
    lines = picture.arrangement.lines
    for _, place in written:
        for line in lines:
            for (x, y), (next_x, next_y) in pairwise(line.points):
                across = min(x, next_x) <= place.right and place.x <= max(x, next_x)
                along = min(y, next_y) <= place.bottom and place.y <= max(y, next_y)
                assert not (across and along), (line, place)
