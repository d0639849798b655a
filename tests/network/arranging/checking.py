"""Arranging a network for a test, and proving that the drawing is sound."""

from __future__ import annotations

from itertools import pairwise

from designer.network.arranging import HEADER, NO_WISHES, Arrangement, Sized, Wishes, arrange
from designer.network.groups import everything, group_tree, view_of

from .drawings import NEAR, on_border, overlaps, through

WIDTH, HEIGHT = 200.0, 60.0


def boxes_and_edges(network, expanded=None):
    tree = group_tree(network)
    view = view_of(network, tree, everything(tree) if expanded is None else expanded)
    around = {frame.path: frame.key for frame in view.frames} | {"": ""}
    boxes = [Sized(frame.key, frame=around[frame.frame], is_frame=True) for frame in view.frames]
    boxes += [Sized(box.key, WIDTH, HEIGHT, around[box.frame]) for box in view.boxes]
    return boxes, [(edge.source, edge.target) for edge in view.edges]


def arranged(network, expanded=None, wishes: Wishes = NO_WISHES):
    boxes, edges = boxes_and_edges(network, expanded)
    return boxes, edges, arrange(boxes, edges, wishes)


def check(boxes, edges, found: Arrangement):
    """No overlaps, all within its frame, no line through a box, lines from border to border."""
    plain = check_boxes(boxes, found)
    assert [(line.source, line.target) for line in found.lines] == list(edges)
    lines = [line.points for line in found.lines]
    passed = {(found.lines[number][:2], key) for number, key in through(plain, lines)}
    assert not passed, "lines through boxes"
    for line in found.lines:
        assert on_border(plain[line.source], line.points[0]), line
        assert on_border(plain[line.target], line.points[-1]), line
        for start, end in pairwise(line.points):
            assert abs(start[0] - end[0]) < NEAR or abs(start[1] - end[1]) < NEAR, "a slanting line"
            assert start != end, "a point said twice"


def check_boxes(boxes, found: Arrangement):
    assert set(found.rectangles) == {box.key for box in boxes}
    plain = {box.key: found.rectangles[box.key] for box in boxes if not box.is_frame}
    for box in boxes:
        if not box.is_frame:
            assert found.rectangles[box.key][2:] == (box.width, box.height)
    assert not overlaps(plain)
    check_frames(boxes, found)
    points = [point for line in found.lines for point in line.points]
    for rectangle in found.rectangles.values():
        points += [(rectangle.x, rectangle.y), (rectangle.right, rectangle.bottom)]
    assert min(x for x, _ in points) == 0
    assert min(y for _, y in points) == 0
    assert max(x for x, _ in points) <= found.width + 1e-6
    assert max(y for _, y in points) <= found.height + 1e-6
    return plain


def check_frames(boxes, found: Arrangement, *, strangers=True):
    around = {box.key: box.frame for box in boxes}
    for box in boxes:
        if box.frame:
            inner, outer = found.rectangles[box.key], found.rectangles[box.frame]
            assert outer.x <= inner.x
            assert inner.right <= outer.right
            assert outer.y + HEADER <= inner.y + NEAR, "the frame's title has no room"
            assert inner.bottom <= outer.bottom + NEAR
    if strangers:
        # What does not stand in a frame stands beside it.
        whole = overlaps(found.rectangles)
        for one, other in whole:
            assert other in above(one, around) or one in above(other, around), (one, other)


def above(key, around):
    while key := around[key]:
        yield key
