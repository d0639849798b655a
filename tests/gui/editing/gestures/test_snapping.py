"""Where moved boxes come to lie and beside what they stay; where one scrolls."""

from __future__ import annotations

import pytest

from designer.gui.editing.canvas.gestures.band import between, met
from designer.gui.editing.canvas.gestures.placing import nudged, place_at, places_of
from designer.gui.editing.canvas.gestures.scrolling import FASTEST, pace
from designer.gui.editing.canvas.gestures.snapping import around, snapped
from designer.network.arranging import Rectangle
from designer.network.edits import SetPlaces
from designer.network.network import Place

from .conftest import stacked

BOX = Rectangle(3.0, 5.0, 100.0, 60.0)


def test_without_neighbours_a_box_comes_onto_the_grid():
    found = snapped([BOX], 18.0, 30.0, [])
    assert (BOX.x + found.across, BOX.y + found.down) == (24.0, 32.0)
    assert found.guides == ()


@pytest.mark.parametrize(
    ("other", "across"),
    [
        # Left on left, right on right, middle on middle, left on right; within 7.
        (Rectangle(206.0, 400.0, 300.0, 60.0), 203.0),
        (Rectangle(0.0, 400.0, 305.0, 60.0), 202.0),
        (Rectangle(200.0, 400.0, 110.0, 60.0), 202.0),
        (Rectangle(0.0, 400.0, 205.0, 60.0), 202.0),
    ],
)
def test_edges_and_middles_of_others_pull(other, across):
    found = snapped([BOX], 200.0, 100.0, [other])
    assert found.across == pytest.approx(across)
    # Not aligned in height: the grid.
    assert BOX.y + found.down == 104.0
    assert all(start[0] == end[0] for start, end in found.guides)
    x = {start[0] for start, _ in found.guides}
    assert x <= {other.x, other.x + other.width / 2, other.right}
    # The guide reaches from the moved box to the other one.
    assert min(start[1] for start, _ in found.guides) == 104.0
    assert max(end[1] for _, end in found.guides) == other.bottom


def test_a_middle_does_not_pull_an_edge():
    # The moved box's left side lies 1 beside the other's middle: the grid holds.
    other = Rectangle(0.0, 400.0, 408.0, 60.0)
    found = snapped([BOX], 202.0, 0.0, [other], pull=3.0)
    assert (BOX.x + found.across) % 8 == 0


def test_what_is_far_away_does_not_pull():
    near = snapped([BOX], 200.0, 0.0, [Rectangle(206.0, 900.0, 300.0, 60.0)])
    far = snapped([BOX], 200.0, 0.0, [Rectangle(206.0, 9000.0, 300.0, 60.0)])
    assert near.guides
    assert not far.guides


def test_several_boxes_move_as_one():
    pair = [Rectangle(0, 0, 100, 60), Rectangle(50, 100, 100, 60)]
    assert around(pair) == Rectangle(0, 0, 150, 160)
    # The right side of the outline comes under the other's right side.
    found = snapped(pair, 47.0, 0.0, [Rectangle(150.0, 300.0, 50.0, 60.0)])
    assert found.across == 50.0


def test_a_moved_box_stays_beside_the_one_that_feeds_it(tiny_network):
    picture = stacked(tiny_network).picture
    there = Rectangle(700.0, 900.0, 100.0, 60.0)
    # 'pool' is fed by the addition, which stands in a group: of the others at the top, the nearest.
    (place,) = places_of(picture, {"stem.bn": there}).values()
    conv = picture.rectangle("stem.conv")
    assert place == Place("stem.conv", there.x - conv.x, there.y - conv.y)
    (place,) = places_of(picture, {"drop": there}).values()
    assert place.anchor == "flatten"


def test_boxes_that_move_together_stay_beside_one_that_does_not(tiny_network):
    picture = stacked(tiny_network).picture
    moved = {key: picture.rectangle(key)._replace(x=300.0) for key in ("stem.conv", "stem.bn", "stem.relu")}
    found = places_of(picture, moved)
    assert set(found) == set(moved)
    assert not {place.anchor for place in found.values()} & set(moved)
    for key, place in found.items():
        anchor = picture.rectangle(place.anchor)
        assert (anchor.x + place.x, anchor.y + place.y) == (300.0, moved[key].y)
    everything = {key: picture.rectangle(key) for key in picture.keys}
    assert {place.anchor for place in places_of(picture, everything).values()} == {""}
    assert places_of(picture, {}) == {}


def test_what_is_dropped_stays_beside_the_nearest_box(tiny_network):
    picture = stacked(tiny_network).picture
    fc = picture.rectangle("fc")
    where = Rectangle(fc.x + 150, fc.y + 8, 100.0, 60.0)
    assert place_at(picture, where) == Place("fc", 150.0, 8.0)
    far = Rectangle(9000.0, 0.0, 100.0, 60.0)
    assert place_at(picture, far).anchor == "input"


def test_nudges_add_up_before_the_drawing_has_followed(tiny_network):
    picture = stacked(tiny_network).picture
    first = nudged(tiny_network, picture, ["drop"], 8.0, 0.0)
    network = SetPlaces(first).apply(tiny_network)
    second = nudged(network, picture, ["drop"], 0.0, -8.0)
    flatten, drop = picture.rectangle("flatten"), picture.rectangle("drop")
    assert first == {"drop": Place("flatten", 8.0, drop.y - flatten.y)}
    assert second == {"drop": Place("flatten", 8.0, drop.y - flatten.y - 8.0)}


def test_a_place_beside_a_box_that_is_not_seen_begins_anew(tiny_network):
    picture = stacked(tiny_network).picture
    network = SetPlaces({"drop": Place("group:gone", 1.0, 1.0)}).apply(tiny_network)
    assert nudged(network, picture, ["drop"], 8.0, 0.0)["drop"].anchor == "flatten"


def test_a_band_meets_what_it_touches(tiny_network):
    picture = stacked(tiny_network).picture
    bn = picture.rectangle("stem.bn")
    band = between((bn.right + 40, bn.y - 20), (bn.right - 1, bn.bottom + 50))
    assert band.width == 41
    assert met(picture, band) == {"stem.bn", "stem.relu"}
    assert met(picture, between((bn.right + 1, 0), (bn.right + 9, 2000))) == frozenset()


def test_scrolling_is_faster_nearer_to_the_edge_and_does_not_stop_beyond():
    assert pace((400, 300), 800, 600) == (0, 0)
    assert pace((3, 300), 800, 600)[0] < pace((20, 300), 800, 600)[0] < 0
    assert pace((790, 590), 800, 600) == (pace((790, 1), 800, 600)[0], pace((1, 590), 800, 600)[1])
    assert pace((900, -50), 800, 600) == (FASTEST, -FASTEST)
    # In a tiny view the middle is still quiet.
    assert pace((20, 20), 40, 40) == (0, 0)
