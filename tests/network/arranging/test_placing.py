"""Boxes that the user has put somewhere."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from designer.network.arranging import Sized, Wishes, arrange
from designer.network.arranging.placing import FAR
from designer.network.groups import GROUP
from designer.network.network import Place

from ..conftest import make_chain
from .checking import arranged, check_boxes, check_frames
from .drawings import NEAR, on_border, overlaps, through
from .test_arranging import directions, expansions, graphs

CHAIN = [Sized(key, 100, 40) for key in "abcd"]
EDGES = [("a", "b"), ("b", "c"), ("c", "d")]


def placed(places, direction="down", boxes=CHAIN, edges=EDGES):
    return arrange(boxes, edges, Wishes(direction, {key: Place(*rest) for key, rest in places.items()}))


def apart(found, key, anchor):
    one, other = found.rectangles[key], found.rectangles[anchor]
    return (one.x - other.x, one.y - other.y)


def lines_pass_nothing(boxes, found):
    plain = {box.key: found.rectangles[box.key] for box in boxes if not box.is_frame}
    assert not through(plain, [line.points for line in found.lines])
    for line in found.lines:
        assert on_border(plain[line.source], line.points[0])
        assert on_border(plain[line.target], line.points[-1])


def test_a_box_stands_where_it_was_put_beside_another():
    before = arrange(CHAIN, EDGES)
    found = placed({"c": ("b", 300.0, 10.0)})
    assert apart(found, "c", "b") == (300, 10)
    for one, other in (("b", "a"), ("d", "a")):
        assert apart(found, one, other) == apart(before, one, other), "it was not moved"
    lines_pass_nothing(CHAIN, found)


def test_the_drawing_begins_at_its_corner_though_a_box_is_put_outside():
    found = placed({"b": ("a", -500.0, -200.0)})
    assert apart(found, "b", "a") == (-500, -200)
    check_boxes(CHAIN, found)


def test_without_an_anchor_a_place_is_told_from_the_corner_of_the_arranged_drawing():
    found = placed({"d": ("", 400.0, 30.0)})
    # The chain's own corner is that of its first box.
    assert apart(found, "d", "a") == (400, 30)
    outside = placed({"d": ("", -400.0, -30.0)})
    assert apart(outside, "d", "a") == (-400, -30)


def test_anchors_that_are_moved_themselves_are_followed():
    found = placed({"b": ("a", 200.0, 100.0), "c": ("b", 0.0, 90.0), "d": ("c", 0.0, 90.0)})
    assert apart(found, "c", "a") == (200, 190)
    assert apart(found, "d", "a") == (200, 280)


def test_boxes_anchored_in_a_circle_stay_together():
    before = arrange(CHAIN, EDGES)
    found = placed({"b": ("c", 0.0, -90.0), "c": ("b", 150.0, 90.0)})
    assert apart(found, "b", "a") == apart(before, "b", "a")
    assert apart(found, "c", "b") == (150, 90)


def test_a_box_anchored_to_itself_stays():
    assert placed({"b": ("b", 7.0, 7.0)}) == arrange(CHAIN, EDGES)


def test_a_box_whose_anchor_is_not_seen_keeps_its_automatic_place():
    assert placed({"b": ("nix", 7.0, 7.0)}) == arrange(CHAIN, EDGES)


def test_places_of_boxes_that_are_not_there_are_passed_over():
    assert placed({"nix": ("a", 7.0, 7.0)}) == arrange(CHAIN, EDGES)


def test_a_place_means_the_same_in_either_direction():
    found = placed({"c": ("b", 40.0, 200.0)}, "right")
    assert apart(found, "c", "b") == (40, 200)
    lines_pass_nothing(CHAIN, found)


def test_a_thousand_boxes_each_anchored_to_the_one_before():
    boxes = [Sized(f"l{n}", 100, 40) for n in range(1_500)]
    edges = [(f"l{n}", f"l{n + 1}") for n in range(1_499)]
    places = {f"l{n}": (f"l{n - 1}", 130.0, 60.0) for n in range(1_499, 0, -1)}
    found = placed(places, boxes=boxes, edges=edges)
    assert apart(found, "l1499", "l0") == (130 * 1_499, 60 * 1_499)


def test_lines_of_moved_boxes_go_around_the_others():
    # Put above the box that feeds it, so that its line must turn back.
    found = placed({"d": ("a", 0.0, -120.0)})
    lines_pass_nothing(CHAIN, found)


def test_a_line_that_a_moved_box_would_stand_on_goes_around_it():
    boxes = [*CHAIN, Sized("e", 100, 40)]
    edges = [*EDGES, ("a", "e")]
    before = arrange(boxes, edges)
    (x, y), *_ = before.lines[1].points
    here = before.rectangles["b"]
    # Its middle is put on the line from b to c.
    found = placed({"e": ("b", x - here.x - 50, y - here.y + 5)}, boxes=boxes, edges=edges)
    lines_pass_nothing(boxes, found)


def test_other_lines_stay_as_they_were():
    network = make_chain(40)
    places = {"l39": Place("l38", 400.0, 0.0)}
    _, edges, before = arranged(network)
    *_, found = arranged(network, wishes=Wishes(places=places))
    assert found.lines[0] == before.lines[0]
    same = sum(one == other for one, other in zip(before.lines, found.lines, strict=True))
    assert same == len(edges) - 1


def test_a_frame_grows_to_hold_a_box_that_is_dragged_out_of_it(two_stages):
    boxes, _, before = arranged(two_stages)
    places = {"a.0.y": Place("a.0.x", 900.0, 0.0)}
    *_, found = arranged(two_stages, wishes=Wishes(places=places))
    check_frames(boxes, found, strangers=False)
    frame = GROUP + "a.0"
    assert found.rectangles[frame].width > before.rectangles[frame].width + 600
    assert found.rectangles[frame].height == before.rectangles[frame].height


def test_a_moved_frame_takes_along_what_stands_in_it(two_stages):
    *_, before = arranged(two_stages)
    boxes, _, found = arranged(two_stages, wishes=Wishes(places={GROUP + "a.1": Place("in", 700.0, 0.0)}))
    assert apart(found, GROUP + "a.1", "in") == (700, 0)
    assert apart(found, "a.1.x", GROUP + "a.1") == apart(before, "a.1.x", GROUP + "a.1")
    lines_pass_nothing(boxes, found)


def test_a_box_on_another_does_no_harm():
    found = placed({"c": ("b", 0.0, 0.0)})
    assert found.rectangles["c"] == found.rectangles["b"]
    assert len(found.lines) == len(EDGES)
    assert all(len(line.points) >= 2 for line in found.lines)


def test_a_box_put_beyond_all_measure_is_drawn_far_away():
    found = placed({"c": ("b", 1e300, -1e300)})
    assert apart(found, "c", "b") == (FAR, -FAR)
    lines_pass_nothing(CHAIN, found)


numbers = st.integers(-300, 300).map(float)
places = st.dictionaries(
    st.sampled_from([f"l{n}" for n in range(8)]),
    st.builds(Place, st.sampled_from(["", "nix", *(f"l{n}" for n in range(8))]), numbers, numbers),
    max_size=4,
)


@given(graphs(), expansions, directions, places)
@settings(max_examples=150, deadline=None)
def test_any_places_in_any_network(network, expanded, direction, places):
    boxes, _, found = arranged(network, expanded, Wishes(direction, places))
    *_, before = arranged(network, expanded, Wishes(direction))
    check_frames(boxes, found, strangers=False)
    free = {box.key for box in boxes if not box.is_frame and box.key not in places}
    assert not overlaps({key: found.rectangles[key] for key in free}), "only the user puts boxes on others"
    if free:
        first = min(free)
        for key in free:
            assert all(
                abs(a - b) < 1e-6
                for a, b in zip(apart(found, key, first), apart(before, key, first), strict=True)
            )
    plain = {box.key: found.rectangles[box.key] for box in boxes if not box.is_frame}
    roomy = {key: (r.x - 5, r.y - 5, r.width + 10, r.height + 10) for key, r in plain.items()}
    if not overlaps(roomy):
        assert not through(plain, [line.points for line in found.lines])
    for (x0, y0), (x1, y1) in (
        pair for line in found.lines for pair in zip(line.points, line.points[1:], strict=False)
    ):
        assert abs(x0 - x1) < NEAR or abs(y0 - y1) < NEAR
